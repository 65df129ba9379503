"""Matching as it is kept: lines against postings, and what stays open."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from yinxin.gate.context import Context, Subject
from yinxin.kernel.actor import Actor
from yinxin.ledger import queries as ledger
from yinxin.transfers import queries as transfers

from . import matching
from .models import BankStatement, Match, OpenItem, StatementLine
from .sealed import texts_of

WINDOW_D = 5
MENTIONED = 50  # so many matched transfers are put on their own trails; more are too many to read
BATCH = 5000

Postings = Mapping[UUID, ledger.Line]


@dataclass(frozen=True, slots=True)
class Paired:
    """`references` are those of the postings that were matched now."""

    references: tuple[str, ...]
    open_lines: int
    open_postings: int


def pair(statement: BankStatement, context: Context) -> Paired:
    """Match what is free on both sides, and keep the rest as open items."""
    lines = {line.id: line for line in statement.lines.filter(matches=None).order_by("position")}
    postings = _free_postings(statement, context.actor)
    result = matching.match(
        [_statement_line(line) for line in lines.values()],
        [_ledger_line(posting) for posting in postings.values()],
        window_days=WINDOW_D,
    )
    _keep_matches(result, postings, context)
    found = [*_open_lines(statement, lines, result), *_open_postings(statement, postings, result)]
    _keep_open(statement, found, context)
    matched = [postings[each.ledger_ids[0]].reference for each in result.matches]
    open_lines = len(result.unmatched_statement)
    return Paired(tuple(matched), open_lines, len(found) - open_lines)


def transfers_of(paired: Paired, viewer: Actor) -> Iterator[Subject]:
    """The transfers among what was matched, where they are few."""
    if len(paired.references) > MENTIONED:
        return
    numbers = transfers.transfers_for(viewer).filter(number__in=paired.references)
    for row in numbers.order_by("number"):
        yield Subject("transfers.transfer", row.id, row.number, row.customer_id, row.branch)


def _free_postings(statement: BankStatement, viewer: Actor) -> Postings:
    """Postings of the period and the days about it that no line of any statement has."""
    since = statement.from_on - timedelta(days=WINDOW_D)
    until = statement.to_on + timedelta(days=WINDOW_D)
    matched = Match.objects.filter(
        line__statement__account=statement.account_id, posting__booked_on__range=(since, until)
    )
    taken = set(matched.values_list("posting_id", flat=True))
    postings = ledger.postings_of(viewer, statement.account_id, since, until)
    return {each.id: each for each in postings if each.id not in taken}


def _statement_line(line: StatementLine) -> matching.StatementLine:
    texts = texts_of(line)
    return matching.StatementLine(line.id, line.booked_on, line.amount, line.currency, *texts)


def _ledger_line(posting: ledger.Line) -> matching.LedgerLine:
    return matching.LedgerLine(
        posting.id,
        posting.booked_on,
        posting.amount,
        posting.currency,
        posting.reference,
        posting.counterparty,
        posting.narrative,
    )


def _keep_matches(result: matching.Result, postings: Postings, context: Context) -> None:
    Match.objects.bulk_create(
        [
            Match(
                id=context.new_id(),
                line_id=each.statement_ids[0],
                posting_id=each.ledger_ids[0],
                reference=postings[each.ledger_ids[0]].reference,
                rule=each.rule,
                actor_id=context.actor.id,
                actor_name=context.actor.name,
                at=context.now,
            )
            for each in result.matches
        ],
        batch_size=BATCH,
    )


def _open_lines(
    statement: BankStatement, lines: Mapping[UUID, StatementLine], result: matching.Result
) -> Iterator[OpenItem]:
    for line_id, reason in result.unmatched_statement:
        line = lines[line_id]
        yield OpenItem(
            statement=statement,
            line=line,
            booked_on=line.booked_on,
            amount=line.amount,
            reason=reason,
        )


def _open_postings(
    statement: BankStatement, postings: Postings, result: matching.Result
) -> Iterator[OpenItem]:
    """Only those of the period: the others are for the statements before and after."""
    for posting_id, reason in result.unmatched_ledger:
        posting = postings[posting_id]
        if statement.from_on <= posting.booked_on <= statement.to_on:
            yield OpenItem(
                statement=statement,
                posting_id=posting_id,
                booked_on=posting.booked_on,
                amount=posting.amount,
                reference=posting.reference,
                reason=reason,
            )


def _keep_open(statement: BankStatement, found: list[OpenItem], context: Context) -> None:
    """What was explained stays so, unless matching now finds another reason."""
    kept = {(item.line_id, item.posting_id): item for item in statement.open_items.all()}
    stale = dict(kept)
    fresh = []
    for item in found:
        key = (item.line_id, item.posting_id)
        if key in kept and kept[key].reason == item.reason:
            del stale[key]
        else:
            item.id = context.new_id()
            fresh.append(item)
    OpenItem.objects.filter(id__in=[item.id for item in stale.values()]).delete()
    OpenItem.objects.bulk_create(fresh, batch_size=BATCH)
