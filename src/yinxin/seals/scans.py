"""From scanned bytes to specimens and findings, by the engine: pure computation, no database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text

from . import rules
from .rules import Verdict
from .vision import Imprint, Outcome, PoorImage, Specimen, enrol, locate, verify
from .vision import Verdict as Answer
from .vision.decode import Page, Unreadable, decode
from .vision.pictures import overlay

Image = NDArray[np.uint8]

NO_PAGE: Image = np.full((64, 64, 3), 255, np.uint8)
RED = np.array([40, 30, 200], np.float32)
SCREEN_PX = 1600

_POOR = {
    "no_seal": rules.NO_SEAL_FOUND,
    "several_seals": rules.SEVERAL_SEALS_FOUND,
    "poor_quality": rules.SCAN_POOR,
}


@dataclass(frozen=True, eq=False)
class Compared:
    """The engine's answer for one specimen, with its pictures as PNG."""

    answer: Answer
    imprint: bytes | None
    overlay: bytes

    @property
    def verdict(self) -> Verdict:
        return Verdict(self.answer.outcome.value)

    @property
    def differences(self) -> tuple[Text, ...]:
        return tuple(Text(each.zh, each.en) for each in self.answer.regions)


def page_of(scan: bytes, dpi: float | None) -> tuple[Image, float]:
    """The page and its resolution; `dpi` counts where the file does not state one.

    Raises Refused(scan_unreadable) or Refused(dpi_missing).
    """
    page = _decoded(scan)
    resolution = page.dpi or dpi
    if resolution is None:
        raise Refused(rules.DPI_MISSING)
    return page.image, resolution


def enrolled(scan: bytes, dpi: float | None) -> Specimen:
    """The specimen of the one imprint on a scan. Raises Refused with what is wrong with it."""
    image, resolution = page_of(scan, dpi)
    try:
        return enrol([image], resolution)
    except PoorImage as poor:
        raise Refused(_POOR[poor.code]) from poor


def compared(specimens: Sequence[Specimen], image: Image, dpi: float) -> Iterator[Compared]:
    """Each specimen against the page, in order; an imprint that is genuine for one seal is not
    looked at for the next."""
    free = locate(image, dpi)
    for specimen in specimens:
        imprint, answer = _nearest(specimen, free)
        if answer.outcome is Outcome.GENUINE:
            free = [each for each in free if each is not imprint]
        yield Compared(answer, _imprint_png(specimen, answer, image), overlay(specimen, answer))


def specimen_png(specimen: Specimen) -> bytes:
    """The specimen as red ink on white, in its own frame."""
    return png(255 - specimen.amount[..., None] * (255 - RED))


def for_screen(scan: bytes) -> bytes:
    """Any readable scan as a PNG that fits on a screen. Raises Refused(scan_unreadable)."""
    image = _decoded(scan).image
    shrink = min(1.0, SCREEN_PX / max(image.shape))
    return png(cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA))


def png(picture: NDArray[np.generic]) -> bytes:
    ok, encoded = cv2.imencode(".png", np.asarray(picture, np.uint8))
    if not ok:
        raise ValueError("the picture cannot be written as PNG")
    return encoded.tobytes()


def _decoded(scan: bytes) -> Page:
    try:
        return decode(scan)
    except Unreadable as reason:
        raise Refused(rules.SCAN_UNREADABLE, reason_zh=reason.zh, reason_en=reason.en) from reason


def _nearest(specimen: Specimen, imprints: Sequence[Imprint]) -> tuple[Imprint | None, Answer]:
    """The imprint that comes nearest to the specimen, taking the first that is genuine."""
    best: tuple[Imprint | None, Answer] | None = None
    for imprint in imprints:
        answer = verify(specimen, imprint)
        if answer.outcome is Outcome.GENUINE:
            return imprint, answer
        if best is None or answer.score > best[1].score:
            best = imprint, answer
    return best or (None, verify(specimen, NO_PAGE, 300))


def _imprint_png(specimen: Specimen, answer: Answer, page: Image) -> bytes | None:
    """The imprint as the page shows it, laid into the specimen's frame where it fits one."""
    if answer.box is None:
        return None
    left, top, width, height = answer.box
    if answer.alignment is None:
        return png(page[max(top, 0) : top + height, max(left, 0) : left + width])
    to_page = answer.alignment.to_crop + np.array([[0, 0, left], [0, 0, top]])
    size = specimen.ink.shape[::-1]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return png(cv2.warpAffine(page, to_page, size, flags=flags, borderValue=(255, 255, 255)))
