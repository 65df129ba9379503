"""What tells a seal (印章) from a form's box, a table's cell, a logo or a loop of a signature."""

from dataclasses import dataclass

import cv2
import numpy as np

from yinxin.seals.vision.frames import EXACT_MM, STEPS, Bits, Field, Frames, support
from yinxin.seals.vision.inks import Floats
from yinxin.seals.vision.rectangles import stubs

SHORTEST_MM, LONGEST_MM = 8.5, 66.0
ROUND_MM, OVAL_MM = 13.0, 19.0
"""The least diameter of a round seal and length of an oval one; less is a sign or a loop."""
_LARGE_MM = 24.0
_FRAME_MM = (0.3, 2.3)
"""How thick frames are: pens are thinner, signs are solid."""
_RULED_MM, _LEVEL_DEG = 0.5, 3.0
"""Rules of a form are as thin as this, and level."""
_LOST = 0.25
"""A side of which less is there is lost."""
_LEAST_SIDES = (0.38, 0.5, 0.6)
"""What must be there of a rectangle's sides but the worst."""
_INSET_MM, _CLEAR_MM, _FREE = 1.8, 0.4, 0.1
_WHOLE, _STOUT_MM = 0.95, 1.5
"""A frame as whole or as thick as this is no pen's loop."""


@dataclass(frozen=True)
class Look:
    """What can be seen of one outline; lengths in millimetres."""

    gain: float
    """Frame that is there, less half of what lacks."""
    share: float
    seen: float
    thick: float
    uneven: float
    """The spread of the frame's thickness, between its quartiles."""
    run: float
    """The longest unbroken part of the frame, as a share of the outline."""
    sides: tuple[float, ...]
    """How much of each of a rectangle's sides is there, the least first."""
    fill: float
    """Ink within the frame."""
    quarter: float
    """Ink in the emptiest quarter within the frame."""


def is_seal(field: Field, one: Frames, strict: bool) -> bool:
    """`strict` where print is of the same ink."""
    short, long = (2 * side / field.px_per_mm for side in sorted(one.half[0]))
    if one.cornered:
        return (
            short > SHORTEST_MM and short > 0.2 * long and long < LONGEST_MM
            and stubs(field, one)[0] < 2
            and _square_seal(look(field, one), strict, _level(one))
        )  # fmt: skip
    sized = short > ROUND_MM and long < 0.9 * LONGEST_MM and (long < 1.05 * short or long > OVAL_MM)
    if not sized:
        return False
    seen = look(field, one)
    if not _round_seal(seen, strict, short):
        return False
    # Letters may stand close to a frame, or print of its own ink join them.
    plain = seen.share > _WHOLE or seen.thick > _STOUT_MM
    return plain or _free(field, one, seen.thick) > _FREE


def _level(one: Frames) -> bool:
    return bool(abs((np.degrees(one.turn[0]) + 45) % 90 - 45) < _LEVEL_DEG)


def _square_seal(look: Look, strict: bool, level: bool) -> bool:
    # A frame around little is a form's box, the more so the more of it is there.
    if not _framed(look) or not max(0.1, 0.2 * look.share) < look.fill < 0.93:
        return False
    if look.run < (0.05 if look.share > 0.6 else 0.085):
        return False  # a code's squares and letters stand in rows, too
    if look.share > 0.85 and look.quarter < 0.08:
        return False
    # Three sides of a form's cell are no seal that lost its fourth.
    thin, lost = look.thick < _RULED_MM, look.sides[0] < _LOST
    ruled = level and thin + lost + strict > 1
    if (strict and look.quarter < 0.06) or ruled:
        return False
    least = 0.55 if strict else 0.48
    return look.share > least and all(np.array(look.sides[1:]) > _LEAST_SIDES)


def _round_seal(look: Look, strict: bool, short_mm: float) -> bool:
    if not _framed(look) or not 0.008 < look.fill < 0.75 or look.run < 0.06:
        return False
    least, gain = 0.42, 15
    if strict:  # no print makes so much of a frame, and no pen's loop has ink in every quarter
        least, gain = (0.44 if look.quarter > 0.03 else 0.65), 25
    return look.gain > gain and look.share > (0.75 if short_mm < _LARGE_MM else least)


def _framed(look: Look) -> bool:
    low, high = _FRAME_MM
    return look.seen > 0.4 and low <= look.thick <= high and look.uneven < 1.1


def look(field: Field, one: Frames) -> Look:
    rays = field.rays(one)
    framed = rays.met(EXACT_MM)[0]
    visible = framed | rays.seen[0]
    borne = support(field, one)
    thick = rays.thick[0][framed] if framed.any() else np.zeros(1)
    low, middle, high = np.percentile(thick, (25, 50, 75))
    sides = [framed[k].sum() / max(visible[k].sum(), 1) for k in np.arange(STEPS).reshape(4, -1)]
    fill, quarter = _filled(field, one)
    return Look(
        gain=float(borne.gain[0]),
        share=float(borne.share[0]),
        seen=float(borne.seen[0]),
        thick=float(middle),
        uneven=float(high - low),
        run=_longest(framed) / STEPS,
        sides=tuple(sorted(float(side) for side in sides)),
        fill=fill,
        quarter=quarter,
    )


def _free(field: Field, one: Frames, thick_mm: float) -> float:
    """The share of the ink within that stands clear of the frame, as letters and a star do and a
    pen's loop does not."""
    within = (thick_mm + _CLEAR_MM) * field.px_per_mm
    inset = Frames(one.middle, np.maximum(one.half - within, 1), one.turn, False)
    face = _filling(field, inset.hulls[0])
    _, labels, sizes, _ = cv2.connectedComponentsWithStats(field.ink & face)
    border = labels[(face > 0) & (cv2.erode(face, np.ones((3, 3), np.uint8)) == 0)]
    touching = np.unique(border)
    whole = sizes[1:, cv2.CC_STAT_AREA].sum()
    held = sizes[touching[touching > 0], cv2.CC_STAT_AREA].sum()
    return float(1 - held / max(whole, 1))


def _filling(field: Field, corners: Floats) -> Bits:
    face: Bits = np.zeros(field.ink.shape, np.uint8)
    return np.asarray(cv2.fillConvexPoly(face, corners.round().astype(np.int32), 1))


def _filled(field: Field, one: Frames) -> tuple[float, float]:
    """The share of the face that has ink, and that of its emptiest quarter."""
    half = np.maximum(one.half - _INSET_MM * field.px_per_mm, 1)
    corners = Frames(one.middle, half, one.turn, one.cornered).hulls[0]
    y, x = np.nonzero(_filling(field, corners) & field.seen)
    if len(x) < 0.3 * 4 * np.prod(half) * (1 if one.cornered else np.pi / 4):
        return 0.0, 0.0
    across, down = one.axes[0] @ (np.stack([x, y]) - one.middle[0][:, None])
    part = 2 * (across > 0) + (down > 0)
    inked = field.ink[y, x]
    count = np.maximum(np.bincount(part, minlength=4), 1)
    return float(inked.mean()), float((np.bincount(part, inked, minlength=4) / count).min())


def _longest(ring: np.ndarray) -> int:
    """The longest run on a closed ring."""
    if ring.all():
        return len(ring)
    start = int(ring.argmin())
    gaps = np.flatnonzero(~np.roll(ring, -start))
    return int(np.diff(np.append(gaps, len(ring))).max()) - 1
