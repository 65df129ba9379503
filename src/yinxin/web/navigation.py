"""The menu, and what every page needs around it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from yinxin.gate import queries as gate
from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text
from yinxin.people import queries as people
from yinxin.uikit.page import MenuGroup, MenuItem

# (title, [(title, URL name)])
MENU = (
    (
        Text("工作台", "Desk"),
        ((Text("我的待办", "Inbox"), "inbox"), (Text("交易目录", "Commands"), "commands")),
    ),
    (
        Text("客户", "Customers"),
        (
            (Text("客户", "Customers"), "customers:customers"),
            (Text("信息上报", "Reports"), "customers:reports"),
            (Text("评级与准入", "Ratings and allowances"), "customers:standards"),
        ),
    ),
    (
        Text("印鉴", "Seals"),
        (
            (Text("印鉴卡", "Seal cards"), "seals:sealcards"),
            (Text("印鉴业务申请", "Seal applications"), "seals:applications"),
            (Text("验印记录", "Verifications"), "seals:verifications"),
            (Text("印鉴预警", "Warnings"), "seals:warnings"),
            (Text("验印标准", "Verification standards"), "seals:standards"),
        ),
    ),
    (
        Text("账户", "Accounts"),
        (
            (Text("账户", "Accounts"), "ledger:accounts"),
            (Text("行外账户", "Outside accounts"), "ledger:outsideaccounts"),
            (Text("营业日", "Business days"), "ledger:businessdays"),
        ),
    ),
    (
        Text("转账", "Transfers"),
        (
            (Text("转账", "Transfers"), "transfers:transfers"),
            (Text("批量转账", "Batches"), "transfers:batchs"),
            (Text("转账限额", "Transfer limits"), "transfers:limits"),
            (Text("搁置回执", "Answers set aside"), "transfers:strayanswers"),
            (Text("流程看板", "Board"), "transfers:board"),
        ),
    ),
    (
        Text("对账", "Reconciliation"),
        (
            (Text("对账单", "Statements"), "reconciliation:bankstatements"),
            (Text("未达账项", "Open items"), "reconciliation:openitems"),
            (Text("对账日历", "Calendar"), "reconciliation:dueruns"),
        ),
    ),
    (
        Text("管理与核查", "Administration and evidence"),
        (
            (Text("员工", "Staff"), "people:staffs"),
            (Text("审批矩阵", "Approval matrix"), "matrix"),
            (Text("存证日志", "Evidence"), "evidence"),
            (Text("后台任务", "Jobs"), "jobs"),
        ),
    ),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: institution, viewer and menu."""
    institution = people.institution()
    viewer: Actor | None = getattr(request, "actor", None)
    return {
        "institution": institution.name if institution else "印信",
        "viewer": viewer,
        "navigation": menu(request.path, viewer) if viewer else (),
    }


def menu(path: str, viewer: Actor) -> list[MenuGroup]:
    counted = {"inbox": gate.to_decide, "jobs": gate.failed_jobs}
    here = _leading_to(path)

    def item(title: Text, name: str) -> MenuItem:
        count = counted[name](viewer)[:100].count() if name in counted else 0
        return MenuItem(title, reverse(name), active=name == here, count=count)

    return [MenuGroup(title, [item(*each) for each in items]) for title, items in MENU]


def _leading_to(path: str) -> str:
    """The entry that a page is nearest to."""
    urls = {reverse(name): name for _, items in MENU for _, name in items}
    above = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return urls[max(above, key=len)] if above else ""
