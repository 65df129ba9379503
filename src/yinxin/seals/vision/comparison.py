"""Specimen against aligned imprint, cell by cell.

Ink missing is cheap: pale and partial imprints are everyday. Ink added away from any edge of the
specimen is dear, and a stroke in another place is dearest.
"""

from dataclasses import dataclass
from math import sqrt

import cv2
import numpy as np

from yinxin.seals.vision.inks import MM_PER_INCH, Floats, Mask, ramp
from yinxin.seals.vision.registration import DPI, Alignment

PX_PER_MM = DPI / MM_PER_INCH
INKED = 0.4
_CELL_MM = 4.0
_EDGE_MM = 0.25
"""Ink spreads and edges wander this far on rubber and paper."""
_SEARCH_MM = 0.7
_JUDGED_MM2 = 1.0
"""Ink that a cell needs before its strokes are judged."""

# Where doubt begins, and where it is complete.
ADDED_SHARE = (0.003, 0.012)
ADDED_MM2 = (0.10, 0.35)
MISFIT = (0.22, 0.50)
SHIFT_MM = (0.25, 0.60)
RESIZED = (0.008, 0.016)


@dataclass(frozen=True)
class Cell:
    """One square of the specimen's face; areas in square millimetres."""

    x: int
    y: int
    side: int
    inked: float
    """The specimen's ink that can be seen here."""
    covered: float
    """The share of it that the imprint has, 0 to 1."""
    added: float
    """The imprint's ink beyond the specimen's edges."""
    fit: float
    """Correlation with the specimen's strokes, at most 1; 1 where too little ink tells."""
    shift_mm: float
    """How far this part stands from its place; 0 where that cannot be told."""

    @property
    def misfit(self) -> float:
        """0 to 1: strokes that differ beyond what their paleness explains."""
        return float(np.clip(1 - self.fit / sqrt(max(self.covered, 0.25)), 0, 1))


@dataclass(frozen=True)
class Comparison:
    """What speaks for and against one seal, over the whole face."""

    cells: tuple[Cell, ...]
    inked: float
    covered: float
    added: float
    """Added ink as a share of the specimen's visible ink."""
    visible: float
    """The share of the specimen's ink that nothing hides."""
    correlation: float
    stretch: tuple[float, float]

    @property
    def score(self) -> float:
        """0 to 1, higher is more genuine: what remains after each kind of doubt.

        The limits come from drawn seals and were held against real stamped sheets.
        """
        doubts = [
            ramp(self.added, *ADDED_SHARE),
            *(ramp(max(values, default=0.0), *limits) for values, limits in (
                ([cell.added for cell in self.cells], ADDED_MM2),
                ([cell.misfit for cell in self.cells], MISFIT),
                ([cell.shift_mm for cell in self.cells], SHIFT_MM),
            )),
            ramp(self.resized, *RESIZED),
        ]  # fmt: skip
        return float(np.prod([1 - doubt for doubt in doubts]))

    @property
    def resized(self) -> float:
        """How far the size is off both across and down; a scanner's feed stretches but one."""
        across, down = (side - 1 for side in self.stretch)
        return min(abs(across), abs(down)) if across * down > 0 else 0.0


def compare(ink: Floats, alignment: Alignment) -> Comparison:
    """Compare the specimen's ink (HxW, 0 to 1, at 300 dpi) with an imprint laid on it."""
    expected = ink > INKED
    seen = alignment.amount > INKED
    shown = ~alignment.hidden
    from_expected = _distance_mm(expected)
    weight = np.clip((from_expected - _EDGE_MM) / _EDGE_MM, 0, 1)
    # Lone specks are dust and set-off; a stroke fills its neighbourhood.
    solid = cv2.GaussianBlur(seen.astype(np.float32), (0, 0), 0.2 * PX_PER_MM)
    added = np.where(seen & shown, weight * np.clip(2 * solid, 0, 1), 0)
    covered = _distance_mm(seen) < _EDGE_MM / 2
    # What is hidden may be anything; taken as the specimen it speaks neither for nor against.
    benign = np.where(shown, alignment.amount, ink)
    cells = tuple(_cells(ink, benign, expected & shown, covered, added))
    inked = sum(cell.inked for cell in cells)
    whole = max(float(expected.sum()) / PX_PER_MM**2, 1e-6)
    return Comparison(
        cells=cells,
        inked=inked,
        covered=sum(cell.inked * cell.covered for cell in cells) / max(inked, 1e-6),
        added=sum(cell.added for cell in cells) / max(inked, 1e-6),
        visible=inked / whole,
        correlation=alignment.correlation,
        stretch=alignment.stretch,
    )


def _distance_mm(mask: Mask) -> Floats:
    """Millimetres from each pixel to the mask."""
    if not mask.any():
        return np.full(mask.shape, 99, np.float32)
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    return np.asarray(distance / PX_PER_MM, np.float32)


def _cells(ink: Floats, amount: Floats, expected: Mask, covered: Mask, added: Floats) -> list[Cell]:
    area = 1 / PX_PER_MM**2
    side = round(_CELL_MM * PX_PER_MM)
    reach = round(_SEARCH_MM * PX_PER_MM)
    wide = np.pad(amount, reach)
    cells = []
    for y in range(0, ink.shape[0], side):
        for x in range(0, ink.shape[1], side):
            part = np.s_[y : y + side, x : x + side]
            inked = float(expected[part].sum()) * area
            has = float((expected & covered)[part].sum()) * area / max(inked, 1e-6)
            fit, shift = 1.0, 0.0
            uneven = _JUDGED_MM2 < inked < 0.85 * _CELL_MM**2  # bare or solid shows no strokes
            if uneven and has > 0.5:
                around = wide[y : y + side + 2 * reach, x : x + side + 2 * reach]
                fit, shift = _place(ink[part], around, reach)
            cells.append(Cell(x, y, side, inked, has, float(added[part].sum()) * area, fit, shift))
    return cells


def _place(part: Floats, around: Floats, reach: int) -> tuple[float, float]:
    """How well the specimen's part fits its place, give or take a pixel; how far off fits better.

    `around` reaches further than `part` by `reach` pixels on every side.
    """
    fits = cv2.matchTemplate(around, part, cv2.TM_CCOEFF_NORMED)
    here = float(fits[reach - 1 : reach + 2, reach - 1 : reach + 2].max())
    best = float(fits.max())
    if best < 0.75 or best < here + 0.15:  # a straight line fits along its whole length
        return here, 0.0
    down, right = np.unravel_index(int(fits.argmax()), fits.shape)
    return here, float(np.hypot(down - reach, right - reach) / PX_PER_MM)
