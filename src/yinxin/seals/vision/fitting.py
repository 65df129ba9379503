"""Lay an imprint on a specimen: any turn, the scale known, and what strain is left over."""

from dataclasses import dataclass
from operator import itemgetter

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.edges import PX_PER_MM, Edges, Offsets, offsets, soften
from yinxin.seals.vision.geometry import (
    Affine,
    apply,
    compose,
    sample,
    scaling,
    warp,
)
from yinxin.seals.vision.inks import Floats, percentile
from yinxin.seals.vision.search import Template, evened, places, shrunk
from yinxin.seals.vision.strangers import ghost, neighbours, other_inks

_IMPROVED = 5
_REFINED = 3
_ALIKE = 0.04
"""How far two guesses differ at most to be one, as a share of the seal's longer side."""
_LEVELS = ((0.9, False), (0.7, False), (0.5, False), (0.5, True), (0.45, True), (0.45, True))
"""Reach in mm of each round of edge fitting, and whether it may strain the imprint."""


@dataclass(frozen=True, eq=False)
class Small:
    """A specimen's small pictures, on which guesses are improved and ranked."""

    scale: float
    amount: Floats
    inside: Floats
    telling: Floats
    """How much each part tells of the turn."""


def small_of(amount: Floats, inside: Floats, telling: Floats) -> Small:
    scale = 0.25 if max(amount.shape) > 250 else 0.5
    return Small(scale, *(shrunk(one, scale) for one in (amount, inside, telling)))


@dataclass(frozen=True, eq=False)
class Fit:
    """How specimen pixels map to pixels of an imprint that is resized to 300 dpi."""

    to_image: Affine
    offsets: Offsets
    """Edge offsets that are left when `to_image` is applied."""
    ink: Floats
    """The imprint's ink as a share of what this seal's strokes have, in its own frame."""
    hidden: Floats
    """1 where print, a signature or a neighbouring seal covers it, in its own frame."""
    printed: Floats
    """The same without what only adds coloured ink: that hides no bare paper."""
    error: NDArray[np.float64]
    """Covariance of the strain of `to_image`: across, down and shear, 3x3."""
    likeness: float
    """Correlation of the two inks under the specimen's outline, -1 to 1."""


Guess = tuple[float, Affine]
"""How alike the inks are under a map, and the map."""
_likeness = itemgetter(0)


class Fitting:
    """One imprint being laid on a specimen: rough guesses first, the rest only where it pays.

    `amount` and `inside` (1 within the outline) are the specimen's, HxW; `ink`, `hidden` (1 where
    covered) and `lost` (absorbance, HxWx3) the imprint's, at 300 dpi in another frame.
    """

    def __init__(
        self, amount: Floats, edges: Edges, inside: Floats, template: Template, small: Small,
        ink: Floats, hidden: Floats, lost: Floats,
    ) -> None:  # fmt: skip
        self.amount, self.edges, self.inside = amount, edges, inside
        self.ink, self.hidden, self.lost = ink, hidden, lost
        self._rough = _Rough(small, evened(ink), hidden)
        self._guesses: list[Guess] = []
        if len(edges) and ink.max() > 0.2:
            seen = shrunk(self._rough.ink, template.scale / small.scale)
            # Refinement may lead away: then the guess stays as it was.
            found = [(self._rough.likeness(one), one) for one in places(template, seen)]
            better = [max(one, self._rough.improved(one[1]), key=_likeness)
                      for one in self._distinct(found)[:_IMPROVED]]  # fmt: skip
            self._guesses = self._distinct(better)

    def _distinct(self, guesses: list[Guess]) -> list[Guess]:
        """The best first, without those that all but lie on a better one: they end there, too."""
        height, width = self.amount.shape
        corners = np.array([[0.0, 0], [width, 0], [0, height], [width, height]])
        taken: list[Guess] = []
        spots: list[NDArray[np.float64]] = []
        for guess in sorted(guesses, key=_likeness, reverse=True):
            spot = apply(guess[1], corners)
            if all(np.abs(spot - other).max() > _ALIKE * max(height, width) for other in spots):
                taken.append(guess)
                spots.append(spot)
        return taken

    @property
    def promise(self) -> float:
        """The likeness of the best rough guess, -1 where there is nothing to lay."""
        return self._guesses[0][0] if self._guesses else -1.0

    def finish(self) -> Fit:
        """The best fit. Needs a promise above -1."""
        few = self.edges.every(max(1, len(self.edges) // 1500))
        good = [guess for likeness, guess in self._guesses if likeness > self.promise - 0.15]
        level = self._level(good[0])
        soft = soften(np.clip(self.ink / level, 0, 1))
        tried = [_follow(few, soft, self.hidden, guess, _LEVELS[:3])[0]
                 for guess in good[:_REFINED]]  # fmt: skip
        best = max(tried, key=self._rough.likeness)
        ink = np.clip(self.ink / self._level(best), 0, 1).astype(np.float32)
        soft = soften(ink)
        over = other_inks(self.amount, self.inside, ink, self.hidden, self.lost, best)
        hidden = np.maximum(self.hidden, over)
        hidden = np.maximum(hidden, neighbours(self.inside, self.amount, ink, best))
        matrix, error = _follow(self.edges, soft, hidden, best, _LEVELS[3:])
        second = ghost(self.amount, self.inside, ink, hidden, matrix)
        if second.any():
            hidden = np.maximum(hidden, second)
            matrix, error = _follow(self.edges, soft, hidden, matrix, _LEVELS[-1:])
        return Fit(
            to_image=matrix,
            offsets=offsets(self.edges, soft, hidden, matrix, _LEVELS[-1][0]),
            ink=ink,
            hidden=hidden,
            printed=self.hidden,
            error=error,
            likeness=self._rough.likeness(matrix, self._rough.inside),
        )

    def _level(self, matrix: Affine) -> float:
        """What full ink is on this seal's strokes; a neighbour's may be denser."""
        x, y = apply(matrix, self.edges.points - 2 * self.edges.normals).T
        there = sample(self.ink, x.astype(np.float32), y.astype(np.float32))
        there = there[there > 0.1]
        return max(float(percentile(there, 75)), 0.2) if there.size > 20 else 1.0


class _Rough:
    """Both inks on small pictures, on which guesses are improved and ranked."""

    def __init__(self, small: Small, ink: Floats, hidden: Floats) -> None:
        self.scale, self.wanted = small.scale, small.amount
        self.inside, self.telling = small.inside, small.telling
        self.ink, self.shown = (shrunk(one, self.scale) for one in (ink, 1 - hidden))

    def improved(self, guess: Affine) -> Guess:
        """A guess turned and shifted to fit better, and the likeness reached."""
        start = self._small(guess)
        seen = warp(self.ink, start, self.wanted.shape)
        mask = (warp(self.shown, start, seen.shape, 1) * self.inside > 0.5).astype(np.uint8)
        criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 20, 1e-3)
        try:
            # OpenCV's Euclidean refinement takes the arcsine of its matrix: it must start level.
            _, step = cv2.findTransformECC(
                self.wanted, seen, np.eye(2, 3, dtype=np.float32), cv2.MOTION_EUCLIDEAN,
                criteria, mask, 1,
            )  # fmt: skip
            start = compose(start, step.astype(np.float64))
        except cv2.error:  # it did not converge
            pass
        better = compose(scaling(1 / self.scale), compose(start, scaling(self.scale)))
        return self.likeness(better), better

    def likeness(self, matrix: Affine, weight: Floats | None = None) -> float:
        """Correlation of both inks where nothing hides the imprint; what tells counts most."""
        small = self._small(matrix)
        seen = warp(self.ink, small, self.wanted.shape)
        shown = warp(self.shown, small, self.wanted.shape, 1)
        return correlation(self.wanted, seen, shown * (self.telling if weight is None else weight))

    def _small(self, matrix: Affine) -> Affine:
        return compose(scaling(self.scale), compose(matrix, scaling(1 / self.scale)))


def correlation(one: Floats, other: Floats, weight: Floats) -> float:
    total = float(weight.sum())
    if total < 1:
        return 0.0
    a = one - (one * weight).sum() / total
    b = other - (other * weight).sum() / total
    size = np.sqrt((a * a * weight).sum() * (b * b * weight).sum())
    return float((a * b * weight).sum() / max(size, 1e-6))


def _follow(
    edges: Edges,
    soft: Floats,
    hidden: Floats,
    start: Affine,
    levels: tuple[tuple[float, bool], ...],
) -> tuple[Affine, NDArray[np.float64]]:
    """Move the map until the edges agree; gain of ink is solved for and left out."""
    matrix = start
    error = np.zeros((3, 3))
    centre = edges.points.mean(axis=0)
    for reach, strained in levels:
        found = offsets(edges, soft, hidden, matrix, reach)
        step, error = _solve(edges, centre, found, strained)
        matrix = compose(matrix, step)
    return matrix, error


KIN = 6.0
"""Neighbouring edge points err alike, so many together count as one."""


def _solve(
    edges: Edges, centre: NDArray[np.float32], found: Offsets, strained: bool
) -> tuple[Affine, NDArray[np.float64]]:
    """The small affine map that takes most of the offsets away, and its strain's covariance."""
    arm = (edges.points - centre) / PX_PER_MM
    n = edges.normals
    turn = arm[:, 0] * n[:, 1] - arm[:, 1] * n[:, 0]
    columns = [np.ones(len(arm)), n[:, 0], n[:, 1], turn]
    if strained:
        shear = arm[:, 0] * n[:, 1] + arm[:, 1] * n[:, 0]
        columns += [arm[:, 0] * n[:, 0], arm[:, 1] * n[:, 1], shear]
    basis = np.column_stack(columns).astype(np.float64)
    weight = found.weight.astype(np.float64)
    answer = np.zeros(basis.shape[1])
    for limit in (0.4, 0.2, 0.12):
        left = found.out - basis @ answer
        # Tukey's weight: what is far off is another stroke, not an offset of this one.
        fair = weight * np.clip(1 - (left / (2 * limit)) ** 2, 0, None) ** 2
        normal = basis.T @ (basis * fair[:, None]) + np.diag([1e-3] + [1e-2] * (len(answer) - 1))
        answer = np.linalg.solve(normal, basis.T @ (fair * found.out))
    left = found.out - basis @ answer
    noise = (fair * left**2).sum() / max(fair.sum(), 1e-6)
    cover = np.linalg.inv(normal) * noise * KIN
    _, dx, dy, angle = answer[:4]
    exx, eyy, exy = answer[4:] if strained else (0.0, 0.0, 0.0)
    linear = np.array([[1 + exx, exy - angle], [exy + angle, 1 + eyy]])
    shift = centre + np.array([dx, dy]) * PX_PER_MM - linear @ centre
    return np.column_stack([linear, shift]), cover[4:, 4:] if strained else np.zeros((3, 3))
