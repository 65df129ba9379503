"""Where seals may be on a page: the frames that its ink bears out best, one after another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision import ellipses, rectangles
from yinxin.seals.vision.faces import OVAL_MM, ROUND_MM, SHORTEST_MM, is_seal
from yinxin.seals.vision.frames import Bits, Field, Frames, disc, joined, support
from yinxin.seals.vision.inks import Mask
from yinxin.seals.vision.rectangles import stubs

Shape = Literal["round", "oval", "square", "rectangle"]
Hull = NDArray[np.float32]
"""Nx2 corners of a convex outline, x then y, in pixels of the mask."""

_RULE_MM, _THIN_RULE_MM = 70.0, 50.0
"""Straight ink longer than any seal is a form's rule, and so is what is thinner than frames are."""
_THIN_MM, _STRAIGHT_MM, _BROKEN_MM = 1.25, 9.0, 8.0
"""Of a rule its thickness, with the two pixels by which lines are widened; how far it runs level;
and how long a signature may break it."""
_MOST = 8
"""Seals in one cluster of ink."""
_GAPS_MM = (4.0, 2.0, 1.0)
"""What parts one cluster from another; less where print stands all around."""
_CROWD_MM = 75.0
"""A longer cluster has more than seals in it."""
_STUB_MM = 8.0
"""How much frame a side that runs on beyond its corner counts against a rectangle."""
_SPECK_MM2, _SPECKED = 0.15, 0.03
"""Ink that stands alone on less is a speck; sprinkled ink has a larger share of them."""
LEAST_MM2, _FEWEST = 9.0, 60
"""Less ink, or fewer edges, are no frame."""
_LEAST_SHARE = 0.4
_PLAIN = 0.85
"""The share of a frame beyond which no other kind of outline is tried."""


@dataclass(frozen=True, eq=False)
class Outline:
    """A seal's outline: its shape, corners and sides in pixels as they stand on the page."""

    shape: Shape
    hull: Hull
    sides: tuple[float, float]


def unspecked(ink: Mask, px_per_mm: float) -> Mask:
    """The ink without lonely specks where there are so many that an inkjet may have put them."""
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    small = sizes[:, cv2.CC_STAT_AREA] < _SPECK_MM2 * px_per_mm**2
    specks = ink & small[labels]
    return np.asarray(ink & ~specks) if specks.sum() > _SPECKED * ink.sum() else ink


def rules(ink: Mask, px_per_mm: float) -> Mask:
    """The form's own straight lines, level or upright, which run on beyond any seal."""
    found = np.zeros(ink.shape, np.uint8)
    if ink.sum() < _RULE_MM * px_per_mm:
        return found > 0
    wide = cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8))  # rules run askew
    side = round(_THIN_MM * px_per_mm + 2)
    thick = cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)) > 0
    for level in (True, False):
        run, gap = (_line(mm * px_per_mm, level) for mm in (_STRAIGHT_MM, _BROKEN_MM))
        straight = cv2.morphologyEx(wide, cv2.MORPH_OPEN, run)
        straight = cv2.morphologyEx(straight, cv2.MORPH_CLOSE, gap)
        if max(cv2.boundingRect(straight)[2:]) <= _THIN_RULE_MM * px_per_mm:
            continue
        count, labels, sizes, _ = cv2.connectedComponentsWithStats(straight)
        long = np.maximum(sizes[:, cv2.CC_STAT_WIDTH], sizes[:, cv2.CC_STAT_HEIGHT])
        area = sizes[:, cv2.CC_STAT_AREA]
        thin = area < _THIN_MM * px_per_mm * long
        keep = long > np.where(thin, _THIN_RULE_MM, _RULE_MM) * px_per_mm
        keep[0] = False
        if not keep.any():
            continue
        # What is thick here and there has a seal's frame in it; a bar is thick all along.
        bar = np.bincount(labels[thick], minlength=count) > 0.5 * area
        found |= (keep[labels] & (bar[labels] | ~thick)).astype(np.uint8)
    return found > 0


def _line(length_px: float, level: bool) -> Bits:
    length = max(3, round(length_px))
    return np.ones((1, length) if level else (length, 1), np.uint8)


def outlines(
    ink: Mask, seen: Mask, px_per_mm: float, strict: bool = False, taken: Sequence[Outline] = ()
) -> list[Outline]:
    """Outlines of the seals in one layer of ink; `strict` where a form's print is in it, too.

    What one seal has taken counts as hidden for the next, so that neighbours stay two.
    """
    found: list[Outline] = []
    layer = Field(ink.astype(np.uint8), seen.astype(np.uint8), px_per_mm)
    for one in taken:
        layer = layer.without(one.hull)
    for part, corner in _parts(layer, _GAPS_MM[1:] if strict else _GAPS_MM):
        whole = layer.window(corner, part.ink.shape)
        for _ in range(_MOST):
            best = _best(part, whole, strict)
            if best is None:
                break
            outline = _outline(best)
            found.append(Outline(outline.shape, outline.hull + corner, outline.sides))
            part, whole = part.without(outline.hull), whole.without(outline.hull)
    return found


def _parts(field: Field, gaps_mm: tuple[float, ...]) -> Iterator[tuple[Field, NDArray[np.float32]]]:
    """Ink that stands together, and where its part of the page begins."""
    (gap_mm, *closer), px, quarter = gaps_mm, field.px_per_mm, 0.25
    size = [max(1, round(side * quarter)) for side in field.ink.shape[::-1]]
    some = cv2.resize(field.ink * 255, size, interpolation=cv2.INTER_AREA) > 8
    closed = cv2.dilate(some.astype(np.uint8), disc(gap_mm * px * quarter))
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(closed)
    of = cv2.resize(labels, field.ink.shape[::-1], interpolation=cv2.INTER_NEAREST)
    around = round(2.5 * px)
    for i, (x, y, width, height) in enumerate((4 * sizes[1:, :4]).tolist(), 1):
        short, long = sorted((width / px - gap_mm, height / px - gap_mm))
        if long < SHORTEST_MM or short < 0.6 * SHORTEST_MM:
            continue
        left, top = max(x - around, 0), max(y - around, 0)
        view = np.s_[top : y + height + around, left : x + width + around]
        part = Field(field.ink[view] & (of[view] == i), field.seen[view], px)
        corner = np.array([left, top], np.float32)
        if long > _CROWD_MM and closer:
            yield from ((each, at + corner) for each, at in _parts(part, tuple(closer)))
        else:
            yield part, corner


def _best(field: Field, whole: Field, strict: bool) -> Frames | None:
    """The seal's frame that the ink most speaks for; letters may stand far from it."""
    best, most = None, 0.0
    for frames in _hypotheses(field):
        borne = support(field, frames)
        gain = borne.gain - (_STUB_MM * stubs(field, frames) if frames.cornered else 0)
        worth = np.flatnonzero((gain > most) & (borne.share > _LEAST_SHARE))
        for i in worth[np.argsort(-gain[worth], kind="stable")]:
            one = frames[i : i + 1]
            if is_seal(whole, one, strict):
                best, most = one, gain[i]
                if borne.share[i] > _PLAIN:
                    return best
                break
    return best


def _hypotheses(field: Field) -> Iterator[Frames]:
    """Circles, rectangles and ovals, as far as the ink has room for them."""
    _, _, *sides = cv2.boundingRect(field.ink)
    short, long = (side / field.px_per_mm for side in sorted(sides))
    if field.ink.sum() < LEAST_MM2 * field.px_per_mm**2 or long < SHORTEST_MM:
        return
    points, inwards = ellipses.rim_points(field)
    if len(points) < _FEWEST:
        return
    if short > 0.6 * ROUND_MM:
        yield ellipses.fitted(field, ellipses.circles(field, points, inwards), circular=True)
    found = rectangles.rectangles(field, points, inwards)
    yield rectangles.fitted(field, joined([found, rectangles.around(field)]))
    if short > 0.6 * ROUND_MM and long > 0.6 * OVAL_MM:
        found = ellipses.ovals(field, points, inwards)
        if len(found):
            yield ellipses.fitted(field, found, circular=False)


def _outline(one: Frames) -> Outline:
    hull = one.hulls[0]
    width, height = (float(2 * side) for side in one.half[0])
    if abs(np.degrees(one.turn[0]) % 180 - 90) < 45:  # the sides as they stand on the page
        width, height = height, width
    level = abs(width - height) < 0.07 * max(width, height)
    if one.cornered:
        return Outline("square" if level else "rectangle", hull, (width, height))
    return Outline("round" if level else "oval", hull, (width, height))


def clusters(ink: Mask, px_per_mm: float) -> list[Hull]:
    """Hulls of ink that stands together, however it is shaped; no specks."""
    closed = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, disc(2.5 * px_per_mm))
    count, labels, sizes, _ = cv2.connectedComponentsWithStats(closed)
    hulls = []
    for i in range(1, count):
        x, y, width, height = sizes[i, :4]
        if min(width, height) < 4 * px_per_mm or max(width, height) < 6 * px_per_mm:
            continue
        part = (labels[y : y + height, x : x + width] == i) & ink[y : y + height, x : x + width]
        points = cv2.findNonZero(part.astype(np.uint8))
        if points is not None and len(points) > 3 * px_per_mm**2:
            hulls.append(cv2.convexHull(points).reshape(-1, 2).astype(np.float32) + [x, y])
    return [hull.astype(np.float32) for hull in hulls]


def shape_of(hull: Hull) -> tuple[Shape, tuple[float, float], float]:
    """The nearest of the four shapes, its two sides in pixels, and how well it fits, 0 to 1."""
    _, (width, height), angle = cv2.minAreaRect(hull)
    if angle > 45:  # the sides as they stand on the page
        width, height = height, width
    area = cv2.contourArea(hull)
    boxed = area / max(width * height, 1e-6)
    level = abs(width - height) < 0.07 * max(width, height)
    ellipse = boxed / (np.pi / 4)
    if abs(ellipse - 1) < abs(boxed - 1):
        return ("round" if level else "oval"), (width, height), min(ellipse, 1 / ellipse)
    return ("square" if level else "rectangle"), (width, height), boxed


def framed(hull: Hull, ink: Bits, px_per_mm: float) -> float:
    """The share of the outline that has ink within a millimetre, on small seals within 5 %."""
    ring = np.zeros(ink.shape, np.uint8)
    cv2.polylines(ring, [hull.round().astype(np.int32)], True, 1)
    near = cv2.dilate(ink, disc(min(2 * px_per_mm, 0.1 * min(ink.shape))))
    return float(near[ring > 0].mean()) if ring.any() else 0.0
