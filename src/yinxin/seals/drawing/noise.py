"""Smooth random fields."""

import cv2
import numpy as np
from numpy.typing import NDArray


def smooth_noise(
    rng: np.random.Generator, shape: tuple[int, ...], grain_px: float
) -> NDArray[np.float32]:
    """Noise of mean 0 and deviation 1 whose features are about `grain_px` wide."""
    step = max(grain_px / 2, 1.0)
    small = rng.standard_normal([int(side / step) + 3 for side in shape], np.float32)
    if step == 1.0:
        small = cv2.GaussianBlur(small, (0, 0), max(0.3, grain_px / 3))
        field = small[: shape[0], : shape[1]]
    else:
        field = small
        if step > 16:  # the last, costly doublings of a smooth field may be straight
            field = cv2.resize(field, None, fx=step / 8, fy=step / 8, interpolation=cv2.INTER_CUBIC)
            field = cv2.resize(field, None, fx=8, fy=8, interpolation=cv2.INTER_LINEAR)
        else:
            field = cv2.resize(field, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)
        field = field[: shape[0], : shape[1]]
    mean, deviation = (float(value.item()) for value in cv2.meanStdDev(field))
    return np.asarray((field - np.float32(mean)) * np.float32(1 / max(deviation, 1e-6)))
