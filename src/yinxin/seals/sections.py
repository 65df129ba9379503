"""What a customer's page shows of reserved seals."""

from uuid import UUID

from django.urls import reverse

from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text
from yinxin.uikit.page import Grid, Link
from yinxin.uikit.sections import section

from . import queries
from .views.shared import STATES

MOST = 20


@section("customers.customer")
def cards(viewer: Actor, customer_id: UUID) -> Grid:
    rows = queries.sealcards_for(viewer).filter(customer_id=customer_id).order_by("number")[:MOST]
    return Grid(
        Text("预留印鉴", "Reserved seals"),
        [Text("印鉴卡", "Card"), Text("账号", "Account"), Text("状态", "State")],
        [
            (
                Link(row.number, reverse("seals:sealcard", kwargs={"id": row.id})),
                row.account_number,
                STATES[row.state],
            )
            for row in rows
        ],
    )
