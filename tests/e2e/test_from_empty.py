"""From nothing at all: a bank is founded, staffed and at work on paper of its own, by the pages
alone."""

import re
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from conftest import SHARED
from playwright.sync_api import Browser

from tests.bank.cast import CAST
from yinxin.kernel.money import Money
from yinxin.seals.drawing import encode_png

from . import branch, papers
from .conftest import House, browser
from .counter import Person

COMPANY, NUMBER = "清河商贸有限公司", "91110108MA0123456G"
AMOUNT = Money("88000.00", "CNY")
EXPORT = SHARED / "statements" / "abc_debit_example-abc_debit-records.csv"
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


def test_from_nothing_to_a_reconciled_day(empty_house: House) -> None:
    with browser() as chromium, ExitStack() as stack:
        people = _People(chromium, empty_house, stack)
        _work(people, empty_house)
        assert not [said for person in people.known.values() for said in person.trouble]
    if not EXPORT.exists():
        pytest.skip("all but reconciling: no real export in ../shared/data/statements")


class _People:
    def __init__(self, chromium: Browser, house: House, stack: ExitStack) -> None:
        self.chromium, self.house, self.stack = chromium, house, stack
        self.known: dict[str, Person] = {}

    def comes(self, name: str) -> Person:
        person = self.known[name] = Person(self.chromium, self.house.address, name)
        self.stack.callback(person.context.close)
        self.stack.callback(person.shot, f"empty-last-{person.login}")
        return person

    def signs_on_first(self, name: str, password: str) -> Person:
        person = self.comes(name)
        person.sign_on_first(password)
        return person


def _work(people: _People, house: House) -> None:
    first, second = _found(people, house.code)
    clerk, reviewer, manager, registrar = _hire(people, first, second)
    first.looks_right("empty-staff", "/people/staff/", ())
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()

    customer = branch.open_customer(clerk, reviewer, COMPANY, NUMBER)
    account = branch.open_account(clerk, reviewer, COMPANY)
    nostro = _open_nostro(manager, reviewer)
    _pay_in(clerk, reviewer, account[1], nostro)

    kind, scans, page = _own_scans(account[1], today)
    card = branch.register_seal(registrar, reviewer, account, COMPANY, kind, scans)
    transfer = branch.receive(clerk, account[1], AMOUNT, today, page)
    comparison = branch.seal_is_settled(clerk, reviewer, transfer)
    branch.ask_release(clerk, transfer)
    for approver in (reviewer, manager):
        branch.approve(approver, "转账付款")
    voucher = _print_voucher(clerk, transfer)
    pages = {
        "customer": customer,
        "card": card,
        "transfer": transfer,
        "comparison": comparison,
        "voucher": voucher,
    }
    if EXPORT.exists():
        pages |= _reconcile(clerk, manager, nostro)
    for name, path in pages.items():
        wrong = [each for each in clerk.looks_right(f"empty-{name}", path, ()) if "px" in each]
        assert not wrong, wrong


def _found(people: _People, code: str) -> tuple[Person, Person]:
    """The page that an empty house shows to whoever has the code of its terminal."""
    visitor = people.comes("吴刚")
    visitor.go("/")
    visitor.shot("empty-founding")
    visitor.fill("建立码", code)
    for label, value in FOUNDED.items():
        visitor.fill(label, value)
    visitor.press("建立")
    visitor.sees("机构已建立", "吴刚", "郑凯")
    visitor.shot("empty-founded")
    one, other = (each.inner_text() for each in visitor.page.locator("main code").all())
    visitor.sign_on_first(one)
    return visitor, people.signs_on_first("郑凯", other)


def _hire(people: _People, first: Person, second: Person) -> list[Person]:
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


def _open_nostro(manager: Person, reviewer: Person) -> str:
    manager.go("/do/2002/")
    manager.choose("种类", "存放同业")
    manager.choose("币种", "CNY")
    manager.fill("账户用途", "存放同业清算户")
    manager.confirms("确认，提交审批")
    branch.approve(reviewer, "开立内部账户")
    return branch.newest(manager, "/ledger/?kind=nostro")[1]


def _pay_in(clerk: Person, reviewer: Person, account: str, nostro: str) -> None:
    clerk.go("/do/2003/")
    clerk.choose("收款账户", account)
    clerk.choose("内部账户", nostro)
    clerk.fill("金额", "500000")
    clerk.fill("付款人", "北方贸易集团")
    clerk.fill("来账流水号", "RM20260105001")
    clerk.confirms("确认，提交审批")
    branch.approve(reviewer, "来账入账")


def _own_scans(account: str, on: date) -> tuple[str, Sequence[bytes], bytes]:
    """The kind of seal, two scans for its card, and the sealed instruction."""
    real = papers.real_imprints()
    page = papers.instruction(COMPANY, account, AMOUNT, "00011", on, real[2] if real else None)
    if real:
        return "法人章", [encode_png(each, papers.DPI) for each in real[:2]], page
    scans = [papers.seal_card(COMPANY, seed, angle) for seed, angle in ((11, 3), (12, -8))]
    return "财务专用章", scans, page


def _print_voucher(clerk: Person, transfer: str) -> str:
    """Its paper, and that a second one says so."""
    clerk.go(transfer)
    clerk.sees("已付款")
    clerk.page.locator("main a[href*=voucher]").click()
    voucher = clerk.page.url
    for _ in range(2):
        with clerk.page.expect_response(re.compile("/transfers/prints/")) as printed:
            clerk.page.get_by_role("button", name="打印凭证").click()
        answer = clerk.context.request.get(printed.value.url)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.body().startswith(b"%PDF")
        clerk.go(voucher)
    assert clerk.page.locator("main a[href*=prints]").count() == 2
    return voucher


def _reconcile(clerk: Person, manager: Person, nostro: str) -> dict[str, str]:
    """A bank's own export against our books: nothing agrees, each open item is explained."""
    clerk.go("/do/5001/")
    clerk.choose("存放同业账户", nostro)
    label = "对账单文件（camt.053、MT940、CSV、XLS、XLSX）"
    clerk.upload(label, EXPORT.read_bytes(), EXPORT.name)
    clerk.confirms()
    clerk.page.locator("main a.btn", has_text="查看 RS").click()
    statement = clerk.page.url
    clerk.press("执行对账")
    clerk.confirms()
    clerk.go("/reconciliation/items/")
    items = clerk.page.locator("main table tbody a[href*=items]")
    paths = {each.get_attribute("href") or "" for each in items.all()}
    assert len(paths) >= 4
    for path in sorted(paths):
        clerk.go(path)
        clerk.press("说明未达账项")
        clerk.fill("原因说明", "他行样例，双方账务不同")
        clerk.confirms()
    clerk.go(statement)
    clerk.press("签核对账单")
    clerk.confirms("确认，提交审批")
    branch.approve(manager, "签核对账单")
    clerk.go(statement)
    clerk.sees("已签核")
    return {"statement": statement, "report": f"{statement}report/"}
