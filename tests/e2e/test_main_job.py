"""The main job as people do it at the screen: a customer, a seal, a sealed transfer, two
approvals, a voucher and its proof; then the same pages in English and on a phone."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from tests.bank.cast import CAST
from tests.bank.verbs import Bank
from yinxin.kernel.money import Money
from yinxin.kernel.words import in_words
from yinxin.ledger.commands import OpenOwnAccount, PayIn
from yinxin.ledger.models import Account
from yinxin.people.queries import bank_today

from . import branch, papers
from .counter import Person

SEAL = "财务专用章"
COMPANY, NUMBER = "清河商贸有限公司", "91110108MA0123456G"
AMOUNT = Money("88000.00", "CNY")
# Chinese on an English page: what the bank and its customers called things.
OWN_WORDS = (
    *CAST,
    "清河银行",
    "总行营业部",
    "东城支行",
    COMPANY,
    "北京市海淀区清河路 1 号",
    "日用百货批发、零售",
    "周宁",
    "结算账户",
    "存放同业清算户",
    SEAL,
    "南山物资有限公司",
    "工商银行南山支行",
    "北方贸易集团",
    "货款",
    "同意",
    in_words(AMOUNT),
)


@pytest.fixture
def counter(site: str, chromium: Browser, bank: Bank) -> Iterator[dict[str, Person]]:
    """Those who work on it; 张敏 signs on for the first time, at the pages."""
    with ExitStack() as stack:
        people = {}
        for name in ("张敏", "李强", "王芳", "孙梅", "何静"):
            people[name] = person = Person(chromium, site, name)
            stack.callback(person.context.close)
            stack.callback(person.shot, f"last-{person.login}")
            if name == "张敏":
                person.sign_on_first()
            else:
                person.signed_on()
        yield people
        assert not [said for person in people.values() for said in person.trouble]


def test_the_main_job(counter: dict[str, Person], bank: Bank) -> None:
    clerk, reviewer, manager = counter["张敏"], counter["李强"], counter["王芳"]
    _sign_on_again(clerk)
    _wrong_input_stands_at_its_field(clerk)
    customer = branch.open_customer(clerk, reviewer, COMPANY, NUMBER)
    account = branch.open_account(clerk, reviewer, COMPANY)
    scans = [papers.seal_card(COMPANY, seed=11, angle=3), papers.seal_card(COMPANY, 12, -8)]
    card = branch.register_seal(counter["孙梅"], counter["何静"], account, COMPANY, SEAL, scans)
    _fund(bank)
    page = papers.instruction(COMPANY, account[1], AMOUNT, "00011", bank_today())
    transfer = branch.receive(clerk, account[1], AMOUNT, bank_today(), page)
    comparison = _checked(clerk, reviewer, transfer)
    request = branch.ask_release(clerk, transfer)
    for approver in (reviewer, manager):
        branch.approve(approver, "转账付款")
    voucher, proof = _voucher(clerk, transfer)

    wrong = _look(clerk, customer, account[0], card, transfer, comparison, voucher, proof)
    wrong += manager.looks_right("request", request, OWN_WORDS)
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


def _fund(bank: Bank) -> None:
    """Money came in: the work of another day."""
    nostro = OpenOwnAccount(kind="nostro", currency="CNY", title="存放同业清算户")
    bank.done("王芳", nostro, "李强")
    paid = PayIn(
        account_id=Account.objects.get(kind="customer").id,
        own_account_id=Account.objects.get(kind="nostro").id,
        money=Money("500000.00", "CNY"),
        payer="北方贸易集团",
        reference="RM20260105001",
    )
    bank.done("张敏", paid, "李强")


def _checked(clerk: Person, reviewer: Person, transfer: str) -> str:
    """The worker's results, and the two imprints side by side."""
    comparison = branch.seal_is_settled(clerk, reviewer, transfer)
    pictures = clerk.page.locator("main img")
    expect(pictures.first).to_be_visible()
    for picture in pictures.all():
        assert picture.evaluate("picture => picture.naturalWidth") > 100
    return comparison


def _voucher(clerk: Person, transfer: str) -> tuple[str, str]:
    """The voucher; and the proof of what paid, as the newest line of the trail leads to it."""
    clerk.go(transfer)
    clerk.sees("已付款")
    proof = clerk.page.locator(".trail li").last.get_by_role("link", name="存证")
    href = proof.get_attribute("href") or ""
    clerk.page.locator("main a[href*=voucher]").click()
    clerk.sees("转账凭证", in_words(AMOUNT), "南山物资有限公司", "张敏", "李强", "王芳")
    voucher = clerk.page.url
    clerk.page.goto(href)
    branch.until(clerk, href, "核验通过")
    return voucher, href


def _look(clerk: Person, *paths: str) -> list[str]:
    names = ("customer", "account", "card", "transfer", "comparison", "voucher", "proof")
    pages = dict(zip(names, paths, strict=True)) | {
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
    return [
        wrong
        for name, path in pages.items()
        for wrong in clerk.looks_right(name, path, (*OWN_WORDS, "清河"))
    ]
