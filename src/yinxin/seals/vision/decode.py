"""Image bytes to BGR pages, refusing what no scanner makes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

MAX_SIDE_PX = 20_000
MAX_PIXELS = 80_000_000
"""A3 at 600 dpi has 70 million; Pillow's own limit is 89."""
MIN_SIDE_PX = 16
MAX_PAGES = 20
LEAST_DPI, MOST_DPI = 150, 1200
PDF_DPI = 300
"""A PDF has a size, not a resolution; it is drawn at this one."""
ZOOM = PDF_DPI / 72

_REASONS = {
    "not_an_image": (
        "文件不是 PNG、JPEG、BMP、TIFF 图像或 PDF",
        "not a PNG, JPEG, BMP or TIFF image, nor a PDF",
    ),
    "too_many_pages": (f"文件超过 {MAX_PAGES} 页", f"the file has more than {MAX_PAGES} pages"),
    "broken_image": ("图像文件已损坏或不完整", "the image file is broken or cut short"),
    "image_too_small": ("图像过小，不是扫描件", "the image is too small to be a scan"),
    "image_too_large": ("图像尺寸超过上限", "the image is larger than the limit"),
}


class Unreadable(ValueError):
    """Bytes that are no usable image: `code`, and the reason in `zh` and `en`."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.zh, self.en = _REASONS[code]
        super().__init__(code)


@dataclass(frozen=True)
class Page:
    """A decoded page: HxWx3 BGR and its resolution, None where the file does not state one."""

    image: NDArray[np.uint8]
    dpi: float | None


def decode(data: bytes) -> Page:
    """The first page of a file. Raises Unreadable."""
    return next(pages(data))


def pages(data: bytes) -> Iterator[Page]:
    """The pages of a PNG, JPEG, BMP, TIFF or PDF; a page's size is judged before its pixels.

    Grey, palette, CMYK, 16-bit and transparent images become 8-bit BGR on white paper.
    Raises Unreadable, at the latest with the page that is at fault.
    """
    with _reasons():
        yield from _pdf(data) if _is_pdf(data) else _frames(data)


def require_plausible(data: bytes) -> None:
    """Judge type, pages and sizes by what the file says of itself, no pixel decoded: what passes
    may still turn out broken. Raises Unreadable."""
    with _reasons():
        if _is_pdf(data):
            with _opened_pdf(data) as document:
                for number in range(len(document)):
                    _check_size(*(round(side * ZOOM) for side in document.get_page_size(number)))
        else:
            with _opened_image(data) as image:
                _check_size(*image.size)


@contextmanager
def _reasons() -> Iterator[None]:
    try:
        yield
    except (Unreadable, GeneratorExit):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable("image_too_large") from error
    except UnidentifiedImageError as error:
        raise Unreadable("not_an_image") from error
    except Exception as error:  # the readers let through whatever their parsing trips over
        raise Unreadable("broken_image") from error


def _frames(data: bytes) -> Iterator[Page]:
    with _opened_image(data) as image:
        for frame in range(getattr(image, "n_frames", 1)):
            if frame:
                image.seek(frame)
            _check_size(*image.size)
            dpi = _dpi(image)
            image.load()
            yield Page(_to_bgr(image), dpi)


def _pdf(data: bytes) -> Iterator[Page]:
    with _opened_pdf(data) as document:
        for page in document:
            _check_size(round(page.get_width() * ZOOM), round(page.get_height() * ZOOM))
            drawn = page.render(scale=ZOOM, rev_byteorder=False).to_numpy()
            yield Page(np.ascontiguousarray(drawn[..., :3]), float(PDF_DPI))


def _is_pdf(data: bytes) -> bool:
    return data[:1024].lstrip().startswith(b"%PDF-")


def _opened_image(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data), formats=("PNG", "JPEG", "BMP", "TIFF"))
    if getattr(image, "n_frames", 1) > MAX_PAGES:
        raise Unreadable("too_many_pages")
    return image


def _opened_pdf(data: bytes) -> pypdfium2.PdfDocument:
    document = pypdfium2.PdfDocument(data)
    if len(document) > MAX_PAGES:
        raise Unreadable("too_many_pages")
    if not len(document):
        raise Unreadable("broken_image")
    return document


def _check_size(width: int, height: int) -> None:
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise Unreadable("image_too_large")
    if min(width, height) < MIN_SIDE_PX:
        raise Unreadable("image_too_small")


def _dpi(image: Image.Image) -> float | None:
    """The stated resolution; None where x and y differ or where no scanner has it."""
    x, y = (float(value) for value in image.info.get("dpi", (0, 0)))
    plausible = LEAST_DPI - 1 <= x <= MOST_DPI + 1 and abs(x - y) <= 0.01 * x
    return round((x + y) / 2, 2) if plausible else None


def _to_bgr(image: Image.Image) -> NDArray[np.uint8]:
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    elif image.mode in ("I", "F"):
        deep = np.asarray(image).astype(np.float64)
        top = 65535.0 if deep.max() > 255 else 255.0  # the file does not say
        image = Image.fromarray(np.clip(deep * (255 / top), 0, 255).astype(np.uint8))
    if image.has_transparency_data:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    array = np.array(image if image.mode == "RGB" else image.convert("RGB"))
    return np.asarray(cv2.cvtColor(array, cv2.COLOR_RGB2BGR, dst=array), np.uint8)
