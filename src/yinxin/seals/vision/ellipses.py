"""Round and oval frames among other ink: votes for centres, and ellipses through three points."""

from itertools import permutations

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.frames import Field, Frames, Numbers, disc
from yinxin.seals.vision.inks import Mask

_RADII_MM = np.arange(6.5, 27.5, 1.0)
_LONG_MM = (19.0, 56.0)
_RATIO = (0.5, 0.96)
"""The shorter axis of an oval over its longer one."""
_LOOKED_AT, _POINTS, _TRIPLES = 12_000, 2500, 30_000
_COARSE, _PROMISING, _KEPT = 4, 60, 12
"""Every fourth point of the outline tells which ellipses to look at wholly."""
_STRETCH_MM, _SLANTING = 1.5, 0.06
"""How far an edge goes on to each side that is a frame's, and the sine of how far from level."""
_FEWEST, _STEP = 20, 0.15
"""Points of a frame that must be met for it to move, and how much it may grow at once."""


def rim_points(field: Field) -> tuple[Numbers, Numbers]:
    """Where ink begins with nothing beyond: points, and unit normals inwards."""
    px = field.px_per_mm
    soft = cv2.GaussianBlur(field.ink.astype(np.float32), (0, 0), 0.3 * px)
    across, down = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    strength = cv2.magnitude(across, down)
    y, x = np.nonzero((strength > 0.35) & (soft > 0.12) & (soft < 0.7))
    step = max(1, len(y) // _LOOKED_AT)
    y, x = y[::step], x[::step]
    points = np.column_stack([x, y]).astype(float)
    inwards = np.column_stack([across[y, x], down[y, x]]) / strength[y, x][:, None]
    beyond = np.array([0.8, 1.3, 1.8])[:, None, None] * px
    bare = ~field.at(field.ink, points - beyond * inwards).any(axis=0)
    points, inwards = points[bare], inwards[bare]
    step = max(1, len(points) // _POINTS)
    return points[::step], inwards[::step]


def circles(field: Field, points: Numbers, inwards: Numbers) -> Frames:
    """The likeliest circles of every radius."""
    px = field.px_per_mm
    shrink = max(1, round(0.5 * px))
    shape = (field.ink.shape[0] // shrink + 1, field.ink.shape[1] // shrink + 1)
    found: list[tuple[float, float, float, float]] = []
    for radius in _RADII_MM * px:
        if 1.2 * radius > max(field.ink.shape):
            break
        x, y = np.rint((points + inwards * radius) / shrink).astype(int).T
        good = (x >= 0) & (x < shape[1]) & (y >= 0) & (y < shape[0])
        votes = np.bincount(y[good] * shape[1] + x[good], minlength=np.prod(shape))
        votes = cv2.GaussianBlur(votes.reshape(shape).astype(np.float32), (0, 0), 1.2)
        _, most, _, (cx, cy) = cv2.minMaxLoc(votes)
        found.append((most / radius, cx * shrink, cy * shrink, radius))
    found.sort(reverse=True)
    best = np.array(found[:6]).reshape(-1, 4)
    return Frames(best[:, 1:3], best[:, [3, 3]], np.zeros(len(best)), False)


def ovals(field: Field, points: Numbers, inwards: Numbers) -> Frames:
    """Ellipses through three points and their tangents, the best borne out of many at random."""
    px = field.px_per_mm
    rng = np.random.default_rng(3)
    three = rng.integers(len(points), size=(_TRIPLES, 3))
    long = np.flatnonzero(_runs_on(field, points, inwards))
    if len(long) > _FEWEST:
        three[::2] = long[three[::2] % len(long)]
    three = _convex(points, inwards, three)
    p, n = points[three], inwards[three]
    with np.errstate(all="ignore"):
        centre = _centres(p, n)
        arm = p - centre[:, None]
        # No point lies further out than half the long axis, nor nearer than half the short one.
        low, high = (mm * px / 2 for mm in _LONG_MM)
        far = np.hypot(arm[..., 0], arm[..., 1])
        facing = arm[..., 0] * n[..., 0] + arm[..., 1] * n[..., 1] < 0
        each = facing & (far < high) & (far > _RATIO[0] * low)
        sound = each[:, 0] & each[:, 1] & each[:, 2]
        frames = _through(arm[sound], centre[sound])
        ratio = frames.half[:, 1] / frames.half[:, 0]
        good = (
            (frames.half[:, 0] > low) & (frames.half[:, 0] < high)
            & (ratio > _RATIO[0]) & (ratio < _RATIO[1])
        )  # fmt: skip
    frames = frames[good]
    if not len(frames):
        return frames
    near = cv2.dilate(field.ink, disc(0.8 * px))
    for every in (_COARSE, 1):
        points, normals, lengths = frames.every(every)
        begun = field.at(near, points) & ~field.at(field.ink, points + 0.9 * px * normals)
        gain = ((1.5 * begun - 0.5) * lengths).sum(axis=1)
        frames = frames[np.argsort(-gain, kind="stable")[:_PROMISING]]
    return _distinct(frames, px)


def _runs_on(field: Field, points: Numbers, inwards: Numbers) -> Mask:
    """Where an edge goes on to both sides, as a frame's does and few a letter's, and is no rule."""
    px = field.px_per_mm
    along = np.stack([-inwards[:, 1], inwards[:, 0]], 1) * _STRETCH_MM * px
    both = np.stack([points - along, points + along])
    inked = field.at(field.ink, both + 0.35 * px * inwards)
    bare = ~field.at(field.ink, both - 0.7 * px * inwards)
    slanting = np.abs(inwards).min(axis=1) > _SLANTING
    return np.asarray((inked & bare).all(axis=0) & slanting)


def _convex(points: Numbers, inwards: Numbers, three: NDArray[np.int_]) -> NDArray[np.int_]:
    """The triples of which each point lies on the inner side of the others' tangents."""
    x, y = points.T.astype(np.float32)
    across, down = inwards.T.astype(np.float32)
    level = across * x + down * y
    for one, other in permutations(range(3), 2):
        i, j = three[:, one], three[:, other]
        three = three[across[i] * x[j] + down[i] * y[j] > level[i]]
    return three


def _distinct(frames: Frames, px: float) -> Frames:
    """The first few that lie apart, or differ in size."""
    taken: list[int] = []
    place = np.column_stack([frames.middle, frames.half])
    for i in range(len(frames)):
        if all(np.abs(place[i] - place[other]).max() > px for other in taken):
            taken.append(i)
        if len(taken) == _KEPT:
            break
    return frames[np.array(taken)]


def _centres(p: Numbers, n: Numbers) -> Numbers:
    """An ellipse's centre lies on the line from where two tangents meet to their points' middle."""
    lines = []
    for i, j in ((0, 1), (1, 2)):
        meet = _meet(n[:, i], _dot(n[:, i], p[:, i]), n[:, j], _dot(n[:, j], p[:, j]))
        way = (p[:, i] + p[:, j]) / 2 - meet
        normal = np.stack([-way[:, 1], way[:, 0]], 1)
        lines += [normal, _dot(normal, meet)]
    return _meet(*lines)


def _dot(one: Numbers, other: Numbers) -> Numbers:
    return one[:, 0] * other[:, 0] + one[:, 1] * other[:, 1]


def _meet(a: Numbers, c: Numbers, b: Numbers, d: Numbers) -> Numbers:
    """Where the lines a·x = c and b·x = d meet."""
    det = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    x = (c * b[:, 1] - d * a[:, 1]) / det
    y = (a[:, 0] * d - b[:, 0] * c) / det
    return np.stack([x, y], 1)


def _through(p: Numbers, centre: Numbers) -> Frames:
    """The ellipses about the origin through three points each, put at their centres."""
    x, y = p[..., 0], p[..., 1]
    xx, xy, yy = x * x, 2 * x * y, y * y
    # Cramer's rule for a·xx + b·xy + c·yy = 1 at the three points.
    one = np.ones_like(xx)
    whole = _det(xx, xy, yy)
    a, b, c = _det(one, xy, yy) / whole, _det(xx, one, yy) / whole, _det(xx, xy, one) / whole
    middle, apart = (a + c) / 2, np.hypot((a - c) / 2, b)
    half = np.stack([(middle - apart) ** -0.5, (middle + apart) ** -0.5], 1)
    turn = np.arctan2(2 * b, a - c) / 2 + np.pi / 2
    return Frames(centre, half, turn, False)


def _det(a: Numbers, b: Numbers, c: Numbers) -> Numbers:
    """Determinants of 3x3 matrices given by their columns."""
    (a0, a1, a2), (b0, b1, b2), (c0, c1, c2) = a.T, b.T, c.T
    return a0 * (b1 * c2 - b2 * c1) + a1 * (b2 * c0 - b0 * c2) + a2 * (b0 * c1 - b1 * c0)


def fitted(field: Field, frames: Frames, circular: bool) -> Frames:
    """Circles or ellipses moved to the frame's outer edge, by least squares on what rays meet."""
    for reach_mm in (1.2, 0.6, 0.35):
        rays = field.rays(frames)
        met = rays.met(reach_mm) & (rays.met(reach_mm).sum(axis=1) >= _FEWEST)[:, None]
        frames = _moved(frames, np.where(met, rays.off * field.px_per_mm, 0), met, circular)
    return frames


def _moved(frames: Frames, off: Numbers, met: Mask, circular: bool) -> Frames:
    """The outlines whose points lie further out by `off` along their normals, where met."""
    points, normals, _ = frames.rim
    upright = frames.axes.transpose(0, 2, 1)
    n, arm = normals @ upright, (points - frames.middle[:, None]) @ upright
    longer = n * arm / frames.half[:, None]
    long = frames.half.max(axis=1)
    turned = (arm[..., 0] * n[..., 1] - arm[..., 1] * n[..., 0]) / long[:, None]
    grown = [longer.sum(axis=2)] if circular else [longer[..., 0], longer[..., 1], turned]
    basis = np.stack([n[..., 0], n[..., 1], *grown], 2) * met[..., None]
    back = basis.transpose(0, 2, 1)
    # The turn of what is all but a circle cannot be told, and stays as it is.
    normal = back @ basis + 0.05 * np.eye(basis.shape[2])
    step = np.linalg.solve(normal, back @ off[..., None])[..., 0]
    middle = frames.middle + (step[:, None, :2] @ frames.axes)[:, 0]
    half = frames.half + np.clip(step[:, 2:4], -_STEP * frames.half, _STEP * frames.half)
    turn = frames.turn if circular else frames.turn + step[:, 4] / long
    return Frames(middle, half, turn, False)
