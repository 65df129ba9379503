"""The command line of reconciliation: two files against each other, with no database.

Django and the readers are loaded only when the command runs.
"""

import argparse
import json
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yinxin.kernel.incoming import Unreadable

    from .matching import Result
    from .statements import Statement


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this domain's commands; each sets `run`, which takes the arguments and gives the exit
    code."""
    help = "match a bank's statement with a ledger in CSV"
    command = commands.add_parser("reconcile", help=help, description=help)
    command.add_argument(
        "statement", metavar="STATEMENT", help="camt.053, MT940, MT942, CSV, XLS or XLSX"
    )
    command.add_argument(
        "ledger",
        metavar="LEDGER.csv",
        help="columns id,date,amount,currency,reference,counterparty,description; "
        "money in is positive",
    )
    command.add_argument("--tolerance", default="0", help="how far amounts may differ (0)")
    command.add_argument("--days", default="5", help="how many days dates may differ (5)")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=reconcile)


def reconcile(arguments: argparse.Namespace) -> int:
    from yinxin.kernel.incoming import Unreadable

    from . import statements
    from .statements import ledger

    given = "ledger"
    try:
        tolerance, days = _settings(arguments)
        given = "statement"
        read = statements.read(_content(arguments.statement))
        given = "ledger"
        entries = ledger.read(_content(arguments.ledger))
    except Unreadable as error:
        return _refused(error, getattr(arguments, given), as_json=arguments.json)
    result = _match(read, entries, tolerance, days)
    for each in read:
        if not each.adds_up:
            print(
                f"{each.id}: 期初余额加明细合计不等于期末余额，可能缺少明细。"
                "The lines do not lead from the opening to the closing balance; some may be "
                "missing.",
                file=sys.stderr,
            )
    if arguments.json:
        print(json.dumps(_answer(result), ensure_ascii=False))
    else:
        _show(read, entries, result)
    return 0


def _settings(arguments: argparse.Namespace) -> tuple[Decimal, int]:
    from yinxin.kernel.incoming import Unreadable
    from yinxin.kernel.text import Text

    try:
        tolerance, days = Decimal(arguments.tolerance), int(arguments.days)
        if not (0 <= tolerance < 10**15 and 0 <= days <= 3660):
            raise ValueError(arguments)
    except (ValueError, InvalidOperation) as error:
        why = Text("容差或天数须为非负数。", "Tolerance and days must be numbers from 0 on.")
        raise Unreadable("option_wrong", why) from error
    return tolerance, days


def _content(name: str) -> bytes:
    """Never more than a statement may have, whatever the file."""
    from yinxin.kernel.incoming import LARGEST, Unreadable
    from yinxin.kernel.text import Text

    try:
        with Path(name).open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        why = Text("文件无法打开。", f"The file cannot be opened: {error.strerror}.")
        raise Unreadable("file_unreadable", why) from error


def _match(
    read: "tuple[Statement, ...]", entries: "tuple[Any, ...]", tolerance: Decimal, days: int
) -> "Result":
    from .matching import LedgerLine, StatementLine, match

    return match(
        [
            StatementLine(
                line.id, line.on, line.amount, line.currency, line.reference, line.counterparty,
                line.description, line.reversal,
            )
            for each in read
            for line in each.lines
        ],
        [
            LedgerLine(
                entry.id, entry.on, entry.amount, entry.currency, entry.reference,
                entry.counterparty, entry.description,
            )
            for entry in entries
        ],
        tolerance=tolerance,
        window_days=days,
    )  # fmt: skip


def _answer(result: "Result") -> dict[str, Any]:
    return {
        "matches": [
            {
                "statement": list(each.statement_ids),
                "ledger": list(each.ledger_ids),
                "rule": each.rule,
            }
            for each in result.matches
        ],
        "unmatched_statement": [
            {"id": id, "reason": reason} for id, reason in result.unmatched_statement
        ],
        "unmatched_ledger": [
            {"id": id, "reason": reason} for id, reason in result.unmatched_ledger
        ],
    }


def _refused(error: "Unreadable", name: str, *, as_json: bool) -> int:
    if as_json:
        told = {
            "code": error.code,
            "zh": error.sentence.zh,
            "en": error.sentence.en,
            "file": Path(name).name,
            "row": error.row,
            "field": error.field,
            "place": error.place,
        }
        print(json.dumps({"error": told}, ensure_ascii=False))
    else:
        where = f"{Path(name).name} {error.place}".strip()
        print(
            f"{where}: {error.sentence.zh}\n{where}: {error.sentence.en} ({error.code})",
            file=sys.stderr,
        )
    return 2


def _show(read: "tuple[Statement, ...]", entries: "tuple[Any, ...]", result: "Result") -> None:
    lines = {line.id: line for each in read for line in each.lines}
    ours = {entry.id: entry for entry in entries}
    left_out = sum(each.left_out for each in read)
    print(
        f"对账单 Statement {read[0].format}: {len(lines)} ({left_out} 未计 left out) · "
        f"账簿 Ledger: {len(ours)} · 勾对 Matched: {len(result.matches)}"
    )

    def row(mark: str, of: Any, why: str) -> None:
        said = " ".join(filter(None, (of.reference, of.counterparty, of.description)))
        amount = f"{of.amount:,} {of.currency}"
        print(f"{mark} {of.id!s:<20} {of.on} {amount:>22}  {why:<18} {said[:60]}")

    for each in result.matches:
        for id in each.statement_ids:
            row("=", lines[str(id)], each.rule)
        for id in each.ledger_ids:
            row("  ", ours[str(id)], "")
    for id, reason in result.unmatched_statement:
        row("<", lines[str(id)], reason)
    for id, reason in result.unmatched_ledger:
        row(">", ours[str(id)], reason)
