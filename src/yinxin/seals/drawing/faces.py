"""Seal faces (印面): what the engraver is told to cut, and the perfect cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, ceil, cos, degrees, pi, radians, sin, sqrt
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.drawing.fonts import FONTS, Family, draw_letter

Mask = NDArray[np.uint8]
Shape = Literal["round", "oval", "square", "rectangle"]

MM_PER_INCH = 25.4
MARGIN_MM = 1.0
_EM_PX = 192


@dataclass(frozen=True)
class Face:
    """The description of a seal (印章). Lengths in millimetres, angles in degrees."""

    shape: Shape
    text: str
    kind: str = ""
    """The seal type: below the star on round and oval seals, the last row of a rectangle."""
    number: str = ""
    """The registration number, along the lower ring of a round seal, across an oval one."""
    width_mm: float = 40.0
    height_mm: float = 40.0
    border_mm: float = 1.2
    inner_mm: float = 0.0
    """A second, thin ring inside the border; 0 for none."""
    family: Family = "serif"
    weight: float | None = None
    """Stroke added to the font, as a share of the em; None for the font's own."""
    span_deg: float = 236.0
    """The arc from the first letter's middle to the last's; the letters then fill some 270."""
    spacing: float = 1.0
    """The step from letter to letter against the usual one, in the text."""
    star_mm: float = 13.0
    """Diameter of the five-pointed star; 0 for none."""
    star_turn_deg: float = 0.0


@dataclass(frozen=True)
class Letter:
    """One letter of a face: its centre from the face's, y downwards, and its size, in mm."""

    char: str
    x: float
    y: float
    width: float
    height: float
    turn_deg: float = 0.0
    """Clockwise."""
    weight: float = 0.0
    """Stroke added to the face's own, as a share of the em."""


def company_seal(name: str, kind: str = "财务专用章", diameter_mm: float = 40.0) -> Face:
    """The round seal of a company."""
    return Face("round", name, kind, width_mm=diameter_mm, height_mm=diameter_mm)


def personal_seal(text: str, side_mm: float = 20.0) -> Face:
    """The square name seal of a legal representative (法定代表人名章)."""
    return Face("square", text, width_mm=side_mm, height_mm=side_mm, border_mm=1.0, star_mm=0)


def draw_seal(face: Face, dpi: int = 600, letters: Sequence[Letter] | None = None) -> Mask:
    """The face as it prints, upright: 0 bare and 255 raised, with MARGIN_MM of margin around.

    `letters` replaces the layout. A text that does not fit or a letter without a glyph is a
    ValueError.
    """
    scale = dpi / MM_PER_INCH
    sides = (face.height_mm + 2 * MARGIN_MM, face.width_mm + 2 * MARGIN_MM)
    mask = np.zeros([round(side * scale) for side in sides], np.uint8)
    for outlines in _outlines(face):
        _fill(mask, outlines, scale)
    for letter in set_letters(face) if letters is None else letters:
        _cut(mask, letter, face, scale)
    return mask


def set_letters(face: Face) -> list[Letter]:
    """Where each letter of the face stands: text, kind, number, in this order."""
    return _round_letters(face) if face.shape in ("round", "oval") else _square_letters(face)


# Cutting


def _fill(mask: Mask, outlines: Sequence[NDArray[np.float64]], scale: float) -> None:
    middle = np.array(mask.shape[::-1]) / 2
    # OpenCV takes sixteenths of a pixel (its shift of 4), counted from a pixel's middle.
    points = [np.round((o * scale + middle - 0.5) * 16).astype(np.int32) for o in outlines]
    cv2.fillPoly(mask, points, 255, cv2.LINE_AA, 4)


def _cut(mask: Mask, letter: Letter, face: Face, scale: float) -> None:
    weight = FONTS[face.family].weight if face.weight is None else face.weight
    glyph = draw_letter(letter.char, face.family, _EM_PX, round(weight + letter.weight, 4))
    # Warping downwards from a large glyph aliases; a blur of the ratio prevents it.
    ratio = _EM_PX / (min(letter.width, letter.height) * scale)
    glyph = cv2.GaussianBlur(glyph, (0, 0), max(0.3, 0.4 * ratio))
    turn = radians(letter.turn_deg)
    matrix = np.array([[cos(turn), -sin(turn)], [sin(turn), cos(turn)]])
    matrix = matrix @ np.diag([letter.width, letter.height]) * scale / _EM_PX
    at = np.array([letter.x, letter.y]) * scale + np.array(mask.shape[::-1]) / 2 - 0.5
    reach = ceil(0.75 * sqrt(letter.width**2 + letter.height**2) * scale) + 1
    left, top = np.maximum(np.floor(at).astype(int) - reach, 0)
    right, bottom = np.floor(at).astype(int) + reach
    part = mask[top:bottom, left:right]
    shift = at - (left, top) - matrix @ np.full(2, (_EM_PX - 1) / 2)
    cut = cv2.warpAffine(glyph, np.column_stack([matrix, shift]), part.shape[::-1])
    np.maximum(part, cut, out=part)


def _outlines(face: Face) -> list[list[NDArray[np.float64]]]:
    """Border, inner ring and star, each as outlines of which every second is a hole."""
    half = np.array([face.width_mm / 2, face.height_mm / 2])
    if face.shape in ("square", "rectangle"):
        unit = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
    else:
        way = np.linspace(0, 2 * pi, 720, endpoint=False)
        unit = np.column_stack([np.sin(way), -np.cos(way)])
    shapes = [[unit * half, unit * (half - face.border_mm)]]
    if face.inner_mm:
        outer = half - face.border_mm - 0.45
        shapes.append([unit * outer, unit * (outer - face.inner_mm)])
    if face.star_mm and face.shape == "round":
        turn = radians(face.star_turn_deg) + np.arange(10) * pi / 5
        reach = np.where(np.arange(10) % 2, 0.382, 1.0) * face.star_mm / 2
        shapes.append([np.column_stack([np.sin(turn), -np.cos(turn)]) * reach[:, None]])
    return shapes


# Setting


def _round_letters(face: Face) -> list[Letter]:
    half = np.array([face.width_mm / 2, face.height_mm / 2])
    radius = float(half.min())
    tall = min(0.29 * radius, 6.0)
    depth = face.border_mm + 0.6 + tall / 2 + (face.inner_mm and face.inner_mm + 0.45)
    span = face.span_deg * face.spacing
    step = float(np.mean(half - depth)) * radians(span) / max(len(face.text) - 1, 1)
    letters = _ring(face.text, half - depth, (min(0.8 * tall, 0.95 * step), tall), span)
    kind_wide = min(0.17 * radius, 0.9 * radius / max(len(face.kind), 1))
    letters += _line(face.kind, 0.56 * radius, (kind_wide, 0.21 * radius), kind_wide)
    if face.shape == "oval":
        digit = min(0.24 * radius, 3.2 * radius / max(len(face.number), 1))
        return letters + _line(face.number, 0.0, (digit, digit), 0.54 * digit)
    digits = (0.07 * radius, 0.1 * radius)
    inside = half - face.border_mm - 0.09 * radius - (face.inner_mm and face.inner_mm + 0.45)
    return letters + _ring(face.number, inside, digits, 4.6 * len(face.number), below=True)


def _square_letters(face: Face) -> list[Letter]:
    inside = (np.array([face.width_mm, face.height_mm]) / 2 - face.border_mm - 0.5) * 2
    if face.shape == "square":  # a name seal reads in columns from the right
        columns = ceil(sqrt(len(face.text)))
        return _columns(face.text, columns, inside, face.spacing)
    rows = [row for row in (face.text, face.kind) if row]
    tall = inside[1] / len(rows)
    letters: list[Letter] = []
    for i, row in enumerate(rows):
        wide = inside[0] / len(row)
        y = (i + 0.5) * tall - inside[1] / 2
        letters += _line(row, y, (wide, tall), wide * (face.spacing if i == 0 else 1))
    return letters


def _ring(text: str, axes: NDArray[np.float64], size: tuple[float, float], span_deg: float,
          below: bool = False) -> list[Letter]:  # fmt: skip
    """Letters evenly along an ellipse, heads outwards; or along its lower arc, heads inwards."""
    if text and size[0] < 0.25 * size[1]:
        raise ValueError(f"{text!r} does not fit on the ring")
    sign = -1 if below else 1
    a, b = axes
    places = np.linspace(-span_deg / 2, span_deg / 2, len(text)) if len(text) > 1 else [0.0]
    letters: list[Letter] = []
    for char, along in zip(text, places, strict=False):
        way = radians(_even_angle(a, b, along))
        outwards = degrees(atan2(sin(way) / a, cos(way) / b))
        letters.append(Letter(char, a * sin(way), -b * cos(way) * sign, *size, outwards * sign))
    return letters


def _line(text: str, y: float, size: tuple[float, float], step: float) -> list[Letter]:
    return [Letter(c, (i - (len(text) - 1) / 2) * step, y, *size) for i, c in enumerate(text)]


def _columns(text: str, columns: int, inside: NDArray[np.float64], spacing: float) -> list[Letter]:
    short, longer = divmod(len(text), columns)
    lengths = [short] * (columns - longer) + [short + 1] * longer
    letters: list[Letter] = []
    chars = iter(text)
    for column, length in enumerate(lengths):
        size = (inside[0] / columns, inside[1] / length)
        x = (columns - 1 - column + 0.5) * size[0] - inside[0] / 2
        for row in range(length):
            y = ((row + 0.5) * size[1] - inside[1] / 2) * spacing
            letters.append(Letter(next(chars), x * spacing, y, *size))
    return letters


def _even_angle(a: float, b: float, along_deg: float) -> float:
    """The parameter of an ellipse, in degrees from its top, at an even share of its length."""
    if a == b:
        return along_deg
    way = np.radians(np.linspace(0, 180, 361))
    length = np.concatenate([[0.0], np.cumsum(np.hypot(a * np.diff(np.sin(way)),
                                                       b * np.diff(np.cos(way))))])  # fmt: skip
    share = np.interp(abs(along_deg) / 180, length / length[-1], np.degrees(way))
    return float(np.copysign(share, along_deg))
