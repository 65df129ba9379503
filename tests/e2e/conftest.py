"""Real pages in a real browser: the site runs as its own processes on the test's database."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.bank.site import free_address, running

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--no-sandbox",
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
    """Ends before the bank does: whatever comes next finds no loop."""
    if CHROMIUM is None:
        pytest.skip("no chromium: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def site(bank: object) -> Iterator[str]:
    """The address of a running site over the bank of this test."""
    listen = free_address()
    with ExitStack() as parts:
        for part in ("worker", "sequencer"):
            parts.enter_context(_working(part))
        parts.enter_context(running("web", listen=listen))
        yield f"http://{listen}"


@contextmanager
def _working(part: str) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "yinxin", part], env=os.environ, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)
