"""Many rows at once, by COPY: for commands that bring in whole files."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import Model


def copy_in(model: type[Model], rows: Iterable[Mapping[str, Any]], **same: Any) -> None:
    """Insert rows by column; `same` are the columns that all share. What is left out is as the
    field has it by default."""
    fields = model._meta.concrete_fields
    fixed = {
        str(field.column): field.get_db_prep_save(
            same.get(str(field.column), field.get_default()), connection
        )
        for field in fields
    }
    whole = [
        {**fixed, **row} for row in rows
    ]  # making a row may ask what a COPY would not let through
    columns, quote = list(fixed), connection.ops.quote_name
    listed = ", ".join(map(quote, columns))
    with (
        connection.wrap_database_errors,  # which a COPY passes by otherwise
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({listed}) FROM STDIN") as copy,
    ):
        for row in whole:
            copy.write_row([row[column] for column in columns])
