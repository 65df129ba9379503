"""What higher rooms call from their handlers to move and to hold money.

Set-based: one entry and a thousand cost the same few statements. An overdraft is found by the
database, whose check nobody can race.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import F

from yinxin.gate.context import INSTITUTION, Context, Subject
from yinxin.gate.registry import explains
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.vault.sealing import seal_text

from . import days, rules
from .models import Account, Hold, Posting

explains("ledger_account_not_overdrawn", rules.INSUFFICIENT_FUNDS)
explains("ledger_account_closed_empty", rules.ACCOUNT_NOT_EMPTY)
explains("ledger_account_basic_once", rules.BASIC_ACCOUNT_ALREADY)
explains("ledger_posting_day_open", rules.DAY_JUST_CLOSED)
explains("ledger_posting_reversed_once", rules.POSTING_REVERSED)
explains("ledger_hold_cause_once", rules.HOLD_OPEN_ALREADY)
for key in ("posting_debit_currency", "posting_credit_currency", "hold_currency"):
    explains(f"ledger_{key}", rules.CURRENCIES_DIFFER)


@dataclass(frozen=True, slots=True)
class Entry:
    """借 one account, 贷 another.

    `counterparty` and `narrative` may name people and are sealed under `owner`.
    """

    debit: UUID
    credit: UUID
    money: Money
    cause: UUID
    reference: str
    counterparty: str = ""
    narrative: str = ""
    owner: UUID = INSTITUTION
    reverses: UUID | None = None


def subject_of(account: Account) -> Subject:
    return Subject(
        "ledger.account",
        account.id,
        account.number,
        account.customer_id or INSTITUTION,
        account.branch,
    )


def post(context: Context, entries: Sequence[Entry], consuming: Collection[UUID] = ()) -> None:
    """Book entries, and use up the open holds of the causes in `consuming`.

    Raises Refused for an account whose state does not let money move so, and for a cause without
    an open hold on a debited account. A wrong currency, an overdraft and a second reversal surface
    as refusals of the door. The accounts are there: the database takes no posting of another.
    """
    moved, debited = _moved(entries), {entry.debit for entry in entries}
    # Before the locks, which others may wait for.
    _insert(context, days.open_day(context), entries)
    _lock(moved, debited)
    _move(moved, _consume(consuming, debited, context.now))


def reverse(context: Context, posting: Posting, reference: str, narrative: str) -> None:
    """冲正: take a posting back by a new one, linked to it. The database lets it happen once."""
    if posting.reverses is not None:
        raise Refused(rules.POSTING_IS_REVERSAL)
    entry = Entry(
        debit=posting.credit_id,
        credit=posting.debit_id,
        money=Money(posting.amount, posting.currency),
        cause=posting.cause,
        reference=reference,
        narrative=narrative,
        owner=posting.owner,
        reverses=posting.id,
    )
    post(context, [entry])


def place_hold(
    context: Context,
    account_id: UUID,
    money: Money,
    cause: UUID,
    reference: str,
    *,
    by_hand: bool = False,
) -> None:
    """Set money of an account aside. Raises Refused where nothing may be paid from it."""
    _lock({account_id}, {account_id})
    Hold.objects.create(
        id=context.new_id(),
        account_id=account_id,
        amount=money.amount,
        currency=money.currency,
        cause=cause,
        reference=reference,
        by_hand=by_hand,
        placed_at=context.now,
    )
    Account.objects.filter(id=account_id).update(held=F("held") + money.amount)


def release_hold(context: Context, cause: UUID) -> None:
    """Give the money of an open hold free again, also on a frozen account."""
    hold = Hold.objects.filter(cause=cause, state=Hold.State.OPEN).first()
    if hold is None:
        raise Refused(rules.HOLD_MISSING)
    _lock({hold.account_id})
    if not _end(Hold.State.RELEASED, {cause}, context.now):
        raise Refused(rules.HOLD_MISSING)
    Account.objects.filter(id=hold.account_id).update(held=F("held") - hold.amount)


def _lock(ids: Collection[UUID], paying: Collection[UUID] = ()) -> None:
    """Lock accounts in the order of their ids.

    Raises Refused where one is not there, or where `paying` says that money is to move and the
    state of one does not let it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), array_agg(ARRAY[id::text, number, state] ORDER BY number) "
            "FILTER (WHERE state <> 'open') FROM "
            "(SELECT id, state, number FROM ledger_account "
            "WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE) locked",
            [_ids(ids)],
        )
        count, stopped = cursor.fetchone()
    if count < len(ids):
        raise Refused(NOT_FOUND)
    for id, number, state in stopped if paying and stopped else ():
        rules.require_moves(number, state, pays=UUID(id) in paying)


def _consume(causes: Collection[UUID], debited: set[UUID], now: datetime) -> dict[UUID, Decimal]:
    """What the holds of these causes free on each account."""
    freed: dict[UUID, Decimal] = defaultdict(Decimal)
    if not causes:
        return freed
    ended = _end(Hold.State.CONSUMED, causes, now)
    if len(ended) < len(set(causes)) or not debited.issuperset(account for account, _ in ended):
        raise Refused(rules.HOLD_MISSING)
    for account, amount in ended:
        freed[account] += amount
    return freed


def _end(state: str, causes: Collection[UUID], now: datetime) -> list[tuple[UUID, Decimal]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_hold SET state = %s, ended_at = %s "
            "WHERE cause = ANY(%s) AND state = 'open' RETURNING account_id, amount",
            [state, now, list(causes)],
        )
        return list(cursor.fetchall())


def _rows(context: Context, entries: Sequence[Entry]) -> list[str]:
    """The columns of the postings, each as an array."""
    ids = [context.new_id() for _ in entries]
    return [
        _ids(ids),
        _ids(entry.debit for entry in entries),
        _ids(entry.credit for entry in entries),
        _array(str(entry.money.amount) for entry in entries),
        _array(entry.money.currency for entry in entries),
        _texts(entry.reference for entry in entries),
        _ids(entry.cause for entry in entries),
        _ids(entry.owner for entry in entries),
        _array(_sealed(e, "counterparty", i) for e, i in zip(entries, ids, strict=True)),
        _array(_sealed(e, "narrative", i) for e, i in zip(entries, ids, strict=True)),
        _array(entry.reverses.hex if entry.reverses else "NULL" for entry in entries),
    ]


def _insert(context: Context, day: date, entries: Sequence[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_posting (booked_on, booked_at, id, debit_id, credit_id, amount, "
            "currency, reference, cause, owner, counterparty, narrative, reverses) "
            "SELECT %s::date, %s::timestamptz, id, debit, credit, amount, currency, reference, "
            "cause, owner, decode(counterparty, 'hex'), decode(narrative, 'hex'), reverses "
            "FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::numeric[], %s::text[], "
            "%s::text[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::uuid[]) AS entry (id, "
            "debit, credit, amount, currency, reference, cause, owner, counterparty, narrative, "
            "reverses)",
            [day, context.now, *_rows(context, entries)],
        )


def _sealed(entry: Entry, field: str, posting_id: UUID) -> str:
    """In hex; two quotes, which an array reads as an empty text, where there is none."""
    text = getattr(entry, field)
    if not text:
        return '""'
    return seal_text(entry.owner, f"ledger.posting.{field}:{posting_id}", text).hex()


def _moved(entries: Iterable[Entry]) -> dict[UUID, Decimal]:
    """What comes into each account, less what goes out of it."""
    moved: dict[UUID, Decimal] = defaultdict(Decimal)
    for entry in entries:
        amount = entry.money.amount
        moved[entry.debit] -= amount
        moved[entry.credit] += amount
    return moved


def _move(moved: Mapping[UUID, Decimal], freed: Mapping[UUID, Decimal]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_account SET balance = balance + moved, held = held - freed "
            "FROM unnest(%s::uuid[], %s::numeric[], %s::numeric[]) AS by (account, moved, freed) "
            "WHERE id = account",
            [
                _ids(moved),
                _array(map(str, moved.values())),
                _array(str(freed.get(each, 0)) for each in moved),
            ],
        )


def _ids(values: Iterable[UUID]) -> str:
    return _array([value.hex for value in values])


def _texts(values: Iterable[str]) -> str:
    quoted = (value.replace("\\", r"\\").replace('"', r"\"") for value in values)
    return _array([f'"{value}"' for value in quoted])


def _array(values: Iterable[str]) -> str:
    """An array's text form, of values that need no quotes: psycopg would look at each one."""
    return "{" + ",".join(values) + "}"
