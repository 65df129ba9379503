"""A level that does not decide in time: those of the next one may, and nobody twice."""

from datetime import timedelta

from tests.bank.verbs import Bank

from yinxin.gate import jobs, queries
from yinxin.gate.door import Outcome
from yinxin.gate.models import Request
from yinxin.kernel import clock

from .acts import MANAGER, REVIEWER, MoveMoney, answers, moved, rule, steps


def request_of(asked: Outcome) -> Request:
    return Request.objects.get(execution_id=asked.request_id)


def inbox(bank: Bank, who: str) -> int:
    return queries.to_decide(bank.actor(who)).count()


def test_a_late_level_is_open_to_the_next(bank: Bank) -> None:
    rule(bank, (REVIEWER,), (MANAGER,), escalates_after_h=2)
    move = MoveMoney()
    asked = bank.do("张敏", move)
    assert request_of(asked).due_at == request_of(asked).created_at + timedelta(hours=2)
    jobs.escalate_requests(0)
    assert inbox(bank, "王芳") == 0
    with clock.at(clock.now() + timedelta(hours=2)):
        jobs.escalate_requests(0)
        before = answers()
        jobs.escalate_requests(0)
        assert answers() == before
        assert (inbox(bank, "王芳"), inbox(bank, "李强")) == (1, 1)
        # Who decides in the place of the first level cannot decide at their own, too.
        assert steps(bank, asked, "王芳", "王芳", "李强") == [
            "approved", "decided_already", "not_an_approver",
        ]  # fmt: skip
        assert request_of(asked).due_at == clock.now() + timedelta(hours=2)
    assert moved(move) == 0


def test_the_last_level_is_marked_late_and_stays_as_it_is(bank: Bank) -> None:
    rule(bank, (REVIEWER,), escalates_after_h=1)
    asked = bank.do("张敏", MoveMoney())
    with clock.at(clock.now() + timedelta(hours=1)):
        jobs.escalate_requests(0)
        assert request_of(asked).last_late == 0
        assert steps(bank, asked, "王芳", "李强") == ["not_an_approver", "executed"]


def test_what_was_decided_in_time_is_not_late(bank: Bank) -> None:
    rule(bank, (REVIEWER,), (MANAGER,), escalates_after_h=3)
    asked = bank.do("张敏", MoveMoney())
    with clock.at(clock.now() + timedelta(hours=2)):
        assert steps(bank, asked, "李强") == ["approved"]
    with clock.at(clock.now() + timedelta(hours=4)):
        assert queries.late(clock.now()) == []
        assert steps(bank, asked, "王芳") == ["executed"]


def test_an_escalated_request_is_executed_by_two_others(bank: Bank) -> None:
    rule(bank, (REVIEWER,), (2, (MANAGER,)), escalates_after_h=1)
    move = MoveMoney(branch="/0001/0002/")
    asked = bank.do("张敏", move)
    with clock.at(clock.now() + timedelta(hours=1)):
        jobs.escalate_requests(0)
        assert steps(bank, asked, "李强", "王芳", "陈立") == ["approved", "approved", "executed"]
    assert moved(move) == 1
