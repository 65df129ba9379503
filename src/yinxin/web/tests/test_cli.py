"""What the command line says when things are not as they should be."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.bank.verbs import Bank

from yinxin.web import terminal
from yinxin.web.opening import CannotOpen


def yinxin(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "yinxin", *map(str, arguments)]
    return subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False
    )


def test_a_command_is_sent_answered_again_and_tried(
    bank: Bank, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"request_id": str(bank.staff_id("李强")), "reason": "撤回"}
    file = tmp_path / "body.json"
    file.write_text(json.dumps(body))
    sent = ("do", "gate.withdraw", "--file", file, "--as", "wangfang", "--key", "k-1")
    first = yinxin(*sent)
    assert first.returncode == 1
    assert "not_found" in first.stdout

    def told(key: str, dry_run: bool) -> str:
        assert terminal.do("gate.withdraw", body, "wangfang", key, "", dry_run) == 1
        return capsys.readouterr().out

    assert told("k-1", dry_run=False) == first.stdout
    assert told("k-2", dry_run=True).splitlines()[1:] == first.stdout.splitlines()[1:]


def test_what_a_body_lacks_is_named(bank: Bank, capsys: pytest.CaptureFixture[str]) -> None:
    body = {"borrower_id": str(bank.staff_id("李强"))}
    assert terminal.do("people.delegate", body, "wangfang", "k-1", "", False) == 1
    assert "duties" in capsys.readouterr().err


def test_who_or_what_is_unknown_is_told_so_without_a_trace(bank: Bank, tmp_path: Path) -> None:
    file = tmp_path / "body.json"
    file.write_text("{}")
    answer = yinxin("do", "no.such", "--file", file, "--as", "wangfang", "--key", "k")
    assert answer.returncode == 2
    assert "没有交易 no.such" in answer.stderr
    assert "Traceback" not in answer.stderr
    with pytest.raises(CannotOpen, match="nobody 不能登录"):
        terminal.do("gate.withdraw", {}, "nobody", "k", "", False)


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
