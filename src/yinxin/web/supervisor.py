"""Keeps the children of `yinxin serve` running until it is told to end.

They are forks of it, so that whoever is started again has loaded everything already.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkProcess

import structlog
from setproctitle import setproctitle

from yinxin.web.postgres import Server, end_with_parent

GRACE = 10.0  # seconds between TERM and KILL
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds before a restart
SETTLED = 10.0  # seconds alive after which the pauses begin anew
_TICK = 0.1  # seconds
_ENDING = {signal.SIGTERM, signal.SIGINT}

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Child:
    name: str
    run: Callable[[], int]
    """What it does; its exit code comes of it."""


def supervise(children: Sequence[Child], server: Server | None = None) -> int:
    """Run the children until TERM or INT; return the exit code 0.

    Whoever dies is started again, at first soon, then ever more slowly; so is the server, which
    must have been started and is left for its owner to stop. On Linux the children are told to
    end when we are killed. Call it from the main thread of a process that has no other and no open
    connection.
    """
    ending = False

    def end(signum: int, frame: object) -> None:
        nonlocal ending
        ending = True

    handlers = {signum: signal.signal(signum, end) for signum in _ENDING}
    runs = [_Run(child, server) for child in children]
    try:
        for run in runs:
            run.start()
        kept = [_Kept(run.child.name, run.alive, run.start) for run in runs]
        if server is not None:
            kept.append(_Kept("postgres", server.alive, server.revive))
        while not ending:
            for each in kept:
                each.keep()
            time.sleep(_TICK)
    finally:
        for run in reversed(runs):
            run.stop()
        for signum, handler in handlers.items():
            signal.signal(signum, handler)
    return 0


def pause_after(lived: float, previous: float) -> float:
    """Seconds to wait before the restart of what lived so long after the previous pause."""
    if lived >= SETTLED or not previous:
        return FIRST_PAUSE
    return min(2 * previous, LONGEST_PAUSE)


class _Kept:
    """Something running that is started again, after a pause, when it is not alive."""

    def __init__(self, name: str, alive: Callable[[], bool], start: Callable[[], None]) -> None:
        self._name, self._alive, self._start = name, alive, start
        self._started_at = time.monotonic()
        self._pause = 0.0
        self._due_at: float | None = None  # None while it lives

    def keep(self) -> None:
        if self._alive():
            return
        now = time.monotonic()
        if self._due_at is None:
            lived = now - self._started_at
            self._pause = pause_after(lived, self._pause)
            self._due_at = now + self._pause
            _log.warning("child_died", child=self._name, lived_s=lived, pause_s=self._pause)
        elif now >= self._due_at:
            self._start()
            self._started_at = now
            self._due_at = None


class _Run:
    """One child, in a process group of its own: a Ctrl+C in the terminal is ours to pass on."""

    def __init__(self, child: Child, server: Server | None) -> None:
        self.child = child
        self._server = server
        self._process: ForkProcess | None = None

    def alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    def start(self) -> None:
        self._kill_group()  # what a dead one left behind may hold its port
        # TERM and not KILL, so that it can end its own children.
        arguments = (end_with_parent(signal.SIGTERM),)
        self._process = multiprocessing.get_context("fork").Process(
            target=self._become, args=arguments
        )
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)  # or it might take one as we do
        self._process.start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        _log.info("child_started", child=self.child.name, pid=self._process.pid)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        self._process.join(GRACE)
        self._kill_group()
        self._process.join()
        _log.info("child_stopped", child=self.child.name, exit_code=self._process.exitcode)

    def _become(self, bind_to_parent: Callable[[], None] | None) -> None:
        """In the new process."""
        os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        if bind_to_parent is not None:
            bind_to_parent()
        if self._server is not None:
            self._server.forget()
        setproctitle(f"yinxin {self.child.name}")
        sys.exit(self.child.run())

    def _kill_group(self) -> None:
        if self._process is not None and self._process.pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
