"""营业日: which bank date postings carry, and what its closing (日切) adds up to."""

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import connection

from yinxin.gate.context import Context
from yinxin.kernel.canonical import canonical_bytes
from yinxin.people.queries import bank_today

from .models import BusinessDay, TrialBalance
from .rules import TrialRow

# Balances hold every posting, so the opening one is the closing one without those of the day.
TRIAL_SQL = """
WITH moved AS (
    SELECT account, sum(debit) AS debit, sum(credit) AS credit FROM (
        SELECT debit_id AS account, amount AS debit, 0 AS credit
        FROM ledger_posting WHERE booked_on = %(on)s
        UNION ALL SELECT credit_id, 0, amount FROM ledger_posting WHERE booked_on = %(on)s
    ) side GROUP BY account
)
SELECT currency, kind, count(*), sum(balance) - coalesce(sum(credit), 0) + coalesce(sum(debit), 0),
       coalesce(sum(debit), 0), coalesce(sum(credit), 0), sum(balance)
FROM ledger_account LEFT JOIN moved ON account = id GROUP BY currency, kind ORDER BY currency, kind
"""


def open_day(context: Context) -> date:
    """The bank date of now; it stays open until this transaction ends."""
    day = _open_day()
    if day is None:  # the first of all
        first = BusinessDay(id=context.new_id(), on=bank_today(), opened_at=context.now)
        BusinessDay.objects.bulk_create([first], ignore_conflicts=True)
        day = _open_day()
    assert day
    return day


def hold_postings() -> None:
    """Wait for those who post just now, and let nobody post before this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ledger_businessday'))")


def trial_balance(on: date) -> list[TrialRow]:
    with connection.cursor() as cursor:
        cursor.execute(TRIAL_SQL, {"on": on})
        return [TrialRow(*row) for row in cursor.fetchall()]


def carried_into(day: BusinessDay) -> dict[tuple[str, str], Decimal]:
    """What each class closed with on the business day before."""
    before = (
        BusinessDay.objects.filter(on__lt=day.on, state=BusinessDay.State.CLOSED)
        .order_by("-on")
        .first()
    )
    rows = TrialBalance.objects.filter(day=before) if before else ()
    return {(row.currency, row.kind): row.closing for row in rows}


def digest_of(on: date, rows: Sequence[TrialRow]) -> bytes:
    """SHA-256 of the day and its rows in canonical bytes."""
    told = [
        [row.currency, row.kind, str(row.accounts)]
        + [f"{amount:.3f}" for amount in (row.opening, row.debits, row.credits, row.closing)]
        for row in rows
    ]
    return hashlib.sha256(canonical_bytes([on.isoformat(), told])).digest()


def _open_day() -> date | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_open_day()")
        day: date | None = cursor.fetchone()[0]
    return day
