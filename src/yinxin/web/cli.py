"""The command line `yinxin`."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from yinxin.reconciliation import terminal as reconciliation
from yinxin.seals import terminal as seals

from .opening import CannotOpen, database, home, set_up

if TYPE_CHECKING:
    from .postgres import Server

PARTS = ("web", "worker", "sequencer")
DATABASE_AWAY = (
    "数据库没有应答，可能正在停止或重启；请稍后用同样的命令再试，已办理的不会重复办理。\n"
    "The database does not answer; it may be stopping or restarting. Try the same command again: "
    "what was done is not done twice."
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 means done, 1 refused or found wrong, 2 misused."""
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except CannotOpen as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except _errors_of_the_database() as error:
        print(f"{DATABASE_AWAY}\n{error}", file=sys.stderr)
        return 2


def _errors_of_the_database() -> tuple[type[Exception], ...]:
    """Loaded only once something went wrong: commands without a database start sooner."""
    import django.db
    import psycopg

    return psycopg.OperationalError, django.db.OperationalError


def serve(arguments: argparse.Namespace) -> int:
    with database() as server:
        set_up(migrate=True)
        os.environ["YINXIN_LISTEN"] = arguments.listen
        print(f"http://{arguments.listen}", file=sys.stderr)
        _tell_how_to_found()
        return _supervise(("sequencer", "worker", "web"), server)


def part(arguments: argparse.Namespace) -> int:
    """One process of `serve`; with our own database it is supervised here, too."""
    name: str = arguments.part
    if "DATABASE_URL" not in os.environ:
        with database() as server:
            set_up(migrate=True)
            return _supervise((name,), server)
    set_up()
    from . import processes

    return processes.RUN[name]()


def initialise(arguments: argparse.Namespace) -> int:
    with database():
        set_up(migrate=True)
        from . import founding

        return founding.found(arguments.name, arguments.name_en, arguments.administrator, home())


def migrate(arguments: argparse.Namespace) -> int:
    with database():
        set_up(migrate=True)
        return 0


def do(arguments: argparse.Namespace) -> int:
    source = Path("/dev/stdin" if arguments.file == "-" else arguments.file)
    body = json.loads(source.read_text())
    with database():
        set_up()
        from . import terminal

        return terminal.do(
            arguments.name, body, arguments.as_, arguments.key, arguments.code, arguments.dry_run
        )


def verify_evidence(arguments: argparse.Namespace) -> int:
    with database():
        set_up()
        from . import terminal

        return terminal.verify_evidence()


def backup(arguments: argparse.Namespace) -> int:
    with database():
        set_up()
        from . import backups

        return backups.back_up(Path(arguments.folder))


def restore(arguments: argparse.Namespace) -> int:
    with database():
        from . import backups

        return backups.restore(Path(arguments.folder))


def _tell_how_to_found() -> None:
    from .founding_pages import founding_code, is_founded

    if not is_founded():
        print(f"建立码 founding code: {founding_code()}", file=sys.stderr)


def _supervise(parts: Sequence[str], server: "Server | None") -> int:
    from django.db import connections

    from . import urls  # noqa: F401  everything is loaded once, here
    from .supervisor import Child, supervise

    connections.close_all()  # no two processes may share one
    return supervise([Child(each, partial(main, [each])) for each in parts], server)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yinxin", description="印信 Yinxin")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[argparse.Namespace], int], help: str):  # type: ignore[no-untyped-def]
        command = commands.add_parser(name, help=help, description=help)
        command.set_defaults(run=run)
        return command

    command = add("serve", serve, "run everything: database, web, worker, sequencer")
    command.add_argument("--listen", default="localhost:8000", metavar="HOST:PORT")
    for name in PARTS:
        add(name, part, f"run the {name} alone").set_defaults(part=name)

    command = add("init", initialise, "found the institution with two administrators")
    command.add_argument("--name", required=True, help="机构名称")
    command.add_argument("--name-en", required=True, help="the institution's name in English")
    command.add_argument(
        "--administrator",
        required=True,
        action="append",
        metavar="NUMBER:NAME:LOGIN",
        help="given twice; each gets a one-time password",
    )

    add("migrate", migrate, "bring the database and its guards up to date, as the owner")

    command = add("do", do, "send one command through the gate")
    command.add_argument("name", help="such as transfers.receive")
    command.add_argument("--file", required=True, help="its JSON body; - reads standard input")
    command.add_argument("--as", dest="as_", required=True, help="login name of who sends it")
    command.add_argument("--key", required=True, help="idempotency key")
    command.add_argument(
        "--code", default="", help="one-time code, where a second factor is needed"
    )
    command.add_argument("--dry-run", action="store_true", help="show what it would do")

    evidence = add("evidence", verify_evidence, "the tamper-evident log")
    evidence.add_argument("action", choices=["verify"], help="check everything against the log")

    reconciliation.add_commands(commands)
    seals.add_commands(commands)

    command = add("backup", backup, "write database and files, without the keys")
    command.add_argument("folder")
    command = add("restore", restore, "read a backup into an empty house")
    command.add_argument("folder")
    return parser
