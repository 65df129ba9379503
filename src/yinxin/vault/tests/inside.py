"""Writing in a test as a command writes, and reading all that is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from django.db import connection, transaction


@contextmanager
def command() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('yinxin.command', %s, true)", [str(uuid4())])
        yield


def dump(owner: psycopg.Connection) -> bytes:
    """Every row of every table, as PostgreSQL would write it into a dump."""
    tables = owner.execute(
        "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables "
        "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    )
    content = b""
    for (table,) in tables.fetchall():
        with owner.cursor().copy(f"COPY {table} TO STDOUT") as copy:
            content += b"".join(map(bytes, copy))
    return content
