"""What speaks for and against one seal: displacement, strain, added and missing ink, by place.

Every number is a length, an area or a share, so that it means the same for any seal, ink or
paper. The worst place counts, not the mean: a changed letter is a small part of a face.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.edges import PX_PER_MM, Edges, Offsets
from yinxin.seals.vision.fitting import KIN, Fit
from yinxin.seals.vision.geometry import sample, warp
from yinxin.seals.vision.inks import Floats, Mask

_GRID = 4
"""Local sums are kept on a grid of 4 pixels, a third of a millimetre."""
_PRIOR = 3.0
"""A place stands still unless more than this many edge points say otherwise."""
_USUAL = 12.0
"""Edge points of the usual noise that every place is credited with: few points agree by chance."""
GIVE_MM = 0.02
"""How far rubber and paper give here and there, as a standard deviation."""
WINDOWS_MM = (0.5, 1.0, 2.0, 5.0)
ACROSS, FEED = 0.0014, 0.0041
"""Standard deviations of a scanner's stretch across and along its feed."""
_SHEAR = 0.0008
_SIGHT_MM, _READ = 0.8, 0.15
_HEART_MM = 0.6
"""Ink may pale so deep within a star or a thick frame; a stroke that lacks, lacks its edges."""
_WANDER_MM, _TOGETHER_MM = 0.02, 5.0
"""Edges stand so far in or out, by pressure and ink, as far as this together, and strain a small
seal more than a large one, whose edges are more."""
_EVENLY = np.array([1, 1, 0])
_STRETCHES = np.array([[1, 0, 0], [0, 1, 0], [0.5, -0.5, 0]])
"""Ways of another size, in a specimen that stands upright: of the whole; and of one side or the
other, or of one at the other's cost."""
_RESIZED, _STRETCHED = np.linspace(0.01, 0.03, 9), np.linspace(0.01, 0.02, 5)
"""By how much a seal that was set anew is larger, or longer than wide: less is not told from scans,
more is told anyhow."""


@dataclass(frozen=True, eq=False)
class Field:
    """Local displacement at one window size, on the grid; NaN where nothing can be told."""

    window_mm: float
    shift: Floats
    """hxwx2 in mm, x then y."""
    clear: Floats
    """The shift in standard deviations of what the noise here and the rubber's give explain."""
    gain: Floats
    weight: Floats
    """Edge points that speak."""
    noise: Floats
    """Standard deviation of the offsets that the displacement does not explain, in mm."""
    lost: Floats
    """Share of the edges that are gone though there is ink."""


def fields(
    edges: Edges, found: Offsets, shape: tuple[int, ...], windows_mm: Sequence[float] = WINDOWS_MM
) -> list[Field]:
    """The local displacement for every window size."""
    height, width = grid = tuple(side // _GRID + 2 for side in shape)
    place = _places(edges, grid)
    index = place[1] * width + place[0]
    weight, n = found.weight.astype(np.float64), edges.normals
    # An edge far off is another stroke; it may not drag its neighbours along.
    o = np.clip(found.out, -0.4, 0.4)
    columns = [np.ones(len(o)), n[:, 0], n[:, 1], o]
    sums = [np.bincount(index, weight * columns[i] * columns[j], height * width) for i, j in _PAIRS]
    gone = np.bincount(index, found.lost, height * width)
    maps = [each.reshape(grid).astype(np.float32) for each in (*sums, gone)]
    usual = summary(np.abs(o - summary(o, weight, 0.5)), weight, 0.5) / 0.67
    return [_field(maps, window, usual) for window in windows_mm]


_PAIRS = [(i, j) for i in range(4) for j in range(i, 4)]


def _places(edges: Edges, grid: tuple[int, ...]) -> NDArray[np.int_]:
    """The grid's column and row of every edge point."""
    return np.clip((edges.points / _GRID).round().astype(int), 0, [grid[1] - 1, grid[0] - 1]).T


def blind(edges: Edges, found: Offsets, shape: tuple[int, ...]) -> Mask:
    """Edge points around which hardly one can be read: a letter may hide there."""
    height, width = grid = tuple(side // _GRID + 2 for side in shape)
    place = _places(edges, grid)
    index = place[1] * width + place[0]
    counts = [np.bincount(index, weight, height * width).reshape(height, width).astype(np.float32)
              for weight in (np.ones(len(index)), found.weight)]  # fmt: skip
    every, read = (cv2.GaussianBlur(each, (0, 0), _SIGHT_MM * PX_PER_MM / _GRID) for each in counts)
    return np.asarray((read < _READ * every)[place[1], place[0]])


def left_over(edges: Edges, found: Offsets, field: Field) -> Floats:
    """What a field's shift and gain leave of the offset of each edge point, in mm."""
    x, y = _places(edges, field.gain.shape)
    moved = (field.shift[y, x] * edges.normals).sum(axis=1)
    return np.asarray(found.out - field.gain[y, x] - moved, np.float32)


def _field(maps: list[Floats], window_mm: float, usual: float) -> Field:
    sigma = window_mm * PX_PER_MM / _GRID
    # Sums under a Gaussian window whose middle counts one.
    full = np.float32(2 * np.pi * sigma**2)
    local = (cv2.GaussianBlur(each, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT) for each in maps)
    a, b, c, u, d, e, v, f, w, offs, gone = ((each * full).astype(np.float64) for each in local)
    total = a
    a, d, f = a + 0.5, d + _PRIOR, f + _PRIOR
    # The symmetric system of gain and shift, solved in closed form.
    ca, cb, cc, cd, ce, cf = (d * f - e * e, c * e - b * f, b * e - c * d, a * f - c * c,
                              b * c - a * e, a * d - b * b)  # fmt: skip
    whole = np.maximum(a * ca + b * cb + c * cc, 1e-6)
    gain = (ca * u + cb * v + cc * w) / whole
    right = (cb * u + cd * v + ce * w) / whole
    down = (cc * u + ce * v + cf * w) / whole
    left = np.clip(offs - gain * u - right * v - down * w, 0, None)
    noise = np.sqrt(left / np.maximum(total, 1e-3))
    likely = KIN * (left + _USUAL * usual**2) / (total + _USUAL) / whole
    clear = _clear(right, down, likely * cd, likely * ce, likely * cf)
    spoken = total > 2
    return Field(
        window_mm,
        np.where(spoken[..., None], np.dstack([right, down]), np.nan).astype(np.float32),
        np.where(spoken, clear, 0).astype(np.float32),
        np.where(spoken, gain, np.nan).astype(np.float32),
        total.astype(np.float32),
        np.where(spoken, noise, np.nan).astype(np.float32),
        np.where(total + gone > 4, gone / np.maximum(total + gone, 1e-3), 0).astype(np.float32),
    )


def _clear(x: Any, y: Any, xx: Any, xy: Any, yy: Any) -> Any:
    """The length of (x, y) in standard deviations of its covariance and the rubber's give."""
    xx, yy = xx + GIVE_MM**2, yy + GIVE_MM**2
    square = (x * x * yy - 2 * x * y * xy + y * y * xx) / (xx * yy - xy * xy)
    return np.sqrt(np.clip(square, 0, None))


@dataclass(frozen=True, eq=False)
class Inks:
    """Ink against ink in the specimen's frame, HxW at 300 dpi."""

    amount: Floats
    """The imprint's, 0 where hidden."""
    hidden: Mask
    drowned: Mask
    """Where coloured ink hides that is taken for another's."""
    added: Floats
    """The share of each pixel that is ink beyond the specimen's edges."""
    missing: Floats
    """The share of each pixel that is specimen ink and bare."""
    expected: Floats
    """The share of each pixel that is specimen ink and would be seen if bare."""
    visible: float
    """The share of the specimen's ink that nothing hides."""
    filled: float
    """How much more ink the narrow gaps between strokes hold than in the specimen, 0 to 1."""

    @cached_property
    def on_grid(self) -> tuple[Floats, Floats, Floats]:
        """What is added, missing and expected."""
        added, missing, expected = map(on_grid, (self.added, self.missing, self.expected))
        return added, missing, expected


def gain_by_place(field: Field, usual: float, shape: tuple[int, ...]) -> Floats:
    """How much wider strokes are on each side, by pixel: ink pools and pressure slopes within a
    face. `usual` where no edge tells."""
    told = field.weight / (field.weight + _USUAL)
    gain = (usual + told * np.nan_to_num(field.gain - usual)).astype(np.float32)
    wide = cv2.resize(gain, None, fx=_GRID, fy=_GRID, interpolation=cv2.INTER_LINEAR)
    return np.asarray(wide[: shape[0], : shape[1]])


def without_give(fit: Fit, field: Field, shape: tuple[int, ...]) -> Floats:
    """The imprint's ink in the specimen's frame, the field's smooth displacement undone."""
    shift = np.nan_to_num(field.shift) * PX_PER_MM
    wide = cv2.resize(shift, None, fx=_GRID, fy=_GRID, interpolation=cv2.INTER_LINEAR)
    down, across = (np.arange(side, dtype=np.float32) for side in shape)
    wide = wide[: shape[0], : shape[1]]
    right, low = wide[..., 0] + across, wide[..., 1] + down[:, None]
    x, y = (a * right + b * low + c for a, b, c in fit.to_image)
    return sample(fit.ink, x, y)


def inks_of(amount: Floats, inside: Mask, unknown: Mask, fit: Fit, gain: Floats) -> Inks:
    """`unknown` is what hides the specimen itself, `gain` how much wider strokes are there."""
    seen = warp(fit.ink, fit.to_image, amount.shape)
    covered, printed = (
        unknown | (warp(each, fit.to_image, amount.shape) > 0.3)
        for each in (fit.hidden, fit.printed)
    )
    soft = cv2.GaussianBlur(seen, (0, 0), 1.2)
    specimen = amount > 0.4
    away = _distance_mm(specimen)
    near = cv2.dilate(inside.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    beyond = np.clip((away - 0.12 - np.maximum(gain, 0)) / 0.15, 0, 1)
    added = np.where(near & ~covered, beyond * np.clip((soft - 0.2) / 0.3, 0, 1), 0)
    deep = _distance_mm(~specimen)
    core = specimen & (deep > 0.1 + np.maximum(-gain, 0)) & (deep < _HEART_MM) & ~printed
    missing = np.where(core, np.clip((0.45 - soft) / 0.3, 0, 1), 0)
    return Inks(seen, covered, covered & ~printed, added.astype(np.float32),
                missing.astype(np.float32), core.astype(np.float32),
                float((~covered)[specimen].mean()),
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


def on_grid(image: Floats) -> Floats:
    small = cv2.resize(image, None, fx=1 / _GRID, fy=1 / _GRID, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def window_sum(small: Floats, window_mm: float) -> Floats:
    """Area in mm² under a Gaussian window whose middle counts one, of what is on the grid."""
    sigma = window_mm * PX_PER_MM / _GRID
    blurred = cv2.GaussianBlur(small, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(blurred * (2 * np.pi * window_mm**2), np.float32)


def bare_amid_solid(inks: Inks, window_mm: float) -> Floats:
    """Missing ink in mm² where the strokes around are there; amid pale ones it says nothing."""
    _, missing, expected = inks.on_grid
    wide = window_sum(missing, 3 * window_mm)
    share = wide / np.maximum(window_sum(expected, 3 * window_mm), 0.05)
    return np.asarray(window_sum(missing, window_mm) * np.clip(1 - 3 * share, 0, 1))


@dataclass(frozen=True)
class Strain:
    """How the imprint is stretched against the specimen, as shares; 0 is none."""

    across: float
    feed: float
    shear: float
    surprise: float
    """In standard deviations of what two scans of one seal differ by."""
    resized: float
    """Log odds that the seal is of another size, against one seal scanned twice."""
    longer: float
    """Log odds that it is longer or wider in proportion."""


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
    wander = np.diag([1, 1, 0.5]) * (_WANDER_MM / rim_mm) ** 2 * _TOGETHER_MM / rim_mm
    scans = np.diag([ACROSS**2, FEED**2, _SHEAR**2]) + wander / 2
    cover = scans + turned @ (scans + fit.error) @ turned.T
    known = np.linalg.inv(cover)
    evenly = _odds(vector, known, turned @ _EVENLY, _RESIZED)
    longer = [_odds(vector, known, turned @ way, _STRETCHED) for way in _STRETCHES]
    across, feed, shear = map(float, vector)
    surprise = float(np.sqrt(vector @ known @ vector))
    return Strain(across, feed, shear, surprise, evenly, float(np.logaddexp.reduce(longer)))


def _odds(
    strain: NDArray[np.float64],
    known: NDArray[np.float64],
    way: NDArray[np.float64],
    amounts: NDArray[np.float64],
) -> float:
    """Log odds of a strain, if it is one in this way by any of some amounts, against none.

    `known` is the inverse of its covariance; a Gaussian's odds are linear in what it tells.
    """
    told, sharp = way @ known @ strain, way @ known @ way
    odds = [by * told - by * by * sharp / 2 for by in (*amounts, *-amounts)]
    return float(np.logaddexp.reduce(odds) - np.log(len(odds)))


def local_likeness(
    amount: Floats, inks: Inks, windows_mm: tuple[float, ...]
) -> Iterator[tuple[Floats, Floats]]:
    """For each window: correlation of both inks under it on the grid, the specimen's contrast."""
    shown = (~inks.hidden).astype(np.float32)
    a = cv2.GaussianBlur(amount, (0, 0), 1.2) * shown
    b = cv2.GaussianBlur(inks.amount, (0, 0), 1.2) * shown
    size = (amount.shape[1] // _GRID, amount.shape[0] // _GRID)
    products = (shown, a, b, a * a, b * b, a * b)
    small = cv2.merge([cv2.resize(each, size, interpolation=cv2.INTER_AREA) for each in products])
    for window in windows_mm:
        sigma = window * PX_PER_MM / _GRID
        seen, *sums = np.moveaxis(cv2.GaussianBlur(small, (0, 0), sigma), -1, 0)
        ma, mb, aa, bb, ab = (each / np.maximum(seen, 1e-3) for each in sums)
        va, vb = np.clip(aa - ma * ma, 0, None), np.clip(bb - mb * mb, 0, None)
        like = (ab - ma * mb) / np.sqrt(np.maximum(va * vb, 1e-5))
        yield np.clip(like, -1, 1), np.where(seen > 0.5, va, 0)


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
    order = np.argsort(flat)
    rising = np.cumsum(w[order], dtype=np.float64)
    places = np.searchsorted(rising, np.array(shares) * rising[-1]).clip(max=len(flat) - 1)
    return [float(value) for value in flat[order][places]]
