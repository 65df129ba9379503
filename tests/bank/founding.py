"""Founding the cast's bank, by commands alone."""

from django.contrib.auth.hashers import make_password

from yinxin.people import queries as people
from yinxin.people.commands import EstablishInstitution, Founder, GrantDuty, HireStaff, OpenBranch
from yinxin.people.models import Branch

from .cast import ADMINISTRATORS, HEAD_OFFICE, OTHER_BRANCH, STAFF
from .verbs import Bank

ONE_TIME_PASSWORD = "founding-day-only"


def found() -> Bank:
    bank, hashed = Bank(), make_password(ONE_TIME_PASSWORD)
    first, second = (person.name for person in ADMINISTRATORS)
    bank.done(
        people.founder(),
        EstablishInstitution(
            name="清河银行",
            name_en="Qinghe Bank",
            branch_code=HEAD_OFFICE,
            administrators=tuple(
                Founder(number=p.number, name=p.name, login=p.login, password_hash=hashed)
                for p in ADMINISTRATORS
            ),
        ),
    )
    head_office = Branch.objects.get(code=HEAD_OFFICE)
    bank.done(
        first,
        OpenBranch(
            parent_id=head_office.id, code=OTHER_BRANCH, name="东城支行", name_en="Dongcheng"
        ),
        second,
    )
    for person in STAFF:
        bank.done(
            first,
            HireStaff(
                branch_id=Branch.objects.get(code=person.branch).id,
                number=person.number,
                name=person.name,
                login=person.login,
                password_hash=hashed,
            ),
            second,
        )
        for duty in person.duties:
            grant = GrantDuty(staff_id=bank.staff_id(person.name), duty=duty)
            bank.done(first, grant, second)
    return bank
