"""Making a set of trials: specimens, pages, and tables that say what each is.

    DIR/<split>/specimens/*.png       one to three good imprints of each registered piece
    DIR/<split>/pages/*.png|jpg       one page a trial, and pages without a seal
    DIR/<split>/trials.csv absent.csv replay.csv

Every face has random streams of its own, so the files do not depend on how many faces are made or
on how many processes make them. Nothing but the piece depends on the label: touch, page, ink and
scanner are drawn before the rung is known.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from yinxin.seals.bench.faces import Sort, random_sort
from yinxin.seals.bench.ladder import DPI, Forgery, Rung, forge
from yinxin.seals.bench.names import Split
from yinxin.seals.bench.pages import WORK_DPI, Inked, lay, page_size_mm
from yinxin.seals.bench.printers import print_imprint
from yinxin.seals.bench.trials import Absent, Replay, Trial, write_table
from yinxin.seals.drawing.faces import MM_PER_INCH, Mask
from yinxin.seals.drawing.pieces import carve
from yinxin.seals.drawing.scanners import Scanner, any_scanner, card_scanner, encode
from yinxin.seals.drawing.touches import Touch, casual_touch, good_touch, ink_share, press

PLAN: tuple[tuple[Rung, int], ...] = (
    (Rung.G, 6), (Rung.F0, 1), (Rung.F1, 1), (Rung.F2, 4), (Rung.F3, 1), (Rung.F4, 1),
    (Rung.F5, 3), (Rung.F6, 1), (Rung.F7, 1),
)  # fmt: skip
"""Trials of one face: nine of the skilled forgeries F2 to F5 for six genuine imprints."""
LEARNED: tuple[tuple[Rung, int], ...] = (
    (Rung.G, 6), (Rung.F0, 1), (Rung.F1, 1), (Rung.F2, 4), (Rung.F3, 1), (Rung.F4, 2),
    (Rung.F5, 4), (Rung.F7, 1),
)  # fmt: skip
"""What is learned from: no twins, more of what is hard to tell."""
PRINTS: tuple[tuple[Rung, int], ...] = ((Rung.G, 3), (Rung.F7, 3))
"""What the presentation is learned from: of each face one by inkjet, one by laser, one pasted."""
SOFT: tuple[tuple[Rung, int], ...] = ((Rung.G, 6),)
SOFTER = 2.0
"""What is learned from besides, of rubber so much softer: of real seals' give little is known."""
QUICK: tuple[tuple[Rung, int], ...] = (
    (Rung.G, 2), (Rung.F0, 1), (Rung.F2, 1), (Rung.F3, 1), (Rung.F4, 1), (Rung.F5, 1), (Rung.F7, 1),
)  # fmt: skip
"""A few trials; without F1, which takes a second font that a checkout may not have."""
_SPLITS = list(Split)
_NAME_SEAL_GIVE = 1.2


@dataclass(frozen=True)
class _Made:
    trials: list[Trial]
    absent: list[Absent]
    replays: list[Replay]


def make(
    out: Path,
    split: Split | str,
    faces: int,
    seed: int,
    *,
    plan: Sequence[tuple[Rung, int]] = PLAN,
    give: float = 1.0,
    jobs: int = 1,
    progress: Callable[[str, int, int], None] = lambda stage, done, of: None,
) -> Path:
    """Write a set of trials and return its folder; the same arguments give the same bytes.

    `give` is how much softer than usual the rubber is.
    """
    split = Split(split)
    folder = out / split
    for name in ("specimens", "pages"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    work = partial(_make_face, folder, split, seed, tuple(plan), give)
    made: list[_Made] = []
    for one in _each(work, range(faces), jobs):
        made.append(one)
        progress("make", len(made), faces)
    write_table(folder / "trials.csv", Trial, (row for one in made for row in one.trials))
    write_table(folder / "absent.csv", Absent, (row for one in made for row in one.absent))
    write_table(folder / "replay.csv", Replay, (row for one in made for row in one.replays))
    return folder


def _each(work: Callable[[int], _Made], numbers: Iterable[int], jobs: int) -> Iterable[_Made]:
    if jobs == 1:
        yield from map(work, numbers)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, numbers)


# One face


def _make_face(
    folder: Path,
    split: Split,
    seed: int,
    plan: tuple[tuple[Rung, int], ...],
    give: float,
    number: int,
) -> _Made:
    cv2.setNumThreads(1)
    return _FaceMaker(folder, split, seed, give, number).make(plan)


class _FaceMaker:
    """All files of one registered seal."""

    def __init__(self, folder: Path, split: Split, seed: int, give: float, number: int) -> None:
        self.folder, self.split, self.give, self.number = folder, split, give, number
        self.key = (seed, _SPLITS.index(split), number)
        rng = self.rng(0)
        self.sort = random_sort(rng, split)
        self.piece_seed = int(rng.integers(2**31))
        self.piece = carve(self.sort.face, self.piece_seed, DPI)
        self.companions = [self._companion(rng) for _ in range(2)]
        self.name = f"f{number:05}"
        self.specimen_count = int(rng.integers(1, 4))

    def rng(self, *stream: int) -> np.random.Generator:
        return np.random.default_rng((*self.key, *stream))

    def make(self, plan: Sequence[tuple[Rung, int]]) -> _Made:
        specimens = [self._specimen(i) for i in range(self.specimen_count)]
        trials: list[Trial] = []
        for rung, count in plan:
            for i in range(count):
                trials.append(self._trial(rung, i, count, len(trials)))
        genuine = [t.query for t in trials if t.label == "genuine"]
        pairs = combinations([*genuine, *specimens], 2)
        replays = [Replay(a, b, "other") for a, b in pairs]
        if genuine:
            replays.append(Replay(self._copy(), genuine[0], "copy"))
        return _Made(trials, [self._absent()], replays)

    def _companion(self, rng: np.random.Generator) -> tuple[Sort, Mask]:
        sort = random_sort(rng, self.split)
        return sort, carve(sort.face, int(rng.integers(2**31)), DPI)

    def _specimen(self, i: int) -> str:
        """A good imprint alone on white paper, on the card."""
        rng = self.rng(1, i)
        scanner = card_scanner(rng)
        touch = good_touch(rng, scanner.stretch)
        touch = replace(touch, elastic_mm=self.give * touch.elastic_mm)
        amount = press(_at_work(self.piece, scanner), touch, rng, WORK_DPI)
        side = [round((mm + 14) * 300 / MM_PER_INCH)
                for mm in (self.sort.face.width_mm, self.sort.face.height_mm)]  # fmt: skip
        imprint = Inked(amount, WORK_DPI, self.sort.face, self.sort.colour, touch.angle_deg,
                        touch.stretch)  # fmt: skip
        sheet = lay([imprint], (side[0] / 300 * MM_PER_INCH, side[1] / 300 * MM_PER_INCH),
                    replace(scanner, jpeg=None), rng, bare=True)  # fmt: skip
        data, _ = encode(sheet.image, replace(scanner, jpeg=None))
        return self._save("specimens", f"{self.name}-{i + 1}.png", data)

    def _trial(self, rung: Rung, i: int, count: int, place: int) -> Trial:
        rng = self.rng(2, place)
        scanner = any_scanner(rng)
        touch = self._given(casual_touch(rng, scanner.stretch))
        seals = int(rng.choice([1, 2, 3], p=[0.62, 0.28, 0.1]))
        # Only from here on the rung matters, with streams of its own.
        made = self._stamped(rung, self.number * count + i, self.rng(3, place))
        imprint, share = self._imprint(made, touch, scanner, rung, self.rng(4, place))
        page_rng = self.rng(5, place)
        others = [self._beside(k, scanner, page_rng) for k in range(seals - 1)]
        sheet = lay([imprint, *others], page_size_mm(page_rng, seals), scanner, page_rng)
        data, suffix = encode(sheet.image, scanner)
        x, y, w, h = sheet.boxes[0]
        return Trial(
            query=self._save("pages", f"{self.name}-{place:02}.{suffix}", data),
            specimen=f"specimens/{self.name}-1.png",
            label="genuine" if rung is Rung.G else "forged",
            rung=rung,
            split=self.split,
            face=self.name,
            piece=f"{self.name}-{'0' if rung is Rung.G else f'{rung}-{i}'}",
            font=self.sort.face.family,
            shape=self.sort.face.shape,
            colour=self.sort.colour,
            dpi=scanner.dpi,
            ink_share=round(share, 3),
            acceptable=int(_acceptable(touch, scanner, share, sheet.hidden)),
            x=x, y=y, w=w, h=h,
            angle=round(touch.angle_deg, 2),
            parameter=made.parameter,
            page_seals=seals,
            specimens=self.specimen_count,
            scan_dpi=scanner.true_dpi,
            capture="phone" if scanner.phone else "scan",
            hidden=round(sheet.hidden, 3),
            others=";".join(" ".join(map(str, box)) for box in sheet.boxes[1:]),
        )  # fmt: skip

    def _given(self, touch: Touch) -> Touch:
        """Name seals are of softer rubber than a company's."""
        soft = _NAME_SEAL_GIVE if self.sort.face.shape == "square" else 1.0
        return replace(touch, elastic_mm=self.give * soft * touch.elastic_mm)

    def _stamped(self, rung: Rung, kind: int, rng: np.random.Generator) -> Forgery:
        """What was stamped with: the registered piece itself, or a forgery of it."""
        if rung is Rung.G:
            return Forgery(self.piece, "")
        return forge(self.sort.face, rung, self.piece_seed, rng, self.split, kind)

    def _imprint(
        self, made: Forgery, touch: Touch, scanner: Scanner, rung: Rung, rng: np.random.Generator
    ) -> tuple[Inked, float]:
        dpi = _work_dpi(scanner)
        raised = _at_work(made.piece, scanner)
        amount = press(raised, touch, rng, dpi)
        share = ink_share(amount, raised, touch.tone)
        if rung is Rung.F7:
            amount = print_imprint(amount, touch.tone, made.parameter, rng, dpi)
        sort = self.sort
        return Inked(amount, dpi, sort.face, sort.colour, touch.angle_deg, touch.stretch), share

    def _beside(self, k: int, scanner: Scanner, rng: np.random.Generator) -> Inked:
        sort, piece = self.companions[k]
        touch = casual_touch(rng, scanner.stretch)
        amount = press(_at_work(piece, scanner), touch, rng, _work_dpi(scanner))
        return Inked(amount, _work_dpi(scanner), sort.face, sort.colour, touch.angle_deg,
                     touch.stretch)  # fmt: skip

    def _copy(self) -> str:
        """The first genuine imprint on another page: scanned, put in again, scanned again."""
        before = self.rng(2, 0)
        old = any_scanner(before)
        touch = self._given(casual_touch(before, old.stretch))
        rng = self.rng(6)
        scanner = replace(any_scanner(rng, phones=0), true_dpi=old.true_dpi, dpi=old.dpi)
        made = self._stamped(Rung.G, 0, rng)
        imprint, _ = self._imprint(made, touch, scanner, Rung.G, self.rng(4, 0))
        turn = float(rng.normal(0, 2))
        height, width = imprint.amount.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1)
        amount = np.asarray(cv2.warpAffine(imprint.amount, matrix, (width, height)), np.float32)
        turned = replace(imprint, amount=amount, angle_deg=imprint.angle_deg + turn)
        data, suffix = encode(lay([turned], page_size_mm(rng, 1), scanner, rng).image, scanner)
        return self._save("pages", f"{self.name}-copy.{suffix}", data)

    def _absent(self) -> Absent:
        rng = self.rng(7)
        scanner = any_scanner(rng, phones=0)
        sheet = lay([], page_size_mm(rng, 0), scanner, rng)
        data, suffix = encode(sheet.image, scanner)
        return Absent(self._save("pages", f"{self.name}-absent.{suffix}", data), scanner.dpi)

    def _save(self, kind: str, name: str, data: bytes) -> str:
        (self.folder / kind / name).write_bytes(data)
        return f"{kind}/{name}"


def _work_dpi(scanner: Scanner) -> int:
    return WORK_DPI if scanner.true_dpi <= 300 else DPI


def _at_work(piece: Mask, scanner: Scanner) -> Mask:
    dpi = _work_dpi(scanner)
    if dpi == DPI:
        return piece
    return np.asarray(
        cv2.resize(piece, None, fx=dpi / DPI, fy=dpi / DPI, interpolation=cv2.INTER_AREA), np.uint8
    )


def _acceptable(touch: Touch, scanner: Scanner, share: float, hidden: float) -> bool:
    """Whether a human examiner could decide at all."""
    return (
        share >= 0.4
        and touch.missing <= 0.25
        and touch.smear_mm <= 0.3
        and touch.double_mm == 0
        and hidden <= 0.35
        and scanner.true_dpi >= 240
        and not scanner.phone
    )
