"""紧急授权: without the levels, never without two persons."""

import pytest
from pydantic import ValidationError
from tests.bank.verbs import Bank, code

from yinxin.gate.commands import BreakGlass
from yinxin.gate.door import Outcome
from yinxin.gate.models import Mention, Request, TwoPersonAct
from yinxin.kernel.actor import Duty
from yinxin.people.commands import SetCalendar

from .acts import EAST, MOVED_ON, REVIEWER, MoveMoney, moved, notices, rule, steps
from .test_delegation import lend

WHY = "系统故障，客户急需付款"


def break_glass(bank: Bank, who: str, asked: Outcome) -> Outcome:
    return bank.do(who, BreakGlass(request_id=asked.request_id, reason=WHY))


def test_two_persons_break_the_glass(bank: Bank) -> None:
    rule(bank, (3, (REVIEWER,)))
    move = MoveMoney()
    asked = bank.do("张敏", move)
    broken = break_glass(bank, "王芳", asked)
    assert (broken.status, moved(move), notices()) == ("pending", 0, 0)
    assert steps(bank, broken, "王芳", "李强", "张敏") == [
        "own_request",
        "not_an_approver",
        "not_an_approver",
    ]
    answer = bank.approve(broken.request_id, "何静")
    # All that executing means has happened, its jobs and its trail included.
    assert (answer.status, moved(move), notices()) == ("done", 1, 1)
    assert [fact["fact"] for fact in answer.facts] == ["ApprovalGiven", "GlassBroken", "MoneyMoved"]
    act = TwoPersonAct.objects.get()
    assert (act.first_name, act.second_name, act.reason) == ("王芳", "何静", WHY)
    assert Request.objects.get(execution_id=asked.request_id).state == "approved"
    trail = Mention.objects.filter(subject_id=move.account).exclude(execution__outcome="refused")
    assert [each.execution.command for each in trail.order_by("execution__at")] == [
        "gatetest.move",
        "gate.break_glass",
        "gate.approve",
    ]
    assert steps(bank, asked, "李强") == ["request_closed"]


def test_who_may_not(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    asked = bank.do("张敏", MoveMoney())
    for who, answer in {
        "张敏": "duty_missing",
        "李强": "duty_missing",
        "陈立": "not_an_approver",  # a manager of another branch
    }.items():
        assert code(break_glass(bank, who, asked)) == answer


def test_the_maker_is_neither_of_the_two(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    lend(bank, "张敏", "赵六", Duty.CLERK)
    move = MoveMoney()
    asked = bank.do("赵六", move)
    assert code(break_glass(bank, "赵六", asked)) == "duty_missing"
    broken = break_glass(bank, "王芳", asked)
    assert steps(bank, broken, "赵六") == ["not_an_approver"]
    assert moved(move) == 0


def test_lender_and_borrower_are_one(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    lend(bank, "王芳", "李强", Duty.MANAGER)
    move = MoveMoney()
    broken = break_glass(bank, "李强", bank.do("张敏", move))
    assert steps(bank, broken, "王芳") == ["own_request"]
    assert moved(move) == 0
    assert steps(bank, broken, "何静") == ["executed"]


def test_what_changed_is_not_done_by_force_either(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    move = MoveMoney()
    broken = break_glass(bank, "王芳", bank.do("张敏", move))
    bank.done("吴刚", SetCalendar(on=MOVED_ON, worked=False, source="通知"), "郑凯")
    assert steps(bank, broken, "何静") == ["changed_since_preview"]
    assert (moved(move), TwoPersonAct.objects.count()) == (0, 0)


def test_a_manager_of_the_branch_may(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    broken = break_glass(bank, "陈立", bank.do("张敏", MoveMoney(branch=EAST)))
    assert steps(bank, broken, "王芳") == ["executed"]


def test_a_reason_is_long_enough() -> None:
    from uuid import uuid4

    with pytest.raises(ValidationError):
        BreakGlass(request_id=uuid4(), reason="急")
