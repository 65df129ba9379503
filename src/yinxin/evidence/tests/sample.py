"""A guarded table and commands that write it, for the tests of this app."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction

from yinxin.evidence.changes import BEGIN, install_sql
from yinxin.evidence.log import append, commitment
from yinxin.evidence.merkle.note import Signer
from yinxin.evidence.sequencer import Sequencer
from yinxin.kernel.actor import Actor, ActorKind, Channel, Duty

SIGNER = Signer("bank.example/log", bytes(32))
TABLES = [("evidence_sample", "id")]

auditor = Actor(uuid4(), ActorKind.STAFF, "周洁", "/", frozenset({Duty.AUDITOR}), Channel.WEB)


@pytest.fixture
def sample_table(db: None, owner: psycopg.Connection) -> None:
    with owner.transaction():
        owner.execute(
            "CREATE TABLE evidence_sample (id uuid PRIMARY KEY, note text, at timestamptz,"
            " on_date date, raw bytea, rate float8)"
        )
        owner.execute("GRANT ALL ON evidence_sample TO PUBLIC")
        for _ in range(2):
            owner.execute(install_sql("evidence_sample", "id"))


def command(work: Callable[[], None]) -> UUID:
    """Do `work` as a command with a leaf, in a transaction of its own."""
    made = uuid4()
    with transaction.atomic():
        write(BEGIN, str(made))
        work()
        append(
            command_id=made,
            kind="command",
            name="sample.write",
            actor="张敏",
            at=datetime(2026, 1, 5, 1, tzinfo=UTC),
            outcome="done",
            commitments={"command": commitment(b"salt", b"body").hex()},
        )
    return made


def insert(row: UUID | None = None) -> None:
    write("INSERT INTO evidence_sample (id, note) VALUES (%s, 'a')", row or uuid4())


def write(sql: str, *args: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, args)


def sequence(batch: int = 4096) -> int:
    """Sequence all that waits; return how many leaves were moved."""
    sequencer, moved = Sequencer(SIGNER, batch=batch), 0
    while count := sequencer.step():
        moved += count
    sequencer.close()
    return moved
