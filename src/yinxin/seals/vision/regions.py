"""The parts of a seal's face: frame, star, letters, line and code, as a clerk would name them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.geometry import turn_about
from yinxin.seals.vision.inks import Floats, Mask

Kind = Literal["ring", "star", "letter", "line", "code"]
Labels = NDArray[np.uint8]

_INKED = 0.4


@dataclass(frozen=True)
class Region:
    """One part of the face. `number` counts letters from 1, 0 elsewhere; `box` in pixels."""

    kind: Kind
    number: int
    box: tuple[int, int, int, int]

    @property
    def zh(self) -> str:
        return _NAMES[self.kind][0].format(number=self.number)

    @property
    def en(self) -> str:
        return _NAMES[self.kind][1].format(number=self.number)


_NAMES = {
    "ring": ("边框", "the frame"),
    "star": ("五角星", "the star"),
    "letter": ("第 {number} 字", "letter {number}"),
    "line": ("横排文字", "the line of text"),
    "code": ("编码", "the code"),
}


def face_of(amount: Floats, shape: str, px_per_mm: float) -> tuple[Mask, Labels, list[Region]]:
    """What lies within the outline, which region each inked pixel is of (from 1), and the regions.

    `amount` is HxW, 0 to 1. Letters on a ring are counted clockwise from its widest gap, those
    of a name seal in columns from the right.
    """
    ink = amount > _INKED
    inside = _within(ink)
    depth = cv2.distanceTransform(np.pad(inside, 1).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)[
        1:-1, 1:-1
    ]
    ring = ink & inside & (depth <= _frame_depth(ink, depth, inside, px_per_mm))
    rest = ink & inside & ~ring
    groups: list[tuple[Kind, Mask]] = [("ring", ring)] if ring.any() else []
    if shape in ("round", "oval"):
        groups += _round_parts(rest, inside, px_per_mm)
    else:
        groups += [("letter", mask) for mask in _upright_letters(rest, inside, px_per_mm)]
    labels = np.zeros(ink.shape, np.uint8)
    regions: list[Region] = []
    letters = 0
    for kind, mask in groups[:250]:
        letters += kind == "letter"
        labels[mask] = len(regions) + 1
        box = cv2.boundingRect(mask.astype(np.uint8))
        x, y, width, height = (int(value) for value in box)
        regions.append(Region(kind, letters if kind == "letter" else 0, (x, y, width, height)))
    return inside, labels, regions


def _within(ink: Mask) -> Mask:
    """The convex hull of the ink, without specks that lie outside the face."""
    solid = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    points = cv2.findNonZero(solid if solid.any() else ink.astype(np.uint8))
    inside = np.zeros(ink.shape, np.uint8)
    if points is not None:
        cv2.fillConvexPoly(inside, cv2.convexHull(points), 1)
    return inside > 0


def _frame_depth(ink: Mask, depth: Floats, inside: Mask, px_per_mm: float) -> float:
    """How deep the frame reaches from the outline, in pixels; double frames are one."""
    bins = int(min(4 * px_per_mm, depth.max() / 3))
    if bins < 2:
        return 0.0
    ways = np.minimum(depth[inside].astype(int), bins)
    total = np.bincount(ways, minlength=bins + 1)[:bins]
    inked = np.bincount(ways, ink[inside], minlength=bins + 1)[:bins]
    full = inked > 0.62 * np.maximum(total, 1)
    return float(np.flatnonzero(full)[-1] + 2.5) if full.any() else 0.0


def _parts(mask: Mask, least_px: float) -> list[tuple[NDArray[np.float64], Mask]]:
    """Connected pieces with their centres (x, y), the smallest specks left out."""
    count, labels, sizes, centres = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return [
        (np.asarray(centres[i]), labels == i)
        for i in range(1, count)
        if sizes[i, cv2.CC_STAT_AREA] >= least_px
    ]


def _round_parts(rest: Mask, inside: Mask, px_per_mm: float) -> Iterable[tuple[Kind, Mask]]:
    x, y, width, height = cv2.boundingRect(inside.astype(np.uint8))
    half = np.array([width, height]) / 2
    middle = np.array([x, y]) + half - 0.5
    arc: list[tuple[float, float, Mask]] = []
    star, line = np.zeros_like(rest), np.zeros_like(rest)
    for centre, mask in _parts(rest, (0.15 * px_per_mm) ** 2):
        way = (centre - middle) / half
        box = cv2.boundingRect(mask.astype(np.uint8))
        reach = max(box[2], box[3]) / half.mean()
        if np.hypot(*way) < 0.2 and 0.2 < reach < 0.9 and mask.sum() > 0.18 * box[2] * box[3]:
            star |= mask
        elif np.hypot(*way) > 0.58:
            arc.append(
                (float(np.degrees(np.arctan2(way[0], -way[1])) % 360), *_span(mask, middle, half))
            )
        else:
            line |= mask
    if star.any():
        yield "star", star
    yield from _on_the_ring(arc)
    if line.any():
        yield "line", line


def _span(mask: Mask, middle: NDArray[np.float64], half: NDArray[np.float64]) -> tuple[float, Mask]:
    """How deep a piece reaches along the radius, as a share of it."""
    down, right = np.nonzero(mask)
    far = np.hypot((right - middle[0]) / half[0], (down - middle[1]) / half[1])
    return float(far.max() - far.min()), mask


def _on_the_ring(arc: list[tuple[float, float, Mask]]) -> Iterable[tuple[Kind, Mask]]:
    """Pieces along the ring joined to letters; a run of much smaller ones is the code."""
    if not arc:
        return
    arc.sort(key=lambda one: one[0])
    angles = np.array([one[0] for one in arc])
    gaps = np.diff(angles, append=angles[0] + 360)
    first = (int(gaps.argmax()) + 1) % len(arc)
    ordered = arc[first:] + arc[:first]
    tall = float(np.percentile([depth for _, depth, _ in arc], 80))
    pitch = np.degrees(0.62 * tall / 0.75)
    groups: list[list[tuple[float, float, Mask]]] = []
    for one in ordered:
        if groups and (one[0] - groups[-1][0][0]) % 360 < pitch:
            groups[-1].append(one)
        else:
            groups.append([one])
    code = None
    for group in groups:
        mask = np.logical_or.reduce([each for _, _, each in group])
        if max(depth for _, depth, _ in group) < 0.5 * tall:
            code = mask if code is None else code | mask
        else:
            yield "letter", mask
    if code is not None:
        yield "code", code


def _upright_letters(rest: Mask, inside: Mask, px_per_mm: float) -> Iterable[Mask]:
    """Letters of a square face that may stand askew on the picture."""
    points = cv2.findNonZero(inside.astype(np.uint8))
    if points is None:
        return
    middle, _, angle = cv2.minAreaRect(cv2.convexHull(points))
    level = turn_about(middle, float((angle + 45) % 90 - 45))
    size = rest.shape[::-1]
    near, back = cv2.INTER_NEAREST, cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    upright = [cv2.warpAffine(each.astype(np.uint8), level, size, flags=near) > 0
               for each in (rest, inside)]  # fmt: skip
    for letter in _columns(upright[0], upright[1], px_per_mm):
        yield (cv2.warpAffine(letter.astype(np.uint8), level, size, flags=back) > 0) & rest


def _columns(rest: Mask, inside: Mask, px_per_mm: float) -> list[Mask]:
    """Letters of a square face: cut by bare gaps into columns from the right, then into rows."""
    side = float(np.sqrt(inside.sum()))
    gap, thin = max(2.0, 0.012 * side), 0.015 * side
    letters = []
    for column in reversed(_cuts(rest.sum(axis=0) > thin, gap)):
        part = np.zeros_like(rest)
        part[:, column] = rest[:, column]
        for row in _cuts(part.sum(axis=1) > thin, gap):
            letter = np.zeros_like(rest)
            letter[row, column] = part[row, column]
            if letter.sum() > (0.3 * px_per_mm) ** 2:
                letters.append(letter)
    return letters


def _cuts(inked: NDArray[np.bool_], gap: float) -> list[slice]:
    """Runs of ink in a profile; runs much shorter than the longest join their neighbour."""
    edges = np.flatnonzero(np.diff(np.pad(inked.astype(int), 1)))
    runs = [[int(a), int(b)] for a, b in edges.reshape(-1, 2)]
    joined: list[list[int]] = []
    longest = max((b - a for a, b in runs), default=0)
    for run in runs:
        short = joined and min(run[1] - run[0], joined[-1][1] - joined[-1][0]) < 0.45 * longest
        if joined and (run[0] - joined[-1][1] < gap or short):
            joined[-1][1] = run[1]
        else:
            joined.append(run)
    return [slice(a, b) for a, b in joined]
