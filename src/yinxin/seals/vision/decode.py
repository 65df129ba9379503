"""Image bytes to a BGR page, refusing what no scanner makes."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

MAX_SIDE_PX = 20_000
MAX_PIXELS = 80_000_000
"""A3 at 600 dpi has 70 million; Pillow's own limit is 89."""
MIN_SIDE_PX = 16

_REASONS = {
    "not_an_image": ("文件不是 PNG、JPEG、BMP 或 TIFF 图像", "not a PNG, JPEG, BMP or TIFF image"),
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
    """Decode PNG, JPEG, BMP or TIFF (first page); the size is judged before any pixel is read.

    Grey, palette, CMYK, 16-bit and transparent images become 8-bit BGR on white paper.
    Raises Unreadable.
    """
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG", "BMP", "TIFF")) as image:
            _check_size(*image.size)
            dpi = _dpi(image)
            image.load()
            return Page(_to_bgr(image), dpi)
    except Unreadable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable("image_too_large") from error
    except UnidentifiedImageError as error:
        raise Unreadable("not_an_image") from error
    except Exception as error:  # Pillow's readers let through whatever their parsing trips over
        raise Unreadable("broken_image") from error


def _check_size(width: int, height: int) -> None:
    if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
        raise Unreadable("image_too_large")
    if min(width, height) < MIN_SIDE_PX:
        raise Unreadable("image_too_small")


def _dpi(image: Image.Image) -> float | None:
    """The stated resolution, None where x and y differ or where it is a program's default of 72."""
    x, y = (float(value) for value in image.info.get("dpi", (0, 0)))
    plausible = 75 <= x <= 4800 and abs(x - y) <= 0.01 * x
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
    return np.ascontiguousarray(np.asarray(image.convert("RGB"))[..., ::-1])
