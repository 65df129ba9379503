"""From scanned bytes to specimens and findings, by the engine: pure computation, no database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.kernel.refusals import Invalid, Refused
from yinxin.kernel.text import Text

from . import noes
from .rules import Verdict
from .vision import Imprint, Outcome, PoorImage, Specimen, enrol, locate, replay, verify
from .vision import Verdict as Answer
from .vision.decode import Page, Unreadable, decode, require_plausible
from .vision.pictures import overlay

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]

NO_PAGE: Image = np.full((64, 64, 3), 255, np.uint8)
RED = np.array([40, 30, 200], np.float32)
SCREEN_PX = 1600
PICTURE_DPI = 300
MARGIN_PX = 30
WATERMARK = 0.22

_POOR = {"no_seal": noes.NO_SEAL_FOUND, "several_seals": noes.SEVERAL_SEALS_FOUND}


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
    def elastic_mm(self) -> float | None:
        """How far strokes stand from their place; None where nothing was laid over the seal."""
        return self.answer.alignment.elastic_mm if self.answer.alignment else None

    @property
    def presentation(self) -> float:
        """0 to 1, lower the more the imprint looks printed or pasted."""
        return self.answer.presentation

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
        raise Refused(noes.DPI_MISSING)
    return page.image, resolution


def require_scan(content: bytes, field: str) -> None:
    """Turn back at once what cannot be a scan; a job decodes the rest. Raises Invalid."""
    try:
        require_plausible(content)
    except Unreadable as reason:
        raise Invalid((field, Text(reason.zh, reason.en))) from reason


def enrolled(scans: Sequence[bytes], dpi: float | None) -> Specimen:
    """The specimen of scans that each show one imprint of the same seal. Raises Refused with what
    the quality gate has against them."""
    pages = [page_of(scan, dpi) for scan in scans]
    resolutions = {resolution for _, resolution in pages}
    if len(resolutions) > 1:
        raise Refused(noes.DPI_DIFFERS)
    try:
        return enrol([image for image, _ in pages], resolutions.pop())
    except PoorImage as poor:
        if poor.code in _POOR:
            raise Refused(_POOR[poor.code]) from poor
        raise Refused(noes.SCAN_POOR, reason_zh=poor.zh, reason_en=poor.en) from poor


def compared(specimens: Sequence[Specimen], image: Image, dpi: float) -> Iterator[Compared]:
    """Each specimen against the page, in order; an imprint that is genuine for one seal is not
    taken for the next."""
    taken: list[Box] = []
    for specimen in specimens:
        answer = verify(specimen, image, dpi)
        if answer.outcome is Outcome.GENUINE and _among(answer.box, taken):
            answer = _elsewhere(specimen, image, dpi, taken)
        if answer.outcome is Outcome.GENUINE and answer.box:
            taken.append(answer.box)
        yield Compared(answer, _imprint_png(specimen, answer, image), overlay(specimen, answer))


def repeated(imprint: bytes, earlier: Iterable[bytes]) -> int | None:
    """Which of the earlier pictures of imprints, as `Compared` has them, shows the same ink."""
    this = _located(imprint)
    for number, picture in enumerate(earlier):
        other = _located(picture)
        if this and other and replay(this, other).copy:
            return number
    return None


def specimen_png(specimen: Specimen) -> bytes:
    """The specimen as red ink on white, in its own frame."""
    return png(255 - specimen.amount[..., None] * (255 - RED))


def for_screen(scan: bytes) -> bytes:
    """Any readable scan as a PNG that fits on a screen. Raises Refused(scan_unreadable)."""
    image = _decoded(scan).image
    shrink = min(1.0, SCREEN_PX / max(image.shape))
    return png(cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA))


def watermarked(picture: bytes, text: str) -> bytes:
    """A PNG with a text across it, too faint to hide a stroke; ASCII alone."""
    image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("these bytes are no picture")
    marks = np.zeros(image.shape[:2], np.uint8)
    size = max(0.35, max(image.shape[:2]) / 1600)
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    for row, y in enumerate(range(2 * height, image.shape[0] + height, 7 * height)):
        for x in range(-(row % 2) * width // 2, image.shape[1], width + 2 * height):
            cv2.putText(marks, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, 255, 1, cv2.LINE_AA)
    faint = 1 - WATERMARK * marks[..., None].astype(np.float32) / 255
    return png(image * faint)


def png(picture: NDArray[np.generic]) -> bytes:
    ok, encoded = cv2.imencode(".png", np.asarray(picture, np.uint8))
    if not ok:
        raise ValueError("the picture cannot be written as PNG")
    return encoded.tobytes()


def _located(picture: bytes) -> Imprint | None:
    """The imprint that fills a picture; paper around it lets its outline be found."""
    image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        return None
    side, paper = MARGIN_PX, (255, 255, 255)
    wide = cv2.copyMakeBorder(image, side, side, side, side, cv2.BORDER_CONSTANT, value=paper)
    return next(iter(locate(np.asarray(wide, np.uint8), PICTURE_DPI)), None)


def _decoded(scan: bytes) -> Page:
    try:
        return decode(scan)
    except Unreadable as reason:
        raise Refused(noes.SCAN_UNREADABLE, reason_zh=reason.zh, reason_en=reason.en) from reason


def _elsewhere(specimen: Specimen, image: Image, dpi: float, taken: Sequence[Box]) -> Answer:
    """The best answer that the imprints not taken yet give."""
    free = [each for each in locate(image, dpi) if not _among(each.box, taken)]
    answers = [verify(specimen, each) for each in free] or [verify(specimen, NO_PAGE, PICTURE_DPI)]
    return max(answers, key=lambda answer: answer.score)


def _among(box: Box | None, taken: Sequence[Box]) -> bool:
    """Whether the middle of a box lies in the middle half of one that is taken."""
    if box is None:
        return False
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    return any(
        abs(left + width / 2 - x) < width / 4 and abs(top + height / 2 - y) < height / 4
        for left, top, width, height in taken
    )


def _imprint_png(specimen: Specimen, answer: Answer, page: Image) -> bytes | None:
    """The imprint as the page shows it, laid into the specimen's frame where it fits one."""
    if answer.box is None:
        return None
    left, top, width, height = answer.box
    if answer.alignment is None:
        return png(page[max(top, 0) : top + height, max(left, 0) : left + width])
    size = specimen.ink.shape[::-1]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    upright = cv2.warpAffine(
        page, answer.alignment.to_page, size, flags=flags, borderValue=(255, 255, 255)
    )
    return png(upright)
