"""对账单 as a page's rows, as a workbook and as paper."""

from collections.abc import Iterator, Sequence
from typing import Any

from yinxin.kernel.text import Text
from yinxin.uikit.export import workbook
from yinxin.uikit.page import Panel, Term
from yinxin.uikit.paper import Paper, Table, pdf

from .models import StatementPrint
from .queries import AccountStatement

TITLE = Text("账户对账单", "Statement of account")
TITLES = [
    Text("记账日期", "Booked on"),
    Text("业务编号", "Reference"),
    Text("对方", "Counterparty"),
    Text("摘要", "Narrative"),
    Text("收入", "In"),
    Text("支出", "Out"),
    Text("余额", "Balance"),
]
OPENING, CLOSING = Text("期初余额", "Opening balance"), Text("期末余额", "Closing balance")
SUMS = Text("合计", "Totals")
REVERSAL, REVERSED = Text("冲正", "reversal"), Text("已冲正", "reversed")


def rows(statement: AccountStatement) -> Iterator[Sequence[Any]]:
    """Opening, each line with the balance after it, totals and closing."""
    yield (statement.since, OPENING, None, None, None, None, statement.opening)
    for line, balance in statement.lines:
        came_in = abs(line.amount) if line.amount > 0 else None
        went_out = abs(line.amount) if line.amount < 0 else None
        mark = REVERSAL if line.reverses else REVERSED if line.reversed else None
        narrative = [each for each in (mark, line.narrative) if each]
        yield (
            line.booked_on,
            line.reference,
            line.counterparty,
            narrative,
            came_in,
            went_out,
            balance.amount,
        )
    yield (
        statement.until,
        CLOSING,
        None,
        SUMS,
        statement.came_in.amount,
        statement.went_out.amount,
        statement.closing,
    )


def terms(statement: AccountStatement) -> list[Term]:
    account = statement.account
    return [
        Term(Text("账号", "Account"), account.number),
        Term(Text("户名", "Holder"), account.holder or account.title),
        Term(Text("币种", "Currency"), account.currency),
        Term(Text("期间", "Period"), f"{statement.since} — {statement.until}"),
        Term(OPENING, statement.opening),
        Term(CLOSING, statement.closing),
    ]


def as_workbook(statement: AccountStatement) -> bytes:
    return workbook(TITLES, rows(statement))


def as_pdf(
    printed: StatementPrint, statement: AccountStatement, institution: str, proof_url: str
) -> bytes:
    return pdf(
        Paper(
            institution,
            TITLE,
            printed.number,
            [Panel(Text("账户", "Account"), terms(statement))],
            Table(
                TITLES,
                (0, 0, 3, 3, 0, 0, 0),
                (False, False, False, False, True, True, True),
                list(rows(statement)),
            ),
            [
                Term(Text("打印", "Printed by"), printed.actor_name),
                Term(Text("打印时间", "Printed at"), printed.at),
            ],
            proof_url=proof_url,
        )
    )
