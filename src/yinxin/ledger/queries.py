"""Accounts and what moved on them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from yinxin.customers import queries as customers
from yinxin.kernel.actor import Actor
from yinxin.kernel.money import Money
from yinxin.vault.sealing import unseal_text

from .models import Account, Hold, Posting


@dataclass(frozen=True, slots=True)
class AccountView:
    """`holder` is blank for an account of the institution itself."""

    id: UUID
    number: str
    kind: str
    customer_id: UUID | None
    holder: str
    title: str
    currency: str
    branch: str
    state: str
    balance: Money
    held: Money

    @property
    def available(self) -> Money:
        return self.balance - self.held


@dataclass(frozen=True, slots=True)
class Line:
    """A posting as one of its accounts sees it: `amount` is above zero where money came in.

    For an own account, an asset, that is a debit. `counterparty` is the name that was given,
    else the number of the other account.
    """

    id: UUID
    booked_on: date
    amount: Decimal
    currency: str
    reference: str
    counterparty: str
    narrative: str


def accounts_for(viewer: Actor) -> QuerySet[Account]:
    """The accounts of the viewer's branch and those below it."""
    return Account.objects.filter(branch__startswith=viewer.branch)


def account(viewer: Actor, account_id: UUID) -> AccountView | None:
    found = accounts_for(viewer).filter(id=account_id).first()
    if found is None:
        return None
    customer = customers.brief(viewer, found.customer_id) if found.customer_id else None
    return AccountView(
        found.id,
        found.number,
        found.kind,
        found.customer_id,
        customer.name if customer else "",
        found.title,
        found.currency,
        found.branch,
        found.state,
        Money(found.balance, found.currency),
        Money(found.held, found.currency),
    )


def postings_of(viewer: Actor, account_id: UUID, since: date, until: date) -> list[Line]:
    """What moved on an account from one bank date to another, both included, as booked."""
    of = accounts_for(viewer).filter(id=account_id).first()
    if of is None:
        return []
    postings = (
        Posting.objects.select_related("debit", "credit")
        .filter(Q(debit=of) | Q(credit=of), booked_on__range=(since, until))
        .order_by("booked_on", "booked_at", "id")
    )
    return list(_lines(of, postings.iterator()))


def holds_of(viewer: Actor, account_id: UUID) -> QuerySet[Hold]:
    """The open holds of an account."""
    return Hold.objects.filter(
        account__in=accounts_for(viewer).filter(id=account_id), state=Hold.State.OPEN
    ).order_by("placed_at")


def own_accounts(viewer: Actor) -> QuerySet[Account]:
    """The institution's own open accounts, which every branch books against."""
    return Account.objects.exclude(kind=Account.Kind.CUSTOMER).filter(state=Account.State.OPEN)


def nostro(viewer: Actor, currency: str) -> Account | None:
    """The first open clearing account (存放同业清算户) of a currency."""
    nostros = own_accounts(viewer).filter(kind=Account.Kind.NOSTRO, currency=currency)
    return nostros.order_by("number").first()


def _lines(of: Account, postings: Iterator[Posting]) -> Iterator[Line]:
    own = of.kind != Account.Kind.CUSTOMER
    for posting in postings:
        debited = posting.debit_id == of.id
        other = posting.credit if debited else posting.debit
        yield Line(
            posting.id,
            posting.booked_on,
            posting.amount if debited is own else -posting.amount,
            posting.currency,
            posting.reference,
            _text(posting, "counterparty") or other.number,
            _text(posting, "narrative"),
        )


def _text(posting: Posting, field: str) -> str:
    sealed = getattr(posting, field)
    place = f"ledger.posting.{field}:{posting.id}"
    return unseal_text(posting.owner, place, sealed) if sealed else ""
