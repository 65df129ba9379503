"""The main job as people do it at the screen, from nothing at all: a bank is founded and staffed; a
customer, a seal, a sealed transfer, two approvals, a voucher and its proof; a reconciled
statement. Then the same pages in English and on a phone."""

import re
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from conftest import SHARED
from playwright.sync_api import expect

from tests.bank.cast import CAST
from yinxin.kernel.money import Money
from yinxin.kernel.words import in_words
from yinxin.seals.drawing import encode_png

from . import books, branch, headquarters, papers
from .conftest import House, browser
from .counter import Person

COMPANY, NUMBER = "清河商贸有限公司", "91110108MA0123456G"
AMOUNT = Money("88000.00", "CNY")
EXPORT = SHARED / "statements" / "abc_debit_example-abc_debit-records.csv"
# Chinese on an English page: what the bank and its customers called things.
OWN_WORDS = (
    *CAST,
    "清河银行",
    "总行营业部",
    COMPANY,
    "北京市海淀区清河路 1 号",
    "日用百货批发、零售",
    "周宁",
    "结算账户",
    "存放同业清算户",
    "财务专用章",
    "法人章",
    "南山物资有限公司",
    "工商银行南山支行",
    "北方贸易集团",
    "货款",
    "同意",
    "折角重合，笔画一致",
    in_words(AMOUNT),
    "清河",
)
LISTS = {
    "inbox": "/?folder=made",
    "customers": "/customers/",
    "accounts": "/ledger/",
    "cards": "/seals/",
    "transfers": "/transfers/",
    "receive": "/do/4001/",
    "reject": "/do/4005/",
    "commands": "/commands/",
    "search": "/search/?q=清河",
    "matrix": "/matrix/",
    "staff": "/people/staff/",
    "evidence": "/evidence/",
}


def test_the_main_job(empty_house: House) -> None:
    with browser() as chromium, ExitStack() as stack:
        people = headquarters.People(chromium, empty_house, stack)
        _work(people)
        assert not [said for person in people.known.values() for said in person.trouble]
    if not EXPORT.exists():
        pytest.skip("all but reconciling: no real export in ../shared/data/statements")


def _work(people: headquarters.People) -> None:
    first, second = headquarters.found(people)
    clerk, reviewer, manager, registrar = headquarters.hire(people, first, second)
    _sign_on_again(clerk)
    _wrong_input_stands_at_its_field(clerk)
    customer = branch.open_customer(clerk, reviewer, COMPANY, NUMBER)
    account = branch.open_account(clerk, reviewer, COMPANY)
    nostro = books.open_nostro(manager, reviewer)
    books.pay_in(clerk, reviewer, account[1], nostro)

    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    kind, scans, page = _own_scans(account[1], today)
    card = branch.register_seal(registrar, reviewer, account, COMPANY, kind, scans)
    transfer = branch.receive(clerk, account[1], AMOUNT, today, page)
    comparison = _checked(clerk, reviewer, transfer)
    request = branch.ask_release(clerk, transfer)
    for approver in (reviewer, manager):
        branch.approve(approver, "转账付款")
    voucher, proof = _voucher(clerk, transfer)

    wrong = manager.looks_right("request", request, OWN_WORDS)
    pages = LISTS | {
        "customer": customer,
        "account": account[0],
        "card": card,
        "transfer": transfer,
        "comparison": comparison,
        "voucher": voucher,
        "proof": proof,
    }
    for name, path in pages.items():
        wrong += clerk.looks_right(name, path, OWN_WORDS)
    if EXPORT.exists():
        statement = books.reconcile(clerk, manager, nostro, EXPORT)
        for name, path in (("statement", statement), ("report", f"{statement}report/")):
            looked = clerk.looks_right(name, path, ())  # full of strangers' words
            wrong += [each for each in looked if "px" in each]
    assert not wrong, "\n".join(wrong)


def _sign_on_again(clerk: Person) -> None:
    """Password, then one-time code; and the language is changed by its button."""
    clerk.page.locator("summary", has_text=clerk.name).click()
    clerk.page.get_by_role("button", name="退出登录").click()
    expect(clerk.page).to_have_url(f"{clerk.site}/accounts/login/")
    clerk.shot("sign-on")
    clerk.sign_on()
    expect(clerk.page.locator("h1")).to_have_text("我的待办")
    clerk.page.get_by_label("Switch to English").click()
    expect(clerk.page.locator("h1")).to_have_text("Inbox")
    clerk.page.get_by_label("切换到中文").click()
    expect(clerk.page.locator("h1")).to_have_text("我的待办")


def _wrong_input_stands_at_its_field(clerk: Person) -> None:
    clerk.go("/do/1001/")
    branch.fill_company(clerk, COMPANY, NUMBER[:-1] + "9")
    clerk.fill("地址", "")
    clerk.press("下一步：核对")
    assert _errors(clerk) == {"地址": "此项必填。"}
    clerk.fill("地址", "北京市海淀区清河路 1 号")
    clerk.press("下一步：核对")
    [(label, sentence)] = _errors(clerk).items()
    assert label == "证件号码"
    assert "校验" in sentence
    clerk.shot("wrong-number")
    clerk.go("/do/4001/")
    clerk.fill("金额", "100.005")
    clerk.press("下一步：核对")
    errors = _errors(clerk)
    assert errors["金额"] == "金额或币种不正确，请检查格式和小数位数。"
    assert errors["收款人名称"] == "此项必填。"
    clerk.shot("wrong-amount")


def _errors(person: Person) -> dict[str, str]:
    """The sentence at each field that is marked wrong."""
    bad = person.page.locator(".field-bad")
    expect(bad.first).to_be_visible()
    return {
        each.locator("label").inner_text().rstrip("*"): each.locator(".error").inner_text()
        for each in bad.all()
    }


def _own_scans(account: str, on: date) -> tuple[str, Sequence[bytes], bytes]:
    """The kind of seal, two scans for its card, and the sealed instruction."""
    real = papers.real_imprints()
    page = papers.instruction(COMPANY, account, AMOUNT, "00011", on, real[2] if real else None)
    if real:
        return "法人章", [encode_png(each, papers.DPI) for each in real[:2]], page
    scans = [papers.seal_card(COMPANY, seed, angle) for seed, angle in ((11, 3), (12, -8))]
    return "财务专用章", scans, page


def _checked(clerk: Person, reviewer: Person, transfer: str) -> str:
    """The worker's results, and the two imprints side by side."""
    comparison = branch.seal_is_settled(clerk, reviewer, transfer)
    pictures = clerk.page.locator("main img")
    expect(pictures.first).to_be_visible()
    for picture in pictures.all():
        assert picture.evaluate("picture => picture.naturalWidth") > 100
    return comparison


def _voucher(clerk: Person, transfer: str) -> tuple[str, str]:
    """The voucher, its paper, and that a second one says so; and the proof of what paid, as the
    newest line of the trail leads to it."""
    clerk.go(transfer)
    clerk.sees("已付款")
    link = clerk.page.locator(".trail li").last.get_by_role("link", name="存证")
    proof = link.get_attribute("href") or ""
    clerk.page.locator("main a[href*=voucher]").click()
    clerk.sees("转账凭证", in_words(AMOUNT), "南山物资有限公司", "张敏", "李强", "王芳")
    voucher = clerk.page.url
    for _ in range(2):
        with clerk.page.expect_response(re.compile("/transfers/prints/")) as printed:
            clerk.page.get_by_role("button", name="打印凭证").click()
        answer = clerk.context.request.get(printed.value.url)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.body().startswith(b"%PDF")
        clerk.go(voucher)
    assert clerk.page.locator("main a[href*=prints]").count() == 2
    clerk.go(proof)
    branch.until(clerk, proof, "核验通过")
    return voucher, proof
