"""Statements, their lines and what is open, as a viewer may see them."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import Actor
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused

from .models import BankStatement, Match, OpenItem, StatementLine
from .sealed import Texts, explanation_of, reference_digest, texts_of


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
    """The lines that are `matched`, `open`, or `unexplained`."""
    narrowed = {
        "matched": Q(matches__isnull=False),
        "open": Q(open_items__isnull=False),
        "unexplained": Q(open_items__isnull=False, open_items__explanation=None),
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


def _items_of(viewer: Actor, row: BankStatement) -> QuerySet[OpenItem]:
    return OpenItem.objects.filter(
        statement=row, statement__account__branch__startswith=viewer.branch
    )
