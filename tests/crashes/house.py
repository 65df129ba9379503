"""A real `yinxin serve` in a home of its own, and the processes that it is made of."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg

from tests.bank.caller import Caller
from tests.bank.site import free_address, running
from yinxin.web.postgres import Server

ROOT = Path(__file__).parents[2]
OURS = ("YINXIN_", "DATABASE_", "DJANGO_", "TEST_")  # settings of whoever runs us
PATIENCE_S = 60.0


class Victim(StrEnum):
    POSTMASTER = "postmaster"
    BACKEND = "backend"
    WEB_MASTER = "web master"
    WEB_WORKER = "web worker"
    WORKER = "worker"
    SEQUENCER = "sequencer"


@dataclass(frozen=True)
class House:
    server: Server
    serving: int
    env: dict[str, str]
    caller: Caller
    own: str
    accounts: tuple[str, ...]

    def kill(self, victim: Victim, draw: random.Random) -> float:
        """Kill one such process, as soon as there is one; return when."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            found = sorted(self._processes(victim))
            if found:
                with suppress(ProcessLookupError):
                    os.kill(draw.choice(found), signal.SIGKILL)
                    return time.time()
            time.sleep(0.02)
        raise TimeoutError(f"there is no {victim} any more")

    def rows(self, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """Ask the database past the application, until it answers."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                with psycopg.connect(_yinxin(self.server), autocommit=True) as connection:
                    return connection.execute(query, arguments).fetchall()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def calm_down(self) -> None:
        """Wait until what the founding left to do is done, such as reading a document, which
        takes so long that every kill would hit it."""
        deadline = time.monotonic() + PATIENCE_S
        while self.rows("SELECT FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"):
            if time.monotonic() > deadline:
                raise TimeoutError("the house does not come to rest")
            time.sleep(0.2)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return _run(self.env, *command)

    def _processes(self, victim: Victim) -> Iterator[int]:
        children = list(_children(self.serving))
        part = "yinxin " + ("web" if victim.startswith("web") else victim)
        for pid, argv in children:
            postmaster = argv[0].endswith("/postgres")
            if victim is Victim.POSTMASTER and postmaster:
                yield pid
            elif victim is Victim.BACKEND and postmaster:
                yield from (each for each, title in _children(pid) if "yinxin_app" in title[0])
            elif part not in argv[0]:
                continue
            elif victim is Victim.WEB_WORKER:
                yield from (each for each, _ in _children(pid))
            else:
                yield pid


@contextmanager
def serving(home: Path, clerks: int) -> Iterator[House]:
    """Durable, as in the field; the house is founded, and torn down at the end."""
    listen, server = free_address(), Server(home)
    env = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    env["YINXIN_HOME"] = str(home)
    home.mkdir(parents=True, exist_ok=True)
    try:
        with (
            (home / "serve.log").open("wb") as log,
            running("serve", "--listen", listen, listen=listen, env=env, log=log) as yinxin,
        ):
            founded = _run(env, sys.executable, "-m", "tests.crashes.founding", str(clerks))
            if founded.returncode:
                raise RuntimeError(founded.stderr)
            made = json.loads(founded.stdout)
            caller = Caller(listen, made["session"])
            accounts = tuple(made["accounts"])
            house = House(server, yinxin.pid, env, caller, made["own"], accounts)
            house.calm_down()
            yield house
    finally:
        shutil.rmtree(server.folder, ignore_errors=True)


def _run(env: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True)


def _yinxin(server: Server) -> str:
    return server.admin_url.replace("/postgres?", "/yinxin?")


def _children(parent: int) -> Iterator[tuple[int, Sequence[str]]]:
    """The living children of a process, each with its command line."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                state, of = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
                argv = (folder / "cmdline").read_bytes().rstrip(b"\0").decode().split("\0")
                if int(of) == parent and state != "Z":
                    yield int(folder.name), argv
