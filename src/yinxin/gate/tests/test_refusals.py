"""The three kinds of no, and what each keeps."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError
from tests.bank.verbs import Bank, code

from yinxin.evidence.models import Change, Outbox
from yinxin.gate import registry
from yinxin.gate.context import Context
from yinxin.gate.models import Execution
from yinxin.kernel import clock
from yinxin.kernel.actor import Duty
from yinxin.kernel.refusals import Invalid, Refused
from yinxin.kernel.text import Text
from yinxin.people.commands import Delegate, GrantDuty, HireStaff
from yinxin.people.models import Branch
from yinxin.vault.models import SearchToken

from .acts import MoveMoney, leaves, move_money, moved, notices


def counts(owner: psycopg.Connection) -> dict[str, int]:
    tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    count = "SELECT count(*) FROM {}"
    return {name: owner.execute(count.format(f'"{name}"')).fetchone()[0] for (name,) in tables}


def test_a_refused_command_keeps_its_answer_and_one_leaf(
    bank: Bank, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def writes_then_refuses(command: MoveMoney, context: Context) -> None:
        list(move_money(command, context))
        raise Refused("not_found")

    monkeypatch.setitem(registry.HANDLERS, MoveMoney, writes_then_refuses)
    before = counts(owner)
    outcome = bank.do("张敏", MoveMoney(), "k1")
    assert (code(outcome), outcome.facts) == ("not_found", ())
    after = counts(owner)
    grown = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    # The mention and the record of these writes belong to the answer.
    assert grown == {
        "gate_execution": 1,
        "gate_mention": 1,
        "evidence_outbox": 1,
        "evidence_change": 2,
    }
    written = Change.objects.filter(command=outcome.execution_id).values_list("relation", flat=True)
    assert sorted(written) == ["gate_execution", "gate_mention"]
    leaf = bytes(Outbox.objects.latest("id").data)
    assert b'"outcome":"not_found"' in leaf
    assert str(outcome.execution_id).encode() in leaf


def test_a_business_refusal_by_a_real_rule(bank: Bank) -> None:
    exclusive = GrantDuty(staff_id=bank.staff_id("张敏"), duty=Duty.REVIEWER)
    outcome = bank.do("吴刚", exclusive)
    assert code(outcome) == "duties_exclude"
    assert "经办" in outcome.refused.sentence.zh
    assert "clerk" in outcome.refused.sentence.en
    kept = Execution.objects.get(id=outcome.execution_id)
    assert (kept.outcome, kept.refusal) == ("refused", "duties_exclude")


@pytest.mark.parametrize("error", [Invalid(("money", Text("错", "wrong"))), KeyError("a bug")])
def test_invalid_and_bugs_keep_nothing(
    bank: Bank, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def breaks(command: MoveMoney, context: Context) -> None:
        list(move_money(command, context))
        raise error

    monkeypatch.setitem(registry.HANDLERS, MoveMoney, breaks)
    before = counts(owner)
    with pytest.raises(type(error)):
        bank.do("张敏", move := MoveMoney(), "k1")
    assert counts(owner) == before
    monkeypatch.undo()
    assert bank.do("张敏", move, "k1").status == "done"  # the key was not spent


def doubled(command: MoveMoney, context: Context) -> object:
    """Breaks a unique constraint only while the facts are drawn from it."""
    context.about()
    for _ in range(2):
        SearchToken.objects.create(id=context.new_id(), owner=command.account, kind="t", token=b"t")
    yield from move_money(command, context)


def test_a_broken_constraint_is_a_bug_until_it_is_explained(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(registry.HANDLERS, MoveMoney, doubled)
    before = leaves()
    with pytest.raises(IntegrityError):
        bank.do("张敏", MoveMoney())
    assert leaves() == before
    monkeypatch.setitem(registry.CONSTRAINTS, "vault_searchtoken_once", "not_found")
    move = MoveMoney()
    assert code(bank.do("张敏", move)) == "not_found"
    assert (moved(move), notices(), leaves()) == (0, 0, before + 1)


def test_a_deferred_constraint_is_checked_in_the_try(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lends_to_nobody(command: MoveMoney, context: Context) -> object:
        from yinxin.people.models import Delegation

        Delegation.objects.create(
            id=context.new_id(),
            lender_id=context.actor.id,
            borrower_id=uuid4(),  # a foreign key that is checked at commit
            duties=[],
            starts_at=context.now,
            ends_at=context.now + timedelta(1),
        )
        return []

    monkeypatch.setitem(registry.HANDLERS, MoveMoney, lends_to_nobody)
    with pytest.raises(IntegrityError, match="borrower_id"):
        bank.do("张敏", MoveMoney())


def test_explained_constraints_need_no_values() -> None:
    for refusal_code in registry.CONSTRAINTS.values():
        Refused(refusal_code)


def test_a_taken_number_is_refused(bank: Bank) -> None:
    branch = Branch.objects.get(code="0001").id
    for number, login in (("1001", "xinren"), ("3001", "zhangmin")):
        hire = HireStaff(
            branch_id=branch, number=number, name="新人", login=login, password_hash="argon2$x"
        )
        assert code(bank.do("吴刚", hire)) == "number_taken"


def test_dates_without_a_zone_are_not_taken() -> None:
    from pydantic import ValidationError

    with pytest.raises(ValidationError):
        Delegate(
            borrower_id=uuid4(),
            duties=(Duty.CLERK,),
            starts_at="2026-01-05T09:00",
            ends_at=clock.now(),
            reason="出差",
        )
