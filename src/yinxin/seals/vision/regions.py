"""The parts of a seal's face: frame, star, letters, line and code, as a clerk would name them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

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
    inside = np.zeros(ink.shape, np.uint8)
    if ink.any():
        cv2.fillConvexPoly(inside, hull_of(solid if solid.any() else ink), 1)
    return inside > 0


def hull_of(mask: NDArray[Any]) -> NDArray[np.int32]:
    """The corners of what is not bare, Nx1x2; something must be."""
    outer, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return np.asarray(cv2.convexHull(np.concatenate(outer)), np.int32)


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


class _Part(NamedTuple):
    """A connected piece of ink within its upright box."""

    centre: NDArray[np.float64]
    """x, y"""
    corner: tuple[int, int]
    ink: Mask

    def put(self, whole: Mask) -> None:
        (x, y), (height, width) = self.corner, self.ink.shape
        whole[y : y + height, x : x + width] |= self.ink


def _parts(mask: Mask, least_px: float) -> list[_Part]:
    """All but the smallest specks."""
    count, labels, sizes, centres = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    parts = []
    for i in range(1, count):
        x, y, width, height, area = sizes[i].tolist()
        if area >= least_px:
            ink = labels[y : y + height, x : x + width] == i
            parts.append(_Part(np.asarray(centres[i]), (x, y), ink))
    return parts


def _round_parts(rest: Mask, inside: Mask, px_per_mm: float) -> Iterable[tuple[Kind, Mask]]:
    x, y, width, height = cv2.boundingRect(inside.astype(np.uint8))
    half = np.array([width, height]) / 2
    middle = np.array([x, y]) + half - 0.5
    arc: list[_OnRing] = []
    star, line = np.zeros_like(rest), np.zeros_like(rest)
    for part in _parts(rest, (0.15 * px_per_mm) ** 2):
        way = (part.centre - middle) / half
        reach = max(part.ink.shape) / half.mean()
        if np.hypot(*way) < 0.2 and 0.2 < reach < 0.9 and part.ink.mean() > 0.18:
            part.put(star)
        elif np.hypot(*way) > 0.58:
            angle = float(np.degrees(np.arctan2(way[0], -way[1])) % 360)
            arc.append(_OnRing(angle, _span(part, middle, half), part))
        else:
            part.put(line)
    if star.any():
        yield "star", star
    yield from _on_the_ring(arc, rest.shape)
    if line.any():
        yield "line", line


class _OnRing(NamedTuple):
    angle: float
    depth: float
    """How deep it reaches along the radius, as a share of it."""
    part: _Part


def _span(part: _Part, middle: NDArray[np.float64], half: NDArray[np.float64]) -> float:
    down, right = np.nonzero(part.ink)
    x, y = part.corner
    far = np.hypot((right + x - middle[0]) / half[0], (down + y - middle[1]) / half[1])
    return float(far.max() - far.min())


def _on_the_ring(arc: list[_OnRing], shape: tuple[int, ...]) -> Iterable[tuple[Kind, Mask]]:
    """Pieces along the ring joined to letters; a run of much smaller ones is the code."""
    if not arc:
        return
    arc.sort(key=lambda one: one.angle)
    angles = np.array([one.angle for one in arc])
    gaps = np.diff(angles, append=angles[0] + 360)
    first = (int(gaps.argmax()) + 1) % len(arc)
    ordered = arc[first:] + arc[:first]
    tall = float(np.percentile([one.depth for one in arc], 80))
    pitch = np.degrees(0.62 * tall / 0.75)
    groups: list[list[_OnRing]] = []
    for one in ordered:
        if groups and (one.angle - groups[-1][0].angle) % 360 < pitch:
            groups[-1].append(one)
        else:
            groups.append([one])
    code = np.zeros(shape, bool)
    for group in groups:
        small = max(one.depth for one in group) < 0.5 * tall
        mask = code if small else np.zeros(shape, bool)
        for one in group:
            one.part.put(mask)
        if not small:
            yield "letter", mask
    if code.any():
        yield "code", code


def _upright_letters(rest: Mask, inside: Mask, px_per_mm: float) -> Iterable[Mask]:
    """Letters of a square face that may stand askew on the picture."""
    if not inside.any():
        return
    middle, _, angle = cv2.minAreaRect(hull_of(inside))
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
