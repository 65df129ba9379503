"""转授权: who acts for another brings one authority, however many hands it passes through."""

from datetime import timedelta

import pytest
from tests.bank.verbs import Bank, code

from yinxin.gate.models import Decision, Execution
from yinxin.gate.queries import to_decide
from yinxin.kernel import clock
from yinxin.kernel.actor import Duty
from yinxin.people.commands import Delegate

from .acts import CLERK, MANAGER, RISK, MoveMoney, rule, steps


def lend(bank: Bank, lender: str, borrower: str, *duties: Duty) -> None:
    now = clock.now()
    bank.done(
        lender,
        Delegate(
            borrower_id=bank.staff_id(borrower),
            duties=duties,
            starts_at=now - timedelta(seconds=1),
            ends_at=now + timedelta(days=1),
            reason="出差",
        ),
    )


def test_borrowed_authority_counts_as_the_lender_s(bank: Bank) -> None:
    lend(bank, "王芳", "赵六", MANAGER)
    rule(bank, (MANAGER,))
    outcome = bank.do("张敏", MoveMoney())
    assert steps(bank, outcome, "赵六") == ["executed"]
    decision = Decision.objects.get(request_id=outcome.request_id)
    assert (decision.actor_name, decision.authority_name) == ("赵六", "王芳")
    told = Execution.objects.filter(command="gate.approve").latest("id")
    assert told.actor_name == "赵六"


@pytest.mark.parametrize("order", [("赵六", "王芳"), ("王芳", "赵六")])
def test_lender_and_borrower_count_once(bank: Bank, order: tuple[str, str]) -> None:
    lend(bank, "王芳", "赵六", MANAGER)
    rule(bank, (2, (MANAGER, RISK)))
    outcome = bank.do("张敏", MoveMoney())
    assert steps(bank, outcome, *order, "何静") == ["approved", "decided_already", "executed"]


def test_two_borrowers_of_one_authority_count_once(bank: Bank) -> None:
    for borrower in ("赵六", "李强"):
        lend(bank, "王芳", borrower, MANAGER)
    rule(bank, (2, (MANAGER, RISK)))
    outcome = bank.do("张敏", MoveMoney())
    assert steps(bank, outcome, "赵六", "李强") == ["approved", "decided_already"]


def test_the_maker_s_own_authority_lent_cannot_approve(bank: Bank) -> None:
    lend(bank, "张敏", "赵六", CLERK)
    rule(bank, (CLERK,))
    outcome = bank.do("张敏", MoveMoney())
    assert steps(bank, outcome, "赵六") == ["own_request"]
    assert not Decision.objects.filter(request_id=outcome.request_id).exists()


def test_who_holds_both_decides_on_their_own_authority_first(bank: Bank) -> None:
    lend(bank, "何静", "王芳", RISK)
    rule(bank, (2, (MANAGER, RISK)))
    outcome = bank.do("张敏", MoveMoney())
    assert steps(bank, outcome, "王芳", "何静") == ["approved", "executed"]


def test_borrowed_duties_make_too(bank: Bank) -> None:
    assert code(bank.do("赵六", MoveMoney())) == "duty_missing"
    lend(bank, "张敏", "赵六", CLERK)
    assert bank.do("赵六", MoveMoney()).status == "done"


def test_the_lender_cannot_approve_what_was_made_on_their_authority(bank: Bank) -> None:
    lend(bank, "张敏", "赵六", CLERK)
    rule(bank, (CLERK,))
    outcome = bank.do("赵六", MoveMoney())
    assert outcome.status == "pending"
    assert code(bank.approve(outcome.request_id, "张敏")) == "own_request"
    assert not to_decide(bank.actor("张敏")).exists()
