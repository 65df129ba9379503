"""Accounts and what moved on them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from yinxin.customers import queries as customers
from yinxin.gate.reading import past
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import Actor
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.vault.sealing import fetch_keys, unseal_text

from . import outside
from .models import Account, BusinessDay, Hold, OutsideAccount, Posting, StatementPrint

BOOKED = "-booked_on,-booked_at,-id"


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
    nature: str
    bank: str
    bank_account: str
    opened_at: datetime
    closed_at: datetime | None

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
    booked_at: datetime
    reverses: UUID | None = None
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """对账单: an account over some bank dates. `lines` carry the balance after each; amounts are
    above zero where money came in, as `Line` has it."""

    account: AccountView
    since: date
    until: date
    opening: Money
    closing: Money
    lines: tuple[tuple[Line, Money], ...]

    @property
    def came_in(self) -> Money:
        return self._sum(1)

    @property
    def went_out(self) -> Money:
        return self._sum(-1)

    def _sum(self, sign: int) -> Money:
        moved = (line.amount * sign for line, _ in self.lines)
        return Money(sum((each for each in moved if each > 0), Decimal(0)), self.opening.currency)


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
        found.nature,
        found.bank,
        found.bank_account,
        found.opened_at,
        found.closed_at,
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
    lines = list(_lines(of, postings.iterator()))
    return _marked(lines)


def postings_for(viewer: Actor, account_id: UUID) -> QuerySet[Posting]:
    """What moved on an account, to be paged in `BOOKED`, the newest first."""
    if not accounts_for(viewer).filter(id=account_id).exists():
        return Posting.objects.none()
    sides = Q(debit=account_id) | Q(credit=account_id)
    return Posting.objects.select_related("debit", "credit").filter(sides)


def lines_of(
    viewer: Actor, account_id: UUID, postings: Sequence[Posting]
) -> list[tuple[Line, Money]]:
    """Some postings of an account that follow each other, the newest first, each with the balance
    that it left."""
    if not postings:
        return []
    fetch_keys(posting.owner for posting in postings)
    of = accounts_for(viewer).get(id=account_id)
    newest = {name: getattr(postings[0], name) for name in ("booked_on", "booked_at", "id")}
    after = _moved(of, past(newest, descending=False))
    balance = Money((of.balance - after) * _sign(of), of.currency)
    found = []
    for line in _marked(list(_lines(of, iter(postings)))):
        found.append((line, balance))
        balance -= Money(line.amount, line.currency)
    return found


def balances_of(of: Account, since: date, until: date) -> tuple[Money, Money]:
    """What an account opened and closed a period with, as `Line` counts."""
    closing = of.balance - _moved(of, Q(booked_on__gt=until))
    opening = closing - _moved(of, Q(booked_on__range=(since, until)))
    return Money(opening * _sign(of), of.currency), Money(closing * _sign(of), of.currency)


def statement(viewer: Actor, account_id: UUID, since: date, until: date) -> AccountStatement:
    """Raises Refused(not_found), also for an account of another branch."""
    of, shown = accounts_for(viewer).filter(id=account_id).first(), account(viewer, account_id)
    if of is None or shown is None:
        raise Refused(NOT_FOUND)
    opening, closing = balances_of(of, since, until)
    balance, lines = opening, []
    for line in postings_of(viewer, account_id, since, until):
        balance += Money(line.amount, line.currency)
        lines.append((line, balance))
    return AccountStatement(shown, since, until, opening, closing, tuple(lines))


def printed(viewer: Actor, print_id: UUID) -> tuple[StatementPrint, AccountStatement]:
    """A printed statement again, as it was then, for whoever printed it.

    Raises Refused(not_found) for anybody else.
    """
    found = StatementPrint.objects.filter(id=print_id, actor_id=viewer.id).first()
    if found is None:
        raise Refused(NOT_FOUND)
    now = statement(viewer, found.account_id, found.since, found.until)
    lines = tuple(each for each in now.lines if each[0].booked_at <= found.at)
    closing = Money(found.closing, now.account.currency)
    return found, replace(now, lines=lines, closing=closing)


def business_days(viewer: Actor) -> QuerySet[BusinessDay]:
    return BusinessDay.objects.all()


def open_business_day(viewer: Actor) -> BusinessDay | None:
    """None before the first posting of all."""
    return BusinessDay.objects.filter(state=BusinessDay.State.OPEN).first()


def business_day(viewer: Actor, day_id: UUID) -> BusinessDay:
    """Raises Refused(not_found)."""
    found = BusinessDay.objects.prefetch_related("rows").filter(id=day_id).first()
    if found is None:
        raise Refused(NOT_FOUND)
    return found


def outside_accounts_for(viewer: Actor) -> QuerySet[OutsideAccount]:
    return OutsideAccount.objects.filter(branch__startswith=viewer.branch)


def outside_account(viewer: Actor, outside_account_id: UUID) -> OutsideAccount:
    """Raises Refused(not_found), also for an account of another branch."""
    found = outside_accounts_for(viewer).filter(id=outside_account_id).first()
    if found is None:
        raise Refused(NOT_FOUND)
    return found


def registered_outside(viewer: Actor, customer_id: UUID | None, numbers: Iterable[str]) -> set[str]:
    """Which of some account numbers are the customer's own accounts at other banks."""
    digests = {outside.number_digest(number): number for number in set(numbers)}
    rows = OutsideAccount.objects.filter(
        customer_id=customer_id, digest__in=digests, state=OutsideAccount.State.OPEN
    )
    return {digests[bytes(digest)] for digest in rows.values_list("digest", flat=True)}


def in_house(viewer: Actor, numbers: Iterable[str]) -> dict[str, Account]:
    """Customers' accounts of this institution among some account numbers, whatever the branch:
    what a payer may know who writes the number down."""
    found = Account.objects.filter(number__in=set(numbers), kind=Account.Kind.CUSTOMER)
    found = found.only("number", "customer_id", "state")
    return {account.number: account for account in found}


def posting_of(cause: UUID) -> Posting | None:
    """What was booked for a cause at first."""
    return Posting.objects.filter(cause=cause, reverses=None).order_by("booked_at", "id").first()


def reversals_of(causes: Iterable[UUID]) -> dict[UUID, Posting]:
    """By cause, what took it back: by a return, or by hand."""
    found = Posting.objects.filter(cause__in=list(causes), reverses__isnull=False)
    return {posting.cause: posting for posting in found}


def paid_in_on(account_id: UUID, on: date) -> Decimal:
    """What came into an account on a bank date."""
    came = Posting.objects.filter(credit_id=account_id, booked_on=on).aggregate(sum=Sum("amount"))
    return came["sum"] or Decimal(0)


def holds_of(viewer: Actor, account_id: UUID) -> QuerySet[Hold]:
    """The open holds of an account."""
    return Hold.objects.filter(
        account__in=accounts_for(viewer).filter(id=account_id), state=Hold.State.OPEN
    ).order_by("placed_at")


def open_holds_for(viewer: Actor) -> QuerySet[Hold]:
    """Money that was held by hand."""
    return Hold.objects.select_related("account").filter(
        account__branch__startswith=viewer.branch, state=Hold.State.OPEN, by_hand=True
    )


def reversible_for(viewer: Actor) -> QuerySet[Posting]:
    """What may still be taken back (冲正)."""
    sides = Q(debit__branch__startswith=viewer.branch) | Q(credit__branch__startswith=viewer.branch)
    back = Posting.objects.filter(reverses=OuterRef("pk"))
    rows = Posting.objects.select_related("debit", "credit")
    return rows.filter(sides, ~Exists(back), reverses__isnull=True)


def own_accounts(viewer: Actor) -> QuerySet[Account]:
    """The institution's own open accounts, which every branch books against."""
    return Account.objects.exclude(kind=Account.Kind.CUSTOMER).filter(state=Account.State.OPEN)


def nostro(viewer: Actor, currency: str) -> Account | None:
    """The first open clearing account (存放同业清算户) of a currency."""
    nostros = Account.objects.filter(
        kind=Account.Kind.NOSTRO, currency=currency, state=Account.State.OPEN
    )
    return nostros.only("number").order_by("number").first()


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
            posting.booked_at,
            posting.reverses,
        )


def _marked(lines: list[Line]) -> list[Line]:
    """Say of each line whether it was reversed."""
    ids = Posting.objects.filter(reverses__in=[line.id for line in lines])
    taken_back = set(ids.values_list("reverses", flat=True))
    return [replace(line, reversed=line.id in taken_back) for line in lines]


def _sign(of: Account) -> int:
    """Balances are credits less debits; of an own account `Line` counts the other way."""
    return 1 if of.kind == Account.Kind.CUSTOMER else -1


def _moved(of: Account, when: Q) -> Decimal:
    """Credits less debits."""
    sums = [
        Posting.objects.filter(when, **{side: of}).aggregate(sum=Sum("amount"))["sum"]
        for side in ("credit", "debit")
    ]
    return (sums[0] or Decimal(0)) - (sums[1] or Decimal(0))


def _text(posting: Posting, field: str) -> str:
    sealed = getattr(posting, field)
    place = f"ledger.posting.{field}:{posting.id}"
    return unseal_text(posting.owner, place, sealed) if sealed else ""
