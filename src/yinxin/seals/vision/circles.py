"""Round and oval frames among other ink, whole or in part: votes for centres, then support."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]

_RADII_MM = np.arange(8.0, 24.0, 0.5)
_OVALS_MM = (18.0, 56.0)
_LEAST_ARC = 0.45
_RAYS = 180


@dataclass(frozen=True)
class Ellipse:
    """Centre, half axes and turn in pixels and degrees; `arc` is the share of it that is inked."""

    middle: tuple[float, float]
    half: tuple[float, float]
    angle_deg: float
    arc: float

    def points(self, count: int = 72, out: float = 0.0) -> NDArray[np.float64]:
        """Points around the outline, moved out by so many pixels."""
        way = np.linspace(0, 2 * np.pi, count, endpoint=False)
        local = np.column_stack(
            [(self.half[0] + out) * np.cos(way), (self.half[1] + out) * np.sin(way)]
        )
        turn = np.radians(self.angle_deg)
        matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        return np.asarray(local @ matrix.T + np.array(self.middle))


def circles(ink: Bits, px_per_mm: float) -> list[Ellipse]:
    """Round frames, the clearest first; what one has claimed no other may."""
    left = ink.copy()
    found: list[Ellipse] = []
    for _ in range(3):
        best = _best_circle(left, px_per_mm)
        if best is None:
            break
        found.append(best)
        cv2.fillPoly(left, [best.points(out=0.5 * px_per_mm).round().astype(np.int32)], 0)
    return found


def _best_circle(ink: Bits, px_per_mm: float) -> Ellipse | None:
    if ink.sum() < 20 * px_per_mm**2:
        return None
    soft = cv2.GaussianBlur(ink.astype(np.float32), (0, 0), 0.25 * px_per_mm)
    across, down = cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    strength = cv2.magnitude(across, down)
    y, x = np.nonzero(strength > 0.6)
    if len(x) < 60:
        return None
    step = max(1, len(x) // 6000)
    y, x = y[::step], x[::step]
    size = strength[y, x]
    inward = np.column_stack([across[y, x], down[y, x]]) / size[:, None]
    shrink = 3
    shape = (ink.shape[0] // shrink + 1, ink.shape[1] // shrink + 1)
    peaks: list[tuple[float, float, float, float]] = []
    for radius in _RADII_MM * px_per_mm:
        centre = np.round((np.column_stack([x, y]) + inward * radius) / shrink).astype(int)
        good = ((centre >= 0) & (centre < shape[::-1])).all(axis=1)
        votes = np.bincount(
            centre[good, 1] * shape[1] + centre[good, 0], minlength=shape[0] * shape[1]
        )
        field = cv2.GaussianBlur(votes.reshape(shape).astype(np.float32), (0, 0), 1.2)
        _, most, _, place = cv2.minMaxLoc(field)
        peaks.append((most / radius, place[0] * shrink, place[1] * shrink, radius))
    peaks.sort(reverse=True)
    tried = [
        _refined(ink, Ellipse((px, py), (r, r), 0, 0), px_per_mm) for _, px, py, r in peaks[:5]
    ]
    best = max(tried, key=lambda one: one.arc)
    return best if best.arc > _LEAST_ARC and _alone(ink, best, px_per_mm) else None


def _refined(ink: Bits, start: Ellipse, px_per_mm: float) -> Ellipse:
    """A circle moved to the frame's outer edge, by least squares on what its rays meet."""
    best = start
    for reach_mm in (1.2, 0.7, 0.5):
        spots, arc = _rim(ink, best, reach_mm, px_per_mm)
        if len(spots) < 20:
            break
        matrix = np.column_stack([2 * spots, np.ones(len(spots))])
        answer, *_ = np.linalg.lstsq(matrix, (spots**2).sum(axis=1), rcond=None)
        radius = float(np.sqrt(max(answer[2] + answer[:2] @ answer[:2], 1.0)))
        if not 0.9 * start.half[0] < radius < 1.1 * start.half[0]:
            break
        best = Ellipse((float(answer[0]), float(answer[1])), (radius, radius), 0, arc)
    spots, arc = _rim(ink, best, 0.35, px_per_mm)
    circle = Ellipse(best.middle, best.half, 0, arc)
    wide, _ = _rim(ink, best, 1.5, px_per_mm)
    oval = _grown(ink, wide, px_per_mm)
    return oval if oval is not None and oval.arc > arc + 0.1 else circle


def _rim(
    ink: Bits, ellipse: Ellipse, reach_mm: float, px_per_mm: float
) -> tuple[NDArray[np.float64], float]:
    """The outermost ink near the outline on each ray, and the share of rays with a frame there.

    A frame has ink just within and bare paper on both sides.
    """
    ways = np.arange(-reach_mm, reach_mm + 1.8, 0.15) * px_per_mm
    rays = np.stack([ellipse.points(_RAYS, -way) for way in ways])
    spot = rays.round().astype(int)
    inside = ((spot >= 0) & (spot < np.array(ink.shape[::-1]))).all(axis=2)
    spot = np.clip(spot, 0, np.array(ink.shape[::-1]) - 1)
    inked = (ink[spot[..., 1], spot[..., 0]] > 0) & inside
    near = inked[ways <= reach_mm * px_per_mm]
    there = near.any(axis=0)
    first = near.argmax(axis=0)
    # Letters and fillings run on inwards; a frame ends within two millimetres.
    thick = inked.sum(axis=0) * 0.15
    framed = there & (first > 0) & (thick < 2.2)
    return rays[first[framed], np.flatnonzero(framed)], float(framed.mean())


def _alone(ink: Bits, ellipse: Ellipse, px_per_mm: float) -> bool:
    """Bare paper around most of it: no circle within an oval."""
    spots = np.concatenate([ellipse.points(_RAYS, out * px_per_mm) for out in (0.6, 0.9, 1.2, 1.5)])
    spot = spots.round().astype(int)
    inside = ((spot >= 0) & (spot < np.array(ink.shape[::-1]))).all(axis=1)
    spot = np.clip(spot, 0, np.array(ink.shape[::-1]) - 1)
    inked = (ink[spot[:, 1], spot[:, 0]] > 0) & inside
    return float(inked.mean()) < 0.2


def ovals(ink: Bits, px_per_mm: float) -> list[Ellipse]:
    """Oval frames: ellipses through pieces of ink, kept where the whole ink bears them out."""
    found: list[Ellipse] = []
    left = ink.copy()
    closed = cv2.morphologyEx(left, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    pieces, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for piece in sorted(pieces, key=len, reverse=True)[:12]:
        if len(piece) < 10 * px_per_mm:
            continue
        best = _grown(left, piece.reshape(-1, 2).astype(np.float32), px_per_mm)
        if best is not None:
            found.append(best)
            cv2.fillPoly(left, [best.points(out=0.5 * px_per_mm).round().astype(np.int32)], 0)
    return found


def _grown(ink: Bits, spots: NDArray[np.float32], px_per_mm: float) -> Ellipse | None:
    best: Ellipse | None = None
    points: NDArray[np.floating] = spots
    for reach_mm in (1.5, 1.0, 0.6, 0.35):
        if len(points) < 20:
            return None
        middle, axes, angle = cv2.fitEllipseDirect(points.astype(np.float32))
        half = (axes[0] / 2, axes[1] / 2)
        low, high = (side * px_per_mm / 2 for side in _OVALS_MM)
        if not (0.4 * max(half) < min(half) and low * 0.6 < min(half) and low < max(half) < high):
            return None
        best = Ellipse((float(middle[0]), float(middle[1])), half, float(angle), 0)
        points, arc = _rim(ink, best, reach_mm, px_per_mm)
        best = Ellipse(best.middle, best.half, best.angle_deg, arc)
    return best if best and best.arc > _LEAST_ARC and _alone(ink, best, px_per_mm) else None
