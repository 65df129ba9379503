"""Statements, their lines and what is open, as a viewer may see them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import Actor
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.ledger import queries as ledger
from yinxin.people.queries import bank_calendar, bank_today, staff_for

from . import rules
from .models import (
    Agreement,
    BankStatement,
    Contact,
    DueRun,
    Match,
    OpenItem,
    ReportPrint,
    StatementLine,
)
from .sealed import Texts, Words, explanation_of, reference_digest, texts_of, words_of


@dataclass(frozen=True, slots=True)
class Totals:
    """The two sides, and what is open of each: 余额调节."""

    matched: int
    open_lines: int
    open_lines_sum: Money
    open_postings: int
    open_postings_sum: Money
    unexplained: int


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with its match, or with the open item that it is."""

    line: StatementLine
    texts: Texts
    match: Match | None
    item: OpenItem | None
    explanation: str


@dataclass(frozen=True, slots=True)
class Report:
    """对账报告: `theirs` is the bank's closing balance, `adjusted` the same with what is open,
    `ours` what our ledger has at the end of the period."""

    statement: BankStatement
    totals: Totals
    theirs: Money | None
    adjusted: Money | None
    ours: Money
    open_items: tuple[tuple[OpenItem, Texts, str], ...]
    matched: tuple[tuple[StatementLine, Texts, Match], ...]


@dataclass(frozen=True, slots=True)
class ItemView:
    """An open item with what is known of it; `texts` are those of a statement's line."""

    item: OpenItem
    texts: Texts
    explanation: str
    contacts: tuple[tuple[Contact, Words], ...]

    @property
    def age_d(self) -> int:
        return age_of(self.item)


def statements_for(viewer: Actor) -> QuerySet[BankStatement]:
    """Statements of accounts of the viewer's branch and those below it; `open_count` is how many
    open items each has."""
    items = OpenItem.objects.filter(statement=OuterRef("pk")).order_by().values("statement")
    return (
        BankStatement.objects.select_related("account")
        .filter(account__branch__startswith=viewer.branch)
        .annotate(
            open_count=Coalesce(
                Subquery(items.values(count=Count("pk")), output_field=IntegerField()), 0
            )
        )
    )


def with_reference(rows: QuerySet[BankStatement], reference: str) -> QuerySet[BankStatement]:
    """Those with a line of exactly this reference."""
    lines = StatementLine.objects.filter(reference_digest=reference_digest(reference))
    return rows.filter(pk__in=lines.values("statement"))


def statement(viewer: Actor, statement_id: UUID) -> BankStatement:
    """Raises Refused(not_found), also for a statement of another branch."""
    row = statements_for(viewer).filter(id=statement_id).first()
    if row is None:
        raise Refused(NOT_FOUND)
    return row


def totals(viewer: Actor, row: BankStatement) -> Totals:
    lines, postings = Q(line__isnull=False), Q(posting__isnull=False)
    counted = _items_of(viewer, row).aggregate(
        open_lines=Count("pk", lines),
        open_postings=Count("pk", postings),
        unexplained=Count("pk", Q(explanation=None)),
        lines_sum=Sum("amount", filter=lines, default=Decimal(0)),
        postings_sum=Sum("amount", filter=postings, default=Decimal(0)),
    )
    return Totals(
        matched=Match.objects.filter(line__in=lines_of(viewer, row)).count(),
        open_lines=counted["open_lines"],
        open_lines_sum=Money(counted["lines_sum"], row.currency),
        open_postings=counted["open_postings"],
        open_postings_sum=Money(counted["postings_sum"], row.currency),
        unexplained=counted["unexplained"],
    )


def lines_of(viewer: Actor, row: BankStatement) -> QuerySet[StatementLine]:
    return StatementLine.objects.filter(
        statement=row, statement__account__branch__startswith=viewer.branch
    ).prefetch_related("matches", "open_items")


def in_state(lines: QuerySet[StatementLine], state: str) -> QuerySet[StatementLine]:
    """The lines that are `matched`, `open`, `unexplained`, or without an amount (`telling`)."""
    narrowed = {
        "matched": Q(matches__isnull=False),
        "open": Q(open_items__isnull=False),
        "unexplained": Q(open_items__isnull=False, open_items__explanation=None),
        "telling": Q(amount=0),
    }
    return lines.filter(narrowed[state])


def shown(line: StatementLine) -> LineView:
    """A line of `lines_of`, opened."""
    match = next(iter(line.matches.all()), None)
    item = next(iter(line.open_items.all()), None)
    return LineView(line, texts_of(line), match, item, explanation_of(item) if item else "")


def open_postings_of(
    viewer: Actor, row: BankStatement, limit: int = 200
) -> list[tuple[OpenItem, str]]:
    """Our postings of the period that the bank does not state, each with its explanation."""
    items = _items_of(viewer, row).filter(posting__isnull=False).order_by("booked_on", "id")
    return [(item, explanation_of(item)) for item in items[:limit]]


def references_of(viewer: Actor, matches: Iterable[Match]) -> dict[UUID, str]:
    """By group, the references of all its postings."""
    groups = [each.group for each in matches if each.group]
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = Match.objects.filter(group__in=groups, posting__isnull=False).order_by("id")
    for group, reference in rows.values_list("group", "reference"):
        found[group].append(reference)
    return {group: "、".join(filter(None, each)) for group, each in found.items()}


def report(viewer: Actor, statement_id: UUID, limit: int | None = None) -> Report:
    """Raises Refused(not_found)."""
    row = statement(viewer, statement_id)
    counted = totals(viewer, row)
    _, ours = ledger.balances_of(row.account, row.from_on, row.to_on)
    theirs = None if row.closing is None else Money(row.closing, row.currency)
    adjusted = (
        None if theirs is None else theirs - counted.open_lines_sum + counted.open_postings_sum
    )
    items = _items_of(viewer, row).select_related("line").order_by("booked_on", "id")[:limit]
    matched = (
        Match.objects.select_related("line")
        .filter(line__statement=row)
        .order_by("line__position")[:limit]
    )
    return Report(
        row,
        counted,
        theirs,
        adjusted,
        ours,
        tuple((each, _texts_of_item(each), explanation_of(each)) for each in items),
        tuple((each.line, texts_of(each.line), each) for each in matched if each.line),
    )


def printed(viewer: Actor, print_id: UUID) -> ReportPrint:
    """Raises Refused(not_found) for anybody but who printed it."""
    found = ReportPrint.objects.filter(id=print_id, actor_id=viewer.id).first()
    if found is None:
        raise Refused(NOT_FOUND)
    return found


def items_for(viewer: Actor) -> QuerySet[OpenItem]:
    """Open items of statements that are not signed off."""
    return (
        OpenItem.objects.select_related("statement__account", "line")
        .filter(statement__account__branch__startswith=viewer.branch)
        .exclude(statement__state=BankStatement.State.SIGNED_OFF)
    )


def item(viewer: Actor, item_id: UUID) -> ItemView:
    """Raises Refused(not_found), also for an item of another branch, or matched since."""
    rows = OpenItem.objects.select_related("statement__account", "line", "fee_posting")
    found = rows.filter(id=item_id, statement__account__branch__startswith=viewer.branch).first()
    if found is None:
        raise Refused(NOT_FOUND)
    said = Contact.objects.filter(
        statement=found.statement_id, line=found.line_id, posting=found.posting_id
    ).order_by("at")
    return ItemView(
        found,
        _texts_of_item(found),
        explanation_of(found),
        tuple((each, words_of(each)) for each in said),
    )


def owners_for(viewer: Actor) -> QuerySet[Any]:
    """Who may follow up an item: staff of the viewer's branch and those below it."""
    return staff_for(viewer).filter(branch__path__startswith=viewer.branch, state="active")


def age_of(item: OpenItem) -> int:
    """How many days the item has been open."""
    return max(0, (bank_today() - item.booked_on).days)


def agreement_of(viewer: Actor, account_id: UUID) -> Agreement | None:
    return Agreement.objects.filter(
        account=account_id, account__branch__startswith=viewer.branch
    ).first()


def due_runs_for(viewer: Actor) -> QuerySet[DueRun]:
    return DueRun.objects.select_related("account", "statement").filter(
        account__branch__startswith=viewer.branch
    )


def agreements_for(viewer: Actor) -> QuerySet[Agreement]:
    return Agreement.objects.select_related("account").filter(
        account__branch__startswith=viewer.branch
    )


def falling_due(viewer: Actor) -> list[tuple[UUID, date]]:
    """The accounts that are due and have no run yet, each with its day."""
    calendar, rows = bank_calendar(), agreements_for(viewer).filter(next_due_on__lte=bank_today())
    return [
        (row.account_id, rules.due_day(row.next_due_on, calendar)) for row in rows.order_by("id")
    ]


def due_state(runs: QuerySet[DueRun], state: str) -> QuerySet[DueRun]:
    """Those that are `done`, `due`, or `overdue`."""
    if state == "done":
        return runs.filter(statement__isnull=False)
    waiting = runs.filter(statement=None)
    if state == "overdue":
        return waiting.filter(due_on__lt=bank_today())
    return waiting.filter(due_on__gte=bank_today())


def is_overdue(run: DueRun) -> bool:
    return run.statement_id is None and run.due_on < bank_today()


def _texts_of_item(item: OpenItem) -> Texts:
    return texts_of(item.line) if item.line else Texts(item.reference, "", "")


def _items_of(viewer: Actor, row: BankStatement) -> QuerySet[OpenItem]:
    return OpenItem.objects.filter(
        statement=row, statement__account__branch__startswith=viewer.branch
    )
