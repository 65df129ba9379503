"""Real pages in a real browser: the site runs as its own processes on the test's database."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from tests.bank.site import MAKING_S, free_address, running
from yinxin.web.postgres import Server

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
"""The first takes half the time for a page."""
QUIET = (
    "--no-sandbox",
    "--lang=zh-CN",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(autouse=True)
def _beside_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """playwright keeps an event loop in this thread, in which Django would rather not work."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture
def chromium(bank: object) -> Iterator[Browser]:
    """Ends before the bank does: whatever comes next finds no loop, and no connection that was made
    beside one, which the bank does not know of."""
    with browser() as launched:
        yield launched
        connections.close_all()


@contextmanager
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium: apt-get install chromium-headless-shell fonts-noto-cjk")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield launched
        launched.close()


@dataclass(frozen=True)
class House:
    """A house that nobody has founded yet, and the code that its terminal shows."""

    address: str
    code: str


@pytest.fixture
def empty_house(tmp_path: Path) -> Iterator[House]:
    """`yinxin serve` on nothing: its database, its key and its tables are made now."""
    home, log = tmp_path / "home", tmp_path / "log"
    env = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    listen = free_address()
    with log.open("wb") as told:
        options = {"listen": listen, "env": env | {"YINXIN_HOME": str(home)}, "log": told}
        with running("serve", "--listen", listen, patience_s=MAKING_S, **options):
            code = re.search(r"founding code: ([A-Z0-9-]+)", log.read_text())
            assert code, log.read_text()
            yield House(f"http://{listen}", code[1])
    folder = Server(home).folder
    if folder.parent != home:  # of root, elsewhere
        shutil.rmtree(folder)


@pytest.fixture
def site(bank: object) -> Iterator[str]:
    """The address of a running site over the bank of this test."""
    listen = free_address()
    with running("serve", "--listen", listen, listen=listen):
        yield f"http://{listen}"
