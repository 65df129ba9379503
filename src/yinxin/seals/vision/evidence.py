"""What speaks for and against one seal: displacement, strain, added and missing ink, by place.

Every number is a length, an area or a share, so that it means the same for any seal, ink or
paper. The worst place counts, not the mean: a changed letter is a small part of a face.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.edges import PX_PER_MM, Edges, Offsets
from yinxin.seals.vision.fitting import Fit
from yinxin.seals.vision.geometry import warp
from yinxin.seals.vision.inks import Floats, Mask

_GRID = 4
"""Local sums are kept on a grid of 4 pixels, a third of a millimetre."""
_PRIOR = 3.0
"""A place stands still unless more than this many edge points say otherwise."""
WINDOWS_MM = (0.5, 1.0, 2.0, 5.0)
ACROSS, FEED = 0.0014, 0.0041
"""Standard deviations of a scanner's stretch across and along its feed."""
_SHEAR = 0.0008
_WANDER_MM = 0.025
"""The frame's edges stand so far in or out together, by pressure and ink, and strain a small seal
more than a large one."""


@dataclass(frozen=True, eq=False)
class Field:
    """Local displacement at one window size, on the grid; NaN where nothing can be told."""

    window_mm: float
    shift: Floats
    """hxwx2 in mm, x then y."""
    gain: Floats
    weight: Floats
    """Edge points that speak."""
    noise: Floats
    """Standard deviation of the offsets that the displacement does not explain, in mm."""
    lost: Floats
    """Share of the edges that are gone though there is ink."""


def fields(edges: Edges, found: Offsets, shape: tuple[int, ...]) -> list[Field]:
    """The local displacement for every window size."""
    height, width = (side // _GRID + 2 for side in shape)
    place = np.clip((edges.points / _GRID).round().astype(int), 0, [width - 1, height - 1])
    index = place[:, 1] * width + place[:, 0]
    weight, n = found.weight.astype(np.float64), edges.normals
    # An edge far off is another stroke; it may not drag its neighbours along.
    o = np.clip(found.out, -0.4, 0.4)
    columns = [np.ones(len(o)), n[:, 0], n[:, 1], o]
    pairs = [(i, j) for i in range(4) for j in range(i, 4)]
    sums = [np.bincount(index, weight * columns[i] * columns[j], height * width) for i, j in pairs]
    gone = np.bincount(index, found.lost, height * width)
    maps = np.dstack([each.reshape(height, width) for each in (*sums, gone)]).astype(np.float32)
    return [_field(maps, pairs, window) for window in WINDOWS_MM]


def _field(maps: Floats, pairs: list[tuple[int, int]], window_mm: float) -> Field:
    sigma = window_mm * PX_PER_MM / _GRID
    # Sums under a Gaussian window whose middle counts one.
    local = cv2.GaussianBlur(maps, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
    local = local * (2 * np.pi * sigma**2)
    moment = {pair: local[..., i].astype(np.float64) for i, pair in enumerate(pairs)}
    total, gone = moment[0, 0], local[..., -1]
    normal = np.empty((*total.shape, 3, 3))
    for i in range(3):
        for j in range(3):
            normal[..., i, j] = moment[min(i, j), max(i, j)]
    normal += np.diag([0.5, _PRIOR, _PRIOR])
    right = np.stack([moment[i, 3] for i in range(3)], axis=-1)[..., None]
    answer = np.linalg.solve(normal, right)[..., 0]
    left = moment[3, 3] - (answer * right[..., 0]).sum(axis=-1)
    noise = np.sqrt(np.clip(left, 0, None) / np.maximum(total, 1e-3))
    spoken = total > 2
    shift = np.where(spoken[..., None], answer[..., 1:], np.nan)
    return Field(
        window_mm,
        shift.astype(np.float32),
        np.where(spoken, answer[..., 0], np.nan).astype(np.float32),
        total.astype(np.float32),
        np.where(spoken, noise, np.nan).astype(np.float32),
        np.where(total + gone > 4, gone / np.maximum(total + gone, 1e-3), 0).astype(np.float32),
    )


@dataclass(frozen=True, eq=False)
class Inks:
    """Ink against ink in the specimen's frame, HxW at 300 dpi."""

    amount: Floats
    """The imprint's, 0 where hidden."""
    hidden: Mask
    added: Floats
    """The share of each pixel that is ink beyond the specimen's edges."""
    missing: Floats
    """The share of each pixel that is specimen ink, shown and bare."""
    expected: Floats
    """The share of each pixel that is specimen ink and shown."""
    visible: float
    """The share of the specimen's ink that nothing hides."""
    filled: float
    """How much more ink the narrow gaps between strokes hold than in the specimen, 0 to 1."""


def inks_of(amount: Floats, inside: Mask, unknown: Mask, fit: Fit, gain: float) -> Inks:
    """`unknown` is what hides the specimen itself."""
    seen = warp(fit.ink, fit.to_image, amount.shape)
    covered = unknown | (warp(fit.hidden, fit.to_image, amount.shape) > 0.3)
    soft = cv2.GaussianBlur(seen, (0, 0), 1.2)
    specimen = amount > 0.4
    away = _distance_mm(specimen)
    near = cv2.dilate(inside.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    beyond = np.clip((away - 0.12 - max(gain, 0.0)) / 0.15, 0, 1)
    added = np.where(near & ~covered, beyond * np.clip((soft - 0.2) / 0.3, 0, 1), 0)
    core = specimen & (_distance_mm(~specimen) > 0.1 + max(-gain, 0.0)) & ~covered
    missing = np.where(core, np.clip((0.45 - soft) / 0.3, 0, 1), 0)
    return Inks(seen, covered, added.astype(np.float32), missing.astype(np.float32),
                core.astype(np.float32), float((~covered)[specimen].mean()),
                _filled(amount, specimen, seen, covered))  # fmt: skip


def _filled(amount: Floats, specimen: Mask, seen: Floats, covered: Mask) -> float:
    side = 2 * round(0.25 * PX_PER_MM) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    closed = cv2.morphologyEx(specimen.astype(np.uint8), cv2.MORPH_CLOSE, disc) > 0
    inked = cv2.GaussianBlur(seen, (0, 0), 0.25 * PX_PER_MM) > 0.2
    gaps = closed & ~specimen & ~covered & inked
    return float((seen - amount)[gaps].mean()) if gaps.sum() > 30 else 0.0


def _distance_mm(mask: Mask) -> Floats:
    if not mask.any():
        return np.full(mask.shape, 99, np.float32)
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    return np.asarray(distance / PX_PER_MM, np.float32)


def window_sum(image: Floats, window_mm: float) -> Floats:
    """Area in mm² under a Gaussian window whose middle counts one, on the grid."""
    small = cv2.resize(image, None, fx=1 / _GRID, fy=1 / _GRID, interpolation=cv2.INTER_AREA)
    sigma = window_mm * PX_PER_MM / _GRID
    blurred = cv2.GaussianBlur(small, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(blurred * (2 * np.pi * window_mm**2), np.float32)


def bare_amid_solid(inks: Inks, window_mm: float) -> Floats:
    """Missing ink in mm² where the strokes around are there; amid pale ones it says nothing."""
    wide = window_sum(inks.missing, 3 * window_mm)
    share = wide / np.maximum(window_sum(inks.expected, 3 * window_mm), 0.05)
    return np.asarray(window_sum(inks.missing, window_mm) * np.clip(1 - 3 * share, 0, 1))


@dataclass(frozen=True)
class Strain:
    """How the imprint is stretched against the specimen, as shares; 0 is none."""

    across: float
    feed: float
    shear: float
    surprise: float
    """In standard deviations of what two scans of one seal differ by."""


def strain_of(fit: Fit, rim_mm: float) -> Strain:
    """How far the imprint is stretched, and how surprising that is in two scans of one seal.

    `rim_mm` is how far its edges lie from its middle, on average.
    """
    linear = fit.to_image[:, :2]
    left, sizes, _ = np.linalg.svd(linear)
    strain = left @ np.diag(sizes) @ left.T - np.eye(2)
    angle = np.arctan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1])
    c, s = np.cos(angle), np.sin(angle)
    vector = np.array([strain[0, 0], strain[1, 1], strain[0, 1]])
    # A strain in the specimen's frame, seen from the page that it is turned on.
    turned = np.array([[c * c, s * s, -2 * c * s], [s * s, c * c, 2 * c * s],
                       [c * s, -c * s, c * c - s * s]])  # fmt: skip
    wander = np.diag([1, 1, 0.5]) * (_WANDER_MM / rim_mm) ** 2
    scans = np.diag([ACROSS**2, FEED**2, _SHEAR**2]) + wander / 2
    cover = scans + turned @ (scans + fit.error) @ turned.T
    surprise = float(np.sqrt(vector @ np.linalg.solve(cover, vector)))
    return Strain(float(vector[0]), float(vector[1]), float(vector[2]), surprise)


def local_likeness(amount: Floats, inks: Inks, window_mm: float) -> tuple[Floats, Floats]:
    """Correlation of both inks under Gaussian windows on the grid, and the specimen's contrast."""
    shown = (~inks.hidden).astype(np.float32)
    a = cv2.GaussianBlur(amount, (0, 0), 1.2)
    b = cv2.GaussianBlur(inks.amount, (0, 0), 1.2)
    size = (amount.shape[1] // _GRID, amount.shape[0] // _GRID)
    sigma = window_mm * PX_PER_MM / _GRID
    products = (np.ones_like(a), a, b, a * a, b * b, a * b)
    shrunk = (cv2.resize(each * shown, size, interpolation=cv2.INTER_AREA) for each in products)
    seen, *sums = (cv2.GaussianBlur(each, (0, 0), sigma) for each in shrunk)
    ma, mb, aa, bb, ab = (each / np.maximum(seen, 1e-3) for each in sums)
    va, vb = np.clip(aa - ma * ma, 0, None), np.clip(bb - mb * mb, 0, None)
    like = (ab - ma * mb) / np.sqrt(np.maximum(va * vb, 1e-5))
    return np.clip(like, -1, 1), np.where(seen > 0.5, va, 0)


def summary(values: NDArray[np.floating], weight: NDArray[np.floating], share: float) -> float:
    """The weighted quantile of the values that are numbers; 0 where there are none."""
    return summaries(values, weight, (share,))[0]


def summaries(
    values: NDArray[np.floating], weight: NDArray[np.floating], shares: tuple[float, ...]
) -> list[float]:
    """Several weighted quantiles at once."""
    good = np.isfinite(values) & (weight > 0)
    flat, w = values[good], weight[good]
    if not flat.size:
        return [0.0] * len(shares)
    order = np.argsort(flat, kind="stable")
    rising = np.cumsum(w[order], dtype=np.float64)
    places = np.searchsorted(rising, np.array(shares) * rising[-1]).clip(max=len(flat) - 1)
    return [float(value) for value in flat[order][places]]
