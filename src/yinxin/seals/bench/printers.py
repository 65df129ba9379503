"""Printers (F7): an imprint that was scanned and came out of a machine, without a press."""

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.drawing.faces import MM_PER_INCH
from yinxin.seals.drawing.noise import smooth_noise

Floats = NDArray[np.float32]


def print_imprint(
    amount: Floats, tone: float, way: str, rng: np.random.Generator, dpi: int
) -> Floats:
    """The ink of an imprint (0 to 1) as an inkjet, a laser printer or a paste leaves it."""
    px_per_mm = dpi / MM_PER_INCH
    # What the forger's own scanner saw.
    seen = cv2.GaussianBlur(amount, (0, 0), 0.05 * px_per_mm)
    if way == "pasted":  # a cut-out on the computer: one colour, clean edges
        clean = np.clip((seen / tone - 0.45) / 0.3 + 0.5, 0, 1)
        return np.asarray(clean * np.float32(max(tone, 0.5)), np.float32)
    if way == "laser":
        lines_per_mm = rng.uniform(106, 175) / MM_PER_INCH
        way_deg = np.radians(rng.choice([15, 45, 75]) + rng.normal(0, 2))
        y, x = np.indices(amount.shape, np.float32) / np.float32(px_per_mm)
        u = np.cos(way_deg) * x + np.sin(way_deg) * y
        v = np.cos(way_deg) * y - np.sin(way_deg) * x
        screen = 0.5 + 0.25 * (np.cos(2 * np.pi * lines_per_mm * u)
                               + np.cos(2 * np.pi * lines_per_mm * v))  # fmt: skip
    else:
        screen = 0.5 + 0.28 * smooth_noise(rng, amount.shape, 0.09 * px_per_mm)
    dots = np.clip((seen - screen) * 6 + 0.5, 0, 1).astype(np.float32)
    return np.asarray(0.92 * cv2.GaussianBlur(dots, (0, 0), 0.02 * px_per_mm), np.float32)
