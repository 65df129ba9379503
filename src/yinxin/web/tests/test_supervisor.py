"""A real supervisor in a process of its own, with real children."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from yinxin.web.postgres import Server
from yinxin.web.supervisor import LONGEST_PAUSE, SETTLED, pause_after

from .servers import eventually, is_running

SUPERVISOR = """
import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from yinxin.web import supervisor
from yinxin.web.postgres import Server
supervisor.GRACE = 1.0
children = [supervisor.Child(str(n), partial(exec, code, {}))
            for n, code in enumerate(sys.argv[2:])]
home = sys.argv[1]
with Server(Path(home), durable=False).running() if home else nullcontext() as server:
    sys.exit(supervisor.supervise(children, server))
"""

# A child appends lines to its file: a word and its pid.
CHILD = """
import os, signal, subprocess, sys, time
def say(word, pid=os.getpid()):
    with open({path!r}, "a") as file:
        file.write(f"{{word}} {{pid}}\\n")
{body}
"""
SLEEPS = "say('up'); time.sleep(60)"
ENDS_SLOWLY = """
def end(signum, frame):
    time.sleep(0.3)
    say('{name} ended')
    sys.exit()
signal.signal(signal.SIGTERM, end)
say('up')
time.sleep(60)
"""
IGNORES = "signal.signal(signal.SIGTERM, signal.SIG_IGN); say('up'); time.sleep(60)"
FAILS = "say('up'); sys.exit(1)"
HAS_A_CHILD = "say('child', subprocess.Popen(['sleep', '60']).pid); say('up'); time.sleep(60)"


class Supervised:
    """A supervisor under test and what its children have said."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *bodies: str, home: Path | str = "") -> "Supervised":
        children = [CHILD.format(path=str(self.path), body=body) for body in bodies]
        command = [sys.executable, "-c", SUPERVISOR, str(home), *children]
        self.process = subprocess.Popen(command, process_group=0, stdout=subprocess.DEVNULL)
        return self

    def said(self, word: str) -> list[int]:
        if not self.path.exists():
            return []
        lines = [line.rsplit(" ", 1) for line in self.path.read_text().splitlines()]
        return [int(pid) for said, pid in lines if said == word]

    def wait_for(self, count: int, word: str = "up") -> list[int]:
        eventually(lambda: len(self.said(word)) >= count)
        return self.said(word)

    def end(self, signum: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(signum)
        return self.process.wait(15)


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Supervised]:
    supervised = Supervised(tmp_path / "said")
    yield supervised
    if supervised.process is not None:
        supervised.process.kill()
        supervised.process.wait()
    for pid in supervised.said("up") + supervised.said("child"):
        if is_running(pid):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize(
    ("lived", "previous", "pause"),
    [
        (0, 0, 0.2),
        (0, 0.2, 0.4),
        (SETTLED - 1, 1.6, 3.2),
        (0, 3.2, LONGEST_PAUSE),
        (0, LONGEST_PAUSE, LONGEST_PAUSE),
        (SETTLED, LONGEST_PAUSE, 0.2),
    ],
)
def test_pauses_double_and_begin_anew(lived: float, previous: float, pause: float) -> None:
    assert pause_after(lived, previous) == pause


def test_dead_child_is_started_again_and_the_others_left_alone(supervised: Supervised) -> None:
    supervised.start(SLEEPS, SLEEPS)
    killed, other = supervised.wait_for(2)
    os.kill(killed, signal.SIGKILL)
    pids = supervised.wait_for(3)
    assert is_running(pids[2])
    assert is_running(other)
    assert len(pids) == 3


def test_failing_child_is_started_ever_more_slowly(supervised: Supervised) -> None:
    supervised.start(FAILS)
    supervised.wait_for(1)
    time.sleep(2)
    assert 2 <= len(supervised.said("up")) <= 4  # after 0.2, 0.6 and 1.4 seconds


def test_what_a_dead_child_left_is_killed(supervised: Supervised) -> None:
    supervised.start(HAS_A_CHILD)
    (pid,) = supervised.wait_for(1)
    (orphan,) = supervised.said("child")
    assert is_running(orphan)
    os.kill(pid, signal.SIGKILL)
    supervised.wait_for(2)
    eventually(lambda: not is_running(orphan))


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_stops_the_children_in_reverse_order(
    supervised: Supervised, signum: signal.Signals
) -> None:
    supervised.start(ENDS_SLOWLY.format(name="first"), ENDS_SLOWLY.format(name="second"))
    supervised.wait_for(2)
    assert supervised.end(signum) == 0
    words = [line.split()[0] for line in supervised.path.read_text().splitlines()]
    assert words == ["up", "up", "second", "first"]


def test_child_that_ignores_term_is_killed(supervised: Supervised) -> None:
    supervised.start(IGNORES)
    (pid,) = supervised.wait_for(1)
    began = time.monotonic()
    assert supervised.end() == 0
    assert time.monotonic() - began > 0.9  # it had its grace
    assert not is_running(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_children_end_with_a_killed_supervisor(supervised: Supervised) -> None:
    supervised.start(SLEEPS, SLEEPS)
    pids = supervised.wait_for(2)
    supervised.end(signal.SIGKILL)
    eventually(lambda: not any(is_running(pid) for pid in pids))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that the supervisor under test will start; removed at the end."""
    server = Server(tmp_path / "home")
    yield server
    shutil.rmtree(server.folder)


def test_dead_database_is_started_again(server: Server, supervised: Supervised) -> None:
    supervised.start(SLEEPS, home=server.home)
    supervised.wait_for(1)
    with psycopg.connect(server.admin_url) as connection:
        row = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
        assert row is not None
        pid = int(row[0].split()[0])
    os.kill(pid, signal.SIGKILL)

    def answers() -> bool:
        try:
            psycopg.connect(server.app_url).close()
        except psycopg.OperationalError:
            return False
        return True

    eventually(lambda: not is_running(pid))
    eventually(answers)
    assert len(supervised.said("up")) == 1
    assert supervised.end() == 0
    assert not answers()
    with (server.folder / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # no process of it is left


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_a_child_that_outlives_us_keeps_no_lock(server: Server, supervised: Supervised) -> None:
    supervised.start(IGNORES, home=server.home)
    (pid,) = supervised.wait_for(1)
    supervised.end(signal.SIGKILL)
    assert is_running(pid)
    with (server.folder / "launcher.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with (server.folder / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # its processes end, too
