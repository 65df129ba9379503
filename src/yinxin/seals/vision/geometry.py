"""Affine maps between pixels of two images, as 2x3 matrices on (x, y) columns."""

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.inks import Floats

Affine = NDArray[np.float64]
Points = NDArray[np.float32]
"""Nx2, x then y, in pixels; a pixel's centre has whole numbers."""


def compose(second: Affine, first: Affine) -> Affine:
    """The map that applies `first` and then `second`."""
    both = np.asarray(second[:, :2] @ first, np.float64)
    both[:, 2] += second[:, 2]
    return both


def inverse(matrix: Affine) -> Affine:
    return np.asarray(cv2.invertAffineTransform(matrix), np.float64)


def scaling(factor: float) -> Affine:
    """From pixels of an image to pixels of the same image resized by `factor`.

    Pixel centres stand half a pixel in, whatever the resolution.
    """
    half = (factor - 1) / 2
    return np.array([[factor, 0, half], [0, factor, half]])


def turn_about(centre: tuple[float, float], angle_deg: float) -> Affine:
    """A turn about a point; positive is counter-clockwise as seen on the page."""
    return np.asarray(cv2.getRotationMatrix2D(centre, angle_deg, 1.0), np.float64)


def apply(matrix: Affine, points: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float64)


def stretched(matrix: Affine) -> NDArray[np.float64]:
    """What a map does besides turning and shifting: 2x3 without a shift, in the source's frame."""
    _, sizes, right = np.linalg.svd(matrix[:, :2])
    return np.column_stack([right.T @ np.diag(sizes) @ right, [0.0, 0.0]])


def about(matrix: Affine, centre: Points) -> Affine:
    """The same map, moved so that it leaves a point where it is."""
    linear = matrix[:, :2]
    return np.column_stack([linear, centre - linear @ centre])


def warp(image: Floats, to_source: Affine, shape: tuple[int, ...], beyond: float = 0) -> Floats:
    """Resample `image` on a canvas of `shape`; `to_source` maps canvas to image pixels."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (shape[1], shape[0])
    warped = cv2.warpAffine(image, to_source, size, flags=flags, borderValue=beyond)
    return np.asarray(warped, np.float32)


def angle_of(matrix: Affine) -> float:
    """How far the target is turned counter-clockwise from the source, 0 to 360 degrees."""
    (a, b), (c, d) = matrix[:, :2]
    return float(np.degrees(np.arctan2(b - c, a + d)) % 360)


def sample(image: Floats, x: Floats, y: Floats, beyond: float = 0) -> Floats:
    """Bilinear values at any points (arrays of one shape, NxK)."""
    x, y = np.ascontiguousarray(x, np.float32), np.ascontiguousarray(y, np.float32)
    values = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderValue=beyond)
    return np.asarray(values, np.float32)
