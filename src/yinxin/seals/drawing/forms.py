"""The transfer instruction (转账委托书), half a sheet of A4, filled in and sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw

from yinxin.seals.drawing.faces import MM_PER_INCH
from yinxin.seals.drawing.fonts import Family, font
from yinxin.seals.drawing.imprints import put
from yinxin.seals.drawing.noise import smooth_noise
from yinxin.seals.drawing.scanners import Scanner, scan

Image = NDArray[np.uint8]

WIDTH_MM, HEIGHT_MM = 210, 148
_PRINT = (52, 54, 60)
_ENTRY = (28, 28, 34)


@dataclass(frozen=True)
class Instruction:
    """What the customer wrote on the form."""

    number: str
    on: date
    payer: str
    payer_account: str
    payer_bank: str
    payee: str
    payee_account: str
    payee_bank: str
    amount: str
    """In figures, 1280000.00; separators are left out on the form."""
    amount_words: str
    """In capital numerals (大写)."""
    purpose: str = "货款"
    bank: str = "清河银行"


@dataclass(frozen=True)
class Placed:
    """An imprint (BGRA, at the form's resolution) and its centre on the form in millimetres."""

    imprint: Image
    x_mm: float
    y_mm: float


def draw_instruction(
    form: Instruction, seals: Sequence[Placed] = (), *, seed: int = 0, dpi: int = 300
) -> Image:
    """The sealed form as a scanner sees it: HxWx3 BGR, 210 x 148 mm at `dpi`."""
    rng = np.random.default_rng(seed)
    scale = dpi / MM_PER_INCH
    pen = _Pen(scale)
    _rule(pen)
    _label(pen, form)
    _fill_in(pen, form)
    page = np.asarray(pen.canvas)[..., ::-1].copy()
    for seal in seals:
        page = put(page, seal.imprint, (round(seal.x_mm * scale), round(seal.y_mm * scale)))
    # The cloudiness of the paper, then the scanner's softness and noise.
    cloud = 1 + np.float32(0.005) * smooth_noise(rng, page.shape[:2], 12 * scale)
    light = [plane * cloud / np.float32(255) for plane in cv2.split(page)]
    return scan(light, Scanner(dpi, dpi, blur_px=0.55, noise=1.6), rng)


class _Pen:
    """Pillow in millimetres."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        size = (round(WIDTH_MM * scale), round(HEIGHT_MM * scale))
        self.canvas = Pillow.new("RGB", size, (252, 251, 247))
        self.draw = ImageDraw.Draw(self.canvas)

    def line(self, x0: float, y0: float, x1: float, y1: float, width_mm: float = 0.25) -> None:
        ends = [value * self.scale for value in (x0, y0, x1, y1)]
        self.draw.line(ends, fill=_PRINT, width=max(1, round(width_mm * self.scale)))

    def box(self, x0: float, y0: float, x1: float, y1: float, width_mm: float = 0.25) -> None:
        for ends in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
            self.line(*ends, width_mm)

    def text(self, x: float, y: float, text: str, size_mm: float, *, anchor: str = "lm",
             family: Family = "serif", fill: tuple[int, int, int] = _PRINT) -> None:  # fmt: skip
        """Text in one line; `anchor` as in Pillow, vertically the middle."""
        face = font(family, round(size_mm * self.scale))
        self.draw.text((x * self.scale, y * self.scale), text, fill, face, anchor=anchor)

    def column(self, x: float, y0: float, y1: float, text: str, size_mm: float) -> None:
        """Text from top to bottom, spread between y0 and y1."""
        for i, letter in enumerate(text):
            self.text(x, y0 + (i + 0.5) * (y1 - y0) / len(text), letter, size_mm, anchor="mm")


# The table: columns and rows in millimetres.
_LEFT, _MIDDLE, _RIGHT = 14.0, 105.0, 196.0
_ROWS = (30.0, 40.0, 50.0, 60.0, 75.0, 85.0, 131.0)
_NARROW, _LABELLED = 7.0, 27.0
_DIGITS_LEFT, _DIGIT = 141.0, 5.0


def _rule(pen: _Pen) -> None:
    pen.box(_LEFT, _ROWS[0], _RIGHT, _ROWS[-1], 0.45)
    for y in _ROWS[1:3]:
        pen.line(_LEFT + _NARROW, y, _MIDDLE, y)
        pen.line(_MIDDLE + _NARROW, y, _RIGHT, y)
    for y in _ROWS[3:-1]:
        pen.line(_LEFT, y, _RIGHT, y)
    for left in (_LEFT, _MIDDLE):
        pen.line(left + _NARROW, _ROWS[0], left + _NARROW, _ROWS[3])
        pen.line(left + _LABELLED, _ROWS[0], left + _LABELLED, _ROWS[3])
    pen.line(_MIDDLE, _ROWS[0], _MIDDLE, _ROWS[3])
    pen.line(_LEFT + _LABELLED, _ROWS[3], _LEFT + _LABELLED, _ROWS[5])
    pen.line(_DIGITS_LEFT, _ROWS[3] + 5, _RIGHT, _ROWS[3] + 5)
    for i in range(11):
        x = _DIGITS_LEFT + i * _DIGIT
        pen.line(x, _ROWS[3], x, _ROWS[4], 0.4 if i in (3, 6, 9) else 0.2)
    pen.line(_MIDDLE, _ROWS[4], _MIDDLE, _ROWS[5])
    pen.line(_MIDDLE + _LABELLED, _ROWS[4], _MIDDLE + _LABELLED, _ROWS[5])
    pen.line(_MIDDLE, _ROWS[5], _MIDDLE, _ROWS[6])
    pen.line(_MIDDLE + _NARROW, _ROWS[5], _MIDDLE + _NARROW, _ROWS[6])
    pen.line(72, 21.0, 138, 21.0, 0.4)
    pen.line(72, 22.0, 138, 22.0, 0.2)


def _label(pen: _Pen, form: Instruction) -> None:
    pen.text(105, 14.5, f"{form.bank}　转账委托书", 6.6, anchor="mm")
    pen.text(105, 25.5, "委托日期　　　　年　　　月　　　日", 3.6, anchor="mm")
    pen.text(152, 18, "编号", 3.6)
    for left, side in ((_LEFT, "付款人"), (_MIDDLE, "收款人")):
        pen.column(left + _NARROW / 2, _ROWS[0] + 2, _ROWS[3] - 2, side, 3.8)
        for row, label in enumerate(("全　　称", "账　　号", "开户银行")):
            pen.text(left + 17, _ROWS[row] + 5, label, 3.5, anchor="mm")
    pen.text(_LEFT + 13.5, _ROWS[3] + 4.8, "金　　额", 3.5, anchor="mm")
    pen.text(_LEFT + 13.5, _ROWS[3] + 10, "人民币(大写)", 3.2, anchor="mm")
    for i, unit in enumerate("亿千百十万千百十元角分"):
        pen.text(_DIGITS_LEFT + (i + 0.5) * _DIGIT, _ROWS[3] + 2.6, unit, 3.0, anchor="mm")
    pen.text(_LEFT + 13.5, _ROWS[4] + 5, "用　　途", 3.5, anchor="mm")
    pen.text(_MIDDLE + 13.5, _ROWS[4] + 5, "汇款方式", 3.5, anchor="mm")
    pen.text(_LEFT + 4, _ROWS[5] + 5, "上列款项请从本单位账户内支付。", 3.6)
    pen.text(_LEFT + 4, _ROWS[5] + 11, "本单位确认以上内容真实、完整，", 3.2)
    pen.text(_LEFT + 4, _ROWS[5] + 16.5, "并承担由此产生的责任。", 3.2)
    pen.text(_LEFT + 50, _ROWS[6] - 5, "付款人预留印鉴", 3.4)
    pen.column(_MIDDLE + _NARROW / 2, _ROWS[5] + 6, _ROWS[6] - 6, "银行填写", 3.8)
    for i, label in enumerate(("支付密码", "会计分录（借）", "对方科目（贷）", "银行签章")):
        pen.text(_MIDDLE + 11, _ROWS[5] + 6 + 11 * i, label, 3.2)
    pen.text(_LEFT + 6, 137, "第一联　付款行记账凭证", 3.0)
    pen.text(_MIDDLE + 20, 137, "事后监督　　　　复核　　　　记账", 3.2)


def _fill_in(pen: _Pen, form: Instruction) -> None:
    def entry(x: float, y: float, text: str, size_mm: float = 3.9, anchor: str = "lm") -> None:
        pen.text(x, y, text, size_mm, anchor=anchor, family="sans", fill=_ENTRY)

    def entry_within(x: float, y: float, text: str, width_mm: float) -> None:
        long = font("sans", 100).getlength(text) / 100
        entry(x, y, text, min(3.9, width_mm / max(long, 1)))

    entry(162, 18, form.number, 4.0)
    entry(98, 25.5, str(form.on.year), 3.6, "mm")
    entry(114.5, 25.5, f"{form.on.month:02}", 3.6, "mm")
    entry(129, 25.5, f"{form.on.day:02}", 3.6, "mm")
    payer = (form.payer, form.payer_account, form.payer_bank)
    payee = (form.payee, form.payee_account, form.payee_bank)
    for left, lines in ((_LEFT, payer), (_MIDDLE, payee)):
        for row, line in enumerate(lines):
            entry_within(left + _LABELLED + 2, _ROWS[row] + 5.2, line, 60)
    entry_within(_LEFT + _LABELLED + 2, _ROWS[3] + 7.5, form.amount_words, 96)
    figures = "¥" + "".join(c for c in form.amount if c.isdigit())
    for i, figure in enumerate(reversed(figures[-11:])):
        entry(_RIGHT - (i + 0.5) * _DIGIT, _ROWS[3] + 10, figure, 4.2, "mm")
    entry(_LEFT + _LABELLED + 2, _ROWS[4] + 5.2, form.purpose)
    entry(_MIDDLE + _LABELLED + 2, _ROWS[4] + 5.2, "■ 普通　□ 加急")
