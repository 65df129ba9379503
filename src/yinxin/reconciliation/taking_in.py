"""A statement's file on its way into the tables."""

from uuid import UUID

from yinxin.gate.bulk import copy_in
from yinxin.gate.context import Context
from yinxin.kernel.incoming import Unreadable
from yinxin.kernel.refusals import Refused
from yinxin.ledger import queries as ledger

from . import rules, statements
from .models import BankStatement, StatementLine
from .sealed import Texts, reference_digest, seal_texts


def read(content: bytes, account: ledger.AccountView) -> statements.Statement:
    """The statement of the account in a file, days and pages joined."""
    try:
        found = statements.joined(statements.read(content))
        own = [each for each in found if each.currency == account.currency] or found
        accounts = [each.account for each in own]
        read = own[rules.which_statement(accounts, _known_as(account.id))]
        rules.require_currency(account.currency, read.currency)
        statements.require_whole(read)
    except Unreadable as error:
        raise Refused(
            rules.STATEMENT_UNREADABLE,
            why=error.code,
            why_zh=error.sentence.zh,
            why_en=error.sentence.en,
            place=error.place or "-",
        ) from error
    return read


def _known_as(account_id: UUID) -> str:
    """What earlier statements call the account; blank before the first."""
    earlier = BankStatement.objects.filter(account_id=account_id).exclude(bank_account="")
    return earlier.values_list("bank_account", flat=True).first() or ""


def insert_lines(
    statement: BankStatement, lines: tuple[statements.Line, ...], context: Context
) -> None:
    def row(position: int, line: statements.Line) -> dict[str, object]:
        line_id = context.new_id()
        texts = Texts(line.reference, line.counterparty, line.description)
        return {
            "id": line_id,
            "position": position,
            "bank_id": line.id,
            "booked_on": line.on,
            "amount": line.amount,
            "texts": seal_texts(line_id, texts),
            "reference_digest": reference_digest(line.reference),
        }

    copy_in(
        StatementLine,
        (row(position, line) for position, line in enumerate(lines, start=1)),
        statement_id=statement.id,
        currency=statement.currency,
    )
