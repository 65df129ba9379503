"""The real processes on a free port of this machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

PATIENCE_S = 60
MAKING_S = 180  # a database and all its tables, on a machine with much else to do


def free_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


@contextmanager
def running(
    part: str,
    *options: str,
    listen: str,
    env: Mapping[str, str] = os.environ,
    log: IO[bytes] | int = subprocess.DEVNULL,
    patience_s: float = PATIENCE_S,
) -> Iterator[subprocess.Popen[bytes]]:
    """`yinxin PART` from the moment that it answers until it is told to end."""
    yinxin = subprocess.Popen(
        [sys.executable, "-m", "yinxin", part, *options],
        env={**env, "YINXIN_LISTEN": listen},
        stderr=log,
    )
    try:
        wait_for(f"http://{listen}/health", yinxin, patience_s)
        yield yinxin
    finally:
        yinxin.terminate()
        yinxin.wait(PATIENCE_S)


def wait_for(url: str, yinxin: subprocess.Popen[bytes], patience_s: float) -> None:
    """Until it answers; raises what the last attempt did."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            urlopen(url, timeout=5).close()
            return
        except (URLError, OSError):
            if yinxin.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
