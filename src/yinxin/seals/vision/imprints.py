"""Find the imprints (印文) on a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision import outlines
from yinxin.seals.vision.decode import LEAST_DPI, MOST_DPI
from yinxin.seals.vision.edges import DPI, PX_PER_MM
from yinxin.seals.vision.inks import (
    MM_PER_INCH,
    Floats,
    Image,
    Mask,
    absorbance,
    chroma,
    coloured,
    grey,
    hue_classes,
    paper_of,
    print_from,
    ramp,
    separate,
)
from yinxin.seals.vision.outlines import Hull, Outline, Shape

Box = tuple[int, int, int, int]

_SEARCH_DPI = 120
_TINT = 0.05
"""Coloured absorbance at which a pixel may be ink; a pale imprint reaches 0.2."""
_COLOURED = 0.3
"""And the share of its absorbance that is colour: print has 0.05, or 0.2 on tinted paper."""
_DARK = 0.12
"""Neutral absorbance at which a pixel may be black ink, or ink of any colour scanned in grey."""
_DENSE = 0.6
"""Absorbance of black ink that is quite there."""
MARGIN_MM = 4.0
"""Around an imprint, so that a neighbour can be told from it."""


@dataclass(frozen=True, eq=False)
class Imprint:
    """One seal imprint on a page. `crop`, `amount`, `ink` and `unknown` are HxW at 300 dpi."""

    shape: Shape
    box: Box
    """The outline's, in pixels of the page; it may begin a little outside."""
    size_mm: tuple[float, float]
    """Width and height of the outline, before its own turning."""
    crop: Image
    amount: Floats
    """Ink as a share of the imprint's usual density, 0 to 1."""
    ink: Mask
    """Within the outline."""
    unknown: Mask
    """Hidden by print, rules or a signature: neither ink nor paper."""
    depth: Floats
    """Absorbance of the ink, which tells how it lies in the strokes."""
    lost: Floats
    """Absorbance of all that is there, HxWx3."""
    colour: str
    quality: float
    """0 to 1: contrast, completeness of the outline, visible share, whole strokes."""
    dpi: float
    """Of the page that the box is on."""
    corner: tuple[float, float]
    """Where the crop's upper left pixel begins on the page."""
    within: Mask
    """The outline, and a little around it."""

    def to_page(self, x: float, y: float) -> tuple[float, float]:
        """From a pixel of the crop to a pixel of the page."""
        ratio = self.dpi / DPI
        return (x + 0.5) * ratio + self.corner[0] - 0.5, (y + 0.5) * ratio + self.corner[1] - 0.5


def locate(page: Image, dpi: float) -> list[Imprint]:
    """Every seal imprint on the page (HxWx3 BGR), from top to bottom.

    A ValueError says that the page is no such array or that no scan has this resolution.
    """
    sheet = Sheet(page, dpi)
    seals = sorted((*sheet.coloured, *sheet.blacks), key=lambda place: (place.box[1], place.box[0]))
    return [one for place in seals if (one := sheet.imprint(place))]


@dataclass(frozen=True, eq=False)
class Layer:
    """Ink of one class at search resolution, without the form's rules."""

    ink: Mask
    rules: Mask
    seen: Mask
    """Where such ink would show: on the page, not under other ink or a rule."""
    black: bool = False
    """Of print's own colour: only its outline can tell a seal."""


@dataclass(frozen=True, eq=False)
class Place:
    """Where on a page a seal may be, and in which ink."""

    shape: Shape
    layer: Layer
    hull: Hull
    """In pixels of the page."""
    size_mm: tuple[float, float]

    @cached_property
    def box(self) -> Box:
        x, y, width, height = cv2.boundingRect(self.hull)
        return x, y, width, height


class Sheet:
    """A page with its ink at search resolution."""

    def __init__(self, page: Image, dpi: float) -> None:
        require_page(page, dpi)
        self.page, self.dpi = page, dpi
        self.scale = min(1.0, _SEARCH_DPI / dpi)
        self.search_dpi = dpi * self.scale
        self.px_per_mm = self.search_dpi / MM_PER_INCH
        self.margin = round(3 * self.px_per_mm)
        small = cv2.resize(page, None, fx=self.scale, fy=self.scale, interpolation=cv2.INTER_AREA)
        self.paper = paper_of(small)
        colour = [float(value) for value in self.paper]
        small = cv2.copyMakeBorder(small, *[self.margin] * 4, cv2.BORDER_CONSTANT, value=colour)
        self.lost = absorbance(small, self.search_dpi, self.paper)
        # Compression smears colour, so that an edge may be as grey as print is.
        soft = cv2.GaussianBlur(self.lost, (0, 0), 0.25 * self.px_per_mm)
        self._grey = grey(self.lost)
        inked = self._grey > _TINT
        self._chroma = chroma(self.lost)
        self.tint = (self._chroma > _TINT) | (inked & (coloured(soft) > _COLOURED))

    @cached_property
    def inks(self) -> list[Layer]:
        """Coloured ink, apart by hue."""
        warm, cold, _ = self._hues
        return [self._layer(self.tint & each) for each in (warm, cold)]

    @cached_property
    def _hues(self) -> tuple[Mask, Mask, Mask]:
        return hue_classes(self.lost, self.search_dpi)

    @cached_property
    def black(self) -> Layer:
        return self._layer(self._dark, black=True)

    @cached_property
    def _dark(self) -> Mask:
        return np.asarray((self._grey > _DARK) & ~self.tint)

    def _layer(self, ink: Mask, black: bool = False) -> Layer:
        ink = outlines.unspecked(ink, self.px_per_mm)
        rules = outlines.rules(ink, self.px_per_mm)
        green = self._hues[2]
        other = (self.tint if black else self._dark | (self.tint & green)) | rules
        cover = cv2.dilate(other.astype(np.uint8), np.ones((3, 3), np.uint8))
        on_page = np.zeros(ink.shape, np.bool_)
        on_page[self.margin : -self.margin, self.margin : -self.margin] = True
        return Layer(ink & ~rules, rules, on_page & (cover == 0), black)

    @cached_property
    def coloured(self) -> list[Place]:
        """Whole and partial seals of coloured ink."""
        return [place for layer in self.inks for place in self._framed(layer)]

    @cached_property
    def blacks(self) -> list[Place]:
        """The same of black ink."""
        return self._framed(self.black)

    def _framed(self, layer: Layer) -> list[Place]:
        """The seals in all the ink, then those in the paler: print of their own ink hides them."""
        if layer.ink.sum() < outlines.LEAST_MM2 * self.px_per_mm**2:
            return []
        found = outlines.outlines(layer.ink, layer.seen, self.px_per_mm, layer.black)
        tone = self._grey if layer.black else self._chroma
        darker = tone > print_from(tone, layer.ink)
        if (layer.ink & darker).any():
            paler = cv2.dilate(darker.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
            found += outlines.outlines(
                layer.ink & paler, layer.seen & paler, self.px_per_mm, layer.black, found
            )
        return [self._place(outline, layer) for outline in found]

    @property
    def black_ink(self) -> Floats:
        """The page's black and grey ink as shares at search resolution, in a margin."""
        dark = np.where(self.black.ink, self._grey / _DENSE, 0)
        return np.clip(dark, 0, 1).astype(np.float32)

    def black_within(self, shape: Shape, hull: NDArray[np.float64]) -> Place:
        """An outline on the picture that `black_ink` gives, at 300 dpi."""
        small = (hull * self.search_dpi / DPI).astype(np.float32)
        _, sides, _ = outlines.shape_of(small)
        return self._place(Outline(shape, small, sides), self.black)

    def clusters(self) -> Iterator[Place]:
        """All coloured ink that stands together, whatever its shape."""
        for layer in self.inks:
            for hull in outlines.clusters(layer.ink, self.px_per_mm):
                shape, sides, _ = outlines.shape_of(hull)
                yield self._place(Outline(shape, hull, sides), layer)

    def _place(self, outline: Outline, layer: Layer) -> Place:
        across, down = (side / self.px_per_mm for side in outline.sides)
        hull = (outline.hull - self.margin) / np.float32(self.scale)
        return Place(outline.shape, layer, hull, (across, down))

    def imprint(self, place: Place) -> Imprint | None:
        """What is at a place; None where its ink is of no seal's colour."""
        layer = place.layer
        crop, corner = self._crop(*place.box)
        local = (place.hull - np.array(corner, np.float32)) * np.float32(DPI / self.dpi)
        inside = np.zeros(crop.shape[:2], np.uint8)
        cv2.fillConvexPoly(inside, local.round().astype(np.int32), 1)
        inside = cv2.dilate(inside, outlines.disc(0.8 * PX_PER_MM))
        near = cv2.dilate(layer.ink.astype(np.uint8), np.ones((3, 3), np.uint8))
        ours = (inside > 0) & self._at(near, corner, crop.shape)
        lost = absorbance(crop, DPI, self.paper)
        inks = separate(lost, ours, DPI, layer.black)
        if inks.colour == "other" or (inks.colour == "black") != layer.black:
            return None
        unknown = inks.unknown | self._at(layer.rules, corner, crop.shape)
        amount = np.where(unknown, 0, inks.amount).astype(np.float32)
        solid = (amount > 0.4) & (inside > 0)
        quality = min(
            ramp(inks.density, 0.12, 0.45),
            ramp(outlines.framed(local, solid.astype(np.uint8), PX_PER_MM), 0.4, 0.85),
            ramp(float(unknown[inside > 0].mean()), 0.5, 0.2),
            ramp(_solidity(solid), 0.35, 0.75),
        )
        return Imprint(
            shape=place.shape,
            box=place.box,
            size_mm=place.size_mm,
            crop=crop,
            amount=amount,
            ink=solid,
            unknown=unknown,
            depth=inks.depth,
            lost=lost,
            colour=inks.colour,
            quality=round(quality, 3),
            dpi=self.dpi,
            corner=corner,
            within=inside > 0,
        )

    def _crop(self, x: int, y: int, width: int, height: int) -> tuple[Image, tuple[float, float]]:
        """The page around a box with a margin at 300 dpi, paper where the page ends."""
        around = round(MARGIN_MM * self.dpi / MM_PER_INCH)
        left, top, right, bottom = x - around, y - around, x + width + around, y + height + around
        rows, columns = self.page.shape[:2]
        part = self.page[max(top, 0) : min(bottom, rows), max(left, 0) : min(right, columns)]
        beyond = (max(-top, 0), max(bottom - rows, 0), max(-left, 0), max(right - columns, 0))
        colour = [float(value) for value in self.paper]
        part = cv2.copyMakeBorder(part, *beyond, cv2.BORDER_CONSTANT, value=colour)
        ratio = DPI / self.dpi
        if ratio != 1:
            how = cv2.INTER_AREA if ratio < 1 else cv2.INTER_CUBIC
            size = (round(part.shape[1] * ratio), round(part.shape[0] * ratio))
            part = cv2.resize(part, size, interpolation=how)
        return part, (float(left), float(top))

    def _at(self, mask: NDArray[Any], corner: tuple[float, float], shape: tuple[int, ...]) -> Mask:
        """A mask of the search picture as a crop at 300 dpi sees it."""
        step = self.search_dpi / DPI
        start = [value * self.scale + self.margin for value in corner]
        matrix = np.array([[step, 0, start[0]], [0, step, start[1]]])
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        size = (shape[1], shape[0])
        return np.asarray(cv2.warpAffine(mask.astype(np.uint8), matrix, size, flags=flags) > 0)


def covers(one: Box, other: Box, margin: float) -> bool:
    """Whether the other box lies within one that is wider by a margin on all sides."""
    ends = [one[i] + one[i + 2] + margin - other[i] - other[i + 2] for i in (0, 1)]
    return all(other[i] >= one[i] - margin for i in (0, 1)) and min(ends) >= 0


def require_page(page: Image, dpi: float) -> None:
    if page.ndim != 3 or page.shape[2] != 3 or page.dtype != np.uint8 or not page.size:
        raise ValueError(f"a page is HxWx3 uint8, not {page.shape} {page.dtype}")
    if not LEAST_DPI <= dpi <= MOST_DPI:
        raise ValueError(f"{dpi} dpi is not within {LEAST_DPI} to {MOST_DPI}: no usable resolution")


def _solidity(ink: Mask) -> float:
    """How far strokes are whole: the share left when dots and holes under 0.25 mm are smoothed."""
    smooth = cv2.GaussianBlur(ink.astype(np.float32), (0, 0), 0.15 * PX_PER_MM)
    return float(smooth[ink].mean()) if ink.any() else 0.0


__all__ = ["Box", "Hull", "Imprint", "Shape", "locate"]
