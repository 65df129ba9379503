"""The evening: the day is closed, and what the other bank says of it comes in three formats."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from tests.bank.statements import Movement, camt053
from tests.bank.verbs import Bank

from yinxin.gate.door import Outcome
from yinxin.ledger.commands import CloseDay
from yinxin.ledger.models import Account, BusinessDay, Posting
from yinxin.people.queries import bank_today
from yinxin.reconciliation.commands import ExplainOpenItem, ImportStatement, MatchStatement
from yinxin.reconciliation.models import OpenItem
from yinxin.vault import blobs

from .telling import show, tell

THEIR_NUMBER = "60012345"
FEE = Decimal("15.00")


def close_day(bank: Bank) -> Outcome:
    day = BusinessDay.objects.get(state="open")
    return bank.done("王芳", CloseDay(on=day.on))


def reconcile(bank: Bank, own: Account) -> None:
    """Three files of one account, one after the other. Planted in them: a payment that the bank
    does not know, a fee that we do not, and a credit that came short by a fee."""
    movements = _movements(own)
    third = -(-len(movements) // 3)
    parts = [movements[each : each + third] for each in range(0, len(movements), third)]
    parts[0].pop()  # the bank does not know it
    parts[1].append(Movement(bank_today(), -FEE, "", "", "账户管理费", "FEE-0001"))
    came_in = next(n for n, each in enumerate(parts[0]) if each.amount > 0)
    short = parts[0][came_in]
    parts[0][came_in] = Movement(
        short.on, short.amount - FEE, short.reference, short.counterparty, "扣手续费后净额",
        short.bank_reference,
    )  # fmt: skip
    opening = Decimal(0)
    files = (_camt053, _mt940, _csv)
    for number, (lines, written) in enumerate(zip(parts, files, strict=True), start=1):
        content, media_type = written(lines, opening, number)
        opening += sum(line.amount for line in lines)
        upload = blobs.stage(bank.staff_id("张敏"), content, media_type)
        imported = bank.done("张敏", ImportStatement(account_id=own.id, file=upload))
        show(imported)
        statement_id = next(
            each.id for each in imported.subjects if each.kind == "reconciliation.bankstatement"
        )
        show(bank.done("张敏", MatchStatement(statement_id=statement_id)))
    _explain(bank)


def _explain(bank: Bank) -> None:
    for item in OpenItem.objects.filter(line__isnull=False).order_by("id"):
        tell(f"未达：{item.amount:,.2f} {item.reference or '—'}（{item.reason}）", "open item")
        said = "他行手续费，待补记" if abs(item.amount) <= FEE or item.fee else "已向对方行查询"
        bank.done("张敏", ExplainOpenItem(item_id=item.id, explanation=said))


def _movements(own: Account) -> list[Movement]:
    """The day as the other bank sees it: what we debit is its credit to us."""
    today: date = bank_today()
    rows = Posting.objects.filter(debit=own) | Posting.objects.filter(credit=own)
    return [
        Movement(
            today,
            posting.amount if posting.debit_id == own.id else -posting.amount,
            posting.reference,
            "",
            "",
            f"B{number:04d}",
        )
        for number, posting in enumerate(rows.order_by("id"), start=1)
    ]


def _camt053(lines: Sequence[Movement], opening: Decimal, number: int) -> tuple[bytes, str]:
    today = bank_today()
    content = camt053(
        THEIR_NUMBER, opening, lines, statement_id=f"S-{number}", from_on=today, to_on=today
    )
    return content, "application/xml"


def _mt940(lines: Sequence[Movement], opening: Decimal, number: int) -> tuple[bytes, str]:
    day = f"{bank_today():%y%m%d}"
    closing = opening + sum(line.amount for line in lines)
    rows = [":20:QINGHE", f":25:{THEIR_NUMBER}", f":28C:{number}/1", _balance("60F", day, opening)]
    for line in lines:
        mark = "C" if line.amount > 0 else "D"
        amount = f"{abs(line.amount):.2f}".replace(".", ",")
        ours, theirs = line.reference or "NONREF", line.bank_reference
        rows.append(f":61:{day}{mark}{amount}NTRF{ours}//{theirs}")
        rows.append(f":86:{line.remittance or '-'}")
    rows += [_balance("62F", day, closing), "-"]
    return "\r\n".join(rows).encode(), "text/plain"


def _balance(tag: str, day: str, amount: Decimal) -> str:
    written = f"{abs(amount):.2f}".replace(".", ",")
    return f":{tag}:{'C' if amount >= 0 else 'D'}{day}CNY{written}"


def _csv(lines: Sequence[Movement], opening: Decimal, number: int) -> tuple[bytes, str]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["id", "date", "amount", "currency", "reference", "counterparty", "description"]
    )
    for line in lines:
        writer.writerow(
            [line.bank_reference, line.on, line.amount, "CNY", line.reference, "", line.remittance]
        )
    return out.getvalue().encode(), "text/csv"
