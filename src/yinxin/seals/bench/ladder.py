"""The ladder of forgeries (伪造阶梯), F0 to F7, each with the parameter it was made with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np

from yinxin.seals.bench import names
from yinxin.seals.bench.faces import NoFont, advice, fonts, random_sort
from yinxin.seals.bench.names import Split
from yinxin.seals.drawing.faces import MARGIN_MM, MM_PER_INCH, Face, Letter, Mask, set_letters
from yinxin.seals.drawing.pieces import carve, cut_edges, warp
from yinxin.seals.drawing.touches import good_touch, press

Rng = np.random.Generator
DPI = 600
_PLATE_MM = 0.09
"""Softness of a plate exposed from a scan: it rounds corners and fills counters."""

_SAME_PIECE = 0.4
"""Of the forgeries that are learned from, so many differ in nothing but what was forged: that is to
be learned, not that another piece was carved."""


class Rung(StrEnum):
    """What kind of a seal an imprint was made with; G is the registered piece itself."""

    G = "G"
    F0 = "F0"
    F1 = "F1"
    F2 = "F2"
    F3 = "F3"
    F4 = "F4"
    F5 = "F5"
    F6 = "F6"
    F7 = "F7"


SKILLED = (Rung.F2, Rung.F3, Rung.F4, Rung.F5)


@dataclass(frozen=True, eq=False)
class Forgery:
    """A piece, or for F7 the printer's master, and what was done: "size+2.1%"."""

    piece: Mask
    parameter: str


def forge(face: Face, rung: Rung, seed: int, rng: Rng, split: Split, kind: int = 0) -> Forgery:
    """A forgery of the piece carved from `face` with `seed`; `kind` walks through the variants."""
    new = int(rng.integers(2**31))
    if split is Split.TRAINING and rng.random() < _SAME_PIECE:
        new = seed
    match rung:
        case Rung.F0:
            return Forgery(carve(_other(face, rng, split), new), "other")
        case Rung.F1:
            return _other_font(face, new, rng, split)
        case Rung.F2:
            return _set_differently(face, new, rng, kind)
        case Rung.F3:
            return Forgery(carve(*_recarved(face, new, rng)), "recarved")
        case Rung.F4:
            return _from_a_scan(carve(face, seed), rng)
        case Rung.F5 if kind % 2:
            return _stroke_moved(face, new, rng)
        case Rung.F5:
            return _letter_changed(face, new, rng)
        case Rung.F6:
            return Forgery(carve(face, new), "twin")
        case _:
            return Forgery(carve(face, seed), ("inkjet", "laser", "pasted")[kind % 3])


def _other(face: Face, rng: Rng, split: Split) -> Face:
    """Another seal of the same kind and size, as a clerk confuses them."""
    while True:
        other = random_sort(rng, split).face
        if other.shape == face.shape and other.text != face.text:
            return replace(other, width_mm=face.width_mm, height_mm=face.height_mm)


def _other_font(face: Face, new: int, rng: Rng, split: Split) -> Forgery:
    others = [name for name in fonts(split) if name != face.family and
              name.split("-")[0] != face.family.split("-")[0]]  # fmt: skip
    if not others:
        raise NoFont(f"the split {split} has one font only; {advice(split)}")
    family = str(rng.choice(others))
    return Forgery(carve(replace(face, family=family, weight=None), new), f"font={family}")


def _sign(rng: Rng) -> int:
    return 1 if rng.random() < 0.5 else -1


def _set_differently(face: Face, new: int, rng: Rng, kind: int) -> Forgery:
    """The same font set differently, in one respect."""
    ways = ["size", "spacing", "ring", "aspect"]
    if face.star_mm:
        ways += ["star", "turn"]
    way, sign = ways[kind % len(ways)], _sign(rng)
    if way == "size":
        by = sign * rng.uniform(0.01, 0.03)
        return Forgery(resized(carve(face, new), 1 + by, 1 + by), f"size{100 * by:+.2f}%")
    if way == "aspect":
        by = sign * rng.uniform(0.01, 0.02)
        return Forgery(resized(carve(face, new), 1 + by, 1.0), f"aspect{100 * by:+.2f}%")
    if way == "spacing":
        by = sign * rng.uniform(0.02, 0.05)
        return Forgery(carve(replace(face, spacing=1 + by), new), f"spacing{100 * by:+.2f}%")
    if way == "ring":
        by = sign * rng.uniform(0.12, 0.18)
        forged = replace(face, border_mm=face.border_mm * (1 + by))
        # The letters stay where they were; only the border is another.
        return Forgery(carve(forged, new, letters=set_letters(face)), f"ring{100 * by:+.1f}%")
    if way == "star":
        by = sign * rng.uniform(0.03, 0.08)
        return Forgery(carve(replace(face, star_mm=face.star_mm * (1 + by)), new),
                       f"star{100 * by:+.2f}%")  # fmt: skip
    by = sign * rng.uniform(1, 8)
    return Forgery(carve(replace(face, star_turn_deg=by), new), f"turn{by:+.2f}deg")


def resized(piece: Mask, across: float, down: float) -> Mask:
    """The piece at another size about its middle, its margin kept or grown."""
    height, width = piece.shape
    grown = (round(width * max(across, 1)) + 2, round(height * max(down, 1)) + 2)
    matrix = np.array([[across, 0, 0], [0, down, 0]])
    matrix[:, 2] = (np.array(grown) - 1) / 2 - matrix[:, :2] @ (np.array([width, height]) - 1) / 2
    return np.asarray(cv2.warpAffine(piece, matrix, grown, flags=cv2.INTER_LINEAR), np.uint8)


def _recarved(face: Face, new: int, rng: Rng) -> tuple[Face, int, int, list[Letter]]:
    """Another maker with the same font sets by eye: every measure is off a little."""

    def off(deviation: float) -> float:
        return 1 + float(rng.normal(0, deviation))

    copied = replace(
        face,
        border_mm=face.border_mm * off(0.08),
        star_mm=face.star_mm * off(0.025),
        star_turn_deg=face.star_turn_deg + float(rng.normal(0, 1.0)),
        weight=round(max(0.0, (face.weight or 0.016) + rng.normal(0, 0.006)), 3),
        spacing=face.spacing * off(0.008),
    )
    letters = [
        replace(
            letter,
            x=letter.x + float(rng.normal(0, 0.13)),
            y=letter.y + float(rng.normal(0, 0.13)),
            turn_deg=letter.turn_deg + float(rng.normal(0, 0.8)),
            width=letter.width * off(0.025),
            height=letter.height * off(0.025),
        )
        for letter in set_letters(copied)
    ]
    return copied, new, DPI, letters


def _from_a_scan(piece: Mask, rng: Rng) -> Forgery:
    """A plate exposed from a scanned imprint: strokes wider, corners round, counters filled."""
    touch = replace(good_touch(rng), angle_deg=0.0)
    scanned = press(piece, touch, rng, DPI)
    wider = float(rng.uniform(0.03, 0.08))
    half = 0.45 * touch.tone
    plate = np.round(255 * np.clip(scanned / half - 0.5, 0, 1)).astype(np.uint8)
    tiny = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    plate = cv2.morphologyEx(plate, cv2.MORPH_CLOSE, tiny, iterations=2)
    # The press and the scanner have widened the strokes already; the rest is up to the plate.
    already = _widening(cut_edges(plate, rng, DPI, soft_mm=_PLATE_MM), piece)
    gain = (wider - already) / 2  # on each side of a stroke
    return Forgery(cut_edges(plate, rng, DPI, gain, _PLATE_MM), f"stroke+{wider:.3f}mm")


def _widening(plate: Mask, piece: Mask) -> float:
    """By how many millimetres strokes are wider: the area grown over half the edges' length."""
    edges, _ = cv2.findContours(piece // 128, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    # Steps of a contour overstate a straight edge's length by some 5 %.
    length = 0.95 * sum(cv2.arcLength(edge, True) for edge in edges)
    grown = float(plate.sum(dtype=np.int64)) / 255 - float(piece.sum(dtype=np.int64)) / 255
    return 2 * grown / length * MM_PER_INCH / DPI


def _letter_changed(face: Face, new: int, rng: Rng) -> Forgery:
    """A letter of the name, or one figure of the number in a case of four."""
    letters = set_letters(face)
    # The kind of a seal (财务专用章) is nobody's to change.
    name, numbers = range(len(face.text)), range(len(face.text) + len(face.kind), len(letters))
    in_number = bool(numbers) and rng.random() < 0.25
    place = int(rng.choice(numbers if in_number else name))
    old = letters[place].char
    changed = names.letter(rng, old)
    letters[place] = replace(letters[place], char=changed)
    what = "digit" if in_number else "letter"
    return Forgery(carve(face, new, letters=letters), f"{what}{place + 1}:{old}>{changed}")


def _stroke_moved(face: Face, new: int, rng: Rng) -> Forgery:
    """One stroke of a letter shifted, as when a plate is touched up."""
    letter = _big_letter(set_letters(face), rng)
    piece = carve(face, new)
    by = float(rng.uniform(0.15, 0.4))
    # Of a few places and ways, the one that shows: a stroke moved along itself is none.
    tries = [_moved(piece, face, letter, by, rng) for _ in range(5)]
    return Forgery(max(tries, key=lambda each: cv2.norm(each, piece, cv2.NORM_L1)),
                   f"stroke{by:.2f}mm")  # fmt: skip


def _moved(piece: Mask, face: Face, letter: Letter, by_mm: float, rng: Rng) -> Mask:
    way, turn = float(rng.uniform(0, 2 * np.pi)), np.radians(letter.turn_deg)
    reach = max(0.2 * min(letter.width, letter.height), 1.2 * by_mm)
    aside = rng.uniform(-0.25, 0.25, 2) * (letter.width, letter.height)
    x = face.width_mm / 2 + MARGIN_MM + letter.x + aside[0] * np.cos(turn) - aside[1] * np.sin(turn)
    y = (
        face.height_mm / 2
        + MARGIN_MM
        + letter.y
        + aside[0] * np.sin(turn)
        + aside[1] * np.cos(turn)
    )
    scale = DPI / MM_PER_INCH
    left, top = (max(round((at - 2.2 * reach) * scale), 0) for at in (x, y))
    right, bottom = (round((at + 2.2 * reach) * scale) for at in (x, y))
    part = piece[top:bottom, left:right]
    rows, columns = np.indices(part.shape, np.float32) / np.float32(scale)
    apart = np.hypot(columns + left / scale - x, rows + top / scale - y)
    # Flat in the middle so that the stroke moves whole, and joined to its letter around.
    near = np.clip(2 - apart / reach, 0, 1).astype(np.float32) * np.float32(by_mm)
    moved = piece.copy()
    moved[top:bottom, left:right] = warp(part, near * np.float32(np.cos(way)),
                                         near * np.float32(np.sin(way)), DPI)  # fmt: skip
    return moved


def _big_letter(letters: Sequence[Letter], rng: Rng) -> Letter:
    """One of the letters large enough to be touched up stroke by stroke."""
    tallest = max(letter.height for letter in letters)
    large = [letter for letter in letters if letter.height > 0.6 * tallest]
    return large[int(rng.integers(len(large)))]
