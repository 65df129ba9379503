"""An empty house in the browser: one page, one code, two administrators."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from yinxin.people.models import Institution, Staff
from yinxin.web import founding_pages
from yinxin.web.founding_pages import founding_code

FILLED = {
    "name": "清河银行",
    "name_en": "Qinghe Bank",
    "branch_name": "总行营业部",
    "branch_name_en": "Head office",
    "first_number": "9001",
    "first_name": "吴刚",
    "first_login": "wugang",
    "second_number": "9002",
    "second_name": "郑凯",
    "second_login": "zhengkai",
}


@pytest.fixture
def browser(db: str) -> Iterator[Client]:
    founding_pages._FOUNDED.clear()
    yield Client(HTTP_HOST="localhost")
    founding_pages._FOUNDED.clear()


def test_an_empty_house_leads_to_its_founding_and_a_founded_one_away(browser: Client) -> None:
    for path in ("/", "/accounts/login/"):
        assert browser.get(path)["Location"] == "/founding/"
    empty = browser.get("/founding/").content.decode()
    assert founding_code() not in empty
    assert "启动系统的终端里显示的 16 位代码。" in empty
    whole = FILLED | {"founding_code": founding_code()}
    founded = browser.post("/founding/", whole).content.decode()
    passwords = re.findall(r"<code>([a-z0-9]{16})</code>", founded)
    assert len(set(passwords)) == 2
    assert "root.key" in founded
    assert Institution.objects.get().name == "清河银行"
    assert browser.get("/founding/")["Location"] == "/"
    assert browser.post("/founding/", whole)["Location"] == "/"
    signed_on = browser.post("/accounts/login/", {"login": "wugang", "password": passwords[0]})
    assert signed_on.status_code == 302
    assert browser.get("/")["Location"] == "/accounts/password/"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"founding_code": "AAAA-AAAA-AAAA-AAAA"}, "建立码不符"),
        ({"second_login": "wugang"}, "两位管理员不能相同"),
        ({"second_number": "9001"}, "两位管理员不能相同"),
        ({"first_login": "吴刚"}, "first_login-error"),
        ({"name": "行" * 101}, "name-error"),
        ({"first_name": ""}, "first_name-error"),
    ],
)
def test_a_wrong_form_founds_nothing(browser: Client, wrong: dict[str, str], sentence: str) -> None:
    answer = browser.post("/founding/", {"founding_code": founding_code()} | FILLED | wrong)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Staff.objects.exists()
