"""历史转账迁移: transfers that the system before paid. No money moves; what was paid is known here
too, so that the same instruction is not paid again."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.timezone import get_default_timezone

from yinxin.customers import imports
from yinxin.customers.models import Import
from yinxin.gate.bulk import copy_in
from yinxin.gate.context import Context
from yinxin.gate.execution import this_execution
from yinxin.gate.registry import explains, handles
from yinxin.kernel.fact import Fact
from yinxin.kernel.incoming.records import Column, Fault, Form, Record
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.ledger import queries as ledger
from yinxin.ledger.models import Account
from yinxin.people.queries import bank_today
from yinxin.vault.sealing import fetch_keys

from .. import rules
from ..commands import ImportHistory
from ..facts import HistoryImported
from ..models import Step, Transfer
from ..personal import payee_digest, sealed

MOST_ROWS = 100_000
AT_ONCE = 5_000  # rows whose payers' keys are fetched together
WAYS = {"行内": "book", "book": "book", "跨行": "settled", "settled": "settled"}
COLUMNS = {
    "account": Column(Text("付款账号", "account"), Form.CODE, 19),
    "voucher": Column(Text("凭证编号", "voucher"), Form.CODE, 20),
    "instruction": Column(Text("凭证号码", "instruction number"), Form.CODE, 40),
    "payee_name": Column(Text("收款人名称", "payee_name")),
    "payee_account": Column(Text("收款人账号", "payee_account"), Form.CODE, 40),
    "payee_bank": Column(Text("收款人开户行", "payee_bank")),
    "amount": Column(Text("金额", "amount"), Form.AMOUNT),
    "purpose": Column(Text("用途", "purpose")),
    "issued_on": Column(Text("签发日期", "issued on"), Form.DAY, 10),
    "paid_on": Column(Text("付款日期", "paid on"), Form.DAY, 10),
    "settlement": Column(Text("清算方式", "settlement"), choices=WAYS),
}
NO_ACCOUNT = Text("没有该客户账户，请先迁移账户", "is no customer's account; import it first")
AMOUNT_WRONG = Text(
    "须大于零，小数位数不超过币种", "must be above zero, in the currency's decimals"
)
NOT_PAST = Text("须早于今天，且不早于签发日期", "must be before today, not before it was issued")
TWICE = Text("与第 {row} 行重复", "was used in row {row} already")
KNOWN = Text("已登记为转账 {number}", "is transfer {number} already")
KNOWN_SQL = """
SELECT each.row, 'voucher', t.number
FROM unnest(%(rows)s::int[], %(vouchers)s::text[]) AS each (row, voucher)
JOIN transfers_transfer t ON t.voucher = each.voucher AND t.voucher <> ''
UNION ALL
SELECT each.row, 'instruction', t.number
FROM unnest(%(rows)s::int[], %(accounts)s::uuid[], %(days)s::date[], %(amounts)s::numeric[],
            %(currencies)s::text[], %(payees)s::bytea[], %(instructions)s::text[])
     AS each (row, account, day, amount, currency, payee, instruction)
JOIN transfers_transfer t ON t.account_id = each.account AND t.issued_on = each.day
    AND t.amount = each.amount AND t.currency = each.currency
    AND t.payee_digest = each.payee AND t.instruction_number = each.instruction
    AND t.state <> 'rejected'
"""

explains("transfers_transfer_voucher_once", rules.VOUCHER_JUST_USED)


@dataclass(frozen=True, slots=True)
class Past:
    """A transfer as the system before paid it."""

    row: int
    account: Account
    money: Money
    payee: bytes
    cells: Mapping[str, Any]

    @property
    def claim(self) -> tuple[object, ...]:
        """What the database lets no two transfers share."""
        cells, account = self.cells, self.account
        return (account.id, cells["issued_on"], self.money, self.payee, cells["instruction"])


@handles(ImportHistory)
def import_history(command: ImportHistory, context: Context) -> Fact:
    digest, rows = imports.opened(command.file, COLUMNS, MOST_ROWS, context)
    taken = imports.create(Import.Kind.TRANSFERS, digest, len(rows), context)
    numbers = {cells["account"] for _, cells in rows}
    accounts = ledger.accounts_for(context.actor).filter(number__in=numbers)
    known = {each.number: each for each in accounts.exclude(customer_id=None)}
    today = bank_today()
    past = imports.each(rows, COLUMNS, lambda row: _past(row, known, today))
    imports.require_clean([*_repeated(past), *_known(past)], COLUMNS)
    _write(past, taken, context)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for each in past:
        totals[each.money.currency] += each.money.amount
    return HistoryImported(
        number=taken.number,
        rows=len(past),
        totals=tuple(Money(amount, currency) for currency, amount in sorted(totals.items())),
        digest=digest.hex(),
    )


def _past(
    record: Record, known: Mapping[str, Account], today: date
) -> Past | Sequence[tuple[str, Text]]:
    row, cells = record
    account = known.get(cells["account"])
    if account is None:
        return [("account", NO_ACCOUNT)]
    if not cells["issued_on"] <= cells["paid_on"] < today:
        return [("paid_on", NOT_PAST)]
    try:
        money = Money(cells["amount"], account.currency)
    except ValueError:
        return [("amount", AMOUNT_WRONG)]
    if money.amount <= 0:
        return [("amount", AMOUNT_WRONG)]
    return Past(row, account, money, payee_digest(cells["payee_account"]), cells)


def _write(past: Sequence[Past], taken: Import, context: Context) -> None:
    """By the day they were paid, so that numbers and rows follow it."""
    past = sorted(past, key=lambda each: each.cells["paid_on"])
    ids = [context.new_id() for _ in past]
    numbers = _numbers(past, context)
    for first in range(0, len(past), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        fetch_keys(each.account.customer_id for each in past[some] if each.account.customer_id)
        copy_in(
            Transfer,
            map(_row, past[some], ids[some], numbers[some]),
            channel=context.actor.channel,
            state=Transfer.State.RELEASED,
            came_by_id=taken.id,
        )
    copy_in(
        Step,
        ({"id": context.new_id(), "transfer_id": id} for id in ids),
        state=rules.IMPORTED,
        actor_id=context.actor.id,
        actor_name=context.actor.name,
        execution_id=this_execution(),
        at=context.now,
    )


def _row(each: Past, id: UUID, number: str) -> dict[str, Any]:
    account, cells = each.account, each.cells
    assert account.customer_id
    return {
        "id": id,
        "number": number,
        "account_id": account.id,
        "customer_id": account.customer_id,
        "branch": account.branch,
        "payee_digest": each.payee,
        "amount": each.money.amount,
        "currency": each.money.currency,
        "instruction_number": cells["instruction"],
        "issued_on": cells["issued_on"],
        "voucher": cells["voucher"],
        "settlement": cells["settlement"],
        "received_at": datetime.combine(cells["paid_on"], time(), get_default_timezone()),
        "submitted_on": cells["paid_on"],
        **sealed(
            account.customer_id,
            id,
            payee_name=cells["payee_name"],
            payee_account=cells["payee_account"],
            payee_bank=cells["payee_bank"],
            purpose=cells["purpose"],
        ),
    }


def _numbers(past: Sequence[Past], context: Context) -> list[str]:
    """Of the days on which they were paid."""
    counts: dict[date, int] = defaultdict(int)
    for each in past:
        counts[each.cells["paid_on"]] += 1
    return [
        number
        for day, count in sorted(counts.items())
        for number in context.draw_numbers("TR", day, count)
    ]


def _repeated(past: Sequence[Past]) -> Iterator[Fault]:
    seen: dict[object, int] = {}
    for each in past:
        for field, key in (("voucher", each.cells["voucher"]), ("instruction", each.claim)):
            if (first := seen.setdefault(key, each.row)) != each.row:
                yield Fault(each.row, field, TWICE.format(row=first))


def _known(past: Sequence[Past]) -> Iterator[Fault]:
    """Rows of transfers that this system has."""
    given = {
        "rows": [each.row for each in past],
        "vouchers": [each.cells["voucher"] for each in past],
        "accounts": [each.account.id for each in past],
        "days": [each.cells["issued_on"] for each in past],
        "amounts": [each.money.amount for each in past],
        "currencies": [each.money.currency for each in past],
        "payees": [each.payee for each in past],
        "instructions": [each.cells["instruction"] for each in past],
    }
    with connection.cursor() as cursor:
        cursor.execute(KNOWN_SQL, given)
        for row, field, number in cursor.fetchall():
            yield Fault(row, field, KNOWN.format(number=number))
