"""Importing, matching, explaining and signing off statements."""

from uuid import UUID

from yinxin.gate.context import INSTITUTION, Context, Subject
from yinxin.gate.registry import explains, handles
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.fact import Fact
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.ledger import queries as ledger
from yinxin.people.queries import bank_today
from yinxin.vault import blobs

from . import pairing, rules, statements
from .commands import ExplainOpenItem, ImportStatement, MatchStatement, SignOffStatement
from .facts import OpenItemExplained, StatementImported, StatementMatched, StatementSignedOff
from .models import BankStatement, Match, OpenItem, StatementLine
from .sealed import Texts, reference_digest, seal_explanation, seal_texts

BATCH = 5000

explains("reconciliation_statement_once", rules.STATEMENT_IMPORTED_ALREADY)
explains("reconciliation_match_line_once", rules.MATCHED_MEANWHILE)
explains("reconciliation_match_posting_once", rules.MATCHED_MEANWHILE)


@handles(ImportStatement)
def import_statement(command: ImportStatement, context: Context) -> Fact:
    account = ledger.account(context.actor, command.account_id)
    if account is None:
        raise Refused(NOT_FOUND)
    context.about(Subject("ledger.account", account.id, account.number, branch=account.branch))
    rules.require_nostro(account.number, account.kind)
    read = _read(blobs.read_staged(context.actor.id, command.file), account.id)
    rules.require_currency(account.currency, read.currency)
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
        opening=read.opening,
        closing=read.closing,
        from_on=read.from_on,
        to_on=read.to_on,
        line_count=len(read.lines),
        imported_at=context.now,
    )
    context.about(_subject(statement))
    _insert_lines(statement, read.lines, context)
    return StatementImported(
        number=statement.number,
        account=account.number,
        bank_id=read.id,
        bank_account=read.account,
        from_on=read.from_on,
        to_on=read.to_on,
        lines=len(read.lines),
        opening=Money(read.opening, read.currency),
        closing=Money(read.closing, read.currency),
        file_digest=bytes(file.digest).hex(),
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
        matched=len(paired.references),
        open_lines=paired.open_lines,
        open_postings=paired.open_postings,
    )


@handles(ExplainOpenItem)
def explain_open_item(command: ExplainOpenItem, context: Context) -> Fact:
    item = OpenItem.objects.filter(id=command.item_id).first()
    if item is None:
        raise Refused(NOT_FOUND)
    statement = _unsigned(item.statement_id, context)
    changed = OpenItem.objects.filter(id=item.id).update(
        explanation=seal_explanation(item.id, command.explanation),
        explained_by=context.actor.name,
    )
    if not changed:  # matched while we waited for the statement
        raise Refused(NOT_FOUND)
    return OpenItemExplained(
        number=statement.number,
        booked_on=item.booked_on,
        money=Money(item.amount, statement.currency),
        explanation=command.explanation,
    )


@handles(SignOffStatement)
def sign_off_statement(command: SignOffStatement, context: Context) -> Fact:
    statement = _unsigned(command.statement_id, context)
    items = statement.open_items
    unexplained = items.filter(explanation=None).count()
    rules.require_reconciled(statement.number, statement.state, unexplained)
    statement.state = BankStatement.State.SIGNED_OFF
    statement.save(update_fields=["state"])
    return StatementSignedOff(
        number=statement.number,
        closing=Money(statement.closing, statement.currency),
        matched=Match.objects.filter(line__statement=statement).count(),
        open_items=items.count(),
    )


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


def _read(content: bytes, account_id: UUID) -> statements.Statement:
    """The statement of the account in a file."""
    try:
        read = statements.read(content)
    except statements.StatementUnreadable as error:
        raise Refused(
            rules.STATEMENT_UNREADABLE,
            why_zh=error.zh,
            why_en=error.en,
            place=error.place or "-",
        ) from error
    return read[rules.which_statement([each.account for each in read], _known_as(account_id))]


def _known_as(account_id: UUID) -> str:
    """What earlier statements call the account; blank before the first."""
    earlier = BankStatement.objects.filter(account_id=account_id)
    return earlier.values_list("bank_account", flat=True).first() or ""


def _insert_lines(
    statement: BankStatement, lines: tuple[statements.Line, ...], context: Context
) -> None:
    def row(position: int, line: statements.Line) -> StatementLine:
        line_id = context.new_id()
        return StatementLine(
            id=line_id,
            statement=statement,
            position=position,
            bank_id=line.id,
            booked_on=line.on,
            amount=line.amount,
            currency=line.currency,
            texts=seal_texts(line_id, Texts(line.reference, line.counterparty, line.description)),
            reference_digest=reference_digest(line.reference),
        )

    rows = [row(position, line) for position, line in enumerate(lines, start=1)]
    StatementLine.objects.bulk_create(rows, batch_size=BATCH)
