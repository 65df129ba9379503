"""What the people of a branch do at the pages, whoever they are."""

import time
from collections.abc import Sequence
from datetime import date

from tests.bank.customers import photograph
from yinxin.kernel.money import Money
from yinxin.kernel.words import in_words

from . import papers
from .counter import Person

REPRESENTATIVE, REPRESENTATIVE_NUMBER = "周宁", "11010519491231002X"
SCOPE, ADDRESS = "日用百货批发、零售", "北京市海淀区清河路 1 号"
AGREES, IN_DOUBT = "印鉴与预留一致", "印鉴存疑"


def approve(approver: Person, command: str) -> None:
    """From the inbox."""
    approver.go("/")
    approver.sees(command)
    approver.page.locator("table a").first.click()
    approver.sees("审批后将会")
    _agree(approver)
    if approver.page.locator("[name=code]").count():  # the last code was too long ago
        approver.fill_code("确认")
        _agree(approver)
    approver.sees("已办理")


def _agree(approver: Person) -> None:
    approver.page.locator("[name=reason]").fill("同意")
    approver.press("通过")


def fill_company(clerk: Person, name: str, number: str) -> None:
    clerk.choose("客户类别", "单位")
    clerk.fill("姓名或名称", name)
    clerk.choose("证件类型", "统一社会信用代码")
    clerk.fill("证件号码", number)
    clerk.fill("证件有效期至", "长期")
    clerk.fill("经营范围", SCOPE)
    clerk.upload("证件正面或营业执照", photograph())
    clerk.fill("联系电话", "010-65550100")
    clerk.fill("地址", ADDRESS)


def open_customer(clerk: Person, reviewer: Person, name: str, number: str) -> str:
    clerk.go("/customers/")
    clerk.press("登记客户")
    fill_company(clerk, name, number)
    clerk.press("下一步：核对")
    clerk.sees("提交后将会", name, "无需审批，提交后立即生效。")
    clerk.shot("preview")
    clerk.press("确认办理")
    clerk.sees("已办理", name)
    clerk.page.locator("main a.btn", has_text="查看 CU").click()
    clerk.sees(name, "已登记")
    customer = clerk.page.url
    _enter_again(reviewer, customer, name, number)
    _who_stands_behind(clerk, customer)
    clerk.go(customer)
    clerk.press("客户开户")
    clerk.confirms("确认，提交审批")
    clerk.sees("已提交，等待审批")
    clerk.shot("pending")
    approve(reviewer, "客户开户")
    clerk.go(customer)
    clerk.sees("正常")
    return customer


def _enter_again(reviewer: Person, customer: str, name: str, number: str) -> None:
    reviewer.go(customer)
    reviewer.press("双人录入")
    reviewer.fill("姓名或名称", name)
    reviewer.fill("证件号码", number)
    reviewer.fill("证件有效期至", "长期")
    reviewer.confirms()
    reviewer.sees("双人录入一致")


def _who_stands_behind(clerk: Person, customer: str) -> None:
    """The legal representative, who is also the beneficial owner."""
    for command in ("登记负责人", "登记受益所有人"):
        clerk.go(customer)
        clerk.press(command)
        clerk.fill("姓名或名称", REPRESENTATIVE)
        clerk.choose("证件类型", "居民身份证")
        clerk.fill("证件号码", REPRESENTATIVE_NUMBER)
        clerk.fill("证件有效期至", "长期")
        clerk.fill("开始日期", "2026-01-01")
        if command == "登记负责人":
            clerk.choose("身份", "法定代表人")
        else:
            clerk.page.get_by_label("单独或联合进行实际控制").check()
        clerk.confirms()


def open_account(clerk: Person, reviewer: Person, customer: str) -> tuple[str, str]:
    """Its address and its number."""
    clerk.go("/ledger/")
    clerk.press("开立账户")
    clerk.choose("客户", customer)
    clerk.choose("币种", "CNY")
    clerk.fill("账户用途", "结算账户")
    clerk.confirms("确认，提交审批")
    approve(reviewer, "开立账户")
    return newest(clerk, "/ledger/")


def newest(person: Person, path: str) -> tuple[str, str]:
    """Where the first row of a list leads, and its number."""
    person.go(path)
    row = person.page.locator("main table tbody a").first
    return row.get_attribute("href") or "", row.inner_text()


def register_seal(
    registrar: Person,
    checker: Person,
    account: tuple[str, str],
    holder: str,
    kind: str,
    scans: Sequence[bytes],
) -> str:
    """The only seal of a card, by a scan from each of them."""
    first, second = scans
    registrar.go(account[0])
    registrar.press("录入预留印鉴")
    registrar.choose("印章种类", kind)
    registrar.fill("印章名称", kind)
    registrar.upload("扫描件", first)
    registrar.confirms()
    registrar.sees("已办理")
    registrar.shot("seal-entered")
    checker.go("/seals/")
    checker.page.locator("table a").first.click()
    checker.press("核对预留印鉴")
    checker.fill("账号", account[1])
    checker.fill("户名", holder)
    checker.fill("印章枚数", "1")
    checker.upload("扫描件", second)
    checker.confirms()
    checker.sees("已办理")
    checker.page.locator("main a.btn", has_text="查看 ").first.click()
    checker.sees("启用")
    return checker.page.url


def receive(clerk: Person, account: str, money: Money, on: date, page: bytes) -> str:
    clerk.go("/transfers/")
    clerk.press("受理转账")
    clerk.choose("付款账户", account)
    clerk.fill("收款人名称", papers.PAYEE)
    clerk.fill("收款人账号", papers.PAYEE_ACCOUNT)
    clerk.fill("收款人开户行", papers.PAYEE_BANK)
    clerk.fill("金额", str(money.amount))
    clerk.fill("大写金额", in_words(money))
    clerk.fill("用途", "货款")
    clerk.fill("凭证号码", "00011")
    clerk.fill("签发日期", on.isoformat())
    clerk.upload("凭证影像", page)
    clerk.confirms()
    clerk.sees("已办理")
    clerk.page.locator("main a.btn", has_text="查看 TR").click()
    clerk.sees(f"{money.amount:,}")
    return clerk.page.url


def seal_is_settled(clerk: Person, second: Person, transfer: str) -> str:
    """The address of the comparison. What the engine leaves in doubt, two persons decide."""
    found = until(clerk, transfer, AGREES, IN_DOUBT)
    clerk.press("查看印鉴比对")
    comparison = clerk.page.url
    if found == IN_DOUBT:
        clerk.press("人工比对")
        clerk.choose("比对结论", "相符")
        clerk.fill("比对依据", "折角重合，笔画一致")
        clerk.confirms()
        second.go(comparison)
        second.press("复核人工比对")
        second.page.get_by_label("同意比对结论").check()
        second.confirms()
        second.sees("已办理")
        clerk.go(comparison)
    return comparison


def until(person: Person, path: str, *texts: str) -> str:
    """The one of the texts that comes first."""
    deadline = time.monotonic() + 40  # a loaded machine takes its time
    while True:
        seen = person.page.locator("main").inner_text()
        if found := next((text for text in texts if text in seen), ""):
            return found
        assert time.monotonic() < deadline, f"none of {texts} comes: {seen}"
        time.sleep(0.2)
        person.page.goto(path)


def ask_release(clerk: Person, transfer: str) -> str:
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
