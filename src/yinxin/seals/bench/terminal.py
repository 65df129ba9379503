"""The commands `yinxin seals bench make`, `run` and `pictures`."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from yinxin.seals.bench.faces import NoFont, advice
from yinxin.seals.bench.making import LEARNED, PLAN, PRINTS, QUICK, SOFT, SOFTER, make
from yinxin.seals.bench.names import Split

Run = Callable[[argparse.Namespace], int]

FACES = 340
SEED = 20260201
FOLDER = Path("var/seals-bench")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the benchmark's commands; each sets `run`, which gives the exit code."""
    command = commands.add_parser("make", help="make a set of trials")
    command.add_argument("--out", type=Path, required=True, metavar="DIR")
    command.add_argument("--split", choices=list(Split), default=Split.TEST, type=Split)
    some = command.add_mutually_exclusive_group()
    some.add_argument("--prints", action="store_true", help="stamped and printed imprints alone")
    some.add_argument("--soft", action="store_true",
                      help="genuine imprints alone, of softer rubber")  # fmt: skip
    command.set_defaults(run=_make)
    _add_size(command)

    command = commands.add_parser("run", help="make the test split once, then measure the engine")
    command.add_argument("--out", type=Path, default=FOLDER, metavar="DIR",
                         help="trials and results; a stopped run goes on")  # fmt: skip
    command.add_argument("--docs", type=Path, metavar="FILE",
                         help="write tables into this page, curves beside it")  # fmt: skip
    command.add_argument("--replays", type=int, default=4000, metavar="PAIRS",
                         help="pairs of two imprints to compare for replay")  # fmt: skip
    command.add_argument("--quick", action="store_true", help="one seal, to see that it works")
    command.set_defaults(run=_run)
    _add_size(command)

    command = commands.add_parser("pictures", help="draw the pictures of docs/seals.md")
    command.add_argument("folder", type=Path)
    command.set_defaults(run=_pictures)


def _add_size(command: argparse.ArgumentParser) -> None:
    command.add_argument("--faces", type=int, default=FACES)
    command.add_argument("--seed", type=int, default=SEED)
    command.add_argument("--jobs", type=int, default=1)


def _progress(stage: str, done: int, of: int) -> None:
    end = "\n" if done == of else ""
    print(f"\r{stage} {done}/{of}   ", end=end, file=sys.stderr, flush=True)


def _with_fonts(run: Run) -> Run:
    """Tell what is missing, rather than fail or quietly make another set than with every font."""

    def told(arguments: argparse.Namespace) -> int:
        split = getattr(arguments, "split", Split.TEST)
        if lacking := advice(split):
            print(f"some fonts of the split {split} are missing: {lacking}", file=sys.stderr)
        try:
            return run(arguments)
        except NoFont as error:
            print(error, file=sys.stderr)
            return 2

    return told


@_with_fonts
def _make(arguments: argparse.Namespace) -> int:
    began = time.monotonic()
    plan = LEARNED if arguments.split is Split.TRAINING else PLAN
    if arguments.prints or arguments.soft:
        plan = PRINTS if arguments.prints else SOFT
    folder = make(arguments.out, arguments.split, arguments.faces, arguments.seed, plan=plan,
                  give=SOFTER if arguments.soft else 1.0, jobs=arguments.jobs,
                  progress=_progress)  # fmt: skip
    print(f"{folder}, {time.monotonic() - began:.0f} s", file=sys.stderr)
    return 0


@_with_fonts
def _run(arguments: argparse.Namespace) -> int:
    from yinxin.seals.bench import running
    from yinxin.seals.bench.reports import write
    from yinxin.seals.bench.tables import Figures

    began = time.monotonic()
    faces, plan, sampled = arguments.faces, PLAN, running.BASELINE_PAIRS
    if arguments.quick:
        faces, plan, sampled = 1, QUICK, 6
    out = arguments.out / f"{faces}-{arguments.seed}"
    folder = out / Split.TEST
    if not (folder / "replay.csv").exists():  # the last file that is written
        make(out, Split.TEST, faces, arguments.seed, plan=plan, jobs=arguments.jobs,
             progress=_progress)  # fmt: skip
    run = running.Run(folder, arguments.jobs, _progress, sampled=sampled,
                      replays=arguments.replays)  # fmt: skip
    run.made()
    if not arguments.quick:
        run.measure_sheets()
    figures = Figures(run)
    print(figures.markdown())
    print(f"\n{time.monotonic() - began:.0f} s", file=sys.stderr)
    if arguments.docs:
        write(figures, arguments.docs)
    return 0


@_with_fonts
def _pictures(arguments: argparse.Namespace) -> int:
    from yinxin.seals.bench.pictures import draw

    draw(arguments.folder)
    return 0
