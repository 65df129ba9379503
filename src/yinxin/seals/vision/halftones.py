"""Halftones (网点): a laser printer's screen, found as peaks in an imprint's spectrum.

At 300 dpi a screen of 106 to 175 lines an inch has two to three pixels a period, and blur and
compression leave little of it. But it runs through the whole imprint in step, so that its peak
grows with the area, while grain and noise, which have no step, do not.
"""

import cv2
import numpy as np

from yinxin.seals.vision.inks import Floats, Mask
from yinxin.seals.vision.spectra import fast

_PITCHES = (0.3, 0.64)
"""Periods a pixel of the screens in use; beyond 0.5 they fold back."""
_TRIED = 120


def peaks(fine: Floats, mask: Mask) -> dict[str, float]:
    """The highest peak against its surroundings, and the highest that has its like at a right
    angle, as a screen's two rows of dots have; as logarithms. `fine` has no slow variation."""
    most = 3 * float(fine[mask].std()) + 1e-3
    size = [fast(side) for side in fine.shape]
    canvas = np.zeros(size, np.float32)
    canvas[: fine.shape[0], : fine.shape[1]] = np.clip(fine, -most, most) * mask
    waves = cv2.dft(canvas, flags=cv2.DFT_COMPLEX_OUTPUT)
    power = np.fft.fftshift(waves[..., 0] ** 2 + waves[..., 1] ** 2)
    # A peak must not hide itself.
    around = cv2.blur(np.minimum(power, 4 * cv2.blur(power, (13, 13))), (13, 13))
    down, across = (np.abs(np.fft.fftshift(np.fft.fftfreq(side))) for side in size)
    # Strokes lie along the page, and so do the blocks of JPEG.
    straight = (down < 0.02) | (down > 0.49)
    upright = (across < 0.02) | (across > 0.49)
    slow = down[:, None] ** 2 + across**2 < 0.2**2
    above = np.where(slow | straight[:, None] | upright, 0, power / (around + 1e-6))
    return {"peak": float(np.log1p(above.max())), "pair": float(np.log1p(_pair(above)))}


def _pair(above: Floats) -> float:
    wide = cv2.dilate(above, np.ones((3, 3), np.uint8))
    top = np.argpartition(above.ravel(), -_TRIED)[-_TRIED:]
    places = np.array(np.unravel_index(top, above.shape))
    sides = np.array(above.shape)[:, None]
    best = 0.0
    for fold in np.ndindex(3, 3):
        wave = (places - sides // 2) / sides + np.array(fold)[:, None] - 1
        turned = np.round(wave[::-1] * [[1], [-1]] * sides).astype(int) + sides // 2
        both = np.minimum(above[tuple(places)], wide[tuple(turned % sides)])
        pitch = np.hypot(*wave)
        within = (pitch > _PITCHES[0]) & (pitch < _PITCHES[1])
        best = max(best, float(both.max(initial=0, where=within)))
    return best
