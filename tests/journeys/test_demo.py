"""How the demonstration goes on when its story is told. The story itself is `make demo SERVE=0`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

from tests.bank.site import MAKING_S, free_address, wait_for
from yinxin.web.postgres import Server

SERVE = "import sys; from demo.__main__ import serve; serve(sys.argv[1])"


def test_the_house_of_the_story_is_served(tmp_path: Path) -> None:
    """From its own database, though the story has left the address of the one that it ran."""
    home, listen = tmp_path / "home", free_address()
    env = os.environ | {"YINXIN_HOME": str(home), "DATABASE_URL": "postgresql://gone.invalid/"}
    command = [sys.executable, "-c", SERVE, listen]
    serving = subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://{listen}/health", serving, MAKING_S)
    finally:
        serving.terminate()
        serving.wait(60)
        shutil.rmtree(Server(home).folder)
