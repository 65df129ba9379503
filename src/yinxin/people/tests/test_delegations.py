"""转授权: lent for a time, never lent on, never past what excludes."""

from datetime import datetime, timedelta

import pytest
from tests.bank.verbs import Bank, code

from yinxin.kernel import clock
from yinxin.kernel.actor import Channel, Duty
from yinxin.kernel.refusals import Refused
from yinxin.people import queries as people
from yinxin.people.commands import Delegate, DismissStaff, EndDelegation, EndDuty, GrantDuty
from yinxin.people.models import Delegation
from yinxin.people.rules import require_delegation_dates, require_own_duties

DAY = timedelta(days=1)
# from, to (days from now) | may
DATES = """
0    1     yes
0    90    yes
5    95    yes
-1   1     yes
0    90.1  no
0    0     no
1    1     no
2    1     no
-2   -1    no
-1   0     no
"""


@pytest.mark.parametrize("row", DATES.strip().split("\n"))
def test_dates(row: str) -> None:
    starts, ends, may = row.split()
    now = clock.now()
    dates = now + float(starts) * DAY, now + float(ends) * DAY, now
    if may == "yes":
        require_delegation_dates(*dates)
    else:
        with pytest.raises(Refused, match="delegation_dates"):
            require_delegation_dates(*dates)


def test_only_one_s_own() -> None:
    require_own_duties({Duty.CLERK, Duty.RISK}, [Duty.RISK])
    with pytest.raises(Refused, match="delegation_not_own"):
        require_own_duties({Duty.CLERK}, [Duty.CLERK, Duty.RISK])


def lending(bank: Bank, to: str, *duties: Duty, starts: float = 0, days: float = 1) -> Delegate:
    now = clock.now()
    return Delegate(
        borrower_id=bank.staff_id(to),
        duties=duties,
        starts_at=now + starts * DAY,
        ends_at=now + (starts + days) * DAY,
        reason="出差",
    )


def borrowed(bank: Bank, who: str, at: datetime | None = None) -> set[tuple[str, Duty]]:
    with clock.at(at or clock.now()):
        actor = people.actor_for(bank.staff_id(who), Channel.WEB)
        return {(lent.lender_name, duty) for lent in actor.borrowed for duty in lent.duties}


@pytest.mark.parametrize(
    ("lender", "borrower", "duty", "answer"),
    [
        ("王芳", "赵六", Duty.MANAGER, "done"),
        ("王芳", "李强", Duty.MANAGER, "done"),
        ("王芳", "王芳", Duty.MANAGER, "delegation_self"),
        ("王芳", "赵六", Duty.RISK, "delegation_not_own"),
        ("王芳", "张敏", Duty.MANAGER, "duties_exclude"),
        ("张敏", "李强", Duty.CLERK, "duties_exclude"),
        ("赵六", "张敏", Duty.CLERK, "delegation_not_own"),
    ],
)
def test_lending(bank: Bank, lender: str, borrower: str, duty: Duty, answer: str) -> None:
    assert code(bank.do(lender, lending(bank, borrower, duty))) == answer
    assert borrowed(bank, borrower) == ({(lender, duty)} if answer == "done" else set())


def test_it_begins_and_ends_by_itself(bank: Bank) -> None:
    now = clock.now()
    bank.done("王芳", lending(bank, "赵六", Duty.MANAGER, starts=1))
    for days, lent in ((0, False), (0.99, False), (1.01, True), (1.99, True), (2.01, False)):
        assert bool(borrowed(bank, "赵六", now + days * DAY)) is lent


def test_what_is_borrowed_cannot_be_lent_on(bank: Bank) -> None:
    bank.done("王芳", lending(bank, "赵六", Duty.MANAGER))
    assert code(bank.do("赵六", lending(bank, "李强", Duty.MANAGER))) == "delegation_not_own"


def test_borrowed_duties_exclude_like_held_ones(bank: Bank) -> None:
    bank.done("王芳", lending(bank, "赵六", Duty.MANAGER, starts=1))
    assert code(bank.do("张敏", lending(bank, "赵六", Duty.CLERK))) == "duties_exclude"
    clerk = GrantDuty(staff_id=bank.staff_id("赵六"), duty=Duty.CLERK)
    assert code(bank.do("吴刚", clerk)) == "duties_exclude"
    delegation = Delegation.objects.get()
    bank.done("王芳", EndDelegation(delegation_id=delegation.id))
    assert code(bank.do("吴刚", clerk)) == "pending"


def test_it_ends_with_the_lender_s_duty(bank: Bank) -> None:
    bank.done("王芳", lending(bank, "赵六", Duty.MANAGER))
    end = EndDuty(staff_id=bank.staff_id("王芳"), duty=Duty.MANAGER)
    bank.done("吴刚", end, "郑凯")
    assert borrowed(bank, "赵六") == set()


def test_it_ends_when_the_lender_leaves(bank: Bank) -> None:
    bank.done("王芳", lending(bank, "赵六", Duty.MANAGER))
    bank.done("王芳", lending(bank, "李强", Duty.MANAGER, starts=1))
    bank.done("吴刚", DismissStaff(staff_id=bank.staff_id("王芳")), "郑凯")
    assert borrowed(bank, "赵六") == borrowed(bank, "李强", clock.now() + 1.5 * DAY) == set()


@pytest.mark.parametrize(
    ("who", "answer"),
    [("王芳", "done"), ("吴刚", "done"), ("赵六", "not_found"), ("李强", "not_found")],
)
def test_who_ends_it(bank: Bank, who: str, answer: str) -> None:
    bank.done("王芳", lending(bank, "赵六", Duty.MANAGER, starts=-1, days=2))
    end = EndDelegation(delegation_id=Delegation.objects.get().id)
    assert code(bank.do(who, end)) == answer
    assert bool(borrowed(bank, "赵六")) == (answer != "done")
    if answer == "done":
        assert Delegation.objects.get().ends_at <= clock.now()
        assert code(bank.do(who, end)) == "not_found"


def test_one_that_has_not_begun_is_taken_back(bank: Bank) -> None:
    bank.done("王芳", lending(bank, "赵六", Duty.MANAGER, starts=1))
    bank.done("王芳", EndDelegation(delegation_id=Delegation.objects.get().id))
    assert not Delegation.objects.exists()


def test_the_fact_tells_bank_dates(bank: Bank) -> None:
    night = datetime.fromisoformat("2026-03-01T17:30:00+00:00")  # 2 March in Shanghai
    with clock.at(night):
        lent = bank.done("王芳", lending(bank, "赵六", Duty.MANAGER))
    assert lent.facts[0]["fields"]["starts_on"] == "2026-03-02"
