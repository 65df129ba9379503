"""Lay an imprint on a specimen, with the scale known from the resolution."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.imprints import Imprint
from yinxin.seals.vision.inks import Floats, Mask

DPI = 300
"""The scale of specimens and of every comparison."""
_COARSE_DPI = 60
_STEP_DEG = 2.5
_CANDIDATES = 6

Affine = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Alignment:
    """An imprint in the specimen's frame: `amount` and `hidden` have the specimen's shape."""

    amount: Floats
    hidden: Mask
    to_crop: Affine
    """2x3, from specimen pixels to pixels of the imprint's crop."""
    angle_deg: float
    """How far the imprint is turned counter-clockwise from the specimen, 0 to 360."""
    stretch: tuple[float, float]
    """The imprint's size over the specimen's, across and down the page."""
    correlation: float


def align(ink: Floats, imprint: Imprint) -> Alignment | None:
    """The best rigid fit of the imprint to the specimen's ink, then its small stretch.

    `ink` is HxW, 0 to 1, at 300 dpi. None where nothing fits at all.
    """
    to_dpi = DPI / imprint.dpi
    interpolation = cv2.INTER_AREA if to_dpi < 1 else cv2.INTER_LINEAR
    amount = cv2.resize(imprint.amount, None, fx=to_dpi, fy=to_dpi, interpolation=interpolation)
    shown = cv2.resize(1 - imprint.unknown.astype(np.float32), amount.shape[::-1])
    best: tuple[float, Affine] | None = None
    for guess in _coarse(ink, amount):
        # OpenCV's Euclidean refinement takes the arcsine of its matrix, so it must start level.
        found = _refine(ink, amount, shown, guess, cv2.MOTION_EUCLIDEAN, 2)
        if found and (best is None or found[0] > best[0]):
            best = found
    if best is None:
        return None
    best = _refine(ink, amount, shown, best[1], cv2.MOTION_EUCLIDEAN, 1) or best
    stretched = _refine(ink, amount, shown, best[1], cv2.MOTION_AFFINE, 1)
    if stretched and np.abs(np.array(_stretch(stretched[1])) - 1).max() < 0.06:
        best = stretched
    correlation, matrix = best
    crop_scale = np.diag(np.array(imprint.amount.shape[::-1]) / amount.shape[::-1])
    return Alignment(
        amount=_warp(amount, matrix, ink.shape),
        hidden=_warp(shown, matrix, ink.shape, 1) < 0.7,
        to_crop=crop_scale @ matrix,
        angle_deg=float(np.degrees(np.arctan2(matrix[0, 1], matrix[0, 0])) % 360),
        stretch=_stretch(matrix),
        correlation=correlation,
    )


def _stretch(matrix: Affine) -> tuple[float, float]:
    """The stretch along the page's axes: scanners feed along one of them."""
    spread = matrix[:, :2] @ matrix[:, :2].T
    return float(np.sqrt(spread[0, 0])), float(np.sqrt(spread[1, 1]))


def _warp(image: Floats, matrix: Affine, shape: tuple[int, ...], beyond: float = 0) -> Floats:
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(image, matrix, shape[::-1], flags=flags, borderValue=beyond)
    return np.asarray(warped, np.float32)


def _coarse(ink: Floats, amount: Floats) -> list[Affine]:
    """Turns all round, the shift of each by FFT; the best distinct ones, specimen to imprint.

    A star and a ring repeat every 72 degrees; the letters rank the candidates, later and finer.
    """
    scale = _COARSE_DPI / DPI
    small_ink, small = (
        cv2.resize(cv2.GaussianBlur(one, (0, 0), 0.4 / scale), None, fx=scale, fy=scale,
                   interpolation=cv2.INTER_AREA) for one in (ink, amount))  # fmt: skip
    small_ink, small = small_ink - small_ink.mean(), small - small.mean()
    side = cv2.getOptimalDFTSize(round(1.2 * np.hypot(*small.shape)) + max(small_ink.shape) // 2)
    turns = np.arange(0, 360, _STEP_DEG)
    middle = np.array(small.shape[::-1]) / 2
    turned = np.zeros((len(turns), side, side), np.float32)
    matrices = []
    for i, turn in enumerate(turns):
        matrix = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), -turn, 1)
        matrix[:, 2] += side / 2 - middle
        turned[i] = cv2.warpAffine(small, matrix, (side, side))
        matrices.append(matrix)
    spectrum = np.fft.rfft2(small_ink, (side, side)).conj()
    fits = np.fft.irfft2(np.fft.rfft2(turned) * spectrum, (side, side)).reshape(len(turns), -1)
    peaks = fits.max(axis=1)
    taken: list[int] = []
    for i in np.argsort(-peaks, kind="stable").tolist():
        apart = np.abs((turns[i] - turns[taken] + 180) % 360 - 180)
        if peaks[i] > 0.6 * peaks.max() and np.all(apart > 3 * _STEP_DEG):
            taken.append(i)
        if len(taken) == _CANDIDATES:
            break
    return [_guess(matrices[i], int(fits[i].argmax()), side, scale) for i in taken]


def _guess(turned: Affine, peak: int, side: int, scale: float) -> Affine:
    """From small imprint to canvas, and from canvas to small specimen, to a full-size matrix."""
    down, right = (np.array(divmod(peak, side)) + side // 2) % side - side // 2
    to_canvas = np.vstack([turned, [0, 0, 1]])
    shift = np.array([[1, 0, right], [0, 1, down], [0, 0, 1.0]])
    small = np.linalg.inv(to_canvas) @ shift
    half = (1 - scale) / 2  # pixel centres stand half a pixel in, whatever the resolution
    grow = np.array([[1, 0, half], [0, 1, half], [0, 0, scale]]) / scale
    return np.asarray((grow @ small @ np.linalg.inv(grow))[:2], np.float64)


def _refine(
    ink: Floats, amount: Floats, shown: Floats, start: Affine, motion: int, shrink: int
) -> tuple[float, Affine] | None:
    """Improve specimen-to-imprint from `start` at a resolution `shrink` times lower."""
    level, visible = _warp(amount, start, ink.shape), _warp(shown, start, ink.shape, 1)
    if shrink > 1:
        size = (ink.shape[1] // shrink, ink.shape[0] // shrink)
        ink, level, visible = (
            cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (ink, level, visible)
        )
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 40, 1e-5)
    mask = (visible > 0.7).astype(np.uint8)
    try:
        fit, small = cv2.findTransformECC(
            ink, level, np.eye(2, 3, dtype=np.float32), motion, criteria, mask, 5
        )
    except cv2.error:  # it did not converge: no fit from here
        return None
    linear = small[:, :2].astype(np.float64)
    half = np.full(2, (shrink - 1) / 2)
    shift = shrink * small[:, 2] + half - linear @ half
    step = np.vstack([np.column_stack([linear, shift]), [0, 0, 1]])
    return float(fit), np.asarray(start @ step, np.float64)
