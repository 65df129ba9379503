"""The fonts (字体) that seals and forms are drawn with: a small catalogue, through Pillow.

Two Noto SC faces are shipped with the product. The rest belongs to Debian packages and serves the
benchmark alone, whose splits need designs of different foundries.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Family = str
"""A key of FONTS."""

_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


@dataclass(frozen=True)
class Font:
    """One design: its style (宋, 黑, 楷), file and the Debian package that brings it.

    `weight` is the stroke to add, as a share of the em, for the boldness seals are cut with.
    """

    style: str
    file: str
    package: str = ""
    weight: float = 0.016


FONTS: dict[Family, Font] = {
    "serif": Font("宋", "NotoSerifSC-Regular.otf"),
    "sans": Font("黑", "NotoSansSC-Regular.otf"),
    "wenkai": Font("楷", "LXGWWenKai-Regular.ttf", "fonts-lxgw-wenkai", 0.02),
    "wenkai-bold": Font("楷", "LXGWWenKai-Bold.ttf", "fonts-lxgw-wenkai", 0.008),
    "microhei": Font("黑", "wqy-microhei.ttc", "fonts-wqy-microhei", 0.01),
    "hanazono": Font("宋", "HanaMinA.ttf", "fonts-hanazono", 0.03),
    "tw-kai": Font("楷", "TW-Kai-98_1.ttf", "fonts-cns11643-kai", 0.02),
    "smiley": Font("黑", "SmileySans-Oblique.ttf", "fonts-smiley-sans", 0.0),
    "sungti": Font("宋", "gbsn00lp.ttf", "fonts-arphic-gbsn00lp", 0.03),
    "kaiti": Font("楷", "gkai00mp.ttf", "fonts-arphic-gkai00mp", 0.02),
    "zenhei": Font("黑", "wqy-zenhei.ttc", "fonts-wqy-zenhei", 0.006),
    "tw-sung": Font("宋", "TW-Sung-98_1.ttf", "fonts-cns11643-sung", 0.034),
}


@cache
def located(family: Family) -> Path | None:
    """Where the font's file is; None where its package is not installed."""
    font = FONTS[family]
    if not font.package:
        with as_file(files("pylopdf_fonts_zh_cn") / font.file) as path:
            return path
    found = (path for folder in _FOLDERS for path in folder.rglob(font.file))
    return next(found, None)


@lru_cache(maxsize=64)
def font(family: Family, size_px: int) -> ImageFont.FreeTypeFont:
    """The family at an em of `size_px` pixels."""
    path = located(family)
    if path is None:
        raise ValueError(f"the font {family} needs the package {FONTS[family].package}")
    return ImageFont.truetype(str(path), size_px)


@lru_cache(maxsize=4096)
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
