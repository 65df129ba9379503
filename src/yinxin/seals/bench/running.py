"""Running the engine over made trials and real sheets, results kept by pair and engine version."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.bench import sheets
from yinxin.seals.bench.baselines import BASELINES, pair
from yinxin.seals.bench.cache import Cache, Row
from yinxin.seals.bench.trials import read_table
from yinxin.seals.vision import Imprint, PoorImage, Specimen, enrol, locate, replay, verify
from yinxin.seals.vision.decode import decode
from yinxin.seals.vision.verdicts import ENGINE

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]
Progress = Callable[[str, int, int], None]
T = TypeVar("T")

BASELINE_PAIRS = 600
_LOCATE_EVERY = 3
"""Every third page is also located by itself: some 2,000 pages, 3,000 seals."""
VERDICT = ("outcome", "score", "presentation", "ms", "reason")


@cache
def engine() -> str:
    """The engine's version and a digest of its files, so that no stale result is taken for new."""
    folder = files("yinxin.seals.vision")
    digest = sha256()
    for name in sorted(entry.name for entry in folder.iterdir() if entry.is_file()):
        digest.update(name.encode() + b"\0" + (folder / name).read_bytes())
    return f"{ENGINE}/{digest.hexdigest()[:8]}"


class Run:
    """One set of trials and the caches beside it."""

    def __init__(
        self, folder: Path, jobs: int, progress: Progress, *,
        sampled: int = BASELINE_PAIRS, replays: int = 10_000,
    ) -> None:  # fmt: skip
        self.folder, self.jobs, self.progress = folder, jobs, progress
        self.sampled, self.replayed = sampled, replays
        self.trials = read_table(folder / "trials.csv")
        kept = folder / "results"
        self.verdicts = Cache(kept / "verdicts.csv", ("engine", "query", "specimen"), VERDICT)
        self.located = Cache(kept / "located.csv", ("engine", "query"), ("boxes", "ms"))
        self.replays = Cache(kept / "replays.csv", ("engine", "query", "earlier"),
                             ("copy", "score"))  # fmt: skip
        self.baselines = Cache(kept / "baselines.csv", ("query", "specimen"), BASELINES)
        self.sheets = Cache(kept / "sheets.csv", ("engine", "query", "specimen"), VERDICT)

    def made(self) -> None:
        """Everything that is measured on the made trials."""
        self.verify()
        self.locate()
        self.replay()
        self.compare()

    def verify(self) -> None:
        left = [
            trial
            for trial in self.trials
            if (engine(), trial["query"], trial["specimen"]) not in self.verdicts.rows
        ]
        by_face = _grouped(left, "face")
        self._each("verify", partial(_verified, self.folder), by_face, self.verdicts)

    def locate(self) -> None:
        pages = [trial["query"] for trial in self.trials[::_LOCATE_EVERY]]
        pages += [row["query"] for row in read_table(self.folder / "absent.csv")]
        left = [page for page in pages if (engine(), page) not in self.located.rows]
        lots = [left[i : i + 20] for i in range(0, len(left), 20)]
        self._each("locate", partial(_located, self.folder), lots, self.located)

    def replay(self) -> None:
        """Every copy, and as many pairs of two imprints as are asked for, face by face."""
        pairs = read_table(self.folder / "replay.csv")
        wanted = [row for row in pairs if row["label"] == "copy"]
        wanted += [row for row in pairs if row["label"] != "copy"][: self.replayed]
        left = [row for row in wanted
                if (engine(), row["query"], row["earlier"]) not in self.replays.rows]  # fmt: skip
        for row in left:
            row["face"] = Path(row["query"]).name[:6]
        boxes = {trial["query"]: _box(trial) for trial in self.trials}
        self._each("replay", partial(_replayed, self.folder, boxes), _grouped(left, "face"),
                   self.replays)  # fmt: skip

    def compare(self) -> None:
        sample = self.sample()
        left = [trial for trial in sample
                if (trial["query"], trial["specimen"]) not in self.baselines.rows]  # fmt: skip
        lots = [left[i : i + 10] for i in range(0, len(left), 10)]
        self._each("baselines", partial(_compared, self.folder), lots, self.baselines)

    def sample(self) -> list[Row]:
        """The same trials for every baseline: a third genuine, the rest of F0 to F5."""
        plain = [trial for trial in self.trials if trial["acceptable"] == "1"]
        rng = np.random.default_rng(600)
        chosen: list[Row] = []
        for rungs, count in ((("G",), self.sampled // 3),
                             (("F0", "F1"), self.sampled // 6),
                             (("F2", "F3", "F4", "F5"), self.sampled // 2)):  # fmt: skip
            pool = [trial for trial in plain if trial["rung"] in rungs]
            picked = rng.permutation(len(pool))[:count]
            chosen += [pool[i] for i in sorted(picked)]
        return chosen

    def measure_sheets(self) -> None:
        if not sheets.present():
            return
        casual = [one for one in sheets.labelled() if one.kind == "test"]
        left = [(one.name, seal) for one in casual for seal in sheets.TWINS
                if (engine(), one.name, seal) not in self.sheets.rows]  # fmt: skip
        lots = [left[i : i + 60] for i in range(0, len(left), 60)]
        self._each("sheets", _sheeted, lots, self.sheets)

    def _each(
        self, name: str, work: Callable[[T], list[Row]], lots: Sequence[T], cache: Cache
    ) -> None:
        for done, rows in enumerate(_parallel(work, lots, self.jobs), 1):
            cache.add(rows)
            self.progress(name, done, len(lots))


def _grouped(rows: Iterable[Row], column: str) -> list[list[Row]]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return list(groups.values())


def _parallel(work: Callable[[T], list[Row]], lots: Sequence[T], jobs: int) -> Iterator[list[Row]]:
    if jobs == 1 or len(lots) < 2:
        yield from map(work, lots)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=cv2.setNumThreads,
                             initargs=(1,)) as pool:  # fmt: skip
        yield from pool.map(work, lots)


# In the workers


def _page(path: Path) -> tuple[Image, float]:
    page = decode(path.read_bytes())
    if page.dpi is None:
        raise ValueError(f"{path} does not state its resolution")
    return page.image, page.dpi


def _specimen(folder: Path, trial: Row) -> Specimen:
    first = trial["specimen"]
    names = [first.replace("-1.png", f"-{i + 1}.png") for i in range(int(trial["specimens"]))]
    return enrol([_page(folder / name)[0] for name in names], 300)


def _verified(folder: Path, trials: list[Row]) -> list[Row]:
    """The trials of one face."""
    try:
        specimen = _specimen(folder, trials[0])
    except PoorImage as error:
        return [_row(trial["query"], trial["specimen"], reason=error.code) for trial in trials]
    return [_judged(specimen, *_page(folder / trial["query"]), trial["query"], trial["specimen"])
            for trial in trials]  # fmt: skip


def _judged(specimen: Specimen, page: Image, dpi: float, query: str, name: str) -> Row:
    verdict = verify(specimen, page, dpi)
    reason = verdict.regions[0].code if verdict.regions else ""
    return _row(query, name, verdict.outcome, verdict.score, verdict.presentation,
                verdict.took_ms, reason)  # fmt: skip


def _row(
    query: str, specimen: str, outcome: str = "uncertain", score: float = 0.0,
    presentation: float = 0.5, ms: float = 0.0, reason: str = "",
) -> Row:  # fmt: skip
    return {"engine": engine(), "query": query, "specimen": specimen, "outcome": outcome,
            "score": f"{score:.6g}", "presentation": f"{presentation:.4f}", "ms": f"{ms:.1f}",
            "reason": reason}  # fmt: skip


def _located(folder: Path, pages: list[str]) -> list[Row]:
    rows: list[Row] = []
    for name in pages:
        page, dpi = _page(folder / name)
        began = perf_counter()
        boxes = [one.box for one in locate(page, dpi)]
        rows.append({"engine": engine(), "query": name,
                     "boxes": ";".join(" ".join(map(str, box)) for box in boxes),
                     "ms": f"{1000 * (perf_counter() - began):.1f}"})  # fmt: skip
    return rows


def _box(trial: Row) -> Box:
    x, y, w, h = (int(trial[name]) for name in "xywh")
    return x, y, w, h


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    both = max(across, 0) * max(down, 0)
    return both / (one[2] * one[3] + other[2] * other[3] - both)


def _replayed(folder: Path, boxes: dict[str, Box], pairs: list[Row]) -> list[Row]:
    """The pairs of one face; each page is located once."""

    @cache
    def imprint(name: str) -> Imprint | None:
        found = locate(*_page(folder / name))
        box = boxes.get(name)
        if box:
            found = [one for one in found if overlap(one.box, box) > 0.4]
        return max(found, key=lambda one: one.box[2] * one.box[3], default=None)

    rows: list[Row] = []
    for each in sorted(pairs, key=itemgetter("earlier")):
        one, other = imprint(each["query"]), imprint(each["earlier"])
        found = replay(one, other) if one and other else None
        rows.append({"engine": engine(), "query": each["query"], "earlier": each["earlier"],
                     "copy": str(int(found.copy)) if found else "",
                     "score": f"{found.score:.5f}" if found else ""})  # fmt: skip
    return rows


def _compared(folder: Path, trials: list[Row]) -> list[Row]:
    rows: list[Row] = []
    for trial in trials:
        page, dpi = _page(folder / trial["query"])
        x, y, w, h = _box(trial)
        margin = round(2 * dpi / 25.4)
        cut = page[max(y - margin, 0) : y + h + margin, max(x - margin, 0) : x + w + margin]
        specimen, own = _page(folder / trial["specimen"])
        both = pair(specimen, cut, own, dpi)
        scores = {name: f"{measure(both):.5f}" for name, measure in BASELINES.items()}
        rows.append({"query": trial["query"], "specimen": trial["specimen"], **scores})
    return rows


@cache
def _sheet_specimen(seal: str) -> Specimen:
    """Of the seal's three good imprints on the sheet that is used for nothing else."""
    good = [one for one in sheets.labelled() if one.seal == seal and one.kind == "golden"]
    return enrol([_sheet_crop(one) for one in good], sheets.DPI)


def _sheet_crop(one: sheets.Stamped) -> Image:
    others = [other.box for other in sheets.labelled()
              if other.sheet == one.sheet and other != one]  # fmt: skip
    return sheets.crop(_sheet(one.sheet), one.box, others)


_sheet = cache(sheets.read)


def _sheeted(pairs: list[tuple[str, str]]) -> list[Row]:
    named = {one.name: one for one in sheets.labelled()}
    return [
        _judged(_sheet_specimen(seal), _sheet_crop(named[name]), sheets.DPI, name, seal)
        for name, seal in pairs
    ]
