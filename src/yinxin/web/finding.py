"""Global search: each domain says how its things are found."""

from dataclasses import dataclass

from yinxin.customers import queries as customers
from yinxin.gate.numbers import by_number
from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text
from yinxin.ledger import queries as ledger
from yinxin.reconciliation import queries as reconciliation
from yinxin.transfers import queries as transfers
from yinxin.uikit.links import subject_url


@dataclass(frozen=True, slots=True)
class Found:
    kind: Text
    title: str
    url: str
    exact: bool


def find(viewer: Actor, query: str, limit: int = 20) -> list[Found]:
    """Customers by name, pinyin initials or number; the others by the start of
    their number or its end."""
    known = list(customers.customers_for(viewer, query)[:limit])
    customers.prepare(known)
    accounts = by_number(ledger.accounts_for(viewer), query)
    moved = by_number(transfers.transfers_for(viewer), query)
    statements = by_number(reconciliation.statements_for(viewer), query)
    return [
        Found(title, label, subject_url(kind, row.id), row.number == query.upper())
        for kind, title, rows in (
            ("customers.customer", Text("客户", "Customer"), known),
            ("ledger.account", Text("账户", "Account"), accounts),
            ("transfers.transfer", Text("转账", "Transfer"), moved),
            ("reconciliation.bankstatement", Text("对账单", "Statement"), statements),
        )
        for row in rows[:limit]
        for label in [f"{row.number} {getattr(row, 'name', '')}".strip()]
    ]
