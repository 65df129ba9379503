"""Where on a picture a specimen may lie, and how it is turned: all turns, by Fourier transform."""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.edges import DPI, soften
from yinxin.seals.vision.geometry import Affine, compose, inverse, scaling, turn_about, warp
from yinxin.seals.vision.inks import Floats
from yinxin.seals.vision.spectra import fast, matched, spectrum

_COARSE_PX = 60
"""The specimen's longer side when turns are tried all round."""
_STEP_DEG = 4.0
TURNS = np.arange(0, 360, _STEP_DEG)
_PAGE_PX = 40
"""The same when a whole page is searched."""
_SIDES = (96, 120, 128, 144, 160, 192, 256, 384, 512, 768, 1024, 1536, 2048)
_KEPT = 512
"""Spectra of a longer side are made anew each time: they take hundreds of megabytes."""
_CANDIDATES = 12


@dataclass(frozen=True, eq=False)
class Template:
    """A specimen's small picture turned all round, as spectra on canvases of several sizes."""

    amount: Floats
    telling: Floats
    scale: float
    whole_page: bool
    spectra: dict[tuple[int, int], list[Floats]]

    def canvas(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """The shape on which a picture is searched: one of few, so that spectra serve again, but
        for a page, which is searched once."""
        height, width = (side + self.reach // 2 for side in shape)
        if self.whole_page:
            return fast(height), fast(width)
        return (next(side for side in _SIDES if side >= max(height, width)),) * 2

    def at(self, shape: tuple[int, int]) -> Iterable[Floats]:
        """The spectrum of each turn."""
        if shape in self.spectra:
            return self.spectra[shape]
        wanted, size = self._wanted(), tuple(min(side, self.reach) for side in shape)
        turned = (warp(wanted, inverse(self.placed(turn)), size) for turn in TURNS)
        made = (spectrum(picture, shape) for picture in turned)
        if self.whole_page or max(shape) > _KEPT:
            return made
        self.spectra[shape] = list(made)
        return self.spectra[shape]

    @property
    def reach(self) -> int:
        return int(np.ceil(np.hypot(*self.amount.shape))) + 2

    def placed(self, turn: float) -> Affine:
        """From the small specimen to the corner of a canvas that holds it turned."""
        middle = ((self.amount.shape[1] - 1) / 2, (self.amount.shape[0] - 1) / 2)
        matrix = turn_about(middle, turn)
        matrix[:, 2] += self.reach / 2 - np.array(middle)
        return matrix

    def _wanted(self) -> Floats:
        """Ink counts for a place, and bare face with ink on it against it, to a mean of nothing."""
        mean = (self.amount * self.telling).sum() / max(float(self.telling.sum()), 1)
        return np.asarray((self.amount - mean) * self.telling, np.float32)


def template_of(amount: Floats, telling: Floats, whole_page: bool = False) -> Template:
    scale = (_PAGE_PX if whole_page else _COARSE_PX) / max(amount.shape)
    return Template(shrunk(amount, scale), shrunk(telling, scale), scale, whole_page, {})


def places(template: Template, seen: Floats) -> list[Affine]:
    """Turns all round, the shift of each by FFT; the best distinct ones. `seen` is as small as
    the template's picture.

    A star and a ring repeat every 72 degrees; what is between them ranks the candidates later.
    """
    if max(seen.shape) + template.reach // 2 > _SIDES[-1]:
        return []
    canvas = template.canvas(seen.shape)
    page = spectrum(seen, canvas)
    tops = [cv2.minMaxLoc(matched(page, turned)) for turned in template.at(canvas)]
    peaks = [peak for _, peak, _, _ in tops]
    guesses = []
    for i in _distinct(np.array(peaks), TURNS):
        right, down = (at if at < seen.shape[axis] else at - canvas[axis]
                       for at, axis in zip(tops[i][3], (1, 0), strict=True))  # fmt: skip
        between = _between(*(peaks[(i + k) % len(peaks)] for k in (-1, 0, 1)))
        for turn in (TURNS[i], TURNS[i] + _STEP_DEG * between):
            small = compose(np.array([[1.0, 0, right], [0, 1.0, down]]), template.placed(turn))
            guesses.append(
                compose(scaling(1 / template.scale), compose(small, scaling(template.scale)))
            )
    return guesses


def _between(before: float, here: float, after: float) -> float:
    """Where the parabola through three values a step apart has its top, in steps from the second.

    A long seal that is half a step off has its letters beside their places.
    """
    bend = before - 2 * here + after
    return min(max((before - after) / (2 * bend), -0.5), 0.5) if bend < 0 else 0.0


def shrunk(image: Floats, scale: float) -> Floats:
    blurred = cv2.GaussianBlur(image, (0, 0), 0.35 / scale) if scale < 1 else image
    height, width = image.shape
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    return np.asarray(cv2.resize(blurred, size, interpolation=cv2.INTER_AREA), np.float32)


def _distinct(peaks: NDArray[np.float64], turns: NDArray[np.float64]) -> list[int]:
    taken: list[int] = []
    for i in np.argsort(-peaks, kind="stable").tolist():
        apart = np.abs((turns[i] - turns[taken] + 180) % 360 - 180)
        if np.all(apart > 2.5 * _STEP_DEG):
            taken.append(i)
        if len(taken) == _CANDIDATES:
            break
    return taken


def evened(ink: Floats, dpi: float = DPI) -> Floats:
    """Ink against the densest within 2 mm: pale parts count as much as others."""
    coarse = 0.25 * DPI / dpi
    small = cv2.resize(soften(ink), None, fx=coarse, fy=coarse, interpolation=cv2.INTER_AREA)
    most = cv2.GaussianBlur(cv2.dilate(small, np.ones((13, 13), np.uint8)), (0, 0), 4)
    level = cv2.resize(most, (ink.shape[1], ink.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.min(ink / cv2.max(level, 0.2), 1), np.float32)
