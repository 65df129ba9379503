import psycopg
from tests.bank.verbs import Bank, code

from yinxin.gate import door
from yinxin.vault.tests.inside import dump

from .acts import REVIEWER, MoveMoney, rule


def test_a_dry_run_shows_the_answer_and_changes_nothing(
    bank: Bank, owner: psycopg.Connection
) -> None:
    move, clerk = MoveMoney(), bank.actor("张敏")
    before = dump(owner)
    shown = door.preview(move, clerk)
    assert code(door.preview(move, bank.actor("赵六"))) == "duty_missing"
    assert dump(owner) == before
    done = bank.do(clerk, move)
    assert (shown.status, shown.facts[0]["fields"]["money"]) == (
        done.status,
        done.facts[0]["fields"]["money"],
    )
    assert shown.facts[0]["fields"]["number"] == done.facts[0]["fields"]["number"]


def test_a_dry_run_shows_the_levels(bank: Bank, owner: psycopg.Connection) -> None:
    rule(bank, (REVIEWER,))
    move, clerk, before = MoveMoney(), bank.actor("张敏"), dump(owner)
    shown = door.preview(move, clerk)
    assert (shown.status, [level.duties for level in shown.levels]) == ("pending", [{REVIEWER}])
    assert dump(owner) == before
    bank.do(clerk, move)
    assert code(door.preview(move, clerk)) == "request_open_already"


def test_after_a_dry_run_the_connection_is_closed_to_writes(bank: Bank) -> None:
    import pytest
    from django.db import DatabaseError

    from yinxin.people.models import Staff

    door.preview(MoveMoney(), bank.actor("张敏"))
    with pytest.raises(DatabaseError, match="outside a command"):
        Staff.objects.update(name="?")
