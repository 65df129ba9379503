"""A backup, and the house that is restored from it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bank.verbs import Bank
from yinxin.evidence.sequencer import Sequencer
from yinxin.vault import blobs
from yinxin.web.postgres import Server
from yinxin.web.signing import signer

KEY = "keys/root.key"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an empty house with a server of its own."""
    home = tmp_path / "elsewhere"
    server = Server(home, durable=False)
    with server.running():
        yield os.environ | {
            "YINXIN_HOME": str(home),
            "DATABASE_URL": server.app_url,
            "DATABASE_OWNER_URL": server.owner_url,
        }
    if server.folder.parent != home:
        subprocess.run(["rm", "-rf", str(server.folder)], check=True)


def test_a_backup_is_restored_and_verifies(
    bank: Bank, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    blobs.stage(bank.staff_id("张敏"), b"a page", "image/png")
    sequencer = Sequencer(signer())
    sequencer.step()
    sequencer.close()
    backup, home = tmp_path / "backup", Path(elsewhere["YINXIN_HOME"])

    assert _yinxin(os.environ, "backup", backup).returncode == 0
    assert not [path for path in backup.rglob("*") if path.name == "root.key"]

    refused = _yinxin(elsewhere, "restore", backup)
    assert refused.returncode == 2
    assert KEY in refused.stderr

    (home / KEY).parent.mkdir(parents=True)
    (home / KEY).write_text((Path(os.environ["YINXIN_HOME"]) / KEY).read_text())
    (home / KEY).chmod(0o600)
    restored = _yinxin(elsewhere, "restore", backup)
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert list((home / "blobs").rglob("*"))

    again = _yinxin(elsewhere, "restore", backup)
    assert again.returncode == 2


def _yinxin(environment: object, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "yinxin", *map(str, arguments)]
    return subprocess.run(command, env=dict(environment), capture_output=True, text=True)  # type: ignore[call-overload]
