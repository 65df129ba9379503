"""The pictures of docs/seals.md, drawn by the code that they explain."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageDraw

from yinxin.seals.bench.ladder import DPI, Forgery, Rung, forge
from yinxin.seals.bench.names import Split
from yinxin.seals.bench.pages import WORK_DPI, Inked, lay
from yinxin.seals.drawing.faces import Face, Mask, company_seal, personal_seal
from yinxin.seals.drawing.fonts import font
from yinxin.seals.drawing.pieces import carve
from yinxin.seals.drawing.scanners import Scanner
from yinxin.seals.drawing.touches import Touch, casual_touch, press
from yinxin.seals.vision import Specimen, Verdict, enrol, locate, verify
from yinxin.seals.vision import pictures as drawn

Image = NDArray[np.uint8]

COMPANY = replace(
    company_seal("清河远山商贸有限公司", "财务专用章"), number="3201050012345", inner_mm=0.25
)
OVAL = Face("oval", "江州恒信实业有限公司", "发票专用章", "913201050012345678", width_mm=42,
            height_mm=31, border_mm=0.9, span_deg=205, star_mm=0, family="sans")  # fmt: skip
SQUARE = personal_seal("张远志印", 18)
RECTANGLE = Face("rectangle", "清河远山商行", "财务专用章", width_mm=38, height_mm=19,
                 border_mm=0.8, star_mm=0, family="sans")  # fmt: skip
_SEED = 20260201
_CELL = (300, 300)


def draw(folder: Path) -> None:
    """Write every picture into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    _save(folder / "faces.png", _faces())
    _save(folder / "imprints.png", _imprints())
    _save(folder / "ladder.png", _ladder())
    _save(folder / "located.png", _located())
    _save(folder / "verdicts.png", _verdicts())


def _save(path: Path, image: Image) -> None:
    """As PNG of 28 colours: the pages of a repository should be light."""
    picture = Pillow.fromarray(np.ascontiguousarray(image[..., ::-1]))
    # Neither tree nor median finds the few colours of an ink on much paper without k-means.
    colours = picture.quantize(28, Pillow.Quantize.FASTOCTREE, kmeans=4, dither=Pillow.Dither.NONE)
    colours.save(path, optimize=True)


def _grid(cells: Sequence[tuple[str, Image]], columns: int) -> Image:
    """Cells of one size with a line of text below each."""
    width, height = _CELL
    rows = -(-len(cells) // columns)
    sheet = Pillow.new("RGB", (columns * width, rows * (height + 28)), "white")
    pen = ImageDraw.Draw(sheet)
    for i, (text, image) in enumerate(cells):
        left, top = i % columns * width, i // columns * (height + 28)
        scale = min((width - 12) / image.shape[1], (height - 12) / image.shape[0], 1.0)
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        x, y = left + (width - small.shape[1]) // 2, top + (height - small.shape[0]) // 2
        sheet.paste(Pillow.fromarray(np.ascontiguousarray(small[..., ::-1])), (x, y))
        pen.text((left + width / 2, top + height + 10), text, "black", font("sans", 16), "mm")
    return np.asarray(sheet)[..., ::-1]


def _red(mask: Mask) -> Image:
    share = mask[..., None] / 255
    return np.round(255 - share * (255 - np.array([38, 28, 205]))).astype(np.uint8)


def _faces() -> Image:
    cells = [(name, _red(carve(face, 1, 300))) for name, face in (
        ("company 公章", COMPANY), ("invoices 发票专用章", OVAL),
        ("name 法定代表人名章", SQUARE), ("finance 财务专用章", RECTANGLE),
    )]  # fmt: skip
    return _grid(cells, 4)


def _page(face: Face, piece: Mask, touch: Touch, seed: int, bare: bool) -> tuple[Image, Inked]:
    rng = np.random.default_rng(seed)
    small = cv2.resize(piece, None, fx=WORK_DPI / DPI, fy=WORK_DPI / DPI,
                       interpolation=cv2.INTER_AREA)  # fmt: skip
    amount = press(np.asarray(small, np.uint8), touch, rng, WORK_DPI)
    inked = Inked(amount, WORK_DPI, face, "red", touch.angle_deg, touch.stretch)
    size = (face.width_mm + 12, face.height_mm + 12)
    return lay([inked], size, Scanner(noise=1.2), rng, bare=bare).image, inked


def _imprints() -> Image:
    piece = carve(COMPANY, 1)
    cells = [("on the card 预留", _page(COMPANY, piece, Touch(), 1, True)[0])]
    for seed in (3, 12, 7, 5, 16, 23, 10):
        touch = casual_touch(np.random.default_rng(seed))
        image, _ = _page(COMPANY, piece, touch, seed, seed % 2 == 0)
        cells.append((f"{round(100 * touch.share)} % of the ink", image))
    return _grid(cells, 4)


def _ladder() -> Image:
    """The registered piece in red, the forged one in cyan, where both are in black."""
    face = replace(COMPANY, family="sans")
    own = carve(face, 1, DPI)
    cells = []
    for rung, kind, text in (
        (Rung.F1, 0, "F1 other font"), (Rung.F2, 0, "F2 size"), (Rung.F2, 5, "F2 star turned"),
        (Rung.F3, 0, "F3 re-carved"), (Rung.F4, 0, "F4 from a scan"), (Rung.F5, 0, "F5 one letter"),
        (Rung.F5, 1, "F5 one stroke"), (Rung.F6, 0, "F6 twin"),
    ):  # fmt: skip
        rng = np.random.default_rng(5)
        made = forge(face, rung, 1, rng, Split.TEST, kind)
        cells.append((f"{text}: {made.parameter}", _over(own, made.piece)))
    return _grid(cells, 4)


def _over(one: Mask, other: Mask) -> Image:
    height, width = max(one.shape[0], other.shape[0]), max(one.shape[1], other.shape[1])
    first, second = (_centred(each, height, width) for each in (one, other))
    both = np.minimum(first, second)
    blue, red = 255 - first, 255 - second
    return cv2.merge([blue, np.minimum(255 - (first - both), blue), red])


def _centred(mask: Mask, height: int, width: int) -> Mask:
    top, left = (height - mask.shape[0]) // 2, (width - mask.shape[1]) // 2
    return np.pad(mask, ((top, height - mask.shape[0] - top), (left, width - mask.shape[1] - left)))


def _located() -> Image:
    """A form with three seals, one of print's own black, and where the engine finds them."""
    rng = np.random.default_rng(7)
    inked = []
    for face, colour in ((COMPANY, "red"), (SQUARE, "black"), (RECTANGLE, "blue")):
        touch = replace(casual_touch(rng), share=0.85, tone=0.8, missing=0.0)
        amount = press(carve(face, 1, WORK_DPI), touch, rng, WORK_DPI)
        inked.append(Inked(amount, WORK_DPI, face, colour, touch.angle_deg, touch.stretch))
    page = lay(inked, (130, 90), Scanner(), rng).image
    for one in locate(page, 300):
        x, y, w, h = one.box
        cv2.rectangle(page, (x, y), (x + w, y + h), (60, 160, 30), 4)
    return cv2.resize(page, None, fx=0.55, fy=0.55, interpolation=cv2.INTER_AREA)


def _verdicts() -> Image:
    """A genuine and two forged imprints as the comparison page shows them."""
    piece = carve(COMPANY, 1)
    cards = [_page(COMPANY, piece, Touch(share=1.0, tone=0.9), seed, True)[0] for seed in (1, 2, 3)]
    specimen = enrol(cards, 300)
    cells = []
    touch = Touch(angle_deg=63, share=0.86, tone=0.7, speckle=0.7)
    for rung, seed in ((Rung.G, 0), (Rung.F5, 9), (Rung.F2, 6)):
        made = Forgery(piece, "the seal itself")
        if rung is not Rung.G:
            made = forge(COMPANY, rung, 1, np.random.default_rng(seed), Split.TEST)
        page, _ = _page(COMPANY, made.piece, touch, 44, False)
        verdict = verify(specimen, page, 300)
        cells.append((f"{made.parameter}: {verdict.outcome}", _overlaid(specimen, verdict)))
    return _grid(cells, 3)


def _overlaid(specimen: Specimen, verdict: Verdict) -> Image:
    with Pillow.open(BytesIO(drawn.overlay(specimen, verdict))) as picture:
        return np.asarray(picture.convert("RGB"))[..., ::-1]
