"""A super-user of the database who goes behind the gate: whatever table is touched, verification
names the row."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from conftest import _on_database, clone
from django.db import connection
from psycopg import sql

from tests.bank.verbs import Bank
from yinxin.evidence.sequencer import Sequencer
from yinxin.evidence.verifier import verify
from yinxin.gate.guards import evidence_bearing
from yinxin.gate.models import Execution
from yinxin.web import signing

from .bodies import Work

# Another value of a column's type; `{}` is the column.
ANOTHER = {
    "bigint": "{} + 1",
    "boolean": "NOT {}",
    "bytea": "{} || '\\x00'::bytea",
    "character varying": "overlay({} PLACING '#' FROM 1)",
    "date": "{} + 1",
    "integer": "{} + 1",
    "numeric": "{} + 1",
    "smallint": "{} + 1",
    "text": "{} || '#'",
    "timestamp with time zone": "{} + interval '1 second'",
    "uuid": "gen_random_uuid()",
}


@dataclass(frozen=True)
class Intruder:
    """A super-user to whom no trigger and no constraint says no."""

    database: psycopg.Connection

    def run(self, statement: str, *names: str) -> list[tuple[str, ...]]:
        """`{}` stands for the names of tables and columns."""
        done = self.database.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
        return done.fetchall() if done.description else []

    def drop_constraints(self, table: str) -> None:
        constraints = f"SELECT conname FROM pg_constraint WHERE conrelid = '{table}'::regclass"
        for (name,) in self.run(constraints + " ORDER BY contype = 'n'"):
            self.run("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {} CASCADE", table, name)
        for (name,) in self.run(f"SELECT indexname FROM pg_indexes WHERE tablename = '{table}'"):
            self.run("DROP INDEX {}", name)

    def change(self, table: str, column: str, where: str = "true") -> None:
        ((kind,),) = self.run(
            "SELECT format_type(atttypid, NULL) FROM pg_attribute "
            f"WHERE attrelid = '{table}'::regclass AND attname = '{column}'"
        )
        value = ANOTHER[kind].format(f'"{column}"')
        self.run(f"UPDATE {{}} SET {{}} = {value} WHERE {where}", table, column)


@pytest.fixture(scope="module")
def intruder() -> Iterator[Intruder]:
    with clone("bank"):
        Work.of(Bank())
        sequencer = Sequencer(signing.signer())
        while sequencer.step():
            pass
        sequencer.close()
        url = _on_database(os.environ["TEST_ADMIN_URL"], connection.settings_dict["NAME"])
        with psycopg.connect(url, autocommit=True) as database:
            database.execute("SET session_replication_role = replica")
            yield Intruder(database)


def named(table: str, pk: str) -> list[tuple[str, str]]:
    found = verify([signing.verifier()], [(table, pk)])
    return [(each.code, each.id) for each in found if each.table == table]


@pytest.mark.parametrize(("table", "pk"), evidence_bearing())
def test_a_row_altered_taken_out_and_put_in_is_named(
    intruder: Intruder, table: str, pk: str
) -> None:
    assert named(table, pk) == []
    intruder.drop_constraints(table)
    intruder.run("DROP TABLE IF EXISTS kept")
    intruder.run("CREATE TEMP TABLE kept AS SELECT * FROM {} LIMIT 1", table)
    for (row_id,) in intruder.run("SELECT {}::text FROM kept", pk):
        this = f"\"{pk}\"::text = '{row_id}'"
        intruder.change(table, another_column(intruder, pk), this)
        assert ("row_altered", row_id) in named(table, pk)
        intruder.run(f"DELETE FROM {{}} WHERE {this}", table)
        assert ("row_deleted", row_id) in named(table, pk)
        intruder.run("INSERT INTO {} TABLE kept", table)
        assert named(table, pk) == []
        break
    else:  # nothing on the desks of the bank is in this table
        intruder.run("INSERT INTO kept DEFAULT VALUES")

    intruder.change("kept", pk)
    ((stranger,),) = intruder.run("SELECT {}::text FROM kept", pk)
    intruder.run("INSERT INTO {} TABLE kept", table)
    assert ("row_unrecorded", stranger) in named(table, pk)
    intruder.run(f"DELETE FROM {{}} WHERE {{}}::text = '{stranger}'", table, pk)


def another_column(intruder: Intruder, pk: str) -> str:
    """One that says something in the row that is kept."""
    filled = intruder.run(
        "SELECT attname FROM kept, pg_attribute WHERE attrelid = 'kept'::regclass AND attnum > 0 "
        f"AND attname <> '{pk}' AND to_jsonb(kept) -> attname::text <> 'null' "
        f"AND format_type(atttypid, NULL) IN {tuple(ANOTHER)} ORDER BY attnum"
    )
    return filled[-1][0]


def test_a_command_whose_stored_content_is_another_s_is_named(intruder: Intruder) -> None:
    """Even where the row's digest was forged, too: the leaf itself commits to the content."""
    one, other = Execution.objects.filter(actor_name="张敏").order_by("id")[:2]
    intruder.database.execute(
        "UPDATE gate_execution SET content = %s WHERE id = %s", [bytes(other.content), one.id]
    )
    found = list(verify([signing.verifier()], []))
    assert [(each.code, each.id) for each in found] == [("content_altered", str(one.id))]
