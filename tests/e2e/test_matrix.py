"""An administrator sets the approval matrix by its form, row by row; another one approves."""

from contextlib import ExitStack

from playwright.sync_api import Browser

from tests.bank.cast import CAST
from tests.bank.verbs import Bank

from . import branch
from .counter import Person

OWN_WORDS = (*CAST, "清河银行", "总行营业部", "东城支行")


def test_the_matrix_is_set_by_its_form(site: str, chromium: Browser, bank: Bank) -> None:
    with ExitStack() as stack:
        first, second = (Person(chromium, site, name) for name in ("吴刚", "郑凯"))
        for person in (first, second):
            stack.callback(person.context.close)
            stack.callback(person.shot, f"last-{person.login}")
            person.signed_on()
        wrong = first.looks_right("matrix-form", "/do/0007/", OWN_WORDS)
        assert not wrong, wrong
        _fill_in(first)
        branch.approve(second, "设置审批矩阵")
        first.go("/matrix/")
        row = first.page.locator("main tr", has_text="7,000,000.00")
        assert "第 1 级：复核 → 第 2 级：授权主管或风险，2 人" in row.inner_text(), row.inner_text()
        assert not first.trouble + second.trouble


def _fill_in(person: Person) -> None:
    person.go("/matrix/")
    person.press("设置审批矩阵")
    person.choose("交易", "转账付款")
    person.fill("起始金额", "7000000")
    rows = person.page.locator("#field-levels .field-row")
    rows.nth(0).get_by_label("复核").check()
    for duty in ("授权主管", "风险"):
        rows.nth(1).get_by_label(duty).check()
    rows.nth(1).get_by_label("人数").fill("2")
    person.confirms("确认，提交审批")
