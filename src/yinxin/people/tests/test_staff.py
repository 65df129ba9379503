"""Hiring, dismissing, resetting a password, branches, founding."""

import pytest
from django.contrib.auth.hashers import make_password
from tests.bank.founding import ONE_TIME_PASSWORD
from tests.bank.verbs import Bank, code

from yinxin.evidence.models import Outbox
from yinxin.gate.models import Execution, Policy
from yinxin.gate.registry import POLICIES
from yinxin.gate.tests.acts import at_once
from yinxin.kernel.actor import Channel, Duty
from yinxin.people import queries as people
from yinxin.people.commands import (
    DismissStaff,
    EstablishInstitution,
    Founder,
    GrantDuty,
    HireStaff,
    OpenBranch,
    ResetPassword,
)
from yinxin.people.models import Branch, Institution, Login, Staff


def hiring(**values: object) -> HireStaff:
    return HireStaff(
        **{
            "branch_id": Branch.objects.get(code="0002").id,
            "number": "3001",
            "name": "新人",
            "login": "xinren",
            "password_hash": make_password("another-day-only"),
        }
        | values
    )


def test_who_is_hired_can_sign_on_and_do_nothing_yet(bank: Bank) -> None:
    bank.done("吴刚", hiring(), "郑凯")
    login = Login.objects.get(username="xinren")
    assert login.check_password("another-day-only")
    assert (login.is_active, login.must_change_password) == (True, True)
    actor = people.actor_for(login.id, Channel.WEB)
    assert (actor.name, actor.branch, actor.duties) == ("新人", "/0001/0002/", frozenset())


def test_until_the_second_administrator_agrees_nobody_is_hired(bank: Bank) -> None:
    asked = bank.do("吴刚", hiring())
    assert not Login.objects.filter(username="xinren").exists()
    bank.reject(asked.request_id, "郑凯", "编制已满")
    assert not Staff.objects.filter(number="3001").exists()


@pytest.mark.parametrize("who", ["张敏", "王芳", "周洁", "赵六"])
def test_only_administrators_hire(bank: Bank, who: str) -> None:
    assert code(bank.do(who, hiring())) == "duty_missing"


def test_numbers_and_logins_are_unique(bank: Bank) -> None:
    for taken in ({"number": "1001"}, {"login": "zhangmin"}):
        assert code(bank.do("吴刚", hiring(**taken))) == "number_taken"


def test_a_branch_must_be_there(bank: Bank) -> None:
    from uuid import uuid4

    assert code(bank.do("吴刚", hiring(branch_id=uuid4()))) == "not_found"


def test_who_left_is_nobody(bank: Bank) -> None:
    who = bank.staff_id("张敏")
    bank.done("吴刚", DismissStaff(staff_id=who), "郑凯")
    assert people.actor_for(who, Channel.WEB) is None
    assert people.staff_named(people.founder(), "zhangmin") is None
    for late in (
        DismissStaff(staff_id=who),
        GrantDuty(staff_id=who, duty=Duty.CLERK),
        ResetPassword(staff_id=who, password_hash="argon2$x"),
    ):
        assert code(bank.do("吴刚", late)) == "staff_left"


def test_a_reset_password_is_for_one_time(bank: Bank) -> None:
    who = bank.staff_id("张敏")
    Login.objects.filter(id=who).update(must_change_password=False)
    reset = ResetPassword(staff_id=who, password_hash=make_password("another-day-only"))
    asked = bank.do("吴刚", reset)
    assert Login.objects.get(id=who).check_password(ONE_TIME_PASSWORD)
    bank.approve(asked.request_id, "郑凯")
    login = Login.objects.get(id=who)
    assert login.check_password("another-day-only")
    assert login.must_change_password


def test_a_reset_takes_the_second_factor_where_asked(bank: Bank) -> None:
    from allauth.mfa.models import Authenticator

    who = bank.staff_id("张敏")
    for second_factor, remain in ((False, 1), (True, 0)):
        Authenticator.objects.get_or_create(user_id=who, type="totp", data={"secret": "x"})
        reset = ResetPassword(staff_id=who, password_hash="argon2$x", second_factor=second_factor)
        bank.done("吴刚", reset, "郑凯")
        assert Authenticator.objects.filter(user_id=who).count() == remain


def test_branches_hang_below_one_another(bank: Bank) -> None:
    east = Branch.objects.get(code="0002")
    under = OpenBranch(parent_id=east.id, code="0007", name="储蓄所", name_en="Savings")
    bank.done("吴刚", under, "郑凯")
    assert Branch.objects.get(code="0007").path == "/0001/0002/0007/"
    assert code(bank.do("吴刚", under)) == "number_taken"
    manager = bank.actor("陈立")
    assert {branch.code for branch in people.branches_for(manager)} == {"0002", "0007"}
    assert {staff.name for staff in people.staff_for(manager)} == {"陈立", "赵六"}


def establishment(second: str = "two") -> EstablishInstitution:
    return EstablishInstitution(
        name="清河银行",
        name_en="Qinghe Bank",
        administrators=tuple(
            Founder(number=name, name=name, login=name, password_hash="argon2$x")
            for name in ("one", second)
        ),
    )


def test_an_institution_is_founded_once(db: str) -> None:
    bank = Bank()
    founded = bank.do(people.founder(), establishment())
    assert founded.status == "done"
    assert Outbox.objects.count() == Execution.objects.count() == 1
    assert Policy.objects.count() == len(POLICIES) > 0
    assert code(bank.do(people.founder(), establishment())) == "founded_already"
    assert Institution.objects.count() == 1
    assert Staff.objects.count() == 2


def test_a_founding_that_was_refused_can_be_tried_again(db: str) -> None:
    bank = Bank()
    assert code(bank.do(people.founder(), establishment(second="one"))) == "number_taken"
    assert not Institution.objects.exists()
    assert bank.do(people.founder(), establishment()).status == "done"


def test_founding_at_once_founds_one(db: str) -> None:
    bank, founder = Bank(), people.founder()
    outcomes = at_once(2, lambda _: bank.do(founder, establishment()))
    assert sorted(map(code, outcomes))[0] == "done"
    assert sorted(map(code, outcomes))[1] in ("founded_already", "number_taken")
    assert Institution.objects.count() == 1
