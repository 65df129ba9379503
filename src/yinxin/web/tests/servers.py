"""What a server of a test is asked, past the code that runs it."""

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from yinxin.web.postgres import Server
from yinxin.web.programs import tool

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


def is_up(launcher: subprocess.Popen[str]) -> bool:
    assert launcher.stdout is not None
    return launcher.stdout.readline() == "up\n"


def remove(home: Path) -> None:
    """Wait until no process of its server is left, then remove the server's folder."""
    folder = Server(home).folder
    if folder.exists():
        eventually(lambda: is_free(folder / "server.lock"))
        shutil.rmtree(folder)


def is_free(lock: Path) -> bool:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def eventually(true: Callable[[], bool], seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)


def ask(url: str, statement: str) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchone() if cursor.description else None


def keep_a_fact(server: Server) -> None:
    ask(server.owner_url, "CREATE TABLE kept AS SELECT 42 AS answer")


def has_the_fact(server: Server) -> bool:
    return bool(ask(server.owner_url, "SELECT answer FROM kept") == (42,))


def postmaster(server: Server) -> int:
    """The pid of the server's first process."""
    (text,) = ask(server.admin_url, "SELECT pg_read_file('postmaster.pid')")
    return int(text.split()[0])


def is_running(pid: int) -> bool:
    """Whether the process runs; one that is dead but not yet buried does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return state.stdout.strip()[:1] not in ("", "Z")


def state_on_disk(server: Server) -> str:
    control = subprocess.run(
        [tool("pg_controldata"), server.folder / "cluster" / "data"],
        capture_output=True,
        text=True,
        check=True,
    )
    return control.stdout.split("Database cluster state:")[1].split("\n")[0].strip()


def without_lock(server: Server) -> dict[str, Any]:
    """How to run a stranger under the server's account."""
    return server._as_server(0) | {"pass_fds": (), "preexec_fn": None}
