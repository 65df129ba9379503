"""What a customer's page shows of the ledger."""

from uuid import UUID

from django.urls import reverse

from yinxin.kernel.actor import Actor
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.uikit.page import Grid, Link
from yinxin.uikit.sections import section

from . import queries
from .views import STATES

MOST = 20


@section("customers.customer")
def accounts(viewer: Actor, customer_id: UUID) -> Grid:
    rows = queries.accounts_for(viewer).filter(customer_id=customer_id).order_by("number")[:MOST]
    return Grid(
        Text("账户", "Accounts"),
        [
            Text("账号", "Number"), Text("用途", "Title"), Text("余额", "Balance"),
            Text("冻结金额", "Held"), Text("状态", "State"),
        ],
        [
            (
                Link(row.number, reverse("ledger:account", kwargs={"id": row.id})),
                row.title,
                Money(row.balance, row.currency),
                Money(row.held, row.currency),
                STATES[row.state],
            )
            for row in rows
        ],
    )  # fmt: skip
