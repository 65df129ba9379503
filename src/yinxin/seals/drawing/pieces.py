"""Pieces (印章实物): one carving of a face, with the marks by which it differs from its twin."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.drawing.faces import MM_PER_INCH, Face, Letter, Mask, draw_seal, set_letters
from yinxin.seals.drawing.noise import smooth_noise

LETTER_MM = 0.03
"""Deviation of a letter from its place, of the order of 0.02 to 0.05 mm."""
_EDGE_MM = 0.035
"""The cutter's softness; edge noise of 0.25 sigma then moves an edge by some 0.02 mm."""


def carve(face: Face, seed: int, dpi: int = 600, letters: Sequence[Letter] | None = None) -> Mask:
    """A physical seal of the face: every seed gives another twin of the same artwork."""
    rng = np.random.default_rng(seed)
    placed = [
        replace(
            letter,
            x=letter.x + rng.normal(0, LETTER_MM),
            y=letter.y + rng.normal(0, LETTER_MM),
            turn_deg=letter.turn_deg + rng.normal(0, 0.2),
            width=letter.width * (1 + rng.normal(0, 0.003)),
            height=letter.height * (1 + rng.normal(0, 0.003)),
        )
        for letter in (set_letters(face) if letters is None else letters)
    ]
    return cut_edges(draw_seal(face, dpi, placed), rng, dpi)


def cut_edges(
    mask: Mask, rng: np.random.Generator, dpi: int, gain_mm: float = 0.0, soft_mm: float = _EDGE_MM
) -> Mask:
    """The mask cut anew: edges wander, move out by `gain_mm`, and are nicked here and there."""
    px_per_mm = dpi / MM_PER_INCH
    soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), soft_mm * px_per_mm)
    slope = 0.4 / soft_mm  # of a blurred edge, per millimetre
    level = 0.012 * slope * smooth_noise(rng, mask.shape, 0.3 * px_per_mm)
    level += 0.010 * slope * smooth_noise(rng, mask.shape, 1.2 * px_per_mm)
    edge = 0.5 + (soft + level + gain_mm * slope - 0.5) * px_per_mm / slope
    # Far from an edge the noise must neither pierce nor dot.
    edge = np.where(soft > 0.97, 1, np.where(soft < 0.03, 0, edge))
    cut = np.round(255 * np.clip(edge, 0, 1)).astype(np.uint8)
    _nick(cut, rng, px_per_mm)
    return cut


def _nick(mask: Mask, rng: np.random.Generator, px_per_mm: float) -> None:
    """Chips off the edges, and burrs on them, of 0.05 to 0.15 mm."""
    edges = np.argwhere(cv2.morphologyEx(mask[::4, ::4], cv2.MORPH_GRADIENT, np.ones((3, 3))) > 99)
    if not len(edges):
        return
    for y, x in edges[rng.integers(len(edges), size=rng.poisson(7))] * 4:
        radius = rng.uniform(0.04, 0.12) * px_per_mm
        raised = 0 if rng.random() < 0.7 else 255
        centre = (round(16 * x), round(16 * y))
        cv2.circle(mask, centre, round(16 * radius), raised, cv2.FILLED, cv2.LINE_AA, 4)


def warp(mask: Mask, dx_mm: NDArray[np.float32], dy_mm: NDArray[np.float32], dpi: int) -> Mask:
    """The mask with every point moved by a field of millimetres."""
    px_per_mm = np.float32(dpi / MM_PER_INCH)
    y, x = np.indices(mask.shape, np.float32)
    return cv2.remap(mask, x - dx_mm * px_per_mm, y - dy_mm * px_per_mm, cv2.INTER_LINEAR)
