"""The Noto SC faces that are shipped with the product, through Pillow."""

from functools import lru_cache
from importlib.resources import as_file, files
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Family = Literal["serif", "sans"]

_FILES: dict[Family, str] = {"serif": "NotoSerifSC-Regular.otf", "sans": "NotoSansSC-Regular.otf"}


@lru_cache(maxsize=64)
def font(family: Family, size_px: int) -> ImageFont.FreeTypeFont:
    """The family at an em of `size_px` pixels."""
    with as_file(files("pylopdf_fonts_zh_cn") / _FILES[family]) as path:
        return ImageFont.truetype(str(path), size_px)


def draw_letter(letter: str, family: Family, em_px: int, weight: float) -> NDArray[np.uint8]:
    """One letter in its em square, em_px x em_px, 0 paper and 255 ink.

    `weight` thickens the strokes, as a share of the em. A letter that the font lacks is a
    ValueError: a seal with an empty box in it would be worse than none.
    """
    face = font(family, em_px)
    if bytes(face.getmask(letter)) == bytes(face.getmask("\uffff")):
        raise ValueError(f"the {family} font has no glyph for {letter!r}")
    canvas = Image.new("L", (em_px, em_px))
    ImageDraw.Draw(canvas).text(
        (em_px / 2, em_px * 0.88),  # the baseline of a Chinese em square
        letter,
        fill=255,
        font=face,
        anchor="ms",
        stroke_width=weight * em_px,
    )
    return np.asarray(canvas)
