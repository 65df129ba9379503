"""Square and rectangular frames among other ink: sides that begin with bare paper beyond."""

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.frames import CORNERS, Field, Frames, Numbers

_SIDES_MM = (6.5, 66.0)
_TURNS, _LINES, _RANKED, _KEPT = 4, 8, 120, 8
_WINDOW_MM = 14.0


def rectangles(field: Field, points: Numbers, inwards: Numbers) -> Frames:
    """The best borne out rectangles, along each of the ink's main directions."""
    found = [_along(field, turn) for turn in _directions(points, inwards, field.px_per_mm)]
    middle, half, turn = (np.concatenate(each) for each in zip(*found, strict=True))
    return Frames(middle, half, turn, True)


def around(field: Field) -> Frames:
    """The least rectangle around all of the ink: a pale seal that stands alone."""
    (x, y), (width, height), angle = cv2.minAreaRect(cv2.findNonZero(field.ink))
    return Frames(np.array([[x, y]]), np.array([[width / 2, height / 2]]),
                  np.radians([angle]), True)  # fmt: skip


def fitted(field: Field, frames: Frames) -> Frames:
    """Rectangles with their sides moved to the frame's outer edge and turned along it."""
    for reach_mm in (0.8, 0.5, 0.35):
        rays = field.rays(frames)
        off = np.where(rays.met(reach_mm), rays.off * field.px_per_mm, np.nan)
        off = off.reshape(len(frames), 4, -1)
        off[np.isfinite(off).sum(axis=2) < 6] = np.nan
        # How far the second half of a side stands further out than the first.
        half = off.shape[2] // 2
        lean = _medians(off[..., half:]) - _medians(off[..., :half])
        lean = _medians(lean / frames.half[:, [0, 1, 0, 1]])
        top, right, bottom, left = np.nan_to_num(_medians(off)).T
        shift = np.stack([right - left, bottom - top], 1) / 2
        frames = Frames(
            frames.middle + (shift[:, None] @ frames.axes)[:, 0],
            np.maximum(frames.half + np.stack([left + right, top + bottom], 1) / 2, 1),
            frames.turn - np.nan_to_num(lean),
            True,
        )
    return frames


def _medians(values: Numbers) -> Numbers:
    """The last axis' middle values, whatever is missing; NaN where all is."""
    count = np.isfinite(values).sum(axis=-1, keepdims=True)
    ordered = np.sort(values, axis=-1)  # what is missing comes last
    return np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, -1)[..., 0]


def stubs(field: Field, frames: Frames) -> Numbers:
    """How many of a rectangle's sides run on beyond its corners, as those of a table's cell do."""
    px = field.px_per_mm
    ways = np.arange(0.8, 2.3, 0.2) * px
    corners = frames.hulls.astype(float)
    count = np.zeros(len(frames))
    for i, axis, sign in _STUBS:
        along = frames.axes[:, axis] * sign
        inwards = frames.axes[:, 1 - axis] * -CORNERS[i, 1 - axis]
        line = corners[:, i, None] + ways[:, None] * along[:, None]
        strip = np.stack([line + mm * px * inwards[:, None] for mm in (-0.2, 0.1, 0.4)], 1)
        count += field.at(field.ink, strip).any(axis=1).all(axis=1)
    return count


_STUBS = [(i, axis, CORNERS[i, axis]) for i in range(4) for axis in (0, 1)]


def _directions(points: Numbers, inwards: Numbers, px: float) -> list[float]:
    """How edges mostly run, in radians from 0 to a quarter turn: frame and letters alike."""
    way = np.degrees(np.arctan2(inwards[:, 1], inwards[:, 0])) % 90
    count = np.bincount(way.astype(int) % 90, minlength=90).astype(float)
    count = np.convolve(np.concatenate([count[-6:], count, count[:6]]), _BELL, "same")[6:-6]
    taken: list[float] = []
    for i in np.argsort(-count, kind="stable"):
        if all(abs((i - other + 45) % 90 - 45) > 7 for other in taken):
            taken.append(float(i))
        if len(taken) == _TURNS:
            break
    return [_sharpest(points, inwards, np.radians(each + 0.5), px) for each in taken]


def _sharpest(points: Numbers, inwards: Numbers, turn: float, px: float) -> float:
    """The turn near one along which edges line up best: pixels' own edges lean to the grid."""

    way = (np.arctan2(inwards[:, 1], inwards[:, 0]) - turn) % np.pi
    across = np.abs(way - np.pi / 2) < np.pi / 4
    # From the nearest of the two axes, so that either is turned alike.
    off = (way + np.pi / 4) % (np.pi / 2) - np.pi / 4
    near = np.abs(off) < np.radians(4) + _FACING
    x, y = points[near].T / (0.25 * px)
    off, across = off[near], across[near]
    x, y = np.where(across, y, x), np.where(across, -x, y)

    def sharpness(by: float) -> float:
        spot = np.rint(x * np.cos(turn + by) + y * np.sin(turn + by)).astype(int) * 2 + across
        true = np.abs(off - by) < _FACING
        return float((np.bincount(spot[true] - spot.min(initial=0)) ** 2.0).sum())

    return turn + max(np.radians(np.arange(-4, 4.1, 0.5)), key=sharpness)


_FACING = np.arccos(0.94)
_BELL = np.exp(-0.5 * (np.arange(-4, 5) / 1.6) ** 2)


def _along(field: Field, turn: float) -> tuple[Numbers, Numbers, Numbers]:
    """Rectangles whose sides run along one direction."""
    height, width = field.ink.shape
    c, s = np.cos(turn), np.sin(turn)
    size = (int(width * abs(c) + height * abs(s)) + 4, int(width * abs(s) + height * abs(c)) + 4)
    matrix = np.array([[c, s, 0.0], [-s, c, 0.0]])
    matrix[:, 2] = np.array(size) / 2 - matrix[:, :2] @ np.array([width, height]) / 2
    ink = cv2.warpAffine(field.ink * 255, matrix, size) > 127
    boxes = _boxes(ink, field.px_per_mm)
    back = np.linalg.inv(matrix[:, :2])
    middle = ((boxes[:, :2] + boxes[:, 2:]) / 2 - matrix[:, 2]) @ back.T
    return middle, (boxes[:, 2:] - boxes[:, :2]) / 2, np.full(len(boxes), turn)


def _boxes(ink: NDArray[np.bool_], px: float) -> Numbers:
    """Upright boxes (left, top, right, bottom), the best framed first."""
    sides = [_begins(np.ascontiguousarray(each), px) for each in
             (ink, ink.T, ink[:, ::-1], ink.T[:, ::-1])]  # fmt: skip
    # Columns of each: x for left and right, y for top and bottom; sums run along the side.
    sums = [_summed(each) for each in sides]
    places = [_lines(each, px) for each in sums]
    far = (ink.shape[1] - 1, ink.shape[0] - 1)
    # A side that is lost is looked for where the ink ends.
    (first_x, last_x), (first_y, last_y) = _ends(ink), _ends(ink.T)
    left, top = np.append(places[0], first_x), np.append(places[1], first_y)
    right, bottom = np.append(far[0] - places[2], last_x), np.append(far[1] - places[3], last_y)
    low, high = (mm * px for mm in _SIDES_MM)
    across = np.array([(a, b) for a in left for b in right if low < b - a < high], int)
    down = np.array([(a, b) for a in top for b in bottom if low < b - a < high], int)
    if not len(across) or not len(down):
        return np.zeros((0, 4))
    boxes = np.concatenate([
        np.column_stack([np.repeat(across, len(down), axis=0), np.tile(down, (len(across), 1))]),
        _squares(across, top, bottom, far[1]),
        _squares(down, left, right, far[0])[:, [2, 3, 0, 1]],
    ])  # fmt: skip
    x0, x1, y0, y1 = boxes.T
    there = (
        sums[0][y1 + 1, x0] - sums[0][y0, x0] + sums[2][y1 + 1, far[0] - x1]
        - sums[2][y0, far[0] - x1] + sums[1][x1 + 1, y0] - sums[1][x0, y0]
        + sums[3][x1 + 1, far[1] - y1] - sums[3][x0, far[1] - y1]
    )  # fmt: skip
    gain = 1.5 * there - 0.5 * 2 * (x1 - x0 + y1 - y0)
    best = np.argpartition(-gain, min(_RANKED, len(gain) - 1))[:_RANKED]
    best = best[np.argsort(-gain[best], kind="stable")]
    return _distinct(boxes[best][:, [0, 2, 1, 3]], px).astype(float)


def _summed(side: NDArray[np.uint8]) -> NDArray[np.int32]:
    """What each column has above each row."""
    sums = np.zeros((side.shape[0] + 1, side.shape[1]), np.int32)
    np.cumsum(side, axis=0, out=sums[1:])
    return sums


def _squares(
    pairs: NDArray[np.int_], first: NDArray[np.int_], last: NDArray[np.int_], far: int
) -> NDArray[np.int_]:
    """A square's fourth side may be lost: two that face each other tell where it was."""
    apart = pairs[:, 1] - pairs[:, 0]
    begin = np.concatenate([np.add.outer(0 * apart, first), -np.subtract.outer(apart, last)], 1)
    pairs = np.repeat(pairs, begin.shape[1], axis=0)
    begin = begin.ravel()
    found = np.column_stack([pairs, begin, begin + pairs[:, 1] - pairs[:, 0]])
    return found[(begin >= 0) & (found[:, 3] <= far)]


def _distinct(boxes: NDArray[np.int_], px: float) -> NDArray[np.int_]:
    """The first few of which no two have all their sides together."""
    taken = []
    while len(boxes) and len(taken) < _KEPT:
        taken.append(boxes[0])
        boxes = boxes[np.abs(boxes - boxes[0]).max(axis=1) > px]
    return np.array(taken)


def _begins(ink: NDArray[np.bool_], px: float) -> NDArray[np.uint8]:
    """Where, coming from the left, a frame begins: ink near, none for a millimetre before."""
    bits = ink.astype(np.uint8)
    near = cv2.dilate(bits, np.ones((1, round(0.6 * px) + 1), np.uint8), anchor=(0, 0))
    far, close = round(1.2 * px), round(0.35 * px)
    ahead = cv2.dilate(bits, np.ones((1, far - close + 1), np.uint8), anchor=(0, 0))
    before = np.pad(ahead, ((0, 0), (far, 0)))[:, : ink.shape[1]]
    return cv2.dilate(near & (1 - before), np.ones((1, 3), np.uint8))  # no side is quite straight


def _lines(sums: NDArray[np.int32], px: float) -> NDArray[np.int_]:
    """The columns with the most of a side within a window."""
    run = min(round(_WINDOW_MM * px), sums.shape[0] - 1)
    most = (sums[run:] - sums[:-run]).max(axis=0).astype(np.float32)
    around = cv2.dilate(most[None], np.ones((1, 2 * round(0.6 * px) + 1), np.uint8))[0]
    peaks = np.flatnonzero((most == around) & (most > 3.5 * px))
    return peaks[np.argsort(-most[peaks], kind="stable")][:_LINES]


def _ends(ink: NDArray[np.bool_]) -> tuple[int, int]:
    """The first and last column with more ink than a speck."""
    inked = np.flatnonzero(ink.sum(axis=0) > 2)
    return (int(inked[0]), int(inked[-1])) if len(inked) else (0, 0)
