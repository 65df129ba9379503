"""The bank's own account at another bank, at the pages: opened, paid into, reconciled."""

from pathlib import Path

from . import branch
from .counter import Person


def open_nostro(manager: Person, reviewer: Person) -> str:
    manager.go("/do/2002/")
    manager.choose("种类", "存放同业")
    manager.choose("币种", "CNY")
    manager.fill("账户用途", "存放同业清算户")
    manager.confirms("确认，提交审批")
    branch.approve(reviewer, "开立内部账户")
    return branch.newest(manager, "/ledger/?kind=nostro")[1]


def pay_in(clerk: Person, reviewer: Person, account: str, nostro: str) -> None:
    clerk.go("/do/2003/")
    clerk.choose("收款账户", account)
    clerk.choose("内部账户", nostro)
    clerk.fill("金额", "500000")
    clerk.fill("付款人", "北方贸易集团")
    clerk.fill("来账流水号", "RM20260105001")
    clerk.confirms("确认，提交审批")
    branch.approve(reviewer, "来账入账")


def reconcile(clerk: Person, manager: Person, nostro: str, export: Path) -> str:
    """A bank's own export against our books: nothing agrees, each open item is explained. The
    address of the statement."""
    clerk.go("/do/5001/")
    clerk.choose("存放同业账户", nostro)
    label = "对账单文件（camt.053、MT940、CSV、XLS、XLSX）"
    clerk.upload(label, export.read_bytes(), export.name)
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
    return statement
