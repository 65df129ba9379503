"""Where seals may be on a page: outlines of coloured or black ink that is shaped like a seal."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.circles import Ellipse, circles, ovals
from yinxin.seals.vision.inks import Mask

Shape = Literal["round", "oval", "square", "rectangle"]
Bits = NDArray[np.uint8]
Hull = NDArray[np.float32]
"""Nx2 corners of a convex outline, x then y, in pixels of the mask."""

LONGEST_MM = 65.0
_SHORT_MM, _LONG_MM = 6.0, 9.0
_OVAL_MM = 20.0
"""Shorter ovals are loops of a signature, not seals."""
_RULE_MM = 70.0
"""Straight ink longer than any seal is a form's rule."""
_PASSES = ((0.3, 0.9), (0.8, 0.8), (1.6, 0.5))
"""Millimetres of gap to close, and the share of the frame that must then be there."""


@dataclass(frozen=True, eq=False)
class Outline:
    """A seal's outline: its shape, corners and sides in pixels as they stand on the page."""

    shape: Shape
    hull: Hull
    sides: tuple[float, float]


def disc(diameter_px: float) -> Bits:
    side = max(3, 2 * round(diameter_px / 2) + 1)
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)).astype(np.uint8)


def rules(ink: Mask, px_per_mm: float) -> Mask:
    """The form's own straight lines, level or upright, which run on beyond any seal."""
    run = max(3, round(9 * px_per_mm))
    found = np.zeros(ink.shape, np.uint8)
    wide = cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8))  # rules run askew
    for size in ((run, 1), (1, run)):
        straight = cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones(size[::-1], np.uint8))
        _, labels, sizes, _ = cv2.connectedComponentsWithStats(straight)
        long = np.maximum(sizes[:, cv2.CC_STAT_WIDTH], sizes[:, cv2.CC_STAT_HEIGHT])
        keep = long > _RULE_MM * px_per_mm
        keep[0] = False
        found |= keep[labels].astype(np.uint8)
    return found > 0


def outlines(ink: Mask, px_per_mm: float, thorough: bool = True) -> list[Outline]:
    """Outlines of what may be seals.

    Whole seals are taken first with their gaps hardly closed, so that neighbours stay apart; then
    round and oval frames, which show among anything; then what is pale and broken, with wider
    gaps closed; last, what shows only a part. Without `thorough` only what is plain.
    """
    left = ink.astype(np.uint8)
    found: list[Outline] = []

    def take(outline: Outline | None) -> None:
        if outline:
            found.append(outline)
            _erase(left, outline.hull, px_per_mm)

    def sweep(gap_mm: float, frame: float) -> None:
        closed = cv2.morphologyEx(left, cv2.MORPH_CLOSE, disc(gap_mm * px_per_mm))
        for part in _filled_parts(closed, px_per_mm):
            hull = cv2.convexHull(part).astype(np.float32).reshape(-1, 2)
            take(_seal_like(hull, left, px_per_mm, frame))

    sweep(*_PASSES[0])
    if thorough:
        for ellipse in circles(left, px_per_mm):
            take(_of_ellipse(ellipse))
    for gap_mm, frame in _PASSES[1:]:
        sweep(gap_mm, frame)
    if not thorough:
        return found
    for ellipse in ovals(left, px_per_mm):
        if 2 * max(ellipse.half) > _OVAL_MM * px_per_mm:
            take(_of_ellipse(ellipse))
    for cluster in clusters(left > 0, px_per_mm):
        take(_square_part(cluster, left, px_per_mm) or _faint(cluster, left, px_per_mm))
    return found


def _faint(hull: Hull, ink: Bits, px_per_mm: float) -> Outline | None:
    """A seal so pale or broken that its frame is half gone."""
    shape, sides, fit = shape_of(hull)
    if min(sides) < 8 * px_per_mm or max(sides) > LONGEST_MM * px_per_mm or fit < 0.85:
        return None
    x, y, width, height = cv2.boundingRect(hull)
    part = ink[y : y + height, x : x + width]
    local = hull - np.array([x, y], np.float32)
    if shape == "oval" and max(sides) < _OVAL_MM * px_per_mm:
        return None
    if part.mean() < 0.03 or framed(local, part, px_per_mm) < 0.6:
        return None
    return Outline(shape, hull, sides)


def _of_ellipse(ellipse: Ellipse) -> Outline:
    hull = ellipse.points().astype(np.float32)
    _, _, width, height = cv2.boundingRect(hull)
    level = abs(ellipse.half[0] - ellipse.half[1]) < 0.07 * max(ellipse.half)
    return Outline("round" if level else "oval", hull, (float(width), float(height)))


def _erase(left: Bits, hull: Hull, px_per_mm: float) -> None:
    corners = hull.round().astype(np.int32)
    cv2.fillConvexPoly(left, corners, 0)
    cv2.polylines(left, [corners], True, 0, max(1, round(px_per_mm)))


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


def _filled_parts(closed: Bits, px_per_mm: float) -> list[NDArray[np.int32]]:
    """Outlines of the mask with its holes filled; two seals that touch part at their neck."""
    found, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    parts: list[NDArray[np.int32]] = []
    for outline in found:
        x, y, width, height = cv2.boundingRect(outline)
        if max(width, height) < _LONG_MM * px_per_mm:
            continue
        filled = np.zeros((height + 2, width + 2), np.uint8)
        cv2.drawContours(filled, [outline], -1, 1, cv2.FILLED, offset=(1 - x, 1 - y))
        opened = cv2.morphologyEx(filled, cv2.MORPH_OPEN, disc(0.95 * _SHORT_MM * px_per_mm))
        pieces, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        corner = np.array([x - 1, y - 1])
        parts += [_squared(piece) + corner for piece in pieces] if len(pieces) > 1 else [outline]
    return parts


def _squared(piece: NDArray[np.int32]) -> NDArray[np.int32]:
    """An outline with the corners that opening took from a rectangle."""
    rectangle = cv2.minAreaRect(piece)
    if cv2.contourArea(piece) < 0.9 * np.prod(rectangle[1]):
        return piece
    return cv2.boxPoints(rectangle).round().astype(np.int32).reshape(-1, 1, 2)


def _seal_like(hull: Hull, ink: Bits, px_per_mm: float, frame: float) -> Outline | None:
    """A seal has a seal's size, a frame, and bare face inside the frame."""
    x, y, width, height = cv2.boundingRect(hull)
    if max(width, height) > LONGEST_MM * px_per_mm:
        return None
    shape, sides, fit = shape_of(hull)
    if min(sides) < _SHORT_MM * px_per_mm or max(sides) < _LONG_MM * px_per_mm or fit < 0.9:
        return None
    if shape == "oval" and max(sides) < _OVAL_MM * px_per_mm:
        return None
    local = hull - np.array([x, y], np.float32)
    inside = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(inside, local.astype(np.int32), 1)
    part = ink[y : y + height, x : x + width]
    if not 0.04 < part[inside > 0].mean() < 0.9:
        return None
    return Outline(shape, hull, sides) if framed(local, part, px_per_mm) > frame else None


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


def _square_part(hull: Hull, ink: Bits, px_per_mm: float) -> Outline | None:
    """The rectangle of which a broken imprint shows two neighbouring sides."""
    rectangle = cv2.minAreaRect(hull)
    sides = rectangle[1]
    if min(sides) < 8 * px_per_mm or max(sides) > 45 * px_per_mm:
        return None
    corners = cv2.boxPoints(rectangle).astype(np.float32)
    x, y, width, height = cv2.boundingRect(hull)
    part = ink[y : y + height, x : x + width]
    if not 0.08 < part.mean() < 0.7:
        return None
    near = cv2.dilate(ink, disc(0.8 * px_per_mm))
    shares = []
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        way = np.linspace(0.05, 0.95, 60)[:, None]
        spot = np.clip((a + (b - a) * way).round().astype(int), 0, np.array(ink.shape[::-1]) - 1)
        shares.append(float((near[spot[:, 1], spot[:, 0]] > 0).mean()))
    if max(min(shares[i], shares[(i + 1) % 4]) for i in range(4)) < 0.75:
        return None
    shape, across, _ = shape_of(corners)
    return Outline(shape, corners, across)
