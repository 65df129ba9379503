"""What decided, in sentences: which region differs, how, and by how many millimetres."""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from yinxin.seals.vision.decision import most_doubted
from yinxin.seals.vision.evidence import Field, Strain, bare_amid_solid, window_sum
from yinxin.seals.vision.imprints import Box
from yinxin.seals.vision.measures import Evidence, Move
from yinxin.seals.vision.regions import Labels, Region
from yinxin.seals.vision.specimens import Specimen

# What two imprints of one seal seldom reach.
SHIFT_MM = 0.09
LOCAL_MM = 0.11
TURN_MM = 0.07
GROWTH_MM = 0.07
RING_MM = 0.06
ADDED_MM2 = 0.25
MISSING_MM2 = 0.7
ROUNDED = 1.25
SURPRISE = 4.5
MIN_KNOWN = 0.3
MIN_PARTS = 0.3
"""A frame alone proves nothing: of the text, too, so much must be read."""
MAX_BLIND = 0.25
"""No more of the text may lie where hardly an edge can be read: a name seal's letter of four."""
MIN_COVERED = 0.45
"""And of the ink that nothing hides, so much must be there."""
MIN_VISIBLE = 0.4
MAX_DROWNED = 0.8
"""A changed letter that touches a neighbour is taken for the neighbour's ink."""


@dataclass(frozen=True)
class Difference:
    """One thing that decided, in a sentence; `box` is in specimen pixels, None for the whole."""

    code: str
    zh: str
    en: str
    box: Box | None = None
    mm: float | None = None
    """How much: millimetres, for ink square millimetres, for size a percentage."""
    region: str = ""


_ALL = {
    "no_imprint": ("页面上未找到印文", "no seal imprint was found on the page"),
    "too_little": (
        "印文过淡、残缺或不清，可比对的笔画过少，不能判断",
        "too few strokes of the imprint can be read to judge",
    ),
    "rounded": (
        "各处笔画转角均比预留印鉴圆钝，似由印文翻制",
        "the corners of all strokes are rounder, as those of a plate made from an imprint are",
    ),
    "drowned": (
        "有文字与另一印文或同色文字相连，不能判断",
        "another imprint or print in like ink covers part of the text",
    ),
    "hidden": ("印文被文字、线条或签字遮盖过多", "print or a signature hides too much of it"),
}
_SENTENCES = {
    "moved": ("{zh}位移 {mm:.2f} mm", "{en} is displaced by {mm:.2f} mm"),
    "turned": ("{zh}转动，边缘偏移 {mm:.2f} mm", "{en} is turned by {mm:.2f} mm at its rim"),
    "resized_part": ("{zh}大小不同，边缘相差 {mm:.2f} mm", "{en} differs in size by {mm:.2f} mm"),
    "thickness": ("边框粗细相差 {mm:.2f} mm", "the frame's thickness differs by {mm:.2f} mm"),
    "stroke": ("{zh}有笔画移位 {mm:.2f} mm", "a stroke of {en} is displaced by {mm:.2f} mm"),
    "added": (
        "{zh}有预留印鉴所没有的笔画，{mm:.2f} mm²",
        "{en} has strokes that the specimen does not have, {mm:.2f} mm²",
    ),
    "missing": (
        "{zh}缺少笔画，周围印迹清楚，{mm:.2f} mm²",
        "{en} lacks strokes where all around is clear, {mm:.2f} mm²",
    ),
}
_DOUBTS = {
    "other": ("整体", "the face as a whole"),
    "size": ("大小和宽高比", "its size and proportions"),
    "setting": ("各部分的大小和排列", "the size and setting of its parts"),
    "ring": ("边框的粗细", "the frame's thickness"),
    "plate": ("笔画的转角", "the corners of its strokes"),
    "letter": ("{zh}", "{en}"),
    "stroke": ("{zh}的笔画", "the strokes of {en}"),
}
"""Where to look first, by what the least convinced expert tells of."""


def about_all(code: str) -> Difference:
    return Difference(code, *_ALL[code])


def gaps(evidence: Evidence) -> tuple[Difference, ...]:
    """Why there is too little to compare."""
    if evidence.numbers["visible"] < MIN_VISIBLE:
        return (about_all("hidden"),)
    least = (("known", MIN_KNOWN), ("parts_known", MIN_PARTS), ("covered", MIN_COVERED))
    read = all(evidence.numbers[name] >= limit for name, limit in least)
    if not read or evidence.numbers["blind"] > MAX_BLIND:
        return (about_all("too_little"),)
    if evidence.numbers["drowned"] > MAX_DROWNED:
        return (about_all("drowned"),)
    return ()


def differences(specimen: Specimen, evidence: Evidence) -> list[Difference]:
    """Every difference that counts, the gravest first."""
    found = [*_strained(evidence.strain), *_rounded(evidence.numbers["rounded"]),
             *_moved(evidence), *_places(specimen, evidence)]  # fmt: skip
    return [one for _, one in sorted(found, key=lambda pair: -pair[0])]


def doubt(specimen: Specimen, evidence: Evidence) -> Difference:
    """Where the imprint convinces least, though no difference is large enough to be named."""
    zh, en = _DOUBTS[most_doubted(evidence.numbers)]
    region, box = _least_alike(specimen, evidence.fields[1])
    return Difference(
        "doubt",
        f"最可疑的是{zh.format(zh=region.zh)}，请着重核对",
        f"least alike of all: {en.format(en=region.en)}; look there first",
        box if "{zh}" in zh else None,
    )


def _least_alike(specimen: Specimen, field: Field) -> tuple[Region, Box]:
    """The part off the frame that is displaced most clearly, and where."""
    of = _nearest(specimen, field.clear.shape)
    frame = [i for i, one in enumerate(specimen.regions, start=1) if one.kind == "ring"]
    spot = int(np.where(np.isin(of, frame), 0, field.clear).argmax())
    y, x = np.unravel_index(spot, of.shape)
    return specimen.regions[of[y, x] - 1], _around(int(y), int(x))


def _nearest(specimen: Specimen, grid: tuple[int, ...]) -> Labels:
    """To which region each place of a grid belongs."""
    return np.asarray(cv2.resize(specimen.nearest, grid[::-1], interpolation=cv2.INTER_NEAREST))


def _around(y: int, x: int) -> Box:
    return 4 * x - 12, 4 * y - 12, 24, 24


def _strained(strain: Strain) -> Iterable[tuple[float, Difference]]:
    if strain.surprise < SURPRISE:
        return
    size, aspect = (strain.across + strain.feed) / 2, strain.across - strain.feed
    percent = 100 * (size if abs(size) > abs(aspect) / 2 else aspect)
    if abs(size) > abs(aspect) / 2:
        zh, en = (
            "印文尺寸与预留印鉴相差 {:+.1f}%",
            "the size differs from the specimen by {:+.1f} %",
        )
    else:
        zh, en = (
            "印文宽高比与预留印鉴相差 {:+.1f}%",
            "its aspect differs from the specimen by {:+.1f} %",
        )
    yield (
        strain.surprise / SURPRISE,
        Difference("resized", zh.format(percent), en.format(percent), None, round(percent, 2)),
    )


def _rounded(much: float) -> Iterable[tuple[float, Difference]]:
    if much > ROUNDED:
        yield much / ROUNDED, about_all("rounded")


def _moved(evidence: Evidence) -> Iterable[tuple[float, Difference]]:
    """Whole regions out of place, turned, or of another size; the frame of another thickness."""
    for move in evidence.moves:
        for code, value, limit in _kinds(move, evidence.numbers["ring_inner"]):
            if value > limit:
                yield value / limit, _about(code, move.region, value, move.region.box)


def _kinds(move: Move, inner: float) -> tuple[tuple[str, float, float], ...]:
    kinds = [("moved", move.shift, SHIFT_MM), ("turned", abs(move.turn), TURN_MM)]
    if move.region.kind == "ring":
        kinds.append(("thickness", inner, RING_MM))
    else:
        kinds.append(("resized_part", abs(move.growth), GROWTH_MM))
    return tuple(kinds)


def _places(specimen: Specimen, evidence: Evidence) -> Iterable[tuple[float, Difference]]:
    """The worst place of each region for strokes displaced, added and missing."""
    field = evidence.fields[1]
    shift = np.nan_to_num(np.linalg.norm(field.shift, axis=2))
    maps = (
        ("stroke", shift, LOCAL_MM),
        ("added", window_sum(evidence.inks.on_grid[0], 0.8), ADDED_MM2),
        ("missing", bare_amid_solid(evidence.inks, 0.8), MISSING_MM2),
    )
    for code, values, limit in maps:
        # Every place belongs to the nearest region.
        of = _nearest(specimen, values.shape)
        worst = np.zeros(len(specimen.regions) + 1, values.dtype)
        np.maximum.at(worst, of, values)
        for i, region in enumerate(specimen.regions, start=1):
            if (most := float(worst[i])) > limit:
                y, x = np.unravel_index(int(np.where(of == i, values, 0).argmax()), of.shape)
                yield most / limit, _about(code, region, most, _around(int(y), int(x)))


def _about(code: str, region: Region, value: float, box: Box) -> Difference:
    zh, en = _SENTENCES[code]
    return Difference(
        code,
        zh.format(zh=region.zh, mm=value),
        en.format(en=region.en, mm=value),
        box,
        round(value, 3),
        region.zh,
    )
