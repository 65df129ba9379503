"""Scanners and telephones: from light on paper to a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.drawing.imprints import encode_png

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]
Rng = np.random.Generator

_RESOLUTIONS = ((300, 300), (200, 300), (200, 200), (240, 240), (400, 400), (600, 600))
_CHANCES = (0.8, 0.05, 0.04, 0.03, 0.05, 0.03)


_UNIT = 1000
"""How a deviation of 1 is stored."""


@dataclass(frozen=True)
class Scanner:
    """One run of a page: the true resolution, the one delivered, and how badly it saw."""

    true_dpi: int = 300
    dpi: int = 300
    blur_px: float = 0.5
    noise: float = 2.0
    contrast: float = 1.0
    gamma: float = 1.0
    sharpened: float = 0.0
    """How much of what a blur takes away the driver adds again."""
    jpeg: int | None = None
    """Quality; None for PNG."""
    stretch: tuple[float, float] = (1.0, 1.0)
    """Across and along the feed."""
    phone: bool = False


def stretch(rng: Rng) -> tuple[float, float]:
    along = float(np.clip(rng.normal(0, 0.0041), -0.012, 0.012))
    return 1 + float(rng.normal(0, 0.0014)), 1 + along


def any_scanner(rng: Rng, phones: float = 0.03) -> Scanner:
    true_dpi, dpi = _RESOLUTIONS[rng.choice(len(_RESOLUTIONS), p=_CHANCES)]
    phone = bool(rng.random() < phones)
    return Scanner(
        true_dpi=300 if phone else true_dpi,
        dpi=300 if phone else dpi,
        blur_px=float(rng.uniform(0.3, 0.95)) + 0.5 * phone,
        noise=float(rng.uniform(0.4, 4.0)) + 2 * phone,
        jpeg=int(rng.integers(60, 96)) if phone or rng.random() < 0.85 else None,
        stretch=stretch(rng),
        phone=phone,
        **_tone(rng),
    )


def _tone(rng: Rng) -> dict[str, float]:
    """What the driver does to a picture: some whiten paper, some sharpen, each has its gamma."""
    return {
        "contrast": float(rng.uniform(0.9, 1.06) if rng.random() < 0.6 else rng.uniform(1, 1.35)),
        "gamma": float(np.exp(rng.normal(0, 0.15))),
        "sharpened": float(rng.uniform(0.2, 1.2)) if rng.random() < 0.4 else 0.0,
    }


def card_scanner(rng: Rng) -> Scanner:
    """The bank's own, on which specimen cards are taken."""
    return Scanner(
        blur_px=float(rng.uniform(0.35, 0.6)), noise=float(rng.uniform(0.8, 2.0)),
        jpeg=int(rng.integers(85, 96)) if rng.random() < 0.5 else None, stretch=stretch(rng),
        **_tone(rng),
    )  # fmt: skip


def scan(light: Sequence[Floats], scanner: Scanner, rng: Rng) -> Image:
    """The page (reflectance in planes, at the true resolution) as the scanner delivers it."""
    contrast = scanner.contrast
    # More contrast takes from the dark, less from the light: paper stays paper, or becomes white.
    fixed = 160 if contrast > 1 else 128
    seen = cv2.merge([cv2.convertScaleAbs(plane, alpha=255 * contrast, beta=fixed * (1 - contrast))
                      for plane in light])  # fmt: skip
    seen = cv2.GaussianBlur(seen, (0, 0), scanner.blur_px)
    if scanner.sharpened:
        soft = cv2.GaussianBlur(seen, (0, 0), 1.2)
        seen = cv2.addWeighted(seen, 1 + scanner.sharpened, soft, -scanner.sharpened, 0)
    if scanner.gamma != 1:
        curve = 255 * (np.arange(256) / 255) ** scanner.gamma
        seen = cv2.LUT(seen, np.round(curve).astype(np.uint8))
    noise = _noise(seen.shape[:2], rng)
    weight = contrast * scanner.noise / _UNIT
    image = cv2.addWeighted(seen, 1.0, noise, weight, 0.0, dtype=cv2.CV_8U)
    if scanner.true_dpi != scanner.dpi:
        ratio = scanner.dpi / scanner.true_dpi
        image = cv2.resize(image, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_CUBIC)
    return np.asarray(image, np.uint8)


def _noise(shape: tuple[int, ...], rng: Rng) -> NDArray[np.int16]:
    """A place in the noise that all scanners share: to draw it anew costs more than the rest."""
    store = _stored_noise()
    room = [max(side - need, 0) for side, need in zip(store.shape, shape, strict=False)]
    top, left = (int(rng.integers(each + 1)) for each in room)
    part = store[top : top + shape[0], left : left + shape[1]]
    beyond = [need - got for need, got in zip(shape, part.shape, strict=False)]
    if any(beyond):
        return cv2.copyMakeBorder(part, 0, beyond[0], 0, beyond[1], cv2.BORDER_REFLECT)
    return part


@cache
def _stored_noise() -> NDArray[np.int16]:
    """Grey noise, and colour noise that is coarser: sensors interpolate it."""
    rng = np.random.default_rng(1)
    side = 1800
    colour = rng.standard_normal((side // 2, side // 2, 3), np.float32)
    colour = cv2.resize(colour, (side, side))
    grey = rng.standard_normal((side, side, 1), np.float32)
    return np.round(_UNIT * (grey + np.float32(0.7) * colour)).astype(np.int16)


def bend(page_size: tuple[int, int], rng: Rng) -> NDArray[np.float64]:
    """The small perspective of a telephone held over the page, after its own straightening."""
    width, height = page_size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + rng.normal(0, 0.008, (4, 2)).astype(np.float32) * (width, height)
    return cv2.getPerspectiveTransform(corners, moved.astype(np.float32))


def photograph(light: Sequence[Floats], matrix: NDArray[np.float64], rng: Rng) -> list[Floats]:
    height, width = light[0].shape
    way = rng.uniform(0, 2 * np.pi)
    x, y = np.linspace(-1, 1, width), np.linspace(-1, 1, height)[:, None]
    shade = 0.86 + 0.12 * (np.cos(way) * x + np.sin(way) * y) * rng.uniform(0.3, 1)
    shade = shade.astype(np.float32)
    how = cv2.BORDER_REPLICATE
    return [cv2.warpPerspective(plane, matrix, (width, height), borderMode=how) * shade
            for plane in light]  # fmt: skip


def encode(image: Image, scanner: Scanner) -> tuple[bytes, str]:
    """The file's bytes, which state the delivered resolution, and its suffix."""
    if scanner.jpeg is None:
        return encode_png(image, scanner.dpi), "png"
    ok, encoded = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, scanner.jpeg))
    if not ok:
        raise ValueError(f"no JPEG can hold an image of shape {image.shape}")
    data = encoded.tobytes()
    dots = scanner.dpi.to_bytes(2, "big")
    # The JFIF header that OpenCV writes: unit at byte 13, density across and down after it.
    return data[:13] + b"\x01" + dots + dots + data[18:], "jpg"
