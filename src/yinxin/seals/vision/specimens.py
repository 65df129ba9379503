"""Specimens (预留印鉴): what is registered of a seal."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any, get_args
from zipfile import BadZipFile

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.corners import when_rounded
from yinxin.seals.vision.edges import DPI, PX_PER_MM, Edges, edges_of
from yinxin.seals.vision.evidence import fields, summary
from yinxin.seals.vision.fitting import Fit, Fitting, Small, small_of
from yinxin.seals.vision.geometry import Affine, about, compose, inverse, stretched, warp
from yinxin.seals.vision.imprints import Imprint, locate
from yinxin.seals.vision.inks import Floats, Image, Mask
from yinxin.seals.vision.outlines import Shape
from yinxin.seals.vision.regions import Labels, Region, face_of, hull_of
from yinxin.seals.vision.search import Template, template_of

MAX_IMPRINTS = 5
_MIN_QUALITY, _GOOD = 0.6, 0.75
"""What counts as an imprint at all, and what may stand for the seal for years."""
_MIN_EDGES = 150
_ALIKE = 0.75
"""Two imprints of one seal correlate at least so much..."""
_SPREAD_MM = 0.12
"""...and no part of one stands further from its place in the other."""

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
    unknown: Mask
    """Where print or a signature hides the seal's face in every image of it."""
    spread_mm: float = 0.0
    """How far parts of its imprints stand apart, 0 for a single one."""

    @cached_property
    def amount(self) -> Floats:
        """The ink as shares, 0 to 1, nothing beyond the outline."""
        return np.asarray(self.ink / np.float32(255), np.float32)

    @cached_property
    def _face(self) -> tuple[Mask, Labels, list[Region]]:
        return face_of(self.amount, self.shape, PX_PER_MM)

    @property
    def inside(self) -> Mask:
        """What lies within the outline."""
        return self._face[0]

    @cached_property
    def hull(self) -> NDArray[np.float64]:
        """Nx2 corners of the outline."""
        return hull_of(self.inside).reshape(-1, 2).astype(np.float64)

    @property
    def labels(self) -> Labels:
        """Which region each inked pixel is of, from 1; 0 for none."""
        return self._face[1]

    @property
    def regions(self) -> list[Region]:
        return self._face[2]

    @cached_property
    def edges(self) -> Edges:
        return edges_of(self.amount, self.unknown)

    @cached_property
    def rounded(self) -> Floats:
        """How far out every edge point would stand, in mm, if corners were rounder."""
        return when_rounded(self.amount, self.edges)

    @cached_property
    def edge_labels(self) -> Labels:
        """The region of every edge point, from 1; 0 for none."""
        # Just within the stroke, where the label is.
        x, y = np.round(self.edges.points - 2 * self.edges.normals).astype(int).T
        height, width = self.labels.shape
        return np.asarray(self.labels[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)])

    @cached_property
    def face(self) -> Floats:
        """1 within the outline where the specimen shows its face."""
        return np.asarray(self.inside & ~self.unknown, np.float32)

    @cached_property
    def telling(self) -> Floats:
        """How much each part of the face tells of its turn: a frame and a star tell little."""
        alike = [i for i, one in enumerate(self.regions, start=1) if one.kind in ("ring", "star")]
        return np.where(np.isin(self.labels, alike), 0.3, self.face).astype(np.float32)

    @cached_property
    def template(self) -> Template:
        """For finding the seal on a page, whatever its turn."""
        return template_of(self.amount, self.telling)

    @cached_property
    def small(self) -> Small:
        return small_of(self.amount, self.face, self.telling)

    @cached_property
    def nearest(self) -> Labels:
        """Which region each pixel is nearest to, from 1."""
        if not self.labels.any():
            return self.labels
        _, index = cv2.distanceTransformWithLabels(
            (self.labels == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        of = np.zeros(int(index.max()) + 1, np.uint8)
        inked = self.labels > 0
        of[index[inked]] = self.labels[inked]
        return np.asarray(of[index])

    def to_bytes(self) -> bytes:
        """An npz archive without pickles; equal specimens give equal bytes."""
        about = {"shape": self.shape, "size_mm": self.size_mm, "colour": self.colour,
                 "count": self.count, "spread_mm": self.spread_mm, "dpi": DPI}  # fmt: skip
        archive = BytesIO()
        np.savez_compressed(
            archive,
            ink=self.ink,
            unknown=np.packbits(self.unknown),
            about=np.array(json.dumps(about)),
        )
        return archive.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Specimen":
        """The reverse of `to_bytes`; a ValueError for anything else."""
        try:
            with np.load(BytesIO(stored), allow_pickle=False) as archive:
                ink, about = archive["ink"], json.loads(str(archive["about"]))
                unknown = np.unpackbits(archive["unknown"], count=ink.size).reshape(ink.shape)
            return cls._checked(ink, unknown > 0, about)
        except (OSError, EOFError, KeyError, TypeError, BadZipFile) as error:
            raise ValueError("these bytes are no specimen") from error

    @classmethod
    def _checked(cls, ink: Image, unknown: Mask, about: dict[str, Any]) -> "Specimen":
        if ink.ndim != 2 or ink.dtype != np.uint8 or about["shape"] not in get_args(Shape):
            raise ValueError("these bytes are no specimen")
        if about["dpi"] != DPI:
            raise ValueError(f"this specimen is at {about['dpi']} dpi")
        width, height = about["size_mm"]
        return cls(about["shape"], (width, height), about["colour"], about["count"], ink, unknown,
                   about["spread_mm"])  # fmt: skip


def enrol(images: Sequence[Image], dpi: float) -> Specimen:
    """A specimen from one to five BGR images that show one imprint of the same seal each.

    Raises PoorImage for what is no specimen, ValueError for another number of images.
    """
    if not 1 <= len(images) <= MAX_IMPRINTS:
        raise ValueError(f"a specimen takes 1 to {MAX_IMPRINTS} images, not {len(images)}")
    imprints = sorted((_only_imprint(image, dpi) for image in images), key=lambda i: -i.quality)
    first = specimen_of(imprints[0])
    if len(first.edges) < _MIN_EDGES:
        raise PoorImage("poor_quality")
    laid = [_laid(first, other) for other in imprints[1:]]
    even = _even(first, [fit for fit, _ in laid])
    shape = first.amount.shape
    weight = 1 - warp(first.unknown.astype(np.float32), even, shape)
    total = warp(first.amount, even, shape) * weight
    for other, (fit, _) in zip(imprints[1:], laid, strict=True):
        to_image = compose(fit.to_image, even)
        shown = 1 - warp(other.unknown.astype(np.float32), to_image, shape)
        total += warp(other.amount, to_image, shape) * shown
        weight += shown
    mean = total / np.maximum(weight, 1e-3)
    spread = max((apart for _, apart in laid), default=0.0)
    return _specimen(imprints[0], mean, weight < 0.5, len(images), spread)


def specimen_of(imprint: Imprint) -> Specimen:
    """One imprint as it is, taken for a specimen."""
    return _specimen(imprint, imprint.amount * imprint.within, imprint.unknown, 1, 0.0)


def _specimen(
    imprint: Imprint, amount: Floats, unknown: Mask, count: int, spread_mm: float
) -> Specimen:
    width, height = imprint.size_mm
    return Specimen(
        shape=imprint.shape,
        size_mm=(round(width, 2), round(height, 2)),
        colour=imprint.colour,
        count=count,
        ink=np.round(255 * np.clip(amount, 0, 1)).astype(np.uint8),
        unknown=unknown,
        spread_mm=round(spread_mm, 3),
    )


def fitting_of(specimen: Specimen, imprint: Imprint) -> Fitting:
    """Begin to lay an imprint on a specimen."""
    return Fitting(
        specimen.amount,
        specimen.edges,
        specimen.face,
        specimen.template,
        specimen.small,
        imprint.amount,
        imprint.unknown.astype(np.float32),
        imprint.lost,
    )


def _laid(first: Specimen, other: Imprint) -> tuple[Fit, float]:
    """How another imprint of the same seal lies on the first, and how far parts stand apart."""
    fitting = fitting_of(first, other)
    if fitting.promise < 0.5 * _ALIKE or (fit := fitting.finish()).likeness < _ALIKE:
        raise PoorImage("imprints_differ")
    middle = fields(first.edges, fit.offsets, first.amount.shape)[1]
    spread = summary(np.linalg.norm(middle.shift, axis=2), middle.weight, 0.99)
    if spread > _SPREAD_MM:
        raise PoorImage("imprints_differ")
    return fit, spread


def _even(first: Specimen, fits: Sequence[Fit]) -> Affine:
    """From the mean of all imprints to the first: every scan has a stretch of its own."""
    mean = (np.eye(2, 3) + sum(stretched(fit.to_image) for fit in fits)) / (len(fits) + 1)
    return inverse(about(mean, first.edges.points.mean(axis=0)))


def _only_imprint(image: Image, dpi: float) -> Imprint:
    found = locate(image, dpi)
    clear = [imprint for imprint in found if imprint.quality >= _MIN_QUALITY]
    if len(clear) > 1:
        raise PoorImage("several_seals")
    if not found:
        raise PoorImage("no_seal")
    if not clear or clear[0].quality < _GOOD:
        raise PoorImage("poor_quality")
    return clear[0]
