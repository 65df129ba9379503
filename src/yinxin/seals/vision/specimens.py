"""Specimens (预留印鉴): what is registered of a seal."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, get_args
from zipfile import BadZipFile

import cv2
import numpy as np

from yinxin.seals.vision.comparison import compare
from yinxin.seals.vision.imprints import Imprint, Shape, locate
from yinxin.seals.vision.inks import Floats, Image
from yinxin.seals.vision.registration import DPI, align

MAX_IMPRINTS = 5
_MIN_QUALITY = 0.7
_MIN_SCORE = 0.5

_REASONS = {
    "no_seal": ("图像中未找到印文", "no seal imprint is on the image"),
    "several_seals": ("图像中有多枚印文，请只留一枚", "the image shows more than one imprint"),
    "poor_quality": ("印文不够清晰完整，请重新盖印", "the imprint is not clear and whole enough"),
    "imprints_differ": ("各枚印文不是同一印章", "the imprints are not of one seal"),
}


class PoorImage(ValueError):
    """An image that cannot become a specimen: `code`, and the reason in `zh` and `en`."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.zh, self.en = _REASONS[code]
        super().__init__(code)


@dataclass(frozen=True, eq=False)
class Specimen:
    """One seal: its outline in millimetres and its ink, HxW uint8 at 300 dpi, 255 full."""

    shape: Shape
    size_mm: tuple[float, float]
    colour: str
    count: int
    """How many imprints it was made of."""
    ink: Image

    @property
    def amount(self) -> Floats:
        """The ink as shares, 0 to 1."""
        return np.asarray(self.ink / np.float32(255), np.float32)

    def to_bytes(self) -> bytes:
        """An npz archive without pickles; equal specimens give equal bytes."""
        about = {"shape": self.shape, "size_mm": self.size_mm, "colour": self.colour,
                 "count": self.count, "dpi": DPI}  # fmt: skip
        archive = BytesIO()
        np.savez_compressed(archive, ink=self.ink, about=np.array(json.dumps(about)))
        return archive.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Specimen":
        """The reverse of `to_bytes`; a ValueError for anything else."""
        try:
            with np.load(BytesIO(stored), allow_pickle=False) as archive:
                ink, about = archive["ink"], json.loads(str(archive["about"]))
            return cls._checked(ink, about)
        except (OSError, EOFError, KeyError, TypeError, BadZipFile) as error:
            raise ValueError("these bytes are no specimen") from error

    @classmethod
    def _checked(cls, ink: Image, about: dict[str, Any]) -> "Specimen":
        if ink.ndim != 2 or ink.dtype != np.uint8 or about["shape"] not in get_args(Shape):
            raise ValueError("these bytes are no specimen")
        if about["dpi"] != DPI:
            raise ValueError(f"this specimen is at {about['dpi']} dpi")
        width, height = about["size_mm"]
        return cls(about["shape"], (width, height), about["colour"], about["count"], ink)


def enrol(images: Sequence[Image], dpi: float) -> Specimen:
    """A specimen from one to five BGR images that show one imprint of the same seal each.

    Raises PoorImage for what is no specimen, ValueError for another number of images.
    """
    if not 1 <= len(images) <= MAX_IMPRINTS:
        raise ValueError(f"a specimen takes 1 to {MAX_IMPRINTS} images, not {len(images)}")
    imprints = sorted((_only_imprint(image, dpi) for image in images), key=lambda i: -i.quality)
    first = imprints[0]
    size = [round(side * DPI / dpi) for side in first.amount.shape[::-1]]
    amount = cv2.resize(first.amount, size, interpolation=cv2.INTER_AREA)
    shown = cv2.resize(1 - first.unknown.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    total, weight = amount * shown, shown.copy()
    for other in imprints[1:]:
        alignment = align(amount, other)
        if alignment is None or compare(amount, alignment).score < _MIN_SCORE:
            raise PoorImage("imprints_differ")
        total += np.where(alignment.hidden, 0, alignment.amount)
        weight += ~alignment.hidden
    mean = total / np.maximum(weight, 1e-3)
    return Specimen(
        shape=first.shape,
        size_mm=(round(first.size_mm[0], 2), round(first.size_mm[1], 2)),
        colour=first.colour,
        count=len(images),
        ink=np.round(255 * np.clip(mean, 0, 1)).astype(np.uint8),
    )


def _only_imprint(image: Image, dpi: float) -> Imprint:
    found = locate(image, dpi)
    clear = [imprint for imprint in found if imprint.quality >= _MIN_QUALITY]
    if len(clear) > 1:
        raise PoorImage("several_seals")
    if not clear:
        raise PoorImage("poor_quality" if found else "no_seal")
    return clear[0]
