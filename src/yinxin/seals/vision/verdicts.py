"""Verdicts (验印结论): does an imprint come from the registered seal, and what decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter

from yinxin.seals.vision.comparison import (
    ADDED_MM2,
    MISFIT,
    RESIZED,
    SHIFT_MM,
    Cell,
    Comparison,
    compare,
)
from yinxin.seals.vision.imprints import Box, Imprint, locate
from yinxin.seals.vision.inks import Image
from yinxin.seals.vision.registration import Alignment, align
from yinxin.seals.vision.specimens import Specimen

ENGINE = "yinxin-plain-1"
GENUINE_FROM = 0.75
FORGED_TO = 0.3
_MIN_QUALITY = 0.4
_CLEAR_QUALITY = 0.7
_MIN_VISIBLE = 0.5
_MIN_COVERED = 0.55


class Outcome(StrEnum):
    """相符, 存疑, 不符."""

    GENUINE = "genuine"
    UNCERTAIN = "uncertain"
    FORGED = "forged"


@dataclass(frozen=True)
class Difference:
    """One thing that decided, in a sentence; `box` is in specimen pixels, None for the whole."""

    code: str
    zh: str
    en: str
    box: Box | None = None


@dataclass(frozen=True, eq=False)
class Verdict:
    """The answer for the imprint that comes nearest to the specimen."""

    outcome: Outcome
    score: float
    """0 to 1, higher is more genuine."""
    box: Box | None
    """On the page, or in the page of the imprint given; None where none was found."""
    angle_deg: float
    """Turned counter-clockwise from the specimen."""
    scale: float
    """The imprint's size over the specimen's."""
    regions: tuple[Difference, ...]
    quality: float
    took_ms: float
    engine: str = ENGINE
    alignment: Alignment | None = None
    """The imprint in the specimen's frame, for the overlay."""


def verify(
    specimen: Specimen, page_or_imprint: Image | Imprint, dpi: float | None = None
) -> Verdict:
    """Compare the specimen with every imprint on the page, or with one already located.

    `dpi` is the page's resolution; an imprint carries its own. ValueError as in `locate`.
    """
    started = perf_counter()
    if isinstance(page_or_imprint, Imprint):
        imprints = [page_or_imprint]
    elif dpi is None:
        raise ValueError("a page needs its dpi")
    else:
        imprints = locate(page_or_imprint, dpi)
    verdicts = [_judge(specimen, imprint, started) for imprint in imprints]
    order = (Outcome.FORGED, Outcome.UNCERTAIN, Outcome.GENUINE)
    return max(
        verdicts,
        key=lambda one: (one.score, order.index(one.outcome), one.quality),
        default=_unjudged(started, Outcome.UNCERTAIN, "no_imprint"),
    )


def _unjudged(
    started: float, outcome: Outcome, code: str, imprint: Imprint | None = None
) -> Verdict:
    return Verdict(
        outcome=outcome,
        score=0.0,
        box=imprint.box if imprint else None,
        angle_deg=0.0,
        scale=1.0,
        regions=(_about_all(code),),
        quality=imprint.quality if imprint else 0.0,
        took_ms=(perf_counter() - started) * 1000,
    )


def _judge(specimen: Specimen, imprint: Imprint, started: float) -> Verdict:
    alignment = align(specimen.amount, imprint)
    if alignment is None:
        clear = imprint.quality >= _MIN_QUALITY
        outcome = Outcome.FORGED if clear else Outcome.UNCERTAIN
        return _unjudged(started, outcome, "no_fit" if clear else "poor_quality", imprint)
    comparison = compare(specimen.amount, alignment)
    gaps = tuple(_gaps(imprint, comparison))
    score = comparison.score
    outcome = Outcome.UNCERTAIN
    if score >= GENUINE_FROM and not gaps:
        outcome = Outcome.GENUINE
    elif score <= FORGED_TO and _may_condemn(imprint, gaps):
        outcome = Outcome.FORGED
    return Verdict(
        outcome=outcome,
        score=round(score, 4),
        box=imprint.box,
        angle_deg=round(alignment.angle_deg, 2),
        scale=round(sum(alignment.stretch) / 2, 4),
        regions=(*gaps, *_differences(specimen, comparison)),
        quality=imprint.quality,
        took_ms=(perf_counter() - started) * 1000,
        alignment=alignment,
    )


def _may_condemn(imprint: Imprint, gaps: tuple[Difference, ...]) -> bool:
    """A clear imprint that covers little of the specimen is another seal; a pale one may not be."""
    if {gap.code for gap in gaps} == {"incomplete"}:
        return imprint.quality >= _CLEAR_QUALITY
    return not gaps


def _gaps(imprint: Imprint, comparison: Comparison) -> Iterable[Difference]:
    """Why there is too little to compare."""
    if imprint.quality < _MIN_QUALITY:
        yield _about_all("poor_quality")
    if comparison.visible < _MIN_VISIBLE:
        yield _about_all("hidden")
    if comparison.covered < _MIN_COVERED:
        yield _about_all("incomplete")


def _differences(specimen: Specimen, comparison: Comparison) -> Iterable[Difference]:
    """Every doubt that has begun to count, the worst cell for each place and kind."""
    if comparison.resized > RESIZED[0]:
        percent = 100 * (sum(comparison.stretch) / 2 - 1)
        yield Difference(
            "resized",
            f"印文尺寸与预留印鉴相差 {percent:+.1f}%",
            f"the size differs from the specimen by {percent:+.1f} %",
        )
    worst: dict[tuple[str, int], tuple[float, Cell]] = {}
    for cell in comparison.cells:
        place = _place(cell, specimen)
        for code, value, begin in (
            ("added", cell.added, ADDED_MM2[0]),
            ("changed", cell.misfit, MISFIT[0]),
            ("moved", cell.shift_mm, SHIFT_MM[0]),
        ):
            if value > max(begin, worst.get((code, place), (0.0, cell))[0]):
                worst[code, place] = (value, cell)
    for (code, place), (value, cell) in sorted(worst.items()):
        zh, en = _CELL_SENTENCES[code]
        where_zh, where_en = _PLACES[place]
        yield Difference(
            code,
            zh.format(where=where_zh, value=value),
            en.format(where=where_en, value=value),
            (cell.x, cell.y, cell.side, cell.side),
        )


def _place(cell: Cell, specimen: Specimen) -> int:
    """Which ninth of the face the cell's middle is in, from the upper left, row by row."""
    height, width = specimen.ink.shape
    row = min(3 * (cell.y + cell.side // 2) // height, 2)
    return 3 * row + min(3 * (cell.x + cell.side // 2) // width, 2)


_PLACES = (
    ("左上部", "upper left"),
    ("上部", "top"),
    ("右上部", "upper right"),
    ("左侧", "left"),
    ("中部", "middle"),
    ("右侧", "right"),
    ("左下部", "lower left"),
    ("下部", "bottom"),
    ("右下部", "lower right"),
)
_CELL_SENTENCES = {
    "added": (
        "{where}有预留印鉴所没有的笔画",
        "strokes that the specimen does not have ({where})",
    ),
    "changed": ("{where}笔画形状与预留印鉴不一致", "strokes of another shape ({where})"),
    "moved": ("{where}笔画移位约 {value:.1f} 毫米", "strokes moved by {value:.1f} mm ({where})"),
}
_WHOLE_SENTENCES = {
    "no_imprint": ("页面上未找到印文", "no seal imprint was found on the page"),
    "no_fit": ("印文整体与预留印鉴不符", "the imprint as a whole does not fit the specimen"),
    "poor_quality": (
        "印文过淡、残缺或不清，不能判断",
        "the imprint is too pale or unclear to judge",
    ),
    "hidden": ("印文被文字、线条或签字遮盖过多", "print or a signature hides too much of it"),
    "incomplete": ("印文与预留印鉴重合过少", "too little of the specimen's face is on the paper"),
}


def _about_all(code: str) -> Difference:
    return Difference(code, *_WHOLE_SENTENCES[code])
