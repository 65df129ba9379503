"""`make demo`: a small bank is founded, does a day's work, and is served.

Everything happens by commands through the gate and by signing on at the pages; the worker and
the sequencer are the real processes, and what serves the bank is `yinxin serve`.
"""

import argparse
import logging
import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit, urlunsplit

import psycopg

from yinxin.web.opening import set_up
from yinxin.web.postgres import Server


def main() -> int:
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--serve", action="store_true")
    arguments = parser.parse_args()
    home: Path = arguments.home.absolute()
    os.environ["YINXIN_HOME"] = str(home)
    with Server(home).running() as server:
        _empty(home, server)
        os.environ |= {"DATABASE_URL": server.app_url, "DATABASE_OWNER_URL": server.owner_url}
        set_up(migrate=True)
        logging.getLogger("yinxin.web").setLevel(logging.WARNING)
        from . import people, story

        code = story.run()
    if code or not arguments.serve:
        return code
    people.show_sign_ons()
    print("\nCtrl+C 结束 / ends it", flush=True)
    serve()


def serve(listen: str = "localhost:8000") -> NoReturn:
    """Become `yinxin serve` in the home of the story, on its own database."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    command = [sys.executable, "-m", "yinxin", "serve", "--listen", listen]
    os.execve(sys.executable, command, env)


def _empty(home: Path, server: Server) -> None:
    """Each demonstration begins with nothing."""
    for folder in ("keys", "blobs"):
        shutil.rmtree(home / folder, ignore_errors=True)
    elsewhere = urlunsplit(urlsplit(server.owner_url)._replace(path="/postgres"))
    with psycopg.connect(elsewhere, autocommit=True) as owner:
        owner.execute("DROP DATABASE IF EXISTS yinxin WITH (FORCE)")
        owner.execute("CREATE DATABASE yinxin")


if __name__ == "__main__":
    raise SystemExit(main())
