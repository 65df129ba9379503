"""The main job as people do it at the screen: a customer, a seal, a sealed transfer, two
approvals, a voucher and its proof; then the same pages in English and on a phone."""

import time
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

from . import papers
from .counter import Person

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
    "结算账户",
    "存放同业清算户",
    "财务专用章",
    "南山物资有限公司",
    "工商银行南山支行",
    "北方贸易集团",
    "货款",
    "同意",
    "自动核验",  # who the log says did it
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
    customer = _open_customer(clerk, reviewer)
    account = _open_account(clerk, reviewer)
    card = _register_seal(counter["孙梅"], counter["何静"], account)
    _fund(bank)
    transfer = _receive(clerk)
    comparison = _checked(clerk, transfer)
    request = _ask_release(clerk, transfer)
    for approver in (reviewer, manager):
        _approve(approver, "转账付款")
    voucher, proof = _voucher(clerk, transfer)

    wrong = _look(clerk, customer, account, card, transfer, comparison, voucher, proof)
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
    _fill_company(clerk, NUMBER[:-1] + "9")
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


def _open_customer(clerk: Person, reviewer: Person) -> str:
    clerk.go("/customers/")
    clerk.press("登记客户")
    _fill_company(clerk, NUMBER)
    clerk.press("下一步：核对")
    clerk.sees("提交后将会", COMPANY, "无需审批，提交后立即生效。")
    clerk.shot("preview")
    clerk.press("确认办理")
    clerk.sees("已办理", COMPANY)
    clerk.page.locator("main a.btn", has_text="查看 CU").click()
    clerk.sees(COMPANY, "已登记")
    customer = clerk.page.url
    clerk.press("客户开户")
    clerk.confirms("确认，提交审批")
    clerk.sees("已提交，等待审批")
    clerk.shot("pending")
    _approve(reviewer, "客户开户")
    clerk.go(customer)
    clerk.sees("正常")
    return customer


def _fill_company(clerk: Person, number: str) -> None:
    clerk.choose("客户类别", "单位")
    clerk.fill("姓名或名称", COMPANY)
    clerk.choose("证件类型", "统一社会信用代码")
    clerk.fill("证件号码", number)
    clerk.fill("联系电话", "010-65550100")
    clerk.fill("地址", "北京市海淀区清河路 1 号")


def _approve(approver: Person, command: str) -> None:
    """From the inbox."""
    approver.go("/")
    approver.sees(command)
    approver.page.locator("table a").first.click()
    approver.sees("审批后将会")
    approver.page.locator("[name=reason]").fill("同意")
    approver.press("通过")
    approver.sees("已办理")


def _open_account(clerk: Person, reviewer: Person) -> str:
    clerk.go("/ledger/")
    clerk.press("开立账户")
    clerk.choose("客户", COMPANY)
    clerk.choose("币种", "CNY")
    clerk.fill("账户用途", "结算账户")
    clerk.confirms("确认，提交审批")
    _approve(reviewer, "开立账户")
    return f"/ledger/{Account.objects.get().id}/"


def _register_seal(registrar: Person, checker: Person, account: str) -> str:
    registrar.go(account)
    registrar.press("录入预留印鉴")
    registrar.choose("印章种类", "财务专用章")
    registrar.fill("印章名称", "财务专用章")
    registrar.upload("扫描件", papers.seal_card(COMPANY, seed=11, angle=3))
    registrar.confirms()
    registrar.sees("已办理")
    registrar.shot("seal-entered")
    checker.go("/seals/")
    checker.page.locator("table a").first.click()
    checker.press("核对预留印鉴")
    checker.upload("扫描件", papers.seal_card(COMPANY, seed=12, angle=-8))
    checker.confirms()
    checker.sees("已办理")
    checker.page.locator("main a.btn", has_text="查看 ").first.click()
    checker.sees("启用")
    return checker.page.url


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


def _receive(clerk: Person) -> str:
    account = Account.objects.get(kind="customer")
    page = papers.instruction(COMPANY, account.number, AMOUNT, "00011", bank_today())
    clerk.go("/transfers/")
    clerk.press("受理转账")
    clerk.choose("付款账户", account.number)
    clerk.fill("收款人名称", "南山物资有限公司")
    clerk.fill("收款人账号", "6222020200012345678")
    clerk.fill("收款人开户行", "工商银行南山支行")
    clerk.fill("金额", "88000")
    clerk.fill("大写金额", in_words(AMOUNT))
    clerk.fill("用途", "货款")
    clerk.fill("凭证号码", "00011")
    clerk.fill("签发日期", bank_today().isoformat())
    clerk.upload("凭证影像", page)
    clerk.confirms()
    clerk.sees("已办理")
    clerk.page.locator("main a.btn", has_text="查看 TR").click()
    clerk.sees("88,000.00")
    return clerk.page.url


def _checked(clerk: Person, transfer: str) -> str:
    """The worker's results, and the two imprints side by side."""
    _until(clerk, transfer, "印鉴与预留一致")
    clerk.press("查看印鉴比对")
    pictures = clerk.page.locator("main img")
    expect(pictures.first).to_be_visible()
    for picture in pictures.all():
        assert picture.evaluate("picture => picture.naturalWidth") > 100
    return clerk.page.url


def _until(clerk: Person, path: str, text: str) -> None:
    deadline = time.monotonic() + 20
    while text not in clerk.page.locator("main").inner_text():
        assert time.monotonic() < deadline, f"{text} does not come"
        time.sleep(0.2)
        clerk.page.goto(path)


def _ask_release(clerk: Person, transfer: str) -> str:
    clerk.go(transfer)
    clerk.press("提交转账")
    clerk.confirms()
    clerk.go(transfer)
    clerk.press("转账付款")
    clerk.press("下一步：核对")
    clerk.sees("第 1 级：复核", "第 2 级：授权主管")
    clerk.press("确认，提交审批")
    clerk.press("查看申请")
    return clerk.page.url


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
    _until(clerk, href, "核验通过")
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
