"""对账单 from its file to the signature of management."""

from yinxin.kernel.text import Text
from yinxin.kernel.workflow import NOTHING, Step, Workflow, describes

from .commands import (
    AcceptFee,
    AssignOpenItem,
    ExplainOpenItem,
    ImportStatement,
    MatchByHand,
    MatchStatement,
    RecordContact,
    SignOffStatement,
)

describes(
    Workflow(
        "reconciliation_bankstatement",
        Text("对账", "Reconciliation"),
        Text(
            "导入他行对账单，逐笔勾对，未达账项逐笔跟进说明，由主管签核。",
            "Another bank's statement is imported and matched line by line; what stays open is "
            "followed up and explained, and management signs it off.",
        ),
        {
            "imported": Text("待对账", "to match"),
            "matched": Text("已对账", "matched"),
            "signed_off": Text("已签核", "signed off"),
        },
        (
            Step(ImportStatement, (NOTHING,), ("imported",)),
            Step(MatchStatement, ("imported", "matched"), ("matched",)),
            Step(AssignOpenItem, ("matched",), ("matched",)),
            Step(RecordContact, ("matched",), ("matched",)),
            Step(AcceptFee, ("matched",), ("matched",)),
            Step(MatchByHand, ("matched",), ("matched",)),
            Step(ExplainOpenItem, ("matched",), ("matched",)),
            Step(SignOffStatement, ("matched",), ("signed_off",)),
        ),
        ("statement_unreadable", "statement_imported_already", "open_items_unexplained"),
        (
            (
                Text(
                    "金额和日期都相同的几笔，系统为什么不勾对？",
                    "Why are lines of the same amount and day not matched?",
                ),
                Text(
                    "没有参考号或户名能区分时，系统不猜测，列为未达账项并说明原因。",
                    "Where neither reference nor name tells them apart nothing is guessed; they "
                    "are open items with that reason.",
                ),
            ),
        ),
    )
)
