"""Seal faces: what the engraver cuts, before any ink."""

from dataclasses import dataclass
from math import atan2, ceil, cos, degrees, pi, radians, sin, sqrt
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.drawing.fonts import Family, draw_letter

Mask = NDArray[np.uint8]

MM_PER_INCH = 25.4
_EM_PX = 256


@dataclass(frozen=True)
class Face:
    """The description of a seal (印章). Lengths in millimetres, angles in degrees."""

    shape: Literal["round", "oval", "square", "rectangle"]
    text: str
    kind: str = ""
    """The seal type below the star, 财务专用章; only on round and oval seals."""
    number: str = ""
    """The registration number, along the lower ring of a round seal, across an oval one."""
    width_mm: float = 40.0
    height_mm: float = 40.0
    border_mm: float = 1.2
    family: Family = "serif"
    span_deg: float = 236.0
    """The arc from the first letter's middle to the last's; the letters then fill some 270."""
    star_mm: float = 13.0
    """Diameter of the five-pointed star; 0 for none."""
    star_turn_deg: float = 0.0


def company_seal(name: str, kind: str = "财务专用章", diameter_mm: float = 40.0) -> Face:
    """The round seal of a company."""
    return Face("round", name, kind, width_mm=diameter_mm, height_mm=diameter_mm)


def personal_seal(text: str, side_mm: float = 20.0) -> Face:
    """The square name seal of a legal representative (法定代表人名章)."""
    return Face("square", text, width_mm=side_mm, height_mm=side_mm, border_mm=1.0, star_mm=0)


def draw_seal(face: Face, dpi: int = 600) -> Mask:
    """The face as it prints, upright: 0 bare and 255 raised, with 1 mm of margin around.

    A text that does not fit or a letter without a glyph is a ValueError.
    """
    engraving = _Engraving(face, dpi)
    if face.shape in ("round", "oval"):
        engraving.cut_round()
    else:
        engraving.cut_square()
    return engraving.mask


class _Engraving:
    """One face being cut; points are millimetres from its centre, y downwards."""

    def __init__(self, face: Face, dpi: int) -> None:
        self.face = face
        self.scale = dpi / MM_PER_INCH
        size = (face.height_mm + 2, face.width_mm + 2)
        self.mask: Mask = np.zeros([round(side * self.scale) for side in size], np.uint8)
        self.half = np.array([face.width_mm / 2, face.height_mm / 2])

    def pixels(self, points: NDArray[np.float64]) -> NDArray[np.int32]:
        """Points in sixteenths of a pixel, for OpenCV's shift of 4."""
        middle = np.array([self.mask.shape[1], self.mask.shape[0]]) / 2
        return np.round((points * self.scale + middle) * 16).astype(np.int32)

    def fill(self, *outlines: NDArray[np.float64]) -> None:
        cv2.fillPoly(self.mask, [self.pixels(o) for o in outlines], 255, cv2.LINE_AA, 4)

    def letter(self, char: str, centre: tuple[float, float], size: tuple[float, float],
               turn_deg: float = 0.0) -> None:  # fmt: skip
        """Cut one letter, `size` wide and high in millimetres, turned clockwise."""
        glyph = draw_letter(char, self.face.family, _EM_PX, 0.016)
        width, height = size
        c, s = cos(radians(turn_deg)), sin(radians(turn_deg))
        turn = np.array([[c, -s], [s, c]])
        matrix = turn @ np.diag([width, height]) * self.scale / _EM_PX
        at = np.array(centre) * self.scale + np.array(self.mask.shape[::-1]) / 2
        shift = at - matrix @ np.array([_EM_PX / 2, _EM_PX / 2])
        # Warping downwards from a large glyph aliases; a blur of the ratio prevents it.
        ratio = _EM_PX / (min(size) * self.scale)
        glyph = cv2.GaussianBlur(glyph, (0, 0), max(0.3, 0.4 * ratio))
        cut = cv2.warpAffine(glyph, np.column_stack([matrix, shift]), self.mask.shape[::-1])
        np.maximum(self.mask, cut, out=self.mask)

    def ring(self, text: str, depth_mm: float, size: tuple[float, float], span_deg: float,
             upright_bottom: bool = False) -> None:  # fmt: skip
        """Letters evenly along the outline, `depth_mm` inside it, heads outwards.

        With `upright_bottom` they run along the lower arc instead, heads inwards.
        """
        if not text:
            return
        sign = -1 if upright_bottom else 1
        a, b = self.half - depth_mm
        if size[0] < 0.25 * size[1]:
            raise ValueError(f"{text!r} does not fit on the ring")
        places = np.linspace(-span_deg / 2, span_deg / 2, len(text)) if len(text) > 1 else [0.0]
        for char, along in zip(text, places, strict=True):
            way = radians(_even_angle(a, b, along))
            outwards = degrees(atan2(sin(way) / a, cos(way) / b))
            centre = (a * sin(way), -b * cos(way) * sign)
            self.letter(char, centre, size, outwards * sign)

    def _step(self, text: str, depth_mm: float, span_deg: float) -> float:
        """Millimetres from one letter on the ring to the next."""
        return float(np.mean(self.half - depth_mm)) * radians(span_deg) / max(len(text) - 1, 1)

    def line(self, text: str, y_mm: float, size: tuple[float, float],
             step_mm: float | None = None) -> None:  # fmt: skip
        for i, char in enumerate(text):
            self.letter(char, ((i - (len(text) - 1) / 2) * (step_mm or size[0]), y_mm), size)

    def cut_round(self) -> None:
        face, radius = self.face, float(self.half.min())
        way = np.linspace(0, 2 * pi, 720, endpoint=False)
        circle = np.column_stack([np.sin(way), -np.cos(way)])
        self.fill(circle * self.half, circle * (self.half - face.border_mm))
        tall = min(0.29 * radius, 6.0)
        depth = face.border_mm + 0.6 + tall / 2
        step = self._step(face.text, depth, face.span_deg)
        self.ring(face.text, depth, (min(0.8 * tall, 0.95 * step), tall), face.span_deg)
        if face.star_mm:
            turn = radians(face.star_turn_deg) + np.arange(10) * pi / 5
            reach = np.where(np.arange(10) % 2, 0.382, 1.0) * face.star_mm / 2
            self.fill(np.column_stack([np.sin(turn), -np.cos(turn)]) * reach[:, None])
        kind_wide = min(0.17 * radius, 0.9 * radius / max(len(face.kind), 1))
        self.line(face.kind, 0.56 * radius, (kind_wide, 0.21 * radius))
        if face.shape == "oval":
            digit = min(0.24 * radius, 3.2 * radius / max(len(face.number), 1))
            self.line(face.number, 0.0, (digit, digit), step_mm=0.54 * digit)
        elif face.number:
            digits = (0.07 * radius, 0.1 * radius)
            self.ring(face.number, face.border_mm + 0.09 * radius, digits,
                      4.6 * len(face.number), upright_bottom=True)  # fmt: skip

    def cut_square(self) -> None:
        face = self.face
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
        self.fill(corners * self.half, corners * (self.half - face.border_mm))
        inside = (self.half - face.border_mm - 0.5) * 2
        # A name seal reads in columns from the right; a rectangle is one line.
        lengthy = face.shape == "rectangle"
        columns = len(face.text) if lengthy else ceil(sqrt(len(face.text)))
        short, longer = divmod(len(face.text), columns)
        lengths = [short] * (columns - longer) + [short + 1] * longer
        letters = iter(face.text)
        for column, length in enumerate(lengths):
            place = column if lengthy else columns - 1 - column
            size = (inside[0] / columns, inside[1] / length)
            for row in range(length):
                x = (place + 0.5) * size[0] - inside[0] / 2
                y = (row + 0.5) * size[1] - inside[1] / 2
                self.letter(next(letters), (x, y), size)


def _even_angle(a: float, b: float, along_deg: float) -> float:
    """The parameter of an ellipse, in degrees from its top, at an even share of its length."""
    if a == b:
        return along_deg
    way = np.radians(np.linspace(0, 180, 361))
    length = np.concatenate([[0.0], np.cumsum(np.hypot(a * np.diff(np.sin(way)),
                                                       b * np.diff(np.cos(way))))])  # fmt: skip
    share = np.interp(abs(along_deg) / 180, length / length[-1], np.degrees(way))
    return float(np.copysign(share, along_deg))
