"""A database that serves one test after another: what a test wrote is taken back.

A connection does everything slowly the first time, and a test does most things once: with a
database of its own, most of its time went into that. What many tests begin with is made once, too.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import wraps
from typing import Any, TypeVar

import psycopg

from yinxin.kernel import clock

# What PostgreSQL knows of a schema: where it changed, the schema is another one.
_CATALOGUES = ("pg_class", "pg_attribute", "pg_constraint", "pg_namespace", "pg_proc", "pg_trigger")
_TABLES = """
SELECT oid::regclass::text FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> ALL(%s)
"""
_LOOK = "SELECT '{0}', count(*), min(age(xmin)) <= age(%(since)s::text::xid) FROM {0}"
_DELETE = "DELETE FROM {} WHERE age(xmin) <= age('{}'::xid)"

Rows = Mapping[str, bytes]
Build = TypeVar("Build", bound=Callable[..., Any])


class Kept:
    """The rows of a database as tests shall find them, held by the super-user at `url`."""

    lent: "Kept | None" = None
    """The one that the running test works on."""

    def __init__(self, url: str) -> None:
        self._admin = psycopg.connect(url, autocommit=True)
        self._admin.execute("SET session_replication_role = replica")  # no trigger, no foreign key
        tables = [name for (name,) in self._admin.execute(_TABLES)]
        self._look = " UNION ALL ".join(map(_LOOK.format, (*_CATALOGUES, *tables)))
        self._first = {name: self._copied(name) for name in tables}
        self._since = dict.fromkeys(tables, self._next_transaction())
        """The rows that a table holds at first are all of an earlier transaction."""
        self._stages: dict[tuple[object, ...], tuple[object, Rows]] = {}
        self._counts: dict[str, int] = {}
        self._stand((), self._first)
        self._counts |= {name: n for name, n in self._written().items() if name in _CATALOGUES}

    def restore(self, mine: list[int]) -> bool:
        """Take back all that was written, and end every connection but those of the pids `mine`.

        False if the schema is another one: that is not mended.
        """
        self._admin.execute(_OTHERS, [[self._admin.info.backend_pid, *mine]])
        found = self._counts | (written := self._written())
        if not written.keys() <= self._first.keys():
            return False
        added = [
            table
            for table, rows in self._first.items()
            if table in written or rows is not self._rows[table]
        ]
        deletions = (_DELETE.format(table, self._since[table]) for table in added)
        taken = self._admin.execute(";".join(deletions))
        for table in added:
            if found[table] - taken.rowcount != self._first[table].count(b"\n"):
                self._put(table, self._first[table])  # some that it held were altered
                self._since[table] = self._next_transaction()
            taken.nextset()
        self._stand((), self._first)
        return True

    def once(self, key: object, build: Callable[[], Any]) -> Any:
        """What `build` answers, with the rows that it wrote when it was first called at this
        stage; where anything else was written before, it is called."""
        if self._written():
            return build()
        path = (*self._path, key)
        if path in self._stages:
            answer, rows = self._stages[path]
            for table, content in rows.items():
                if content is self._rows[table]:
                    continue
                if content.startswith(self._rows[table]):
                    self._add(table, content.removeprefix(self._rows[table]))
                else:
                    self._put(table, content)
        else:
            answer = build()
            rows = {**self._rows, **{table: self._copied(table) for table in self._written()}}
            self._stages[path] = deepcopy(answer), rows
        self._stand(path, rows)
        return deepcopy(answer)

    def close(self) -> None:
        self._admin.close()

    def _written(self) -> dict[str, int]:
        """How many rows each table holds now that has another number of them than at this stage,
        or one written since."""
        seen = self._admin.execute(self._look, {"since": self._mark}, prepare=True)
        return {
            table: count
            for table, count, younger in seen
            if younger or count != self._counts.get(table)
        }

    def _put(self, table: str, content: bytes) -> None:
        """Make a table hold these rows."""
        self._admin.execute(f"DELETE FROM {table}")
        self._add(table, content)

    def _add(self, table: str, content: bytes) -> None:
        with self._admin.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            copy.write(content)

    def _stand(self, path: tuple[object, ...], rows: Rows) -> None:
        """From now on this is where tests begin."""
        self._path, self._rows = path, rows
        self._counts |= {table: content.count(b"\n") for table, content in rows.items()}
        self._mark = self._next_transaction()

    def _next_transaction(self) -> int:
        row = self._admin.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
        assert row
        return int(row[0])

    def _copied(self, table: str) -> bytes:
        with self._admin.cursor().copy(f"COPY {table} TO STDOUT") as copy:
            return b"".join(copy)


def once(build: Build) -> Build:
    """What a builder makes of a bank in which nothing happened before is made once.

    Its arguments after the bank tell its stages apart. A stopped clock makes anew.
    """

    @wraps(build)
    def made(bank: object, *args: Any, **named: Any) -> Any:
        def call() -> Any:
            return build(bank, *args, **named)

        if Kept.lent is None or clock._set.get():
            return call()
        return Kept.lent.once((build, args, tuple(sorted(named.items()))), call)

    return made  # type: ignore[return-value]
