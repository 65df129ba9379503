from dataclasses import replace

import pytest
from tests.bank.verbs import Bank, code

from yinxin.gate.commands import Approve
from yinxin.gate.models import Decision, Execution, Mention, Request
from yinxin.people.commands import GrantDuty

from .acts import (
    CLERK,
    EAST,
    MANAGER,
    REVIEWER,
    RISK,
    MoveMoney,
    leaves,
    moved,
    notices,
    rule,
    steps,
)


def test_without_levels_it_is_done_at_once(bank: Bank) -> None:
    move = MoveMoney()
    outcome = bank.do("张敏", move)
    assert (outcome.status, outcome.request_id, outcome.levels) == ("done", None, ())
    assert (moved(move), notices(), Request.objects.filter(command="gatetest.move").count()) == (
        1,
        1,
        0,
    )


def test_with_a_level_nothing_happens_until_it_is_approved(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    move, before = MoveMoney(), leaves()
    outcome = bank.do("张敏", move)
    assert (outcome.status, moved(move), notices(), leaves()) == ("pending", 0, 0, before + 1)
    assert outcome.facts[0]["zh"] == "划款 100.00 CNY"
    answer = bank.approve(outcome.request_id, "李强", "核对无误")
    assert (answer.status, moved(move), notices(), leaves()) == ("done", 1, 1, before + 2)
    decision = Decision.objects.get(request_id=outcome.request_id)
    assert (decision.actor_name, decision.authority_name, decision.reason) == (
        "李强",
        "李强",
        "核对无误",
    )
    assert Request.objects.get(execution_id=outcome.request_id).state == "approved"
    # Both the asking and the approving are on the trail of the account.
    trail = Mention.objects.filter(subject_id=move.account).order_by("execution__at")
    assert [each.execution.command for each in trail] == ["gatetest.move", "gate.approve"]
    assert [fact["fact"] for fact in answer.facts] == ["ApprovalGiven", "MoneyMoved"]


def test_levels_are_climbed_in_order_by_distinct_persons(bank: Bank) -> None:
    rule(bank, (REVIEWER,), (MANAGER,), (RISK,))
    move = MoveMoney()
    outcome = bank.do("张敏", move)
    assert steps(bank, outcome, "王芳", "何静", "张敏", "赵六", "陈立") == [
        "not_an_approver",
        "not_an_approver",
        "own_request",
        "not_an_approver",
        "not_an_approver",
    ]
    assert steps(bank, outcome, "李强", "李强", "何静", "王芳") == [
        "approved",
        "decided_already",
        "not_an_approver",
        "approved",
    ]
    assert moved(move) == 0
    assert steps(bank, outcome, "何静", "何静") == ["executed", "request_closed"]
    assert moved(move) == 1


def test_n_of_m(bank: Bank) -> None:
    rule(bank, (2, (REVIEWER, MANAGER, RISK)))
    outcome = bank.do("张敏", MoveMoney())
    assert steps(bank, outcome, "何静", "何静", "李强", "王芳") == [
        "approved",
        "decided_already",
        "executed",
        "request_closed",
    ]


def test_one_person_with_two_duties_counts_once(bank: Bank) -> None:
    bank.done("吴刚", GrantDuty(staff_id=bank.staff_id("李强"), duty=MANAGER), "郑凯")
    rule(bank, (REVIEWER,), (MANAGER,))
    outcome = bank.do("张敏", MoveMoney())
    assert steps(bank, outcome, "李强", "李强", "王芳") == [
        "approved",
        "decided_already",
        "executed",
    ]


def test_an_approver_oversees_the_branch(bank: Bank) -> None:
    rule(bank, (MANAGER,))
    at_head_office, in_the_east = (bank.do("张敏", MoveMoney(branch=b)) for b in ("/0001/", EAST))
    assert steps(bank, at_head_office, "陈立", "王芳") == ["not_an_approver", "executed"]
    assert steps(bank, in_the_east, "陈立") == ["executed"]
    assert steps(bank, bank.do("张敏", MoveMoney(branch=EAST)), "王芳") == ["executed"]


def test_the_approver_binds_to_what_was_shown(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    outcome = bank.do("张敏", MoveMoney())
    blind = Approve(request_id=outcome.request_id, shown="0" * 64)
    assert code(bank.do("李强", blind)) == "shown_differs"
    assert not Decision.objects.filter(request_id=outcome.request_id).exists()


def test_approving_needs_a_second_factor(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    outcome = bank.do("张敏", MoveMoney())
    shown = bytes(Request.objects.get(execution_id=outcome.request_id).shown).hex()
    approve = Approve(request_id=outcome.request_id, shown=shown)
    actor = replace(bank.actor("李强"), second_factor_at=None)
    assert code(bank.do(actor, approve)) == "second_factor_needed"


def test_the_stored_command_is_the_one_that_runs(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    move = MoveMoney(count=3)
    outcome = bank.do("张敏", move)
    answer = bank.approve(outcome.request_id, "李强")
    assert answer.facts[1]["fields"]["count"] == 3
    assert Execution.objects.get(id=outcome.request_id).command == "gatetest.move"


@pytest.mark.parametrize("duties", [(CLERK,), (REVIEWER, CLERK)])
def test_a_maker_with_the_level_s_duty_still_needs_another(bank: Bank, duties: tuple) -> None:
    rule(bank, duties)
    assert steps(bank, bank.do("张敏", MoveMoney()), "张敏") == ["own_request"]
