"""An upgrade of a house in use: rows get another form, and the log says so."""

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connections
from tests.bank.verbs import Bank

from yinxin.evidence.sequencer import Sequencer
from yinxin.evidence.verifier import verify
from yinxin.gate import upgrading
from yinxin.gate.guards import evidence_bearing
from yinxin.gate.models import Execution, Policy
from yinxin.web import signing

from .acts import answers

COLUMN = "ADD COLUMN shape text NOT NULL DEFAULT 'new'"


def findings() -> list[str]:
    sequencer = Sequencer(signing.signer())
    while sequencer.step():
        pass
    sequencer.close()
    return [each.place for each in verify([signing.verifier()], evidence_bearing())]


def alter(*statements: str) -> None:
    with connections["owner"].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_rows_that_a_migration_changed_are_recorded_anew(bank: Bank) -> None:
    assert findings() == []
    with upgrading.as_command(["gate.0099_shape"]):
        alter(
            f"ALTER TABLE gate_policy {COLUMN}",
            f"ALTER TABLE gate_execution {COLUMN}",  # append-only
            "UPDATE people_branch SET name_en = 'Main branch'",
        )
    assert findings() == []
    with pytest.raises(Exception, match="outside a command"):
        Policy.objects.update(kind="x")
    connections["default"].close()
    with pytest.raises(Exception, match="never allowed"):
        alter("SET yinxin.command = 'x'", "UPDATE gate_execution SET key = key")


def test_an_upgrade_does_not_cover_up(bank: Bank, owner: psycopg.Connection) -> None:
    victim = Execution.objects.earliest("id").id
    owner.execute("SET session_replication_role = replica")
    owner.execute("UPDATE gate_execution SET actor_name = '无名' WHERE id = %s", [victim])
    with (
        pytest.raises(CommandError, match=str(victim)),
        upgrading.as_command(["gate.0099_shape"]),
    ):
        pytest.fail("the migrations must not run")


def test_nothing_is_left_of_an_upgrade_that_fails(bank: Bank) -> None:
    failing = f"ALTER TABLE gate_policy {COLUMN}; UPDATE people_branch SET name_en = 'Main'; x"
    with pytest.raises(ProgrammingError), upgrading.as_command(["gate.0099_shape"]):
        alter(failing)
    assert findings() == []


def test_migrating_again_changes_nothing(bank: Bank) -> None:
    before = answers()
    call_command("migrate", verbosity=0)
    assert findings() == []
    assert answers() == before
