"""张敏 reconciles an account that the bank holds elsewhere."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.bank.statements import Movement, camt053
from tests.bank.verbs import Bank

from yinxin.gate.door import Outcome
from yinxin.ledger.models import Account
from yinxin.ledger.tests.accounts import account, cny, customer, nostro, pay_in
from yinxin.people.queries import bank_today
from yinxin.reconciliation.commands import (
    ExplainOpenItem,
    ImportStatement,
    MatchStatement,
    SignOffStatement,
)
from yinxin.reconciliation.models import BankStatement, OpenItem
from yinxin.vault import blobs

THEIR_NUMBER = "6001 2345"


@dataclass
class Desk:
    """A nostro account through which a customer was paid 1,000, 20 and 20, by 周宁."""

    bank: Bank
    nostro: Account
    account: Account

    @classmethod
    def of(cls, bank: Bank) -> "Desk":
        desk = cls(bank, nostro(bank), account(bank, customer(bank)))
        for amount, reference in ((1000, "CORE-2026-1"), (20, "CORE-2026-2"), (20, "CORE-2026-3")):
            paid = pay_in(desk.nostro, desk.account, cny(amount), reference)
            bank.done("张敏", paid, "李强")
        return desk

    def line(self, amount: int | str, reference: str = "", **more: Any) -> Movement:
        return Movement(bank_today(), Decimal(amount), reference, **more)

    def file(self, *lines: Movement, opening: int = 0, **changed: Any) -> bytes:
        period = {"from_on": bank_today(), "to_on": bank_today()}
        return camt053(THEIR_NUMBER, Decimal(opening), lines, **(period | changed))

    def bring(self, content: bytes, who: str = "张敏", account: Account | None = None) -> Outcome:
        upload = blobs.stage(self.bank.staff_id(who), content, "application/xml")
        command = ImportStatement(account_id=(account or self.nostro).id, file=upload)
        return self.bank.do(who, command)

    def imported(self, *lines: Movement, **changed: Any) -> BankStatement:
        outcome = self.bring(self.file(*lines, **changed))
        assert outcome.status == "done", outcome
        return BankStatement.objects.latest("number")

    def match(self, statement: BankStatement, who: str = "张敏") -> Outcome:
        return self.bank.do(who, MatchStatement(statement_id=statement.id))

    def matched(self, *lines: Movement, **changed: Any) -> BankStatement:
        statement = self.imported(*lines, **changed)
        outcome = self.match(statement)
        assert outcome.status == "done", outcome
        statement.refresh_from_db()
        return statement

    def explain(self, item: OpenItem, why: str = "在途，次日到账", who: str = "张敏") -> Outcome:
        return self.bank.do(who, ExplainOpenItem(item_id=item.id, explanation=why))

    def sign_off(self, statement: BankStatement, who: str = "张敏") -> Outcome:
        return self.bank.do(who, SignOffStatement(statement_id=statement.id))


def open_items(statement: BankStatement) -> list[tuple[str, int, str]]:
    """Side, amount and reason of each."""
    return [
        ("theirs" if item.line_id else "ours", int(item.amount), item.reason)
        for item in statement.open_items.order_by("posting", "amount", "line__position")
    ]
