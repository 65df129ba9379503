"""对账: the other bank's statement of our account there, line by line."""

from datetime import date
from decimal import Decimal

from tests.bank.statements import Movement, camt053
from tests.bank.verbs import Bank

from yinxin.gate.door import Outcome
from yinxin.ledger.models import Account
from yinxin.reconciliation.commands import ImportStatement, MatchStatement
from yinxin.transfers.models import Transfer
from yinxin.vault import blobs

from .scenes import id_of


def reconcile(bank: Bank, own: Account, paid: Transfer, today: date) -> Outcome:
    """The statement has what came in and what was paid, by their references."""
    statement = camt053(
        own.number,
        Decimal("0.00"),
        [
            Movement(
                today, Decimal("500000.00"), "RM20260105001", "北方贸易集团", "货款", "B-0001"
            ),
            Movement(today, -paid.amount, paid.number, "南山物资有限公司", "", "B-0002"),
        ],
        from_on=today,
        to_on=today,
    )
    upload = blobs.stage(bank.staff_id("张敏"), statement, "application/xml")
    imported = bank.done("张敏", ImportStatement(account_id=own.id, file=upload))
    return bank.done(
        "张敏", MatchStatement(statement_id=id_of(imported, "reconciliation.bankstatement"))
    )
