"""Many rows at once, by COPY: for commands that bring in whole files."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Model

BATCH = 5000


def copy_in(model: type[Model], rows: Iterable[Mapping[str, Any]], **same: Any) -> None:
    """Insert rows by column, not all of them in memory at once; `same` are the columns that all
    share. What is left out is as the field has it by default."""
    fields = model._meta.concrete_fields
    fixed = {
        str(field.column): field.get_db_prep_save(
            same.get(str(field.column), field.get_default()), connection
        )
        for field in fields
    }
    columns, quote = list(fixed), connection.ops.quote_name
    listed = ", ".join(map(quote, columns))
    statement = f"COPY {quote(model._meta.db_table)} ({listed}) FROM STDIN"
    each = iter(rows)
    # Made before the COPY, which lets nothing through that making a row may ask.
    while some := [{**fixed, **row} for row in islice(each, BATCH)]:
        with (
            connection.wrap_database_errors,  # which a COPY passes by otherwise
            connection.cursor() as cursor,
            cursor.copy(statement) as copy,
        ):
            for row in some:
                copy.write_row([row[column] for column in columns])
