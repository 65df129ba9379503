"""Accounts, as the viewer may see them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.customers import queries as customers
from yinxin.gate import queries as gate
from yinxin.gate.numbers import by_number
from yinxin.gate.reading import reading
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import Actor
from yinxin.kernel.command import Command
from yinxin.kernel.money import MINOR_UNITS, Money
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.seals import queries as seals
from yinxin.seals.commands import EnterSeal
from yinxin.uikit.choices import Choices, Records, choices
from yinxin.uikit.listing import Choice, Column, Day, Listing, Search
from yinxin.uikit.page import Action, Link, Page, Panel, Term, Tone
from yinxin.uikit.page import State as Badge
from yinxin.uikit.trail import actions, entries

from . import queries
from .commands import (
    CloseAccount,
    FreezeAccount,
    HoldMoney,
    LiftCreditOnly,
    OpenAccount,
    OpenOwnAccount,
    PayIn,
    ReleaseHeldMoney,
    ReversePosting,
    SetCreditOnly,
    UnfreezeAccount,
)
from .facts import KIND_NAMES
from .models import Account, Hold, Posting
from .queries import AccountView, Line
from .rules import NATURE_NAMES, Nature

STATES = {
    "open": Badge(Text("正常", "Open"), Tone.GOOD),
    "credit_only": Badge(Text("只收不付", "Credits only"), Tone.WARN),
    "frozen": Badge(Text("已冻结", "Frozen"), Tone.BAD),
    "closed": Badge(Text("已销户", "Closed"), Tone.PLAIN),
}
COMMANDS: dict[str, tuple[type[Command], ...]] = {
    "open": (PayIn, HoldMoney, SetCreditOnly, FreezeAccount, CloseAccount),
    "credit_only": (PayIn, LiftCreditOnly, FreezeAccount),
    "frozen": (UnfreezeAccount,),
    "closed": (),
}
DESK = Link(Text("工作台", "Desk"), "/")
ACCOUNTS = Text("账户", "Accounts")
NUMBER = Search("number", Text("账号", "Number"), by_number)
OF_ACCOUNT = Search("q", NUMBER.title, "account__number__endswith")


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    holders: dict[UUID | None, str] = {}
    with reading():
        listing = Listing(
            queries.accounts_for(viewer),
            request.GET,
            [
                Column("number", Text("账号", "Number"), _link),
                Column("holder", Text("户名", "Holder"), lambda row: holders.get(row.customer_id)),
                Column("title", Text("账户用途", "Purpose")),
                Column("nature", Text("账户性质", "Type"), lambda row: _nature(row.nature)),
                Column("bank", Text("开户行", "Bank"), shown=False),
                Column("kind", Text("种类", "Kind"), lambda row: KIND_NAMES[row.kind]),
                Column("balance", Text("余额", "Balance"), _balance, numeric=True),
                Column("held", Text("冻结金额", "Held"), _held, numeric=True),
                Column("state", Text("状态", "State"), lambda row: STATES[row.state]),
            ],
            [
                _number_or_holder(viewer),
                Choice("kind", Text("种类", "Kind"), "kind", list(KIND_NAMES.items())),
                Choice("currency", Text("币种", "Currency"), "currency", _currencies(viewer)),
                Choice(
                    "state",
                    Text("状态", "State"),
                    "state",
                    [(state, badge.title) for state, badge in STATES.items()],
                ),
            ],
            order="-number",
        )
        owners = [row.customer_id for row in listing.page if row.customer_id]
        holders |= {id: brief.name for id, brief in customers.briefs(viewer, owners).items()}
        page = Page(ACCOUNTS, [DESK], actions=actions(viewer, OpenAccount, OpenOwnAccount))
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def account(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        found = queries.account(viewer, id)
        if found is None:
            raise Refused(NOT_FOUND)
        context = {
            "page": Page(
                Text(found.title, found.title),
                [DESK, Link(ACCOUNTS, reverse("ledger:accounts"))],
                found.number,
                STATES[found.state],
                _actions(viewer, found),
            ),
            "panels": [Panel(Text("账户", "Account"), list(_terms(found)))],
            "listing": _postings(viewer, id, request),
            "holds": [
                (
                    hold,
                    Money(hold.amount, hold.currency),
                    actions(viewer, ReleaseHeldMoney, hold_id=hold.id) if hold.by_hand else (),
                )
                for hold in queries.holds_of(viewer, id)
            ],
            "cards": _cards(viewer, found),
            "statement_url": reverse("ledger:statement", args=[id]),
            "trail": entries(gate.trail(viewer, "ledger.account", id)),
        }
        return render(request, "ledger/account.html", context)


@choices("ledger.open_account", "customer_id")
def _active_customers(viewer: Actor) -> Records:
    return customers.active_ones(viewer)


@choices("ledger.open_account", "currency")
@choices("ledger.open_own_account", "currency")
def _currencies(viewer: Actor) -> list[tuple[str, Text]]:
    return [(code, _both(code)) for code in MINOR_UNITS]


@choices("ledger.open_own_account", "kind")
def _own_kinds(viewer: Actor) -> list[tuple[str, Text]]:
    return [(kind, name) for kind, name in KIND_NAMES.items() if kind != "customer"]


@choices("ledger.pay_in", "account_id")
@choices("ledger.freeze", "account_id")
@choices("ledger.set_credit_only", "account_id")
@choices("ledger.close_account", "account_id")
@choices("ledger.hold_money", "account_id")
@choices("transfers.receive", "account_id")
@choices("transfers.receive_batch", "account_id")
@choices("transfers.set_limit", "account_id")
@choices("seals.enter", "account_id")
@choices("seals.apply", "account_id")
@choices("seals.share", "account_id")
def _open_accounts(viewer: Actor) -> Records:
    return _named(viewer, queries.accounts_for(viewer).filter(kind="customer", state="open"))


@choices("ledger.pay_in", "own_account_id")
def _own_accounts(viewer: Actor) -> Records:
    return _named(viewer, queries.own_accounts(viewer))


@choices("ledger.import_accounts", "own_account_id")
def _transit_accounts(viewer: Actor) -> Records:
    return _named(viewer, queries.own_accounts(viewer).filter(kind="other"))


@choices("ledger.release_hold", "hold_id")
def _holds(viewer: Actor) -> Records:
    rows = queries.open_holds_for(viewer).order_by("-placed_at")
    return Records(rows, _named_holds, OF_ACCOUNT)


def _named_holds(rows: Sequence[Hold]) -> Choices:
    return [
        (str(row.id), _both(f"{row.account.number} {Money(row.amount, row.currency)} {reference}"))
        for row in rows
        for reference in [row.reference]
    ]


@choices("ledger.reverse", "posting_id")
def _reversible(viewer: Actor) -> Records:
    def touching(rows: QuerySet[Posting], typed: str) -> QuerySet[Posting]:
        found = list(by_number(queries.accounts_for(viewer), typed).values_list("id", flat=True))
        return rows.filter(Q(debit__in=found) | Q(credit__in=found))

    rows = queries.reversible_for(viewer).order_by("-id")
    return Records(rows, _named_postings, Search("q", NUMBER.title, touching))


def _named_postings(rows: Sequence[Posting]) -> Choices:
    return [(str(row.id), _both(_posting(row))) for row in rows]


@choices("ledger.unfreeze", "account_id")
def _frozen_accounts(viewer: Actor) -> Records:
    return _named(viewer, queries.accounts_for(viewer).filter(state="frozen"))


@choices("ledger.lift_credit_only", "account_id")
def _credit_only_accounts(viewer: Actor) -> Records:
    return _named(viewer, queries.accounts_for(viewer).filter(state="credit_only"))


@choices("ledger.print_statement", "account_id")
def _all_accounts(viewer: Actor) -> Records:
    return _named(viewer, queries.accounts_for(viewer))


def _named(viewer: Actor, rows: QuerySet[Account]) -> Records:
    def names(rows: Sequence[Account]) -> Choices:
        held = customers.briefs(viewer, [row.customer_id for row in rows if row.customer_id])
        return [
            (str(row.id), _both(f"{row.number} {holder}{row.title} {row.currency}"))
            for row in rows
            for holder in [f"{held[row.customer_id].name} " if row.customer_id in held else ""]
        ]

    return Records(rows.order_by("-number"), names, _number_or_holder(viewer))


def _number_or_holder(viewer: Actor) -> Search:
    def narrow(rows: QuerySet[Account], typed: str) -> QuerySet[Account]:
        held = Q(customer_id__in=customers.holding(viewer, typed))
        return by_number(rows, typed, held)

    return Search("number", Text("账号或户名", "Number or holder"), narrow)


def _posting(row: Posting) -> str:
    sides = f"{row.debit.number} → {row.credit.number}"
    return f"{row.booked_on} {row.reference} {Money(row.amount, row.currency)} {sides}"


def _actions(viewer: Actor, found: AccountView) -> list[Action]:
    fields = {"account_id": found.id, "money.currency": found.currency}
    commands = COMMANDS[found.state]
    if found.customer_id is None:
        commands = tuple(each for each in commands if each is not PayIn)
    offered = actions(viewer, *commands, **fields)
    if found.customer_id and found.state == "open":
        offered += actions(
            viewer,
            EnterSeal,
            customer_id=found.customer_id,
            account_id=found.id,
            account_number=found.number,
        )
    return list(offered)


def _terms(found: AccountView) -> Iterable[Term]:
    yield Term(Text("种类", "Kind"), KIND_NAMES[found.kind])
    if found.customer_id:
        url = reverse("customers:customer", args=[found.customer_id])
        yield Term(Text("户名", "Holder"), Link(found.holder, url))
    yield Term(Text("账户性质", "Type"), _nature(found.nature))
    yield Term(Text("开户行", "Bank"), found.bank or Text("本机构", "This institution"))
    if found.bank_account:
        yield Term(Text("在该行的账号", "Number there"), found.bank_account)
    yield Term(Text("币种", "Currency"), found.currency)
    yield Term(Text("余额", "Balance"), found.balance)
    yield Term(Text("冻结金额", "Held"), found.held)
    yield Term(Text("可用余额", "Available"), found.available)
    yield Term(Text("开户时间", "Opened at"), found.opened_at)
    if found.closed_at:
        yield Term(Text("销户时间", "Closed at"), found.closed_at)


def _cards(viewer: Actor, found: AccountView) -> list[Link]:
    """The seal cards that govern the account."""
    rows = seals.sealcards_for(viewer).filter(account_id=found.id).order_by("-id")
    return [Link(row.number, reverse("seals:sealcard", args=[row.id])) for row in rows]


def _postings(viewer: Actor, account_id: UUID, request: HttpRequest) -> Listing:
    """明细, the newest first, each with the balance that it left."""
    lines: dict[UUID, tuple[Line, Money]] = {}

    def prepare(rows: list[Posting]) -> None:
        lines.update({each[0].id: each for each in queries.lines_of(viewer, account_id, rows)})

    def line(name: str) -> Callable[[Posting], Any]:
        return lambda row: getattr(lines[row.id][0], name)

    return Listing(
        queries.postings_for(viewer, account_id),
        request.GET,
        [
            Column("booked_on", Text("记账日期", "Booked on")),
            Column("reference", Text("业务编号", "Reference")),
            Column("counterparty", Text("对方", "Counterparty"), line("counterparty")),
            Column("narrative", Text("摘要", "Narrative"), line("narrative")),
            Column("amount", Text("金额", "Amount"), lambda row: _moved(lines[row.id][0]), True),
            Column("balance", Text("余额", "Balance"), lambda row: lines[row.id][1], True),
            Column("mark", Text("冲正", "Reversal"), lambda row: _mark(viewer, lines[row.id][0])),
        ],
        [
            Day("since", Text("起日", "From"), "booked_on__gte"),
            Day("until", Text("止日", "To"), "booked_on__lte"),
        ],
        order=queries.BOOKED,
        prepare=prepare,
        empty=Text("没有记账。", "Nothing was booked."),
    )


def _moved(line: Line) -> Money:
    return Money(line.amount, line.currency)


def _mark(viewer: Actor, line: Line) -> Text | Link | str:
    """What became of a posting, or where it is taken back."""
    if line.reverses:
        return Text("冲正", "Reversal")
    if line.reversed:
        return Text("已冲正", "Reversed")
    offered = actions(viewer, ReversePosting, posting_id=line.id)
    return Link(offered[0].title, offered[0].url) if offered else ""


def _nature(nature: str) -> Text | None:
    return NATURE_NAMES[Nature(nature)] if nature else None


def _balance(row: Account) -> Money:
    return Money(row.balance, row.currency)


def _held(row: Account) -> Money:
    return Money(row.held, row.currency)


def _link(row: Account) -> Link:
    return Link(row.number, reverse("ledger:account", args=[row.id]))


def _both(name: str) -> Text:
    return Text(name, name)
