"""存量账户迁移: the accounts of the system before, with their balances.

Every balance is a posting against one own account (迁移过渡户), which money that is received from
the system before brings back to zero.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from yinxin.customers import imports
from yinxin.customers import queries as customers
from yinxin.customers.imports import Import
from yinxin.customers.queries import Numbered
from yinxin.customers.rules import STATE_TITLES, Kind
from yinxin.customers.rules import State as CustomerState
from yinxin.gate.bulk import copy_in
from yinxin.gate.context import Context
from yinxin.gate.registry import explains, handles
from yinxin.gate.rules import NOT_FOUND, Measure
from yinxin.kernel.fact import Fact
from yinxin.kernel.incoming.records import NOT_OFFERED, Column, Fault, Form, Record
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text

from . import rules
from .commands import ImportAccounts
from .facts import AccountsImported
from .models import Account
from .posting import Entry, post
from .rules import NATURE_NAMES, Nature

MOST_ROWS = 100_000
STATES = {"正常": "open", "open": "open", "只收不付": "credit_only", "credit_only": "credit_only"}
STATES |= {"已冻结": "frozen", "frozen": "frozen"}
NATURES = {
    word: str(nature)
    for nature, name in NATURE_NAMES.items()
    for word in (str(nature), name.zh, name.en)
}
COLUMNS = {
    "customer": Column(Text("客户号", "customer"), Form.CODE, 40),
    "number": Column(Text("账号", "number"), Form.CODE, 19),
    "nature": Column(Text("账户性质", "type"), choices=NATURES),
    "title": Column(Text("账户用途", "purpose")),
    "balance": Column(Text("余额", "balance"), Form.AMOUNT),
    "state": Column(Text("状态", "state"), choices=STATES),
}
NO_CUSTOMER = Text(
    "没有该客户，请先迁移或登记客户", "is no customer; import or register them first"
)
NOT_ACTIVE = Text("客户状态为“{zh}”", "is a customer who is {en}")
NEGATIVE = Text("不能为负", "must not be negative")
TAKEN = Text("账号已存在", "is taken already")
TWICE = Text("与第 {row} 行重复", "was used in row {row} already")
DECIMALS = Text(
    "小数位数超过币种，或金额过大", "has more decimals than the currency, or is too big"
)

explains("ledger_account_number_once", rules.ACCOUNT_NUMBER_TAKEN)


@dataclass(frozen=True, slots=True)
class Opening:
    """An account as it comes in."""

    row: int
    number: str
    customer: Numbered
    nature: str
    title: str
    balance: Money
    state: str


@handles(ImportAccounts)
def import_accounts(command: ImportAccounts, context: Context) -> Fact:
    digest, rows = imports.opened(command.file, COLUMNS, MOST_ROWS, context)
    taken = imports.create(Import.Kind.ACCOUNTS, digest, len(rows), context)
    own = _own(command.own_account_id, context)
    known = customers.numbered(context.actor, {cells["customer"] for _, cells in rows})
    openings = imports.each(rows, COLUMNS, lambda row: _opening(row, known, own.currency))
    imports.require_clean([*_repeated(openings), *_taken(openings)], COLUMNS)
    total = Money(sum((each.balance.amount for each in openings), Decimal(0)), own.currency)
    context.measure(Measure(money=total, branch=taken.branch))
    _write(openings, own, taken, context)
    return AccountsImported(
        number=taken.number,
        own_account=own.number,
        rows=len(openings),
        total=total,
        digest=digest.hex(),
    )


def _own(account_id: UUID, context: Context) -> Account:
    own = Account.objects.filter(id=account_id, branch__startswith=context.actor.branch).first()
    if own is None:
        raise Refused(NOT_FOUND)
    if own.kind != Account.Kind.OTHER:
        raise Refused(rules.NOT_TRANSIT_ACCOUNT, number=own.number)
    return own


def _opening(
    record: Record, known: Mapping[str, Numbered], currency: str
) -> Opening | Sequence[tuple[str, Text]]:
    row, cells = record
    customer = known.get(cells["customer"])
    if customer is None:
        return [("customer", NO_CUSTOMER)]
    if customer.state is not CustomerState.ACTIVE:
        title = STATE_TITLES[customer.state]
        return [("customer", NOT_ACTIVE.format(zh=title.zh, en=title.en.lower()))]
    person = customer.kind is Kind.PERSON
    if person is not (cells["nature"] == Nature.PERSONAL):
        return [("nature", NOT_OFFERED)]
    if cells["balance"] < 0:
        return [("balance", NEGATIVE)]
    try:
        balance = Money(cells["balance"], currency)
    except ValueError:
        return [("balance", DECIMALS)]
    return Opening(
        row, cells["number"], customer, cells["nature"], cells["title"], balance, cells["state"]
    )


def _write(openings: Sequence[Opening], own: Account, taken: Import, context: Context) -> None:
    """Accounts open with nothing, get what they hold, and only then enter their state."""
    ids = [context.new_id() for _ in openings]
    copy_in(
        Account,
        (
            {
                "id": id,
                "number": each.number,
                "customer_id": each.customer.id,
                "title": each.title,
                "nature": each.nature,
                "branch": each.customer.branch,
            }
            for id, each in zip(ids, openings, strict=True)
        ),
        kind=Account.Kind.CUSTOMER,
        currency=own.currency,
        opened_at=context.now,
        came_by_id=taken.id,
    )
    entries = [
        Entry(own.id, id, each.balance, id, taken.number, owner=each.customer.id)
        for id, each in zip(ids, openings, strict=True)
        if each.balance
    ]
    if entries:
        post(context, entries)
    for state in (Account.State.CREDIT_ONLY, Account.State.FROZEN):
        stopped = [id for id, each in zip(ids, openings, strict=True) if each.state == state]
        if stopped:
            Account.objects.filter(id__in=stopped).update(state=state)


def _repeated(openings: Sequence[Opening]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for each in openings:
        if (first := seen.setdefault(each.number, each.row)) != each.row:
            yield Fault(each.row, "number", TWICE.format(row=first))


def _taken(openings: Sequence[Opening]) -> Iterator[Fault]:
    rows = {each.number: each.row for each in openings}
    for number in Account.objects.filter(number__in=rows).values_list("number", flat=True):
        yield Fault(rows[number], "number", TAKEN)
