"""Forms that take more than boxes to fill: the approval matrix row by row, and a customer found by
typing among more than a list shows at once, without a mouse."""

from contextlib import ExitStack

from playwright.sync_api import Browser, expect
from stdnum.iso7064 import mod_11_2

from tests.bank import imports
from tests.bank.cast import CAST
from tests.bank.verbs import Bank
from yinxin.uikit.choices import AT_ONCE

from . import branch
from .counter import Person

SIMA = "司马光"
OWN_WORDS = (*CAST, "清河银行", "总行营业部", "东城支行", "欧阳雪", SIMA, "周宁")


def test_forms_are_filled_in(site: str, chromium: Browser, bank: Bank) -> None:
    _brought(bank)
    with ExitStack() as stack:
        first, second, clerk = (Person(chromium, site, name) for name in ("吴刚", "郑凯", "张敏"))
        for person in (first, second, clerk):
            stack.callback(person.context.close)
            stack.callback(person.shot, f"last-{person.login}")
            person.signed_on()
        _matrix(first, second)
        _customer(clerk)
        assert not first.trouble + second.trouble + clerk.trouble


def _brought(bank: Bank) -> None:
    """欧阳雪 many times over, and before all of them 司马光."""
    rows = []
    for serial in range(AT_ONCE + 3):
        body = f"11010119900307{serial:03}"
        number = body + mod_11_2.calc_check_digit(body)
        row = imports.XUE.replace("A-1", f"A-{serial}").replace("110101199003071233", number)
        rows.append(row if serial else row.replace("欧阳雪", SIMA))
    imports.approved(bank, imports.customers(bank, imports.table(imports.CUSTOMERS, *rows)))


def _matrix(first: Person, second: Person) -> None:
    """An administrator sets it; another one approves."""
    wrong = first.looks_right("matrix-form", "/do/0007/", OWN_WORDS)
    assert not wrong, wrong
    _fill_in(first)
    branch.approve(second, "设置审批矩阵")
    first.go("/matrix/")
    row = first.page.locator("main tr", has_text="7,000,000.00")
    assert "第 1 级：复核 → 第 2 级：授权主管或风险，2 人" in row.inner_text(), row.inner_text()


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


def _customer(clerk: Person) -> None:
    wrong = clerk.looks_right("choosing", "/do/2001/", OWN_WORDS)
    assert not wrong, wrong
    clerk.go("/do/2001/")
    _find(clerk)
    _is_kept(clerk)


def _find(clerk: Person) -> None:
    keys, page = clerk.page.keyboard, clerk.page
    expect(page.locator("#field-customer_id option", has_text=SIMA)).to_have_count(0)
    page.get_by_label("查找客户").focus()
    keys.type("欧阳")
    clerk.sees(f"找到的多于 {AT_ONCE} 项")
    clerk.shot("choosing-many")
    keys.press("Control+A")
    keys.type("查无此人")
    clerk.sees("没有找到")
    keys.press("Control+A")
    keys.type("smg")
    clerk.sees("找到 1 项")
    keys.press("Enter")
    expect(page.locator("#field-customer_id")).to_be_focused()
    expect(page.locator("#field-customer_id option:checked")).to_contain_text(SIMA)


def _is_kept(clerk: Person) -> None:
    """What was chosen stays, through a form that comes back and through its preview."""
    chosen = clerk.page.locator("#field-customer_id option:checked")
    clerk.page.keyboard.press("Control+Enter")
    clerk.sees("处需要更正")
    expect(chosen).to_contain_text(SIMA)
    clerk.fill("账户用途", "货款结算")
    clerk.choose("账户性质", "个人结算账户")
    clerk.choose("币种", "CNY")
    clerk.press("下一步：核对")
    clerk.sees("提交后将会", SIMA)
    clerk.press("返回修改")
    expect(chosen).to_contain_text(SIMA)
