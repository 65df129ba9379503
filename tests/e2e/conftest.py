"""Real pages in a real browser: the site runs as its own process on the test's database."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.bank.verbs import Bank

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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def site(bank: Bank) -> Iterator[str]:
    """The address of a running site over the bank of this test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [sys.executable, "-m", "yinxin", "web"],
        env=os.environ | {"YINXIN_LISTEN": listen},
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(f"http://{listen}/health")
        yield f"http://{listen}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            with urlopen(url):
                return
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
