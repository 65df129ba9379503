"""A page with seals on it: where they stand, and what a scanner makes of all that."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.bench import papers
from yinxin.seals.drawing.faces import MM_PER_INCH, Face
from yinxin.seals.drawing.imprints import INKS
from yinxin.seals.drawing.scanners import Scanner, bend, photograph, scan

Floats = NDArray[np.float32]
Planes = list[Floats]
"""Blue, green and red reflectance: separate planes are several times faster to work on."""
Image = NDArray[np.uint8]
Rng = np.random.Generator
Box = tuple[int, int, int, int]
Placed = tuple[Floats, int, int]
"""An imprint's ink on the page, and its left and top."""

WORK_DPI = 450
"""At which imprints are pressed, unless the page is finer."""


@dataclass(frozen=True, eq=False)
class Inked:
    """An imprint ready to be put on a page: its ink at `dpi`, its face and what was done."""

    amount: Floats
    dpi: int
    face: Face
    colour: str
    angle_deg: float
    stretch: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Sheet:
    """A delivered page, the box of every seal on it, and how far the first is covered."""

    image: Image
    boxes: list[Box]
    hidden: float


def page_size_mm(rng: Rng, seals: int) -> tuple[float, float]:
    """Mostly the sealed part of a voucher; some half sheets, a few whole ones."""
    draw = rng.random()
    if draw < 0.96:
        room = 12 * max(seals - 1, 0)
        return float(rng.uniform(78, 108)) + 2 * room, float(rng.uniform(62, 84)) + room
    return (210.0, 148.0) if draw < 0.99 else (210.0, 297.0)


def lay(
    imprints: Sequence[Inked], size_mm: tuple[float, float], scanner: Scanner, rng: Rng,
    bare: bool = False,
) -> Sheet:  # fmt: skip
    """Put the imprints on a random form, or on bare paper, and scan it.

    The first imprint is the one asked about.
    """
    dpi = scanner.true_dpi
    px_per_mm = dpi / MM_PER_INCH
    size = (round(size_mm[0] * px_per_mm), round(size_mm[1] * px_per_mm))
    page = papers.paper(rng, size, px_per_mm)
    layers = [] if bare else papers.layers(rng, size, dpi)
    for layer in layers:
        if not layer.over:
            _cover(page, layer)
    boxes: list[Box] = []
    placed: list[Placed] = []
    for imprint in imprints:
        amount = _at(imprint, dpi)
        centre = _place(imprint, boxes, size, px_per_mm, rng)
        boxes.append(_box(imprint, centre, px_per_mm))
        placed.append((amount, *_put(page, amount, _ink(imprint.colour, rng), centre)))
    for layer in layers:
        if layer.over:
            _cover(page, layer)
    if scanner.phone:
        matrix = bend(size, rng)
        page = photograph(page, matrix, rng)
        boxes = [_bent(box, matrix) for box in boxes]
    ratio = scanner.dpi / scanner.true_dpi
    scaled = [tuple(round(side * ratio) for side in box) for box in boxes]
    return Sheet(scan(page, scanner, rng), scaled, _hidden(placed, layers))  # type: ignore[arg-type]


def _cover(page: Planes, layer: papers.Layer) -> None:
    x, y, w, h = cv2.boundingRect((layer.cover > 0).view(np.uint8))
    cover = layer.cover[y : y + h, x : x + w]
    for plane, colour in zip(page, layer.colour, strict=True):
        part = plane[y : y + h, x : x + w]
        part *= 1 - cover * np.float32(1 - colour)
        if layer.over:  # it hides what lies below, rather than filter it
            part += cover * (np.float32(colour) - part) * np.float32(0.7)


def _at(imprint: Inked, dpi: int) -> Floats:
    ratio = dpi / imprint.dpi
    how = cv2.INTER_AREA if ratio < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(imprint.amount, None, fx=ratio, fy=ratio, interpolation=how))


def _ink(colour: str, rng: Rng) -> Floats:
    """No two pads are of quite one colour; black ones differ in darkness alone."""
    pure = np.array(INKS[colour], np.float32) / 255
    off = rng.normal(0, 0.03, 3).astype(np.float32)
    return np.clip(pure + (off.mean() if colour == "black" else off), 0.02, 0.98)


def half_extent_mm(imprint: Inked) -> tuple[float, float]:
    """Half the width and height of the turned outline on the page."""
    half = np.array([imprint.face.width_mm, imprint.face.height_mm]) / 2
    turn = np.radians(imprint.angle_deg)
    c, s = abs(np.cos(turn)), abs(np.sin(turn))
    if imprint.face.shape in ("round", "oval"):
        reach = np.hypot([c * half[0], s * half[0]], [s * half[1], c * half[1]])
    else:
        reach = np.array([c * half[0] + s * half[1], s * half[0] + c * half[1]])
    across, along = reach * imprint.stretch
    return float(across), float(along)


def _box(imprint: Inked, centre: tuple[float, float], px_per_mm: float) -> Box:
    across, along = (side * px_per_mm for side in half_extent_mm(imprint))
    return (round(centre[0] - across), round(centre[1] - along), round(2 * across),
            round(2 * along))  # fmt: skip


def _place(
    imprint: Inked, taken: list[Box], size: tuple[int, int], px_per_mm: float, rng: Rng
) -> tuple[float, float]:
    """Wholly on the page; later ones beside the first, touching it or just not."""
    reach = np.array(half_extent_mm(imprint)) * px_per_mm
    edge = 2.0 * px_per_mm
    low, high = reach + edge, np.array(size) - reach - edge
    if not taken:
        x, y = rng.uniform(np.minimum(low, high), np.maximum(low, high))
        return float(x), float(y)
    middles = [np.array([x + w / 2, y + h / 2]) for x, y, w, h in taken]
    halves = [np.array([w, h]) / 2 for _, _, w, h in taken]
    best, most = low, -np.inf
    for _ in range(30):
        way = rng.uniform(0, 2 * np.pi)
        apart = (halves[0].mean() + reach.mean()) * rng.uniform(0.86, 1.4)
        at = np.clip(middles[0] + apart * np.array([np.cos(way), np.sin(way)]), low, high)
        # How far the nearest stays away, in units of the two seals' reach.
        room = min(float(np.hypot(*(at - m)) / (h.mean() + reach.mean()))
                   for m, h in zip(middles, halves, strict=True))  # fmt: skip
        if room > most:
            best, most = at, room
        if room > 0.86:
            break
    return float(best[0]), float(best[1])


def _put(page: Planes, amount: Floats, ink: Floats, centre: tuple[float, float]) -> tuple[int, int]:
    height, width = amount.shape
    left, top = round(centre[0] - width / 2), round(centre[1] - height / 2)
    x0, y0 = max(left, 0), max(top, 0)
    for plane, tint in zip(page, ink, strict=True):
        part = plane[y0 : top + height, x0 : left + width]
        ours = amount[y0 - top :, x0 - left :][: part.shape[0], : part.shape[1]]
        part *= 1 - ours * (1 - tint)
    return left, top


def _hidden(placed: Sequence[Placed], layers: Sequence[papers.Layer]) -> float:
    """The share of the first imprint's ink that print, a signature or another seal meets."""
    if not placed:
        return 0.0
    amount, left, top = placed[0]
    inked = amount > 0.2
    hit = np.zeros(inked.shape, bool)
    for cover, x, y in [*((layer.cover, 0, 0) for layer in layers), *placed[1:]]:
        hit |= _window(cover, left - x, top - y, inked.shape) > 0.4
    return float(hit[inked].mean()) if inked.any() else 0.0


def _window(image: Floats, left: int, top: int, shape: tuple[int, ...]) -> Floats:
    """A part of an image; what lies outside it is 0."""
    part = np.zeros(shape, np.float32)
    seen = image[max(top, 0) : max(top + shape[0], 0), max(left, 0) : max(left + shape[1], 0)]
    y, x = max(-top, 0), max(-left, 0)
    part[y : y + seen.shape[0], x : x + seen.shape[1]] = seen
    return part


def _bent(box: Box, matrix: NDArray[np.float64]) -> Box:
    x, y, w, h = box
    corners = np.array([[[x, y], [x + w, y], [x + w, y + h], [x, y + h]]], np.float64)
    left, top, width, height = cv2.boundingRect(
        cv2.perspectiveTransform(corners, matrix).astype(np.float32)
    )
    return left, top, width, height
