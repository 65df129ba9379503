"""Duties: who may hold which, and that enough administrators remain."""

import pytest
from tests.bank.verbs import Bank, code

from yinxin.kernel.actor import DUTY_TITLES, Channel, Duty
from yinxin.kernel.refusals import Refused
from yinxin.people import queries as people
from yinxin.people.commands import DismissStaff, EndDuty, GrantDuty
from yinxin.people.models import DutyGrant, Login, Staff
from yinxin.people.rules import require_compatible

# x: excluded. Rows and columns in the order of Duty; the table is symmetric.
EXCLUSIVE = """
                clerk rev man seal cust arch risk comp aud adm
clerk           .     x   x   x    .    .    .    .    x   x
reviewer        x     .   .   .    .    .    .    .    x   x
manager         x     .   .   .    x    .    .    .    x   x
seal_registrar  x     .   .   .    .    .    .    .    x   x
custodian       .     .   x   .    .    .    .    .    x   x
archivist       .     .   .   .    .    .    .    .    x   x
risk            .     .   .   .    .    .    .    .    .   .
compliance      .     .   .   .    .    .    .    .    .   .
auditor         x     x   x   x    x    x    .    .    .   x
administrator   x     x   x   x    x    x    .    .    x   .
"""
ROWS = [line.split() for line in EXCLUSIVE.strip().split("\n")[1:]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_duties_that_exclude_each_other(row: list[str]) -> None:
    held = Duty(row[0])
    for added, mark in zip(Duty, row[1:], strict=True):
        if mark == "x":
            with pytest.raises(Refused, match="duties_exclude"):
                require_compatible({held}, added)
            with pytest.raises(Refused, match="duties_exclude"):
                require_compatible({added}, held)
        else:
            require_compatible({held}, added)


def test_each_duty_has_its_name() -> None:
    assert set(DUTY_TITLES) == set(Duty)


@pytest.mark.parametrize(
    ("who", "duty", "answer"),
    [
        ("张敏", Duty.REVIEWER, "duties_exclude"),
        ("李强", Duty.CLERK, "duties_exclude"),
        ("吴刚", Duty.CLERK, "duties_exclude"),
        ("周洁", Duty.ADMINISTRATOR, "duties_exclude"),
        ("张敏", Duty.CLERK, "duty_held"),
        ("李强", Duty.MANAGER, "pending"),
        ("赵六", Duty.CLERK, "pending"),
    ],
)
def test_granting(bank: Bank, who: str, duty: Duty, answer: str) -> None:
    assert code(bank.do("吴刚", GrantDuty(staff_id=bank.staff_id(who), duty=duty))) == answer


def test_a_duty_is_held_from_its_grant_to_its_end(bank: Bank) -> None:
    who = bank.staff_id("赵六")
    bank.done("吴刚", GrantDuty(staff_id=who, duty=Duty.CLERK), "郑凯")
    assert people.actor_for(who, Channel.WEB).duties == {Duty.CLERK}
    bank.done("郑凯", EndDuty(staff_id=who, duty=Duty.CLERK), "吴刚")
    assert people.actor_for(who, Channel.WEB).duties == frozenset()
    assert code(bank.do("吴刚", EndDuty(staff_id=who, duty=Duty.CLERK))) == "duty_not_held"
    # A duty that excluded it may follow.
    bank.done("吴刚", GrantDuty(staff_id=who, duty=Duty.REVIEWER), "郑凯")
    assert DutyGrant.objects.filter(staff_id=who).count() == 2


def test_administrators_need_each_other(bank: Bank) -> None:
    who = bank.staff_id("赵六")
    grant = GrantDuty(staff_id=who, duty=Duty.CLERK)
    asked = bank.do("吴刚", grant)
    assert code(bank.approve(asked.request_id, "吴刚")) == "own_request"
    assert code(bank.approve(asked.request_id, "王芳")) == "not_an_approver"
    assert bank.approve(asked.request_id, "郑凯").status == "done"


def test_the_last_two_administrators_stay(bank: Bank) -> None:
    who = bank.staff_id("郑凯")
    for leaving in (EndDuty(staff_id=who, duty=Duty.ADMINISTRATOR), DismissStaff(staff_id=who)):
        assert code(bank.do("吴刚", leaving)) == "last_administrator"
    third = GrantDuty(staff_id=bank.staff_id("赵六"), duty=Duty.ADMINISTRATOR)
    bank.done("吴刚", third, "郑凯")
    bank.done("吴刚", DismissStaff(staff_id=third.staff_id), "郑凯")
    assert Staff.objects.get(id=third.staff_id).state == "left"
    assert not Login.objects.get(id=third.staff_id).is_active
    assert code(bank.do("吴刚", DismissStaff(staff_id=who))) == "last_administrator"
