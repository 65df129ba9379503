"""What the verifier asks of the ledger: balances are their postings, holds are what is held."""

from collections.abc import Iterator

from django.db import connection

from yinxin.evidence.verifier import Finding, check
from yinxin.kernel.text import Text

from . import days
from .models import BusinessDay, TrialBalance
from .rules import TrialRow

BALANCE = Text(
    "账户 {number} 的余额是 {kept}，分录合计是 {summed}",
    "The balance of account {number} is {kept}, its postings sum to {summed}",
)
HELD = Text(
    "账户 {number} 的冻结金额是 {kept}，未了结的冻结合计是 {summed}",
    "Account {number} has {kept} held, its open holds sum to {summed}",
)
DAY = Text(
    "营业日 {on} 的试算平衡与其摘要不符",
    "The trial balance of business day {on} does not match its digest",
)
BALANCES_SQL = """
WITH moved AS (
    SELECT account, sum(amount) AS amount FROM (
        SELECT credit_id AS account, amount FROM ledger_posting
        UNION ALL SELECT debit_id, -amount FROM ledger_posting
    ) side GROUP BY account
)
SELECT a.id, a.number, a.balance, coalesce(moved.amount, 0)
FROM ledger_account a LEFT JOIN moved ON moved.account = a.id
WHERE a.balance <> coalesce(moved.amount, 0) ORDER BY a.number
"""
HOLDS_SQL = """
WITH open AS (
    SELECT account_id, sum(amount) AS amount FROM ledger_hold WHERE state = 'open'
    GROUP BY account_id
)
SELECT a.id, a.number, a.held, coalesce(open.amount, 0)
FROM ledger_account a LEFT JOIN open ON open.account_id = a.id
WHERE a.held <> coalesce(open.amount, 0) ORDER BY a.number
"""


@check("ledger")
def balances_are_their_postings() -> Iterator[Finding]:
    yield from _differences("balance_differs", BALANCE, BALANCES_SQL)
    yield from _differences("held_differs", HELD, HOLDS_SQL)


@check("ledger.days")
def closed_days_are_as_they_closed() -> Iterator[Finding]:
    closed = BusinessDay.objects.filter(state=BusinessDay.State.CLOSED).order_by("on")
    for day in closed.prefetch_related("rows").iterator(chunk_size=500):
        rows = sorted(map(_trial_row, day.rows.all()), key=lambda row: (row.currency, row.kind))
        if bytes(day.digest or b"") != days.digest_of(day.on, rows):
            yield Finding("day_differs", DAY.format(on=day.on), "ledger_businessday", str(day.id))


def _trial_row(row: TrialBalance) -> TrialRow:
    return TrialRow(
        row.currency, row.kind, row.accounts, row.opening, row.debits, row.credits, row.closing
    )


def _differences(code: str, text: Text, sql: str) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for account_id, number, kept, summed in cursor.fetchall():
            told = text.format(number=number, kept=kept, summed=summed)
            yield Finding(code, told, "ledger_account", str(account_id))
