"""The cast signs on for the first time, at the real pages: new password, second factor."""

import re
from concurrent.futures import ThreadPoolExecutor

import pyotp
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from tests.bank.cast import CAST, HEAD_OFFICE, Person
from tests.bank.founding import ONE_TIME_PASSWORD
from tests.bank.verbs import Bank

from yinxin.kernel.actor import DUTY_TITLES, Duty
from yinxin.people.commands import GrantDuty, HireStaff
from yinxin.people.models import Branch

PASSWORD = "qinghe-demo-2026"

# A million needs two managers of the head office.
SECOND_MANAGER = Person("马超", "machao", "1007", HEAD_OFFICE, (Duty.MANAGER,))

_secrets: dict[str, str] = {}


def hire_second_manager(bank: Bank) -> None:
    person = CAST[SECOND_MANAGER.name] = SECOND_MANAGER
    hire = HireStaff(
        branch_id=Branch.objects.get(code=person.branch).id,
        number=person.number,
        name=person.name,
        login=person.login,
        password_hash=make_password(ONE_TIME_PASSWORD),
    )
    bank.done("吴刚", hire, "郑凯")
    grant = GrantDuty(staff_id=bank.staff_id(person.name), duty=Duty.MANAGER)
    bank.done("吴刚", grant, "郑凯")


def sign_on_first() -> None:
    with ThreadPoolExecutor(4) as pool:  # argon2 is slow on purpose
        list(pool.map(_sign_on_first, CAST.values()))


def _sign_on_first(person: Person) -> None:
    browser = Client(HTTP_HOST="localhost")
    _post(browser, "/accounts/login/", login=person.login, password=ONE_TIME_PASSWORD)
    _post(
        browser,
        "/accounts/password/",
        oldpassword=ONE_TIME_PASSWORD,
        password1=PASSWORD,
        password2=PASSWORD,
    )
    page = browser.get("/accounts/code/device/").content.decode()
    found = re.search(r"<code>([A-Z2-7]{16,})</code>", page)
    assert found, "the page shows the secret to type in"
    _secrets[person.name] = found[1]
    _post(browser, "/accounts/code/device/", code=pyotp.TOTP(found[1]).now())
    connection.close()


def show_sign_ons() -> None:
    """Names, passwords and the codes of this half minute."""
    print(f"\n登录 sign-on, 密码 password: {PASSWORD}")
    for person in CAST.values():
        duties = "、".join(DUTY_TITLES[duty].zh for duty in person.duties) or "—"
        secret = _secrets[person.name]
        print(
            f"  {person.name}  {person.login:<10} {duties} "
            f"动态口令 code {pyotp.TOTP(secret).now()}  密钥 secret {secret}"
        )


def _post(browser: Client, url: str, **fields: str) -> None:
    answer = browser.post(url, fields)
    assert answer.status_code == 302, (url, answer.status_code, answer.content.decode()[-2000:])
