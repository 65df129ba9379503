"""Statements and their lines, as the viewer may see them."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from yinxin.gate import queries as gate
from yinxin.gate.numbers import by_number
from yinxin.gate.reading import reading
from yinxin.kernel.actor import Actor
from yinxin.kernel.command import Command
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.ledger import queries as ledger
from yinxin.uikit.choices import Choices, Records, choices
from yinxin.uikit.listing import Choice, Column, Listing, Search
from yinxin.uikit.page import Action, Link, Page, Panel, State, Term, Tone
from yinxin.uikit.trail import actions, entries

from . import queries
from .commands import (
    AgreeOnReconciliation,
    ImportStatement,
    MatchStatement,
    PrintReport,
    SignOffStatement,
)
from .facts import FREQUENCIES
from .matching import Reason
from .models import BankStatement, OpenItem, StatementLine
from .statements.banks import FORMATS
from .words import REASONS, RULES, STATES, States

NUMBER = Search("number", Text("编号", "Number"), "number__contains")
NOSTRO = Search("number", Text("账号", "Account"), by_number)
STATE_TITLES = [(each.value, state.title) for each, state in STATES.items()]
OFFERED: dict[States, tuple[type[Command], ...]] = {
    States.IMPORTED: (MatchStatement,),
    States.MATCHED: (SignOffStatement, MatchStatement, PrintReport),
    States.SIGNED_OFF: (PrintReport,),
}
DESK = Link(Text("工作台", "Desk"), "/")
LIST = Text("对账单", "Statements")
ITEMS, CALENDAR = Text("未达账项", "Open items"), Text("对账日历", "Calendar")
REPORT = Text("对账报告", "Report")
NOT_YET = State(Text("未对账", "Not matched yet"), Tone.PLAIN)
TELLING = State(REASONS[Reason.NO_AMOUNT])
LINE_STATES = (
    ("matched", Text("已勾对", "Matched")),
    ("open", Text("未达账项", "Open items")),
    ("unexplained", Text("未说明", "Not explained")),
    ("telling", REASONS[Reason.NO_AMOUNT]),
)


@require_GET
def bankstatements(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        listing = Listing(
            queries.statements_for(viewer),
            request.GET,
            [
                Column("number", Text("编号", "Number"), _link),
                Column("account", Text("账户", "Account"), "account.number"),
                Column("bank_id", Text("他行编号", "The bank's number")),
                Column("from_on", Text("起始日", "From")),
                Column("to_on", Text("截止日", "To")),
                Column("line_count", Text("笔数", "Lines"), numeric=True),
                Column("closing", Text("期末余额", "Closing"), _closing, numeric=True),
                Column("open", Text("未达", "Open"), "open_count", numeric=True),
                Column("state", Text("状态", "State"), lambda row: STATES[row.state]),
            ],
            [
                NUMBER,
                Search("reference", Text("参考号", "Reference"), queries.with_reference),
                Choice("state", Text("状态", "State"), "state", STATE_TITLES),
            ],
            order="-number",
        )
        page = Page(
            LIST,
            [DESK],
            actions=[
                *actions(viewer, ImportStatement, AgreeOnReconciliation),
                Action(ITEMS, reverse("reconciliation:openitems")),
                Action(CALENDAR, reverse("reconciliation:dueruns")),
            ],
        )
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@require_GET
def bankstatement(request: HttpRequest, id: UUID) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        row = queries.statement(viewer, id)
        context = {
            "page": Page(
                Text(f"对账单 {row.bank_id}", f"Statement {row.bank_id}"),
                [DESK, Link(LIST, reverse("reconciliation:bankstatements"))],
                row.number,
                STATES[States(row.state)],
                [
                    *actions(viewer, *OFFERED[States(row.state)], statement_id=row.id),
                    Action(REPORT, reverse("reconciliation:report", args=[row.id])),
                ],
            ),
            "panels": _panels(viewer, row),
            "listing": _lines(viewer, row, request),
            "postings": [
                (item, Money(item.amount, row.currency), _why(item, explanation))
                for item, explanation in queries.open_postings_of(viewer, row)
            ],
            "trail": entries(gate.trail(viewer, "reconciliation.bankstatement", row.id)),
        }
        return render(request, "reconciliation/bankstatement.html", context)


@choices("reconciliation.import_statement", "account_id")
@choices("reconciliation.agree", "account_id")
def _nostros(viewer: Actor) -> Records:
    nostros = ledger.accounts_for(viewer).filter(kind="nostro").order_by("number")
    return Records(nostros, _named_nostros, NOSTRO)


def _named_nostros(rows: Sequence[Any]) -> Choices:
    return [
        (str(each.id), _both(Text("", ""), f"{each.number} {each.currency} {each.title}"))
        for each in rows
    ]


@choices("reconciliation.agree", "frequency")
def _frequencies(viewer: Actor) -> list[tuple[str, Text]]:
    return list(FREQUENCIES.items())


@choices("reconciliation.match", "statement_id")
@choices("reconciliation.sign_off", "statement_id")
def _unsigned(viewer: Actor) -> Records:
    return _newest(queries.statements_for(viewer).exclude(state=States.SIGNED_OFF))


@choices("reconciliation.print_report", "statement_id")
def _all(viewer: Actor) -> Records:
    return _newest(queries.statements_for(viewer))


def _newest(rows: QuerySet[BankStatement]) -> Records:
    return Records(rows.order_by("-number"), _named, NUMBER)


def _named(rows: Sequence[BankStatement]) -> Choices:
    return [
        (str(each.id), _both(Text("", ""), f"{each.number} {each.account.number} {each.bank_id}"))
        for each in rows
    ]


def _panels(viewer: Actor, row: BankStatement) -> list[Panel]:
    totals = queries.totals(viewer, row)
    stated = [
        Term(Text("账户", "Account"), _account(row)),
        Term(Text("他行账号", "The bank's account"), row.bank_account),
        Term(Text("期间", "Period"), f"{row.from_on} — {row.to_on}"),
        Term(Text("笔数", "Lines"), row.line_count),
        Term(Text("格式", "Format"), FORMATS.get(row.format, row.format)),
        Term(Text("期初余额", "Opening balance"), _balance(row.opening, row)),
        Term(Text("期末余额", "Closing balance"), _closing(row)),
    ]
    found = [
        Term(Text("已勾对", "Matched"), totals.matched),
        Term(Text("未说明", "Not explained"), totals.unexplained),
        Term(Text("他行有本行无", "On the statement only"), totals.open_lines),
        Term(Text("合计", "Sum"), totals.open_lines_sum),
        Term(Text("本行有他行无", "In our ledger only"), totals.open_postings),
        Term(Text("合计", "Sum"), totals.open_postings_sum),
    ]
    return [
        Panel(Text("对账单", "Statement"), stated),
        Panel(Text("对账结果", "Result"), found),
    ]


def _lines(viewer: Actor, row: BankStatement, request: HttpRequest) -> Listing:
    view = cache(queries.shown)
    groups: dict[UUID, str] = {}

    def texts(name: str) -> Callable[[StatementLine], str]:
        return lambda line: str(getattr(view(line).texts, name))

    def result(line: StatementLine) -> Text | State | Link:
        match, item = view(line).match, view(line).item
        if match:
            several = groups.get(match.group, "") if match.group else ""
            return _both(RULES[match.rule], f" → {several or match.reference}")
        if item:
            return _why(item, view(line).explanation)
        return NOT_YET if line.amount else TELLING

    listing = Listing(
        queries.lines_of(viewer, row),
        request.GET,
        [
            Column("position", Text("序号", "No."), numeric=True),
            Column("booked_on", Text("记账日", "Booked")),
            Column("amount", Text("金额", "Amount"), _amount, numeric=True),
            Column("reference", Text("参考号", "Reference"), texts("reference")),
            Column("counterparty", Text("对方", "Counterparty"), texts("counterparty")),
            Column("description", Text("摘要", "Description"), texts("description")),
            Column("result", Text("结果", "Result"), result),
        ],
        [Choice("lines", Text("明细", "Lines"), queries.in_state, LINE_STATES)],
        order="position",
        size=50,
    )
    matches = [each.match for each in map(view, listing.page) if each.match]
    groups.update(queries.references_of(viewer, matches))
    return listing


def _why(item: OpenItem, explanation: str) -> Link:
    """Why an item is open, leading to its page."""
    said = f"：{explanation}" if explanation else ""
    return Link(
        _both(REASONS[item.reason], said), reverse("reconciliation:openitem", args=[item.id])
    )


def _both(text: Text, tail: str) -> Text:
    return Text(text.zh + tail, text.en + tail)


def _link(row: BankStatement) -> Link:
    return Link(row.number, reverse("reconciliation:bankstatement", args=[row.id]))


def _account(row: BankStatement) -> Link:
    return Link(row.account.number, reverse("ledger:account", args=[row.account_id]))


def _closing(row: BankStatement) -> Money | Text:
    return _balance(row.closing, row)


def _balance(amount: Decimal | None, row: BankStatement) -> Money | Text:
    return Text("未载明", "Not stated") if amount is None else Money(amount, row.currency)


def _amount(line: StatementLine) -> Money:
    return Money(line.amount, line.currency)
