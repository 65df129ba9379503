"""限额 in force, and what the day has used of them."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from yinxin.customers import queries as customers
from yinxin.customers.queries import Product
from yinxin.kernel.actor import Actor, Channel
from yinxin.kernel.money import Money
from yinxin.ledger import queries as ledger

from . import limit_rules
from .limit_rules import LimitInForce
from .models import Limit, Transfer

COUNTED = (Transfer.State.SUBMITTED, Transfer.State.RELEASED)


def in_force(
    viewer: Actor, account: ledger.Account, product: Product, on: date
) -> list[LimitInForce]:
    """The limits of an account and its customer, and what the customer's rating allows."""
    return [*_set(account, on), *_rated(viewer, account, product, on)]


def product_of(channel: str) -> Product:
    return Product.ONLINE_TRANSFER if channel == Channel.API else Product.COUNTER_TRANSFER


def require_within(
    viewer: Actor,
    account: ledger.Account,
    product: Product,
    money: Money,
    on: date,
    biggest: Money | None = None,
) -> None:
    """Raises Refused(limit_exceeded). One submission of a customer counts at a time."""
    assert account.customer_id
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"transfers.limit/{account.customer_id}"],
        )
    limit_rules.require_within(in_force(viewer, account, product, on), money, biggest)


def _set(account: ledger.Account, on: date) -> Iterator[LimitInForce]:
    subjects = {"account": account.id, "customer": account.customer_id}
    rows = Limit.objects.filter(
        subject_id__in=filter(None, subjects.values()),
        currency=account.currency,
        ended_at__isnull=True,
    )
    for row in rows.order_by("scope", "per"):
        whose = "account_id" if row.scope == Limit.Scope.ACCOUNT else "customer_id"
        daily = row.per == Limit.Per.DAY
        used = _used(on, row.currency, **{whose: row.subject_id}) if daily else Decimal(0)
        cap = Money(row.amount, row.currency)
        yield LimitInForce(row.scope, row.per, cap, Money(used, row.currency))


def _rated(
    viewer: Actor, account: ledger.Account, product: Product, on: date
) -> Iterator[LimitInForce]:
    assert account.customer_id
    nothing = Money(Decimal(0), account.currency)
    allowance = customers.allowances(viewer, account.customer_id)[product]
    if not allowance.allowed:
        yield LimitInForce("rating", "transfer", nothing, nothing, stop=allowance.reason)
    if allowance.single and allowance.single.currency == account.currency:
        yield LimitInForce("rating", "transfer", allowance.single, nothing)
    if allowance.daily and allowance.daily.currency == account.currency:
        used = _used(on, account.currency, customer_id=account.customer_id)
        yield LimitInForce("rating", "day", allowance.daily, Money(used, account.currency))


def _used(on: date, currency: str, **whose: UUID) -> Decimal:
    rows = Transfer.objects.filter(**whose, submitted_on=on, currency=currency, state__in=COUNTED)
    return rows.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
