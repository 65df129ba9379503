"""Keeps the children of `yinxin serve` running until it is told to end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

from yinxin.web.postgres import Server, end_with_parent

GRACE = 10.0  # seconds between TERM and KILL
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds before a restart
SETTLED = 10.0  # seconds alive after which the pauses begin anew
_TICK = 0.1  # seconds

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Child:
    name: str
    argv: Sequence[str]


def supervise(children: Sequence[Child], server: Server | None = None) -> int:
    """Run the children until TERM or INT; return the exit code 0.

    Whoever dies is started again, at first soon, then ever more slowly; so is the server, which
    must have been started and is left for its owner to stop. On Linux the children are told to
    end when we are killed. Call it from the main thread.
    Raises `OSError` if a child's program cannot be run.
    """
    ending = False

    def end(signum: int, frame: object) -> None:
        nonlocal ending
        ending = True

    handlers = {signum: signal.signal(signum, end) for signum in (signal.SIGTERM, signal.SIGINT)}
    runs = [_Run(child) for child in children]
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

    def __init__(self, child: Child) -> None:
        self.child = child
        self._process: subprocess.Popen[bytes] | None = None

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        self._kill_group()  # what a dead one left behind may hold its port
        # TERM and not KILL, so that it can end its own children.
        self._process = subprocess.Popen(
            self.child.argv, process_group=0, preexec_fn=end_with_parent(signal.SIGTERM)
        )
        _log.info("child_started", child=self.child.name, pid=self._process.pid)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE)
        self._kill_group()
        code = self._process.wait()
        _log.info("child_stopped", child=self.child.name, exit_code=code)

    def _kill_group(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
