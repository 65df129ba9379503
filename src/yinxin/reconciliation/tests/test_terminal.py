"""`yinxin reconcile`: two files against each other, with no database."""

import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.bank.statements import Movement, camt053

from yinxin.web.cli import main

DAY = date(2026, 1, 5)
LINES = [
    Movement(DAY, Decimal("1000.50"), "INV-1001", "清河贸易", "", "SVC-1"),
    Movement(DAY, Decimal("-20"), "", "", "付 INV-1002 货款", "SVC-2"),
    Movement(DAY, Decimal("3"), bank_reference="TWICE"),
    Movement(DAY, Decimal("4"), bank_reference="TWICE"),
]
LEDGER = """id,date,amount,currency,reference,counterparty,description
L1,2026-01-05,1000.50,CNY,INV-1001,清河贸易有限公司,
L2,2026-01-08,-20.00,CNY,INV-1002,,
L3,2026-01-12,3,CNY,,,
L4,2026-01-06,9,CNY,,,
"""


@pytest.fixture
def given(tmp_path: Path) -> list[str]:
    statement, ledger = tmp_path / "statement.xml", tmp_path / "ledger.csv"
    statement.write_bytes(camt053("6001", Decimal(0), LINES))
    ledger.write_text(LEDGER)
    return [str(statement), str(ledger)]


def told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    status = main(["reconcile", *arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_the_answer(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status, answer = told(given, capsys)
    assert status == 0
    assert answer == {
        "matches": [
            {"statement": ["SVC-1"], "ledger": ["L1"], "rule": "reference"},
            {"statement": ["SVC-2"], "ledger": ["L2"], "rule": "reference"},
        ],
        "unmatched_statement": [
            {"id": "3", "reason": "no_counterpart"},
            {"id": "4", "reason": "no_counterpart"},
        ],
        "unmatched_ledger": [
            {"id": "L3", "reason": "no_counterpart"},
            {"id": "L4", "reason": "no_counterpart"},
        ],
    }


def test_days_and_tolerance(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    _, answer = told([*given, "--days", "7", "--tolerance", "5"], capsys)
    assert len(answer["matches"]) == 4
    _, answer = told([*given, "--days", "2"], capsys)
    assert answer["unmatched_statement"][0] == {"id": "SVC-2", "reason": "outside_window"}


def test_a_table_for_people(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reconcile", *given]) == 0
    shown = capsys.readouterr().out
    assert "SVC-1" in shown
    assert "1,000.50 CNY" in shown
    assert "no_counterpart" in shown


@pytest.mark.parametrize(
    ("which", "content", "code", "row", "field"),
    [
        (0, b"nonsense", "format_unknown", 1, ""),
        (0, b"<a", "broken", None, ""),
        (1, LEDGER.replace("-20.00", "NaN").encode(), "amount_wrong", 3, "amount"),
        (1, b"", "header_missing", 1, ""),
    ],
)
def test_what_cannot_be_read(
    given: list[str], capsys: pytest.CaptureFixture[str],
    which: int, content: bytes, code: str, row: int | None, field: str,
) -> None:  # fmt: skip
    Path(given[which]).write_bytes(content)
    status, answer = told(given, capsys)
    error = answer["error"]
    assert (status, error["code"], error["row"], error["field"]) == (2, code, row, field)
    assert error["file"] == Path(given[which]).name
    assert error["zh"]
    assert main(["reconcile", *given]) == 2
    assert code in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--tolerance", "-1"], "option_wrong"),
        (["--tolerance", "NaN"], "option_wrong"),
        (["--days", "x"], "option_wrong"),
    ],
)
def test_options(
    given: list[str], more: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, answer = told([*given, *more], capsys)
    assert (status, answer["error"]["code"]) == (2, code)


def test_a_file_that_is_not_there(given: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status, answer = told(["/no/such/file", given[1]], capsys)
    assert (status, answer["error"]["code"]) == (2, "file_unreadable")


def test_every_real_file(
    given: list[str], shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Read, or refused by a code; never anything else."""
    statuses = set()
    for folder in ("statements", "mt940"):
        for path in sorted((shared_data / folder).iterdir()):
            status, answer = told([str(path), given[1]], capsys)
            statuses.add((folder, status))
            if status == 0:
                ids = [each["id"] for each in answer["unmatched_statement"]]
                assert len(ids) == len(set(ids))
            else:
                assert answer["error"]["code"]
    assert statuses == {("statements", 0), ("mt940", 0), ("mt940", 2)}


def test_it_needs_neither_database_nor_home(given: list[str], tmp_path: Path) -> None:
    """A process of its own, with nothing set and nowhere to write."""
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("YINXIN", "DATABASE", "DJANGO"))
    }
    command = [sys.executable, "-m", "yinxin", "reconcile", *given, "--json"]
    answer = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, check=True)
    assert len(json.loads(answer.stdout)["matches"]) == 2
