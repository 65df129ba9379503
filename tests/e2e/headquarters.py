"""How a bank comes to be at the pages: it is founded, staffed, and its people sign on."""

import re
from contextlib import ExitStack

from playwright.sync_api import Browser

from tests.bank.cast import CAST

from . import branch
from .conftest import House
from .counter import Person

FOUNDED = {
    "机构名称": "清河银行",
    "机构英文名称": "Qinghe Bank",
    "第一位管理员工号": "9001",
    "第一位管理员姓名": "吴刚",
    "第一位管理员登录名": "wugang",
    "第二位管理员工号": "9002",
    "第二位管理员姓名": "郑凯",
    "第二位管理员登录名": "zhengkai",
}
HIRED = {"张敏": "经办", "李强": "复核", "王芳": "授权主管", "孙梅": "印鉴管理"}


class People:
    """Whoever has come to the house, each at a browser of their own."""

    def __init__(self, chromium: Browser, house: House, stack: ExitStack) -> None:
        self.chromium, self.house, self.stack = chromium, house, stack
        self.known: dict[str, Person] = {}

    def comes(self, name: str) -> Person:
        person = self.known[name] = Person(self.chromium, self.house.address, name)
        self.stack.callback(person.context.close)
        self.stack.callback(person.shot, f"last-{person.login}")
        return person

    def signs_on_first(self, name: str, password: str) -> Person:
        person = self.comes(name)
        person.sign_on_first(password)
        return person


def found(people: People) -> tuple[Person, Person]:
    """The page that an empty house shows to whoever has the code of its terminal."""
    visitor = people.comes("吴刚")
    visitor.go("/")
    visitor.shot("founding")
    visitor.fill("建立码", people.house.code)
    for label, value in FOUNDED.items():
        visitor.fill(label, value)
    visitor.press("建立")
    visitor.sees("机构已建立", "吴刚", "郑凯")
    visitor.shot("founded")
    one, other = (each.inner_text() for each in visitor.page.locator("main code").all())
    visitor.sign_on_first(one)
    return visitor, people.signs_on_first("郑凯", other)


def hire(people: People, first: Person, second: Person) -> list[Person]:
    """Four of them, each with one duty; what one administrator asks for, the other approves."""
    passwords = {}
    for name, duty in HIRED.items():
        first.go("/do/0102/")
        told = re.search(r"一次性口令：([a-z0-9]{16})", first.page.inner_text("body"))
        assert told
        passwords[name] = told[1]
        first.choose("网点", "总行营业部")
        first.fill("工号", str(1000 + len(passwords)))
        first.fill("姓名", name)
        first.fill("登录名", CAST[name].login)
        first.confirms("确认，提交审批")
        branch.approve(second, "新增员工")
        first.go("/people/staff/")
        first.page.locator("main table tbody tr", has_text=name).locator("a").click()
        first.press("授予岗位")
        first.choose("岗位", duty)
        first.confirms("确认，提交审批")
        branch.approve(second, "授予岗位")
    return [people.signs_on_first(name, password) for name, password in passwords.items()]
