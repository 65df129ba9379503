"""对账报告 as a page's rows, as a workbook and as paper."""

from collections.abc import Iterator, Sequence
from typing import Any

from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.uikit.export import workbook
from yinxin.uikit.page import Panel, Term
from yinxin.uikit.paper import Paper, Table, pdf

from .models import ReportPrint
from .queries import Report
from .words import REASONS, RULES

TITLE = Text("对账报告", "Reconciliation report")
TITLES = [
    Text("一方", "Side"),
    Text("记账日", "Booked"),
    Text("金额", "Amount"),
    Text("参考号", "Reference"),
    Text("对方", "Counterparty"),
    Text("结果", "Result"),
    Text("说明", "Explanation"),
]
THEIRS, OURS = Text("他行", "The bank"), Text("本行", "Ours")


def rows(report: Report) -> Iterator[Sequence[Any]]:
    """What is open on either side, then what is matched."""
    currency = report.statement.currency
    for item, texts, explanation in report.open_items:
        yield (
            THEIRS if item.line_id else OURS,
            item.booked_on,
            Money(item.amount, currency),
            texts.reference,
            texts.counterparty,
            REASONS[item.reason],
            explanation,
        )
    for line, texts, match in report.matched:
        yield (
            THEIRS,
            line.booked_on,
            Money(line.amount, currency),
            texts.reference,
            texts.counterparty,
            RULES[match.rule],
            match.reference,
        )


def terms(report: Report) -> list[Term]:
    """余额调节表: from the bank's balance to ours."""
    row, totals = report.statement, report.totals
    found = [
        Term(Text("账户", "Account"), row.account.number),
        Term(Text("他行编号", "The bank's number"), row.bank_id),
        Term(Text("期间", "Period"), f"{row.from_on} — {row.to_on}"),
        Term(Text("勾对笔数", "Lines matched"), totals.matched),
        Term(Text("他行有本行无", "On the statement only"), totals.open_lines_sum),
        Term(Text("本行有他行无", "In our ledger only"), totals.open_postings_sum),
        Term(Text("本行余额", "Our balance"), report.ours),
    ]
    if report.theirs is not None and report.adjusted is not None:
        found += [
            Term(Text("他行余额", "The bank's balance"), report.theirs),
            Term(Text("调节后他行余额", "The bank's balance, adjusted"), report.adjusted),
            Term(Text("差额", "Difference"), report.adjusted - report.ours),
        ]
    return found


def as_workbook(report: Report) -> bytes:
    return workbook(TITLES, rows(report))


def as_pdf(printed: ReportPrint, report: Report, institution: str, proof_url: str) -> bytes:
    return pdf(
        Paper(
            institution,
            TITLE,
            printed.number,
            [Panel(Text("余额调节表", "Balances"), terms(report))],
            Table(
                TITLES,
                (0, 0, 0, 2, 2, 2, 3),
                (False, False, True, False, False, False, False),
                list(rows(report)),
            ),
            [
                Term(Text("打印", "Printed by"), printed.actor_name),
                Term(Text("打印时间", "Printed at"), printed.at),
            ],
            proof_url=proof_url,
        )
    )
