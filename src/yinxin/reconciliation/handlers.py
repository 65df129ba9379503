"""Importing, matching, following up and signing off statements."""

from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from yinxin.gate.context import INSTITUTION, Context, Subject
from yinxin.gate.execution import THIS_EXECUTION
from yinxin.gate.registry import explains, handles
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.fact import Fact
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.ledger import queries as ledger
from yinxin.people.queries import bank_calendar, bank_today
from yinxin.vault import blobs

from . import pairing, queries, rules, taking_in
from .commands import (
    AcceptFee,
    AgreeOnReconciliation,
    AssignOpenItem,
    ExplainOpenItem,
    ImportStatement,
    MatchByHand,
    MatchStatement,
    OpenDueRun,
    PrintReport,
    RecordContact,
    SignOffStatement,
)
from .facts import (
    ContactRecorded,
    DueRunOpened,
    FeeAccepted,
    OpenItemAssigned,
    OpenItemExplained,
    OpenItemsMatched,
    ReconciliationAgreed,
    ReportPrinted,
    StatementImported,
    StatementMatched,
    StatementSignedOff,
)
from .models import (
    Agreement,
    BankStatement,
    Contact,
    DueRun,
    Match,
    OpenItem,
    ProposedFee,
    ReportPrint,
)
from .sealed import Words, seal_explanation, seal_words

BATCH = 5000
NET_OF_FEE, BY_HAND = "net_of_fee", "by_hand"
REPORT = "reconciliation.reportprint"

explains("reconciliation_statement_once", rules.STATEMENT_IMPORTED_ALREADY)
explains("reconciliation_match_line_once", rules.MATCHED_MEANWHILE)
explains("reconciliation_match_posting_once", rules.MATCHED_MEANWHILE)
explains("reconciliation_due_once", rules.NOT_DUE)


@handles(ImportStatement)
def import_statement(command: ImportStatement, context: Context) -> Fact:
    account = _nostro(command.account_id, context)
    read = taking_in.read(blobs.read_staged(context.actor.id, command.file), account)
    if BankStatement.objects.filter(account_id=account.id, bank_id=read.id).exists():
        raise Refused(rules.STATEMENT_IMPORTED_ALREADY)
    file = blobs.keep(context.actor.id, command.file, INSTITUTION)
    statement = BankStatement.objects.create(
        id=context.new_id(),
        number=context.draw_number("RS", bank_today()),
        account_id=account.id,
        bank_id=read.id,
        bank_account=read.account,
        file=file,
        currency=read.currency,
        format=read.format,
        opening=read.opening,
        closing=read.closing,
        left_out=read.left_out,
        from_on=read.from_on,
        to_on=read.to_on,
        line_count=len(read.lines),
        imported_at=context.now,
    )
    context.about(_subject(statement))
    taking_in.insert_lines(statement, read.lines, context)
    return StatementImported(
        number=statement.number,
        account=account.number,
        bank_id=read.id,
        bank_account=read.account,
        from_on=read.from_on,
        to_on=read.to_on,
        lines=len(read.lines),
        opening=_balance(read.opening, read.currency),
        closing=_balance(read.closing, read.currency),
        file_digest=bytes(file.digest).hex(),
        format=read.format,
        left_out=read.left_out,
    )


@handles(MatchStatement)
def match_statement(command: MatchStatement, context: Context) -> Fact:
    statement = _unsigned(command.statement_id, context)
    paired = pairing.pair(statement, context)
    context.about(*pairing.transfers_of(paired, context.actor))
    statement.state = BankStatement.State.MATCHED
    statement.save(update_fields=["state"])
    return StatementMatched(
        number=statement.number,
        matched=paired.lines,
        open_lines=paired.open_lines,
        open_postings=paired.open_postings,
    )


@handles(ExplainOpenItem)
def explain_open_item(command: ExplainOpenItem, context: Context) -> Fact:
    item = _open_item(command.item_id, context)
    item.explanation = seal_explanation(item.id, command.explanation)
    item.explained_by = context.actor.name
    item.save(update_fields=["explanation", "explained_by"])
    return OpenItemExplained(
        number=item.statement.number,
        booked_on=item.booked_on,
        money=_money(item),
        explanation=command.explanation,
    )


@handles(AssignOpenItem)
def assign_open_item(command: AssignOpenItem, context: Context) -> Fact:
    item = _open_item(command.item_id, context)
    owner = queries.owners_for(context.actor).filter(id=command.owner_id).first()
    if owner is None:
        raise Refused(rules.OWNER_UNKNOWN)
    item.owner_id, item.owner_name = owner.id, owner.name
    item.save(update_fields=["owner_id", "owner_name"])
    return OpenItemAssigned(
        number=item.statement.number,
        booked_on=item.booked_on,
        money=_money(item),
        owner=owner.name,
    )


@handles(RecordContact)
def record_contact(command: RecordContact, context: Context) -> Fact:
    item = _open_item(command.item_id, context)
    rules.require_past(command.asked_on, bank_today())
    contact_id = context.new_id()
    Contact.objects.create(
        id=contact_id,
        statement=item.statement,
        line_id=item.line_id,
        posting_id=item.posting_id,
        asked_on=command.asked_on,
        words=seal_words(contact_id, Words(command.asked, command.answer)),
        actor_name=context.actor.name,
        at=context.now,
    )
    return ContactRecorded(
        number=item.statement.number,
        booked_on=item.booked_on,
        money=_money(item),
        asked_on=command.asked_on,
        asked=command.asked,
        answer=command.answer,
    )


@handles(AcceptFee)
def accept_fee(command: AcceptFee, context: Context) -> Fact:
    item = _open_item(command.item_id, context)
    if item.fee is None or item.fee_posting is None:
        raise Refused(rules.ITEM_WITHOUT_FEE)
    currency = item.statement.currency
    signed = {"actor_name": context.actor.name, "at": context.now}
    Match.objects.create(
        id=context.new_id(),
        line_id=item.line_id,
        posting=item.fee_posting,
        reference=item.fee_posting.reference,
        rule=NET_OF_FEE,
        actor_id=context.actor.id,
        **signed,
    )
    ProposedFee.objects.create(
        id=context.new_id(), line_id=item.line_id, amount=item.fee, currency=currency, **signed
    )
    both = Q(id=item.id) | Q(posting=item.fee_posting)
    OpenItem.objects.filter(both, statement=item.statement).delete()
    return FeeAccepted(
        number=item.statement.number,
        booked_on=item.booked_on,
        money=_money(item),
        fee=Money(item.fee, currency),
        reference=item.fee_posting.reference,
    )


@handles(MatchByHand)
def match_by_hand(command: MatchByHand, context: Context) -> Fact:
    chosen = OpenItem.objects.filter(id__in=command.item_ids)
    statement_ids = set(chosen.values_list("statement_id", flat=True))
    if len(statement_ids) != 1:
        raise Refused(rules.ONE_SIDE_ONLY if statement_ids else NOT_FOUND)
    statement = _unsigned(statement_ids.pop(), context)
    items = list(chosen.filter(statement=statement).order_by("id"))
    if len(items) != len(set(command.item_ids)):  # matched while we waited for the statement
        raise Refused(NOT_FOUND)
    lines = [item for item in items if item.line_id]
    postings = {item.posting_id: item for item in items if item.posting_id}
    theirs, ours = ([item.amount for item in side] for side in (lines, postings.values()))
    tolerance = pairing.agreement_of(statement.account_id).tolerance
    difference = rules.difference_by_hand(theirs, ours, tolerance, command.reason)
    references = {id: item.reference for id, item in postings.items()}
    found = [item.line_id for item in lines], list(postings), BY_HAND
    pairing.keep_matches([found], references, context)
    chosen.delete()
    return OpenItemsMatched(
        number=statement.number,
        lines=len(lines),
        postings=len(postings),
        money=Money(sum(theirs, Decimal(0)), statement.currency),
        difference=Money(difference, statement.currency),
        references=tuple(references.values()),
        reason=command.reason,
    )


@handles(SignOffStatement)
def sign_off_statement(command: SignOffStatement, context: Context) -> Fact:
    statement = _unsigned(command.statement_id, context)
    items = statement.open_items
    unexplained = items.filter(explanation=None).count()
    rules.require_reconciled(statement.number, statement.state, unexplained)
    statement.state = BankStatement.State.SIGNED_OFF
    statement.save(update_fields=["state"])
    due = DueRun.objects.filter(account=statement.account_id, statement=None)
    due.filter(due_on__lte=bank_today()).update(statement=statement)
    return StatementSignedOff(
        number=statement.number,
        closing=_balance(statement.closing, statement.currency),
        matched=Match.objects.filter(line__statement=statement).count(),
        open_items=items.count(),
    )


@handles(AgreeOnReconciliation)
def agree_on_reconciliation(command: AgreeOnReconciliation, context: Context) -> Fact:
    account = _nostro(command.account_id, context)
    rules.require_from_today(command.first_due_on, bank_today())
    terms = {
        "frequency": command.frequency,
        "next_due_on": command.first_due_on,
        "tolerance": command.tolerance,
        "window_d": command.window_d,
    }
    found = Agreement.objects.select_for_update(no_key=True).filter(account_id=account.id)
    if not found.update(**terms):
        Agreement.objects.create(id=context.new_id(), account_id=account.id, **terms)
    return ReconciliationAgreed(
        account=account.number,
        frequency=command.frequency,
        first_due_on=command.first_due_on,
        tolerance=f"{command.tolerance.normalize():f}",
        window_d=command.window_d,
    )


@handles(OpenDueRun)
def open_due_run(command: OpenDueRun, context: Context) -> Fact:
    account = _nostro(command.account_id, context)
    agreed = Agreement.objects.select_for_update(no_key=True).filter(account_id=account.id).first()
    if agreed is None or agreed.next_due_on > bank_today():
        raise Refused(rules.NOT_DUE)
    if rules.due_day(agreed.next_due_on, bank_calendar()) != command.due_on:
        raise Refused(rules.NOT_DUE)
    DueRun.objects.create(id=context.new_id(), account_id=account.id, due_on=command.due_on)
    agreed.next_due_on = rules.next_due(agreed.frequency, agreed.next_due_on)
    agreed.save(update_fields=["next_due_on"])
    return DueRunOpened(account=account.number, due_on=command.due_on)


@handles(PrintReport)
def print_report(command: PrintReport, context: Context) -> Fact:
    statement = queries.statement(context.actor, command.statement_id)
    context.about(_subject(statement))
    printed = ReportPrint.objects.create(
        id=context.new_id(),
        number=context.draw_number("RR", bank_today()),
        statement=statement,
        actor_id=context.actor.id,
        actor_name=context.actor.name,
        execution_id=THIS_EXECUTION,  # type: ignore[misc]  # an expression
        at=context.now,
    )
    context.about(Subject(REPORT, printed.id, printed.number, branch=statement.account.branch))
    return ReportPrinted(report=printed.number, number=statement.number)


def _nostro(account_id: UUID, context: Context) -> ledger.AccountView:
    account = ledger.account(context.actor, account_id)
    if account is None:
        raise Refused(NOT_FOUND)
    context.about(Subject("ledger.account", account.id, account.number, branch=account.branch))
    rules.require_nostro(account.number, account.kind)
    return account


def _open_item(item_id: UUID, context: Context) -> OpenItem:
    """An item of a statement that is not signed off; the statement's lock keeps it."""
    item = OpenItem.objects.filter(id=item_id).first()
    if item is None:
        raise Refused(NOT_FOUND)
    statement = _unsigned(item.statement_id, context)
    kept = OpenItem.objects.select_related("fee_posting").filter(id=item_id).first()
    if kept is None:  # matched while we waited for the statement
        raise Refused(NOT_FOUND)
    kept.statement = statement
    return kept


def _unsigned(statement_id: UUID, context: Context) -> BankStatement:
    """A statement within the actor's branch, locked, that is not signed off."""
    statement = (
        BankStatement.objects.select_for_update(of=("self",), no_key=True)
        .select_related("account")
        .filter(id=statement_id, account__branch__startswith=context.actor.branch)
        .first()
    )
    if statement is None:
        raise Refused(NOT_FOUND)
    context.about(_subject(statement))
    rules.require_unsigned(statement.number, statement.state)
    return statement


def _subject(statement: BankStatement) -> Subject:
    return Subject(
        "reconciliation.bankstatement",
        statement.id,
        statement.number,
        branch=statement.account.branch,
    )


def _balance(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def _money(item: OpenItem) -> Money:
    return Money(item.amount, item.statement.currency)
