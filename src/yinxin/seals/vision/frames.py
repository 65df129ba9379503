"""Frames of seals (边框): closed outlines, and how much of one the ink bears out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.inks import Mask

Bits = NDArray[np.uint8]
Numbers = NDArray[np.float64]

STEPS = 96
"""Points around an outline."""
_STEP_MM = 0.15
_WAYS_MM = np.arange(1.2, -2.8, -_STEP_MM)
"""Where a ray across the outline is looked at, from beyond to within."""
EXACT_MM = 0.28
"""How far a frame's outer edge strays from its outline: the rubber gives, the ink bleeds."""
_NONE, _BEYOND = -9.0, 9.0
"""No ink on the ray, and ink already at its outer end."""


@dataclass(frozen=True, eq=False)
class Frames:
    """Outlines of one kind: centre, half sides or half axes in pixels, turn in radians."""

    middle: Numbers
    """Kx2."""
    half: Numbers
    """Kx2."""
    turn: Numbers
    """K, from the page's x axis to the first side."""
    cornered: bool

    def __len__(self) -> int:
        return len(self.turn)

    def __getitem__(self, which: NDArray[np.generic] | slice) -> "Frames":
        return Frames(self.middle[which], self.half[which], self.turn[which], self.cornered)

    @cached_property
    def axes(self) -> Numbers:
        """Kx2x2: unit vectors along both sides, as rows."""
        c, s = np.cos(self.turn), np.sin(self.turn)
        return np.stack([np.stack([c, s], -1), np.stack([-s, c], -1)], 1)

    @cached_property
    def rim(self) -> "Rim":
        return self.every(1)

    def every(self, step: int) -> "Rim":
        """The rim by some of its points alone."""
        if self.cornered:
            unit, normals = _SQUARE[::step], _SQUARE_NORMALS[None, ::step]
            lengths = np.repeat(self.half[:, [0, 1, 0, 1]], STEPS // 4, axis=1)[:, ::step] * _SIDE
        else:
            unit = _ROUND[::step]
            slope = unit * self.half[:, None, ::-1]
            steep = np.sqrt(slope[..., 0] ** 2 + slope[..., 1] ** 2)
            normals, lengths = slope / steep[..., None], steep * _ARC
        points = unit * self.half[:, None] @ self.axes + self.middle[:, None]
        return Rim(points, normals @ self.axes, lengths)

    @cached_property
    def hulls(self) -> NDArray[np.float32]:
        """KxMx2 corners; a rectangle has four."""
        if not self.cornered:
            return self.rim.points.astype(np.float32)
        return (CORNERS * self.half[:, None] @ self.axes + self.middle[:, None]).astype(np.float32)


class Rim(NamedTuple):
    """Points evenly around each of K outlines."""

    points: Numbers
    """KxNx2."""
    normals: Numbers
    """KxNx2, outwards."""
    lengths: Numbers
    """KxN: how many pixels of the outline each point stands for."""


_ARC, _SIDE = np.sin(2 * np.pi / STEPS), 8 / STEPS
_ROUND = np.column_stack([f(np.arange(STEPS) * 2 * np.pi / STEPS) for f in (np.cos, np.sin)])
CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
"""Top, right, bottom, left, each from one corner to the next."""
_ALONG = (np.arange(STEPS // 4) + 0.5) / (STEPS // 4)
_SQUARE = np.concatenate(
    [a + (b - a) * _ALONG[:, None] for a, b in zip(CORNERS, np.roll(CORNERS, -1, 0), strict=True)]
)
_SQUARE_NORMALS = np.repeat(np.array([[0, -1], [1, 0], [0, 1], [-1, 0]], float), STEPS // 4, 0)


def joined(frames: Sequence[Frames]) -> Frames:
    return Frames(
        np.concatenate([one.middle for one in frames]),
        np.concatenate([one.half for one in frames]),
        np.concatenate([one.turn for one in frames]),
        frames[0].cornered,
    )


@dataclass(frozen=True, eq=False)
class Rays:
    """What rays across outlines meet, from outside in; KxN, millimetres."""

    off: Numbers
    """How far out of the outline the first ink lies."""
    thick: Numbers
    """How deep that ink is."""
    seen: Mask
    """Nothing hides the outline there."""

    def met(self, reach_mm: float) -> Mask:
        """A stroke begins near the outline, with bare paper beyond and within."""
        return np.asarray((np.abs(self.off) <= reach_mm) & (self.thick < 2.4))


@dataclass(frozen=True, eq=False)
class Field:
    """Ink of one colour at search resolution, and where one can see whether there is ink."""

    ink: Bits
    seen: Bits
    px_per_mm: float

    def at(self, mask: Bits, points: Numbers) -> Mask:
        """The mask's values at points; what lies outside is nothing."""
        return self._looked(mask, points[..., 0], points[..., 1])

    def _looked(self, mask: Bits, x: Numbers, y: Numbers) -> Mask:
        wide = x.shape[-1]
        flat = [np.ascontiguousarray(each, np.float32).reshape(-1, wide) for each in (x, y)]
        values = cv2.remap(mask, flat[0], flat[1], cv2.INTER_NEAREST, borderValue=0)
        return np.asarray(values.reshape(x.shape) > 0)

    def rays(self, frames: Frames) -> Rays:
        points, normals = (each.astype(np.float32) for each in frames.rim[:2])
        ways = (_WAYS_MM * self.px_per_mm).astype(np.float32)
        inked = self._looked(
            self.ink, *(points[..., i, None] + ways * normals[..., i, None] for i in (0, 1))
        )
        first = inked.argmax(axis=2)
        hit = np.take_along_axis(inked, first[..., None], 2)[..., 0]
        through = inked | (np.arange(len(_WAYS_MM)) < first[..., None])
        end = np.where(through.all(axis=2), 2 * len(_WAYS_MM), through.argmin(axis=2))
        off = np.where(hit, np.where(first > 0, _WAYS_MM[first], _BEYOND), _NONE)
        return Rays(off, (end - first) * _STEP_MM, self.at(self.seen, points))

    def window(self, corner: NDArray[np.float32], shape: tuple[int, ...]) -> "Field":
        """A part of it, of the given shape."""
        x, y = (int(value) for value in corner)
        view = np.s_[y : y + shape[0], x : x + shape[1]]
        return Field(self.ink[view], self.seen[view], self.px_per_mm)

    def without(self, hull: NDArray[np.float32]) -> "Field":
        """The same where an outline that was taken can no longer be seen into."""
        inside = np.zeros(self.ink.shape, np.uint8)
        corners = hull.round().astype(np.int32)
        cv2.fillConvexPoly(inside, corners, 1)
        cv2.polylines(inside, [corners], True, 1, max(1, round(1.2 * self.px_per_mm)))
        free = (inside == 0).astype(np.uint8)
        return Field(self.ink & free, self.seen & free, self.px_per_mm)


@dataclass(frozen=True, eq=False)
class Support:
    """What the ink says of each of K outlines."""

    gain: Numbers
    """Millimetres of frame that are there, less half of what lacks."""
    share: Numbers
    """How much of what can be seen of the frame is there."""
    seen: Numbers
    """How much of the frame can be seen."""


def support(field: Field, frames: Frames) -> Support:
    rays = field.rays(frames)
    framed = rays.met(EXACT_MM)
    # Where ink runs on beyond, be it print, a rule or a neighbour, a frame may be all the same.
    doubt = np.where(rays.off > -EXACT_MM, 0.6, 1.0)
    lengths = frames.rim.lengths * (framed | rays.seen) / field.px_per_mm
    there = (lengths * framed).sum(axis=1)
    visible = np.maximum(lengths.sum(axis=1), 1e-6)
    return Support(
        gain=there - 0.5 * (lengths * ~framed * doubt).sum(axis=1),
        share=there / visible,
        seen=visible * field.px_per_mm / frames.rim.lengths.sum(axis=1),
    )


def disc(diameter_px: float) -> Bits:
    side = max(3, 2 * round(diameter_px / 2) + 1)
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)).astype(np.uint8)
