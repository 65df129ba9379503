"""What a customer's page shows of transfers."""

from uuid import UUID

from django.urls import reverse

from yinxin.kernel.actor import Actor
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.uikit.page import Grid, Link
from yinxin.uikit.sections import section

from . import queries
from .views import badge

LATEST = 10


@section("customers.customer")
def transfers(viewer: Actor, customer_id: UUID) -> Grid:
    found = queries.transfers_for(viewer).filter(customer_id=customer_id).order_by("-number")
    rows = list(found[:LATEST])
    back = queries.back_of(rows)
    return Grid(
        Text("最近转账", "Latest transfers"),
        [
            Text("编号", "Number"), Text("金额", "Amount"), Text("受理时间", "Received at"),
            Text("状态", "State"),
        ],
        [
            (
                Link(row.number, reverse("transfers:transfer", kwargs={"id": row.id})),
                Money(row.amount, row.currency),
                row.received_at,
                badge(row, back),
            )
            for row in rows
        ],
    )  # fmt: skip
