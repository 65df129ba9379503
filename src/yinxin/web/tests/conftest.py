"""Servers to look at and to kill; the launchers that get killed run in processes of their own."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from yinxin.web.postgres import Server

from .servers import remove

# Stays until its standard input ends. What a shell starts in the background ignores SIGINT.
LAUNCHER = """
import signal
import sys
from pathlib import Path
from yinxin.web import postgres
signal.signal(signal.SIGINT, signal.default_int_handler)
{before}
server = postgres.Server(Path(sys.argv[1]), durable=False)
with server.running():
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def empty_home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "home"
    yield home
    remove(home)


@pytest.fixture
def home(empty_home: Path, made: Path) -> Path:
    """One whose server was made before, and is down."""
    folder = Server(empty_home).folder
    empty_home.mkdir()
    folder.mkdir()
    subprocess.run(["cp", "-a", made / "cluster", folder], check=True)
    return empty_home


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a server that ran once: to make one takes longer than most tests of it."""
    home = tmp_path_factory.mktemp("made") / "home"
    with Server(home, durable=False).running() as server:
        pass
    yield server.folder
    remove(home)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One running server for the tests that only look at it."""
    home = tmp_path_factory.mktemp("shared") / "home"
    with Server(home, durable=False).running() as server:
        yield server
    remove(home)


@pytest.fixture
def launch(empty_home: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    launchers = []

    def launch(before: str = "") -> subprocess.Popen[str]:
        launcher = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER.format(before=before), empty_home],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        launchers.append(launcher)
        return launcher

    yield launch
    for launcher in launchers:
        launcher.kill()
        launcher.communicate()
