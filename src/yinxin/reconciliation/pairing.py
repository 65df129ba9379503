"""Matching as it is kept: lines against postings, and what stays open."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django.db.models import Q

from yinxin.gate.bulk import copy_in
from yinxin.gate.context import Context, Subject
from yinxin.kernel.actor import Actor
from yinxin.ledger import queries as ledger
from yinxin.transfers import queries as transfers

from . import matching
from .models import Agreement, BankStatement, Match, OpenItem
from .sealed import opened

MENTIONED = 50  # so many matched transfers are put on their own trails; more are too many to read
OPEN_ITEM = (
    *("id", "line_id", "posting_id", "booked_on", "amount", "reference", "reason"),
    *("owner_id", "owner_name", "fee", "fee_posting_id"),
)

Found = tuple[Sequence[Any], Sequence[Any], str]
Lines = Mapping[UUID, matching.StatementLine]
Postings = Mapping[UUID, ledger.Line]


@dataclass(frozen=True, slots=True)
class Paired:
    """`references` are those of the postings that were matched now, with `lines` lines."""

    references: tuple[str, ...]
    lines: int
    open_lines: int
    open_postings: int


def pair(statement: BankStatement, context: Context) -> Paired:
    """Match what is free on both sides, and keep the rest as open items."""
    agreed = agreement_of(statement.account_id)
    lines = _free_lines(statement)
    postings = _free_postings(statement, context.actor, agreed.window_d)
    result = matching.match(
        list(lines.values()),
        [_ledger_line(posting) for posting in postings.values()],
        tolerance=agreed.tolerance,
        window_days=agreed.window_d,
    )
    references = {id: posting.reference for id, posting in postings.items()}
    keep_matches(result.matches, references, context)
    found = [*_open_lines(statement, lines, result), *_open_postings(statement, postings, result)]
    _keep_open(statement, found, context)
    taken = [references[id] for each in result.matches for id in each.ledger_ids]
    matched = sum(len(each.statement_ids) for each in result.matches)
    open_lines = sum(item.line_id is not None for item in found)
    return Paired(tuple(taken), matched, open_lines, len(found) - open_lines)


def agreement_of(account_id: UUID) -> Agreement:
    """What was agreed for the account, else what is usual."""
    found = Agreement.objects.filter(account_id=account_id).first()
    return found or Agreement(account_id=account_id)


def transfers_of(paired: Paired, viewer: Actor) -> Iterator[Subject]:
    """The transfers among what was matched, where they are few."""
    if len(paired.references) > MENTIONED:
        return
    numbers = transfers.transfers_for(viewer).filter(number__in=paired.references)
    for row in numbers.order_by("number"):
        yield Subject("transfers.transfer", row.id, row.number, row.customer_id, row.branch)


def _free_postings(statement: BankStatement, viewer: Actor, window_d: int) -> Postings:
    """Postings of the period and the days about it that no line of any statement has."""
    since = statement.from_on - timedelta(days=window_d)
    until = statement.to_on + timedelta(days=window_d)
    matched = Match.objects.filter(
        Q(posting__debit=statement.account_id) | Q(posting__credit=statement.account_id),
        posting__booked_on__range=(since, until),
    )
    taken = set(matched.values_list("posting_id", flat=True))
    postings = ledger.postings_of(viewer, statement.account_id, since, until)
    return {each.id: each for each in postings if each.id not in taken}


def _free_lines(statement: BankStatement) -> Lines:
    """Lines that have no match yet."""
    rows = statement.lines.filter(matches=None).order_by("position")
    fields = rows.values_list("id", "booked_on", "amount", "currency", "texts")
    return {
        id: matching.StatementLine(id, on, amount, currency, *opened(id, texts))
        for id, on, amount, currency, texts in fields.iterator()
    }


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


def keep_matches(found: Iterable[Found], references: Mapping[UUID, str], context: Context) -> None:
    """Each is lines, postings and the rule; `references` are those of the postings."""
    rows = (row for each in found for row in _match_rows(*each, references, context))
    by = {"actor_id": context.actor.id, "actor_name": context.actor.name, "at": context.now}
    copy_in(Match, rows, **by)


def _match_rows(
    lines: Sequence[UUID],
    postings: Sequence[UUID],
    rule: str,
    references: Mapping[UUID, str],
    context: Context,
) -> Iterator[dict[str, Any]]:
    """One row for a pair; for more, as many as the longer side, in one group."""
    group = context.new_id() if len(lines) + len(postings) > 2 else None
    for line_id, posting_id in zip_longest(lines, postings):
        yield {
            "id": context.new_id(),
            "line_id": line_id,
            "posting_id": posting_id,
            "group": group,
            "reference": references[posting_id] if posting_id else "",
            "rule": rule,
        }


def _open_lines(
    statement: BankStatement, lines: Lines, result: matching.Result
) -> Iterator[OpenItem]:
    """All but those that moved no money: some banks send lines that only tell something."""
    fees = {fee.statement_id: fee for fee in result.fees}
    for line_id, reason in result.unmatched_statement:
        if reason is matching.Reason.NO_AMOUNT:
            continue
        line, fee = lines[line_id], fees.get(line_id)
        yield OpenItem(
            statement=statement,
            line_id=line_id,
            booked_on=line.on,
            amount=line.amount,
            reason=reason,
            fee=fee.amount if fee else None,
            fee_posting_id=fee.ledger_id if fee else None,
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
        if key in kept and _same(kept[key], item):
            del stale[key]
        else:
            item.id = context.new_id()
            if key in kept:  # whoever follows it up goes on doing so
                item.owner_id, item.owner_name = kept[key].owner_id, kept[key].owner_name
            fresh.append(item)
    OpenItem.objects.filter(id__in=[item.id for item in stale.values()]).delete()
    rows = ({name: getattr(item, name) for name in OPEN_ITEM} for item in fresh)
    copy_in(OpenItem, rows, statement_id=statement.id)


def _same(one: OpenItem, other: OpenItem) -> bool:
    return (one.reason, one.fee, one.fee_posting_id) == (
        other.reason,
        other.fee,
        other.fee_posting_id,
    )
