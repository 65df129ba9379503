"""What the command line says when things are not as they should be."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.bank.verbs import Bank


def yinxin(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "yinxin", *map(str, arguments)]
    return subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def test_a_command_is_sent_answered_again_and_tried(bank: Bank, tmp_path: Path) -> None:
    body = tmp_path / "body.json"
    body.write_text(json.dumps({"borrower_id": str(bank.staff_id("李强"))}))
    wrong = yinxin("do", "people.delegate", "--file", body, "--as", "wangfang", "--key", "k-1")
    assert wrong.returncode == 1
    assert "duties" in wrong.stderr

    body.write_text(json.dumps({"request_id": str(bank.staff_id("李强")), "reason": "撤回"}))
    sent = ("do", "gate.withdraw", "--file", body, "--as", "wangfang", "--key", "k-2")
    first, again = yinxin(*sent), yinxin(*sent)
    assert (first.returncode, again.returncode) == (1, 1)
    assert first.stdout == again.stdout
    assert "not_found" in first.stdout
    tried = yinxin(*sent[:-1], "k-3", "--dry-run")
    assert tried.stdout.splitlines()[1:] == first.stdout.splitlines()[1:]


def test_who_is_unknown_is_told_so_without_a_trace(bank: Bank, tmp_path: Path) -> None:
    body = tmp_path / "body.json"
    body.write_text("{}")
    for arguments in (("no.such", "wangfang"), ("gate.withdraw", "nobody")):
        name, login = arguments
        answer = yinxin("do", name, "--file", body, "--as", login, "--key", "k")
        assert answer.returncode == 2
        assert "Traceback" not in answer.stderr


def test_a_database_that_is_away_is_explained(bank: Bank) -> None:
    nowhere = "postgresql://yinxin_app@/none?host=/nowhere"
    answer = yinxin("evidence", "verify", DATABASE_URL=nowhere, DATABASE_OWNER_URL=nowhere)
    assert answer.returncode == 2
    assert "数据库没有应答" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_one_url_alone_is_refused(bank: Bank) -> None:
    environment = {name: value for name, value in os.environ.items() if "OWNER" not in name}
    command = [sys.executable, "-m", "yinxin", "evidence", "verify"]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert "DATABASE_OWNER_URL" in answer.stderr
