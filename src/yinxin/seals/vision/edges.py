"""The edges of a specimen's strokes, and where an imprint has them.

Ink spreads and thins, but it does so to both sides of a stroke. So every edge is measured along
its own normal: outwards on all sides is ink gain, the same way on both sides of a stroke is a
displacement. That is read from the place of the edge alone, not from how dark the ink is.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.geometry import Affine, Points, apply, sample
from yinxin.seals.vision.inks import MM_PER_INCH, Floats, Mask

DPI = 300
"""The scale of specimens and of every comparison."""
PX_PER_MM = DPI / MM_PER_INCH

_SPACING_MM = 0.16
_STEP_MM = 0.05
_SOFT_PX = 1.0
"""Blur before any edge is looked for: speckle of one pixel is paper, not seal."""
_LEAST_INK = 0.15
"""Ink, as a share of full, that a stroke must have on its inner side to show an edge."""
_ALONG = 5
"""Neighbouring profiles averaged along the edge, some 0.8 mm."""


@dataclass(frozen=True, eq=False)
class Edges:
    """Points on the specimen's edges in specimen pixels, with normals from ink to paper."""

    points: Points
    normals: Points
    start: Floats
    """Where the specimen itself has each edge along its normal, in mm."""
    bend: Floats
    """Curvature in 1/mm, positive where the ink's corner sticks out."""

    def __len__(self) -> int:
        return len(self.points)

    def every(self, step: int) -> "Edges":
        """A thinner sample of the same edges."""
        return Edges(*(each[::step] for each in (self.points, self.normals, self.start, self.bend)))


@dataclass(frozen=True, eq=False)
class Offsets:
    """For each edge point: how far out the imprint has the edge (mm), and how far to trust it."""

    out: Floats
    weight: Floats
    """0 where there is no ink, or it is hidden; 1 where the edge is plain."""
    lost: Mask
    """There is ink and nothing hides it, yet no edge is within reach."""


def soften(amount: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(amount, (0, 0), _SOFT_PX), np.float32)


def edges_of(amount: Floats, hidden: Mask) -> Edges:
    """The edges of a specimen's ink, HxW, 0 to 1, at 300 dpi, where nothing hides them."""
    soft = soften(amount)
    zoom = 4
    wide = cv2.resize(soft, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_LINEAR)
    inked = cv2.compare(wide, 0.45, cv2.CMP_GT)
    outlines, _ = cv2.findContours(inked, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    step = max(1, round(_SPACING_MM * PX_PER_MM * zoom))
    kept = [outline[::step, 0] for outline in outlines if len(outline) > 1.2 * PX_PER_MM * zoom]
    if not kept:
        return Edges(*(np.zeros((0, 2), np.float32),) * 2, *(np.zeros(0, np.float32),) * 2)
    points = ((np.concatenate(kept) + 0.5) / zoom - 0.5).astype(np.float32)
    smooth = cv2.GaussianBlur(amount, (0, 0), 0.12 * PX_PER_MM)
    across, down = (cv2.Sobel(smooth, cv2.CV_32F, *way, ksize=3) for way in ((1, 0), (0, 1)))
    slope = np.column_stack([sample(each, *points.T)[:, 0] for each in (across, down)])
    size = np.linalg.norm(slope, axis=1)
    normals = (-slope / np.maximum(size, 1e-6)[:, None]).astype(np.float32)
    found = Edges(points, normals, np.zeros(len(points), np.float32), _bend(smooth, points))
    own = offsets(found, soft, hidden.astype(np.float32), np.array([[1.0, 0, 0], [0, 1, 0]]), 0.4)
    good = (own.weight > 0.3) & (np.abs(own.out) < 0.2) & (size > 0.05)
    return Edges(points[good], normals[good], own.out[good], found.bend[good])


def _bend(smooth: Floats, points: Points) -> Floats:
    """Curvature of the level lines at the points, in 1/mm."""
    first = [cv2.Sobel(smooth, cv2.CV_32F, *way, ksize=3) / 8 for way in ((1, 0), (0, 1))]
    size = np.sqrt(first[0] ** 2 + first[1] ** 2) + 1e-4
    unit = [each / size for each in first]
    spread = (
        cv2.Sobel(unit[0], cv2.CV_32F, 1, 0, ksize=3)
        + cv2.Sobel(unit[1], cv2.CV_32F, 0, 1, ksize=3)
    ) / 8
    return np.clip(-sample(spread, *points.T)[:, 0] * PX_PER_MM, -4, 4).astype(np.float32)


def offsets(
    edges: Edges, soft: Floats, hidden: Floats, to_image: Affine, reach_mm: float
) -> Offsets:
    """Find each edge along its normal in an imprint's softened ink.

    `to_image` maps specimen pixels to the image's; `hidden` is 1 where something covers the ink.
    """
    ways = np.arange(-reach_mm, reach_mm + 1e-6, _STEP_MM, dtype=np.float32)
    places = apply(to_image, edges.points)
    steps = (edges.normals @ to_image[:, :2].T) * PX_PER_MM
    along = ways[:, None].astype(np.float64)
    x, y = ((places[:, i] + steps[:, i] * along).astype(np.float32) for i in (0, 1))
    profile = cv2.blur(sample(soft, x, y), (_ALONG, 1), borderType=cv2.BORDER_REPLICATE)
    top = profile[ways < 0.15].max(axis=0)
    floor = profile[ways > -0.15].min(axis=0)
    rise = top - floor
    out, found = _crossings(profile - (floor + rise / 2), ways)
    weight = np.clip((rise - _LEAST_INK) / 0.35, 0, 1)
    middle = np.abs(ways) < 0.3
    seen = sample(hidden, x[middle], y[middle]).max(axis=0) < 0.3
    lost = seen & ~found & (profile.max(axis=0) > 2 * _LEAST_INK)
    return Offsets(
        out=np.where(found, out, 0).astype(np.float32) - edges.start,
        weight=np.where(seen & found, weight, 0).astype(np.float32),
        lost=lost,
    )


def _crossings(level: Floats, ways: NDArray[np.float32]) -> tuple[Floats, Mask]:
    """The place nearest to 0 where each column (KxN) falls through zero, and whether there is."""
    falls = (level[:-1] >= 0) & (level[1:] < 0)
    share = level[:-1] / np.maximum(level[:-1] - level[1:], 1e-6)
    place = ways[:-1, None] + share * (ways[1] - ways[0])
    far = np.where(falls, np.abs(place), np.inf)
    nearest = far.argmin(axis=0)
    columns = np.arange(level.shape[1])
    return place[nearest, columns].astype(np.float32), np.isfinite(far[nearest, columns])
