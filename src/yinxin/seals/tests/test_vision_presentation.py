"""Stamped, printed or pasted: one imprint put out in every way."""

from functools import lru_cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from yinxin.seals.bench.printers import print_imprint
from yinxin.seals.drawing import company_seal, draw_seal
from yinxin.seals.drawing.touches import Touch, press
from yinxin.seals.vision import halftones, locate
from yinxin.seals.vision.presentation import numbers_of, presentation

Image = NDArray[np.uint8]
TOUCH = Touch(share=0.85, tone=0.8, cloud=0.5, rim=0.8, speckle=0.6, pools=0.8)
WAYS = ["inkjet", "laser", "pasted"]


@lru_cache(maxsize=4)
def scan(way: str = "") -> Image:
    """The imprint on paper at 300 dpi, pressed or put out in some way."""
    rng = np.random.default_rng(3)
    amount = press(draw_seal(company_seal("清河商贸有限公司", diameter_mm=38)), TOUCH, rng)
    if way:
        amount = print_imprint(amount, TOUCH.tone, way, rng, 600)
    amount = cv2.resize(amount, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    amount = cv2.copyMakeBorder(amount, *[60] * 4, cv2.BORDER_CONSTANT)
    light = 245 * (1 - amount[..., None] * (1 - np.array([38, 28, 205]) / 255))
    soft = cv2.GaussianBlur(light, (0, 0), 0.5)
    return np.clip(soft + rng.normal(0, 1.5, light.shape), 0, 255).astype(np.uint8)


def harsh(page: Image) -> Image:
    """As a driver delivers it that whitens paper, deepens ink, sharpens and compresses hard."""
    deep = np.clip((page.astype(np.float32) - 45) * 255 / 190, 0, 255)
    sharp = np.clip(1.8 * deep - 0.8 * cv2.GaussianBlur(deep, (0, 0), 1.2), 0, 255)
    _, data = cv2.imencode(".jpg", sharp.astype(np.uint8), (cv2.IMWRITE_JPEG_QUALITY, 35))
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def numbers(page: Image) -> dict[str, float]:
    """With the imprint's own strokes for the registered seal's."""
    imprint = max(locate(page, 300), key=lambda one: one.box[2])
    return numbers_of(imprint, imprint.ink, imprint.amount, imprint.unknown.astype(np.float32))


@pytest.mark.parametrize("way", WAYS)
def test_what_was_printed_or_pasted_scores_below_what_was_stamped(way: str) -> None:
    assert presentation(numbers(scan())) > 0.5
    assert presentation(numbers(scan(way))) < 0.2


def test_a_stamped_imprint_stays_stamped_on_a_harsh_scan() -> None:
    assert presentation(numbers(harsh(scan()))) > 0.5


def test_each_way_shows_in_its_own_numbers() -> None:
    stamped, inkjet, laser, pasted = (numbers(scan(way)) for way in ("", *WAYS))
    assert pasted["ink_3"] < stamped["ink_3"] / 2
    assert laser["pair"] > stamped["pair"] + 1
    assert inkjet["paper_1.5"] > 2 * stamped["paper_1.5"]


def test_a_screen_lost_in_noise_is_found_by_its_step() -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 1, (300, 300)).astype(np.float32)
    y, x = np.indices(noise.shape)
    waves = [
        2 * np.pi * 0.43 * (np.cos(turn) * x + np.sin(turn) * y) for turn in (0.8, 0.8 + np.pi / 2)
    ]
    screen = sum(0.12 * np.cos(wave) for wave in waves).astype(np.float32)
    mask = np.hypot(y - 150, x - 150) < 140
    assert halftones.peaks(noise + screen, mask)["pair"] > 3.5
    assert halftones.peaks(noise, mask)["pair"] < 2.6


def test_too_little_ink_tells_nothing() -> None:
    imprint = locate(scan(), 300)[0]
    hidden = np.ones(imprint.amount.shape, np.float32)
    assert presentation(numbers_of(imprint, imprint.ink, imprint.amount, hidden)) == 0.5
