"""Many pages against many specimens: one row in, one row out, whatever the files hold."""

import csv
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby
from multiprocessing import get_context
from pathlib import Path

import cv2

from yinxin.seals.vision.decode import Unreadable, decode
from yinxin.seals.vision.specimens import PoorImage, Specimen, enrol
from yinxin.seals.vision.verdicts import verify

COLUMNS = ("query", "specimen", "verdict", "score", "box", "angle", "reason")


@dataclass(frozen=True)
class Pair:
    """A row of the list: two paths relative to it."""

    place: int
    query: str
    specimen: str


@dataclass(frozen=True)
class Answer:
    """A row of the results; `verdict` is `error` where a file could not be used."""

    place: int
    query: str
    specimen: str
    verdict: str
    score: str = ""
    box: str = ""
    angle: str = ""
    reason: str = ""

    def row(self) -> list[str]:
        return [getattr(self, name) for name in COLUMNS]


def read(path: Path) -> list[Pair]:
    """The pairs of a CSV with the columns query and specimen; a ValueError says what lacks."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        missing = {"query", "specimen"} - set(rows.fieldnames or ())
        if missing:
            raise ValueError(f"{path} lacks the columns {', '.join(sorted(missing))}")
        return [Pair(i, row["query"] or "", row["specimen"] or "") for i, row in enumerate(rows)]


def compare(
    pairs: Iterable[Pair], folder: Path, dpi: float, jobs: int, progress: Callable[[int], None]
) -> Iterator[Answer]:
    """An answer for each pair, in order; pairs of one specimen are compared together."""
    ordered = sorted(pairs, key=lambda pair: (pair.specimen, pair.place))
    groups = [list(group) for _, group in groupby(ordered, key=lambda pair: pair.specimen)]
    groups.sort(key=lambda group: group[0].place)
    work = partial(_compare_group, folder, dpi)
    waiting: dict[int, Answer] = {}
    done = due = 0
    for answers in _each(work, groups, jobs):
        waiting |= {answer.place: answer for answer in answers}
        done += len(answers)
        progress(done)
        while due in waiting:
            yield waiting.pop(due)
            due += 1


def _each(
    work: Callable[[list[Pair]], list[Answer]], groups: list[list[Pair]], jobs: int
) -> Iterator[list[Answer]]:
    if jobs <= 1:
        cv2.setNumThreads(1)
        yield from map(work, groups)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=cv2.setNumThreads,
                             initargs=(1,)) as pool:  # fmt: skip
        yield from pool.map(work, groups)


def _compare_group(folder: Path, dpi: float, group: list[Pair]) -> list[Answer]:
    return [_compare(folder, dpi, pair) for pair in group]


def _compare(folder: Path, dpi: float, pair: Pair) -> Answer:
    try:
        specimen = _specimen(folder / pair.specimen, dpi)
        verdict = verify(specimen, decode((folder / pair.query).read_bytes()).image, dpi)
    except (Unreadable, PoorImage) as error:
        return _failed(pair, error.code)
    except OSError:
        return _failed(pair, "file_missing")
    except Exception as error:  # one odd file may not stop ten thousand
        return _failed(pair, f"failed: {type(error).__name__}")
    return Answer(
        place=pair.place,
        query=pair.query,
        specimen=pair.specimen,
        verdict=verdict.outcome.value,
        score=f"{verdict.score:.6f}",
        box=" ".join(str(side) for side in verdict.box or ()),
        angle=f"{verdict.angle_deg:.2f}",
        reason="; ".join(difference.en for difference in verdict.regions[:3]),
    )


def _failed(pair: Pair, reason: str) -> Answer:
    return Answer(pair.place, pair.query, pair.specimen, "error", reason=reason)


@lru_cache(maxsize=2)
def _specimen(path: Path, dpi: float) -> Specimen:
    return enrol([decode(path.read_bytes()).image], dpi)
