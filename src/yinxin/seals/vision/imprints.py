"""Find the imprints (印文) on a page."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.inks import (
    MM_PER_INCH,
    Floats,
    Image,
    Mask,
    absorbance,
    chroma,
    ramp,
    separate,
)

Shape = Literal["round", "oval", "square", "rectangle"]
Box = tuple[int, int, int, int]

_SEARCH_DPI = 150
_TINT = 0.10
"""Coloured absorbance at which a pixel may be ink; a pale imprint reaches 0.2."""
_SIDES_MM = (9.0, 65.0)
_OVAL_MM = 20.0
"""Shorter ovals are loops of a signature, not seals."""
_MARGIN_MM = 1.5
_PASSES = ((0.3, 0.9), (0.8, 0.8), (1.6, 0.5))
"""Millimetres of gap to close, and the share of the frame that must then be there."""


@dataclass(frozen=True, eq=False)
class Imprint:
    """One seal imprint on a page. `crop`, `amount`, `ink` and `unknown` cover the same pixels."""

    shape: Shape
    box: Box
    """On the page; it may begin a little outside."""
    size_mm: tuple[float, float]
    """Width and height of the outline, before its own turning."""
    crop: Image
    amount: Floats
    """Ink as a share of the imprint's usual density, 0 to 1."""
    ink: Mask
    unknown: Mask
    """Hidden by print, rules or a signature: neither ink nor paper."""
    colour: str
    quality: float
    """0 to 1: contrast, completeness of the outline, visible share, resolution."""
    dpi: float


def locate(page: Image, dpi: float) -> list[Imprint]:
    """Every coloured seal imprint on the page (HxWx3 BGR), from top to bottom.

    A ValueError says that the page is no such array or that no scan has this resolution.
    """
    _require_page(page, dpi)
    margin = round(3 * dpi / MM_PER_INCH)
    # A cut along the seal's edge still needs paper around it to tell ink from paper.
    edge = np.concatenate([page[0], page[-1], page[:, 0], page[:, -1]])
    paper = [float(value) for value in np.percentile(edge, 75, axis=0)]
    page = cv2.copyMakeBorder(page, *[margin] * 4, cv2.BORDER_CONSTANT, value=paper)
    scale = min(1.0, _SEARCH_DPI / dpi)
    small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    tint = chroma(absorbance(small, dpi * scale)) > _TINT
    found = (
        _imprint(page, hull / np.float32(scale), dpi, margin)
        for hull in _hulls(tint, dpi * scale / MM_PER_INCH)
    )
    return sorted((one for one in found if one), key=lambda one: (one.box[1], one.box[0]))


def _require_page(page: Image, dpi: float) -> None:
    if page.ndim != 3 or page.shape[2] != 3 or page.dtype != np.uint8 or not page.size:
        raise ValueError(f"a page is HxWx3 uint8, not {page.shape} {page.dtype}")
    if not 50 <= dpi <= 4800:
        raise ValueError(f"{dpi} dpi is no scanner's resolution")


def _hulls(tint: Mask, px_per_mm: float) -> list[NDArray[np.float32]]:
    """Convex outlines of what may be a seal, in pixels of the mask.

    Whole seals are taken first with their gaps hardly closed, so that neighbours stay apart;
    then what is left, pale and broken, with wider gaps closed.
    """
    left = tint.astype(np.uint8)
    hulls: list[NDArray[np.float32]] = []
    for gap_mm, frame in _PASSES:
        closed = cv2.morphologyEx(left, cv2.MORPH_CLOSE, _disc(gap_mm * px_per_mm))
        for part in _filled_parts(closed, px_per_mm):
            hull = cv2.convexHull(part).astype(np.float32)
            if _looks_like_a_seal(hull, left, px_per_mm, frame):
                hulls.append(hull.reshape(-1, 2))
                cv2.fillConvexPoly(left, hull.astype(np.int32), 0)
                cv2.polylines(left, [hull.astype(np.int32)], True, 0, round(px_per_mm))
    return hulls


def _disc(diameter_px: float) -> NDArray[np.uint8]:
    side = max(3, 2 * round(diameter_px / 2) + 1)
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)).astype(np.uint8)


def _filled_parts(closed: NDArray[np.uint8], px_per_mm: float) -> list[NDArray[np.int32]]:
    """Outlines of the mask with its holes filled; two seals that touch part at their neck."""
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    parts: list[NDArray[np.int32]] = []
    for outline in outlines:
        x, y, width, height = cv2.boundingRect(outline)
        if max(width, height) < _SIDES_MM[0] * px_per_mm:
            continue
        filled = np.zeros((height + 2, width + 2), np.uint8)
        cv2.drawContours(filled, [outline], -1, 1, cv2.FILLED, offset=(1 - x, 1 - y))
        opened = cv2.morphologyEx(filled, cv2.MORPH_OPEN, _disc(0.95 * _SIDES_MM[0] * px_per_mm))
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


def _looks_like_a_seal(
    hull: NDArray[np.float32], tint: NDArray[np.uint8], px_per_mm: float, frame: float
) -> bool:
    """A seal has a seal's size, a frame, and bare face inside the frame."""
    x, y, width, height = cv2.boundingRect(hull)
    least, most = (side * px_per_mm for side in _SIDES_MM)
    if min(width, height) < least or max(width, height) > most:
        return False
    local = hull.reshape(-1, 2) - np.array([x, y], np.float32)
    inside = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(inside, local.astype(np.int32), 1)
    part = tint[y : y + height, x : x + width]
    shape, sides, fit = _fit(local)
    if fit < 0.9 or not 0.04 < part[inside > 0].mean() < 0.85:
        return False
    if shape == "oval" and max(sides) < _OVAL_MM * px_per_mm:
        return False
    return _framed(local, part, px_per_mm) > frame


def _fit(hull: NDArray[np.float32]) -> tuple[Shape, tuple[float, float], float]:
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


def _framed(hull: NDArray[np.float32], tint: NDArray[np.uint8], px_per_mm: float) -> float:
    """The share of the outline that has ink within a millimetre, on small seals within 5 %."""
    ring = np.zeros(tint.shape, np.uint8)
    cv2.polylines(ring, [hull.round().astype(np.int32)], True, 1)
    near = cv2.dilate(tint, _disc(min(2 * px_per_mm, 0.1 * min(tint.shape))))
    return float(near[ring > 0].mean())


def _imprint(page: Image, hull: NDArray[np.float32], dpi: float, margin: int) -> Imprint | None:
    """The imprint inside a hull of page pixels; None where its ink is no seal's colour."""
    px_per_mm = dpi / MM_PER_INCH
    around = round(_MARGIN_MM * px_per_mm)
    x, y, width, height = cv2.boundingRect(hull)
    left, top = max(x - around, 0), max(y - around, 0)
    crop = page[top : y + height + around, left : x + width + around].copy()
    local = hull - np.array([left, top], np.float32)
    inside = np.zeros(crop.shape[:2], np.uint8)
    cv2.fillConvexPoly(inside, local.round().astype(np.int32), 1)
    inside = cv2.dilate(inside, _disc(0.8 * px_per_mm))
    inks = separate(absorbance(crop, dpi), inside > 0, dpi)
    if inks.colour is None:
        return None
    amount = np.where(inside > 0, inks.amount, 0).astype(np.float32)
    ink = amount > 0.4
    shape, (across, down), _ = _fit(local)
    quality = min(
        ramp(inks.density, 0.12, 0.45),
        ramp(_framed(local, ink.astype(np.uint8), px_per_mm), 0.4, 0.85),
        ramp(float(inks.unknown[inside > 0].mean()), 0.5, 0.2),
        ramp(dpi, 100, 190),
        ramp(_solidity(ink, px_per_mm), 0.35, 0.75),
    )
    return Imprint(
        shape=shape,
        box=(left - margin, top - margin, crop.shape[1], crop.shape[0]),
        size_mm=(across / px_per_mm, down / px_per_mm),
        crop=crop,
        amount=amount,
        ink=ink,
        unknown=inks.unknown,
        colour=inks.colour,
        quality=round(quality, 3),
        dpi=dpi,
    )


def _solidity(ink: Mask, px_per_mm: float) -> float:
    """How far strokes are whole: the share left when dots and holes under 0.25 mm are smoothed."""
    smooth = cv2.GaussianBlur(ink.astype(np.float32), (0, 0), max(0.15 * px_per_mm, 0.5))
    return float(smooth[ink].mean()) if ink.any() else 0.0
