"""What is commonly done instead: five measures on a page whose imprint is cut out for them.

They are given the true box, so that only the comparison is measured. Every score is higher the
more genuine.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]

_SIDE = 320
"""Pixels of the longer side at which imprints are compared."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Specimen and query at one scale: grey images and their ink, 0 to 1."""

    specimen: Floats
    query: Floats

    @cached_property
    def turned(self) -> Floats:
        """The query turned and shifted onto the specimen: every angle tried, the best refined."""
        small, query = _small(self.specimen), _small(self.query)
        best = max((*_match(small, query, angle), angle) for angle in np.arange(0, 360, 2.0))
        near = best[-1] + np.arange(-2, 2.1, 0.25)
        fine = max((*_match(self.specimen, self.query, angle), angle) for angle in near)
        _, (x, y), angle = fine
        shape = self.specimen.shape
        canvas = _rotated(self.query, float(angle), shape)
        return canvas[y : y + shape[0], x : x + shape[1]]


def pair(specimen: Image, query: Image, specimen_dpi: float, query_dpi: float) -> Pair:
    """Both at one resolution, known from their dpi, the ink separated by its colour."""
    scale = _SIDE / max(specimen.shape[:2])
    return Pair(
        _ink(cv2.resize(specimen, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)),
        _ink(_scaled(query, scale * specimen_dpi / query_dpi)),
    )


def _scaled(image: Image, scale: float) -> Image:
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=how), np.uint8)


def _ink(image: Image) -> Floats:
    """Colour where there is any, else darkness, stretched to its own range."""
    colour = image.max(axis=2).astype(np.float32) - image.min(axis=2)
    if np.percentile(colour, 98) < 60:
        colour = 255 - image.max(axis=2).astype(np.float32)
    top = max(float(np.percentile(colour, 97)), 1.0)
    return np.asarray(np.clip(colour / top, 0, 1), np.float32)


def correlation(one: Pair) -> float:
    return _likeness(one.specimen, one.turned)


def ssim(one: Pair) -> float:
    """Mean structural similarity in windows of sigma 1.5."""
    a, b = one.specimen, one.turned
    mean_a, mean_b = _blur(a), _blur(b)
    vary_a, vary_b = _blur(a * a) - mean_a**2, _blur(b * b) - mean_b**2
    both = _blur(a * b) - mean_a * mean_b
    light = (2 * mean_a * mean_b + 1e-4) / (mean_a**2 + mean_b**2 + 1e-4)
    return float((light * (2 * both + 9e-4) / (vary_a + vary_b + 9e-4)).mean())


def added_ink(one: Pair) -> float:
    """Ink more than 0.15 mm or so away from the specimen's, as a share of its own, negated."""
    near = cv2.dilate((one.specimen > 0.35).astype(np.uint8), np.ones((5, 5), np.uint8))
    query = one.turned > 0.5
    return -float((query & (near == 0)).sum()) / max(float(query.sum()), 1.0)


def orb(one: Pair) -> float:
    return _matched(one, cv2.ORB_create(800), cv2.NORM_HAMMING)


def sift(one: Pair) -> float:
    return _matched(one, cv2.SIFT_create(800), cv2.NORM_L2)


BASELINES: dict[str, Callable[[Pair], float]] = {
    "ORB + RANSAC": orb,
    "SIFT + RANSAC": sift,
    "correlation": correlation,
    "SSIM": ssim,
    "added ink": added_ink,
}


def _blur(image: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 1.5), np.float32)


def _likeness(a: Floats, b: Floats) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / max(np.sqrt((a * a).sum() * (b * b).sum()), 1e-6))


def _small(image: Floats) -> Floats:
    how = cv2.INTER_AREA
    return np.asarray(cv2.resize(image, None, fx=0.3, fy=0.3, interpolation=how), np.float32)


def _rotated(query: Floats, angle: float, room: tuple[int, ...]) -> Floats:
    """The query turned about its middle, on a canvas with a border to slide the specimen in."""
    side = round(1.15 * max(np.hypot(*query.shape), *room)) + 2
    matrix = cv2.getRotationMatrix2D((query.shape[1] / 2, query.shape[0] / 2), angle, 1)
    matrix[:, 2] += side / 2 - np.array(query.shape[::-1]) / 2
    return np.asarray(cv2.warpAffine(query, matrix, (side, side)), np.float32)


def _match(specimen: Floats, query: Floats, angle: float) -> tuple[float, tuple[int, int]]:
    canvas = _rotated(query, float(angle), specimen.shape)
    found = cv2.matchTemplate(canvas, specimen, cv2.TM_CCOEFF_NORMED)
    _, most, _, where = cv2.minMaxLoc(found)
    return float(most), (int(where[0]), int(where[1]))


def _matched(one: Pair, detector: cv2.Feature2D, norm: int) -> float:
    """Features matched, a similarity by RANSAC, then the correlation of the ink under it."""
    images = [np.round(255 * each).astype(np.uint8) for each in (one.query, one.specimen)]
    (points, described), (own, target) = (detector.detectAndCompute(each, None) for each in images)
    if described is None or target is None or len(points) < 4 or len(own) < 4:
        return -1.0
    pairs = cv2.BFMatcher(norm).knnMatch(described, target, k=2)
    good = [
        near[0] for near in pairs if len(near) == 2 and near[0].distance < 0.8 * near[1].distance
    ]
    if len(good) < 4:
        return -1.0
    cv2.setRNGSeed(1)
    matrix, _ = cv2.estimateAffinePartial2D(
        np.array([points[m.queryIdx].pt for m in good], np.float32),
        np.array([own[m.trainIdx].pt for m in good], np.float32),
        ransacReprojThreshold=3.0,
    )
    if matrix is None:
        return -1.0
    height, width = one.specimen.shape
    return _likeness(one.specimen, np.asarray(cv2.warpAffine(one.query, matrix, (width, height))))
