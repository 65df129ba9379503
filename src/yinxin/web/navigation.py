"""The menu, and what every page needs around it."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from yinxin.gate import queries as gate
from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text
from yinxin.people import queries as people
from yinxin.uikit.page import MenuGroup, MenuItem

# (title, [(title, URL name, 交易码)]): a page that starts a command carries its code.
MENU = (
    (
        Text("工作台", "Desk"),
        ((Text("我的待办", "Inbox"), "inbox", ""), (Text("交易目录", "Commands"), "commands", "")),
    ),
    (
        Text("客户与印鉴", "Customers and seals"),
        (
            (Text("客户", "Customers"), "customers:customers", ""),
            (Text("信息上报", "Reports on customers"), "customers:reports", ""),
            (Text("评级与准入", "Ratings and allowances"), "customers:standards", ""),
            (Text("印鉴卡", "Seal cards"), "seals:sealcards", ""),
            (Text("验印记录", "Examinations"), "seals:verifications", ""),
        ),
    ),
    (
        Text("账户与转账", "Accounts and transfers"),
        (
            (Text("账户", "Accounts"), "ledger:accounts", ""),
            (Text("转账", "Transfers"), "transfers:transfers", ""),
            (Text("对账", "Reconciliation"), "reconciliation:bankstatements", ""),
        ),
    ),
    (
        Text("管理与核查", "Administration and evidence"),
        (
            (Text("员工", "Staff"), "people:staffs", ""),
            (Text("审批矩阵", "Approval matrix"), "matrix", ""),
            (Text("存证日志", "Evidence"), "evidence", ""),
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
    waiting = gate.to_decide(viewer)[:100].count()
    return [
        MenuGroup(
            title,
            [
                MenuItem(
                    name,
                    url,
                    code,
                    active=path == url or (url != "/" and path.startswith(url)),
                    count=waiting if url_name == "inbox" else 0,
                )
                for name, url_name, code in items
                if (url := _url(url_name))
            ],
        )
        for title, items in MENU
    ]


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
