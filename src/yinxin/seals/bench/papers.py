"""Pages (凭证页): printed text, rules, signatures and show-through, before any seal."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from yinxin.seals.bench.names import words
from yinxin.seals.drawing.faces import MM_PER_INCH
from yinxin.seals.drawing.fonts import font
from yinxin.seals.drawing.noise import smooth_noise

Floats = NDArray[np.float32]
Rng = np.random.Generator

_WORDS = words("""
    付款人全称 开户银行 账号 金额 人民币（大写） 用途 货款 收款人全称 附言 委托日期 合同编号
    本单位确认以上内容真实 备注 经办人 复核 记账 会计主管 汇款方式 预留印鉴 第一联
    贰拾捌万陆仟伍佰元整 电汇凭证 结算业务申请书
    """)
_DARK = (0.16, 0.16, 0.16)
_COLOURED = ((0.15, 0.13, 0.75), (0.55, 0.3, 0.12), (0.3, 0.5, 0.15))
"""Reflectance, BGR, of forms printed in red, blue and green."""


@dataclass(frozen=True, eq=False)
class Layer:
    """Something printed or written: how far it covers the paper, and with what reflectance."""

    cover: Floats
    colour: tuple[float, float, float]
    over: bool
    """It lies on top of the seals, not beneath."""


def paper(rng: Rng, size: tuple[int, int], px_per_mm: float) -> list[Floats]:
    """Bare paper of some white, a little cloudy: blue, green and red reflectance."""
    light = rng.uniform(0.93, 0.995)
    tint = rng.normal(0, 0.008, 3) + rng.choice([0.0, 0.0, 0.03]) * np.array([-1, 0, 0.2])
    cloud = 1 + np.float32(0.006) * smooth_noise(rng, size[::-1], 12 * px_per_mm)
    return [cloud * np.float32(each) for each in np.clip(light + tint, 0.85, 0.99)]


def layers(rng: Rng, size: tuple[int, int], dpi: float) -> list[Layer]:
    """The layers of a random form, `size` (width, height) in pixels."""
    made: list[Layer] = []
    skew = float(np.clip(rng.normal(0, 0.5), -1.5, 1.5))
    over = bool(rng.random() < 0.5)
    if rng.random() < 0.85:
        coloured = rng.random() < 0.15
        colour = _COLOURED[rng.integers(3)] if coloured else _DARK
        made.append(Layer(_skewed(_form(rng, size, dpi), skew), colour, over and not coloured))
    if rng.random() < 0.55:
        made.append(Layer(_skewed(_entries(rng, size, dpi), skew), _DARK, bool(rng.random() < 0.5)))
    for _ in range(int(rng.choice([0, 1, 2], p=[0.5, 0.35, 0.15]))):
        blue = (0.5, 0.2, 0.12) if rng.random() < 0.4 else (0.2, 0.16, 0.15)
        made.append(Layer(_signature(rng, size, dpi), blue, bool(rng.random() < 0.6)))
    if rng.random() < 0.2:
        back = np.asarray(_form(rng, size, dpi))[:, ::-1]
        back = cv2.GaussianBlur(back, (0, 0), 0.15 * dpi / MM_PER_INCH)
        faint = _share(back) * np.float32(rng.uniform(0.04, 0.14))
        made.append(Layer(faint, (0.4, 0.4, 0.4), False))
    if rng.random() < 0.12:
        made.append(_logo(rng, size, dpi))
    return _merged(made)


def _merged(layers: list[Layer]) -> list[Layer]:
    """Layers of one colour and order as one, for speed."""
    covers: dict[tuple[tuple[float, float, float], bool], Floats] = {}
    for layer in layers:
        key = (layer.colour, layer.over)
        covers[key] = np.maximum(covers[key], layer.cover) if key in covers else layer.cover
    return [Layer(cover, *key) for key, cover in covers.items()]


def _skewed(canvas: Image.Image, skew_deg: float) -> Floats:
    matrix = cv2.getRotationMatrix2D((canvas.width / 2, canvas.height / 2), skew_deg, 1)
    return _share(cv2.warpAffine(np.asarray(canvas), matrix, canvas.size))


def _share(cover: NDArray[np.uint8]) -> Floats:
    return np.asarray(cover * np.float32(1 / 255), np.float32)


def _form(rng: Rng, size: tuple[int, int], dpi: float) -> Image.Image:
    """Labels and a table of rules."""
    px = dpi / MM_PER_INCH
    canvas = Image.new("L", size)
    pen = ImageDraw.Draw(canvas)
    width, height = size
    row = float(rng.uniform(7, 14)) * px
    thin = max(1, round(float(rng.uniform(0.12, 0.4)) * px))
    letter = font(str(rng.choice(["serif", "sans"])), round(float(rng.uniform(2.6, 4.2)) * px))
    left = float(rng.uniform(2, 12)) * px
    columns = sorted(rng.uniform(left, width - left, int(rng.integers(1, 4))))
    ruled = rng.random() < 0.6
    y = float(rng.uniform(2, 10)) * px
    while y < height - row:
        if ruled:
            pen.line((left, y, width - left, y), 255, thin)
        for x in [left, *columns]:
            if ruled:
                pen.line((x, y, x, y + row), 255, thin)
            if rng.random() < 0.55:
                pen.text((x + px, y + row / 2), str(rng.choice(_WORDS)), 255, letter, anchor="lm")
        y += row
    return canvas


def _entries(rng: Rng, size: tuple[int, int], dpi: float) -> Image.Image:
    """A few lines of print, as a dot-matrix or laser printer fills forms in."""
    px = dpi / MM_PER_INCH
    canvas = Image.new("L", size)
    pen = ImageDraw.Draw(canvas)
    letter = font("sans", round(float(rng.uniform(3.0, 4.6)) * px))
    for _ in range(int(rng.integers(2, 7))):
        at = (float(rng.uniform(0, 0.7)) * size[0], float(rng.uniform(0.03, 0.95)) * size[1])
        digits = "".join(str(d) for d in rng.integers(0, 10, int(rng.integers(4, 18))))
        text = digits if rng.random() < 0.5 else str(rng.choice(_WORDS)) + digits[:4]
        pen.text(at, text, round(255 * float(rng.uniform(0.6, 1))), letter, anchor="lm")
    return canvas


def _signature(rng: Rng, size: tuple[int, int], dpi: float) -> Floats:
    """Loops of a pen, 20 to 45 mm long."""
    px = dpi / MM_PER_INCH
    count = int(rng.integers(6, 14))
    knots = np.cumsum(rng.normal(0, 1, (count, 2)) * (1, 0.7) + (0.8, 0), axis=0)
    knots -= knots.mean(axis=0)
    knots *= float(rng.uniform(20, 45)) * px / max(float(np.ptp(knots[:, 0])), 1e-6)
    knots += rng.uniform(0.15, 0.85, 2) * size
    way = np.linspace(0, count - 1, 40 * count)
    # Cubic through the knots: Catmull-Rom.
    i = np.clip(way.astype(int), 0, count - 2)
    t = (way - i)[:, None]
    p0, p1 = knots[np.maximum(i - 1, 0)], knots[i]
    p2, p3 = knots[i + 1], knots[np.minimum(i + 2, count - 1)]
    line = 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                  + (3 * p1 - p0 - 3 * p2 + p3) * t**3)  # fmt: skip
    cover = np.zeros(size[::-1], np.uint8)
    thick = max(1, round(float(rng.uniform(0.3, 0.8)) * px))
    cv2.polylines(cover, [np.round(line * 8).astype(np.int32)], False, 255, thick, cv2.LINE_AA, 3)
    return _share(cover)


def _logo(rng: Rng, size: tuple[int, int], dpi: float) -> Layer:
    """A bank's sign: a filled disc with a bar cut out, 6 to 9 mm."""
    px = dpi / MM_PER_INCH
    cover = np.zeros(size[::-1], np.uint8)
    radius = float(rng.uniform(3, 4.5)) * px
    x, y = rng.uniform(0.05, 0.95, 2) * size
    cv2.circle(cover, (round(x), round(y)), round(radius), 255, cv2.FILLED, cv2.LINE_AA)
    bar = round(radius * 0.3)
    cv2.rectangle(cover, (round(x) - bar, round(y - radius * 0.6)),
                  (round(x) + bar, round(y + radius * 0.6)), 0, cv2.FILLED)  # fmt: skip
    colour = _COLOURED[rng.integers(3)]
    return Layer(_share(cover), colour, False)
