"""From file bytes to pages: every kind of pixel, and every kind of damage."""

from contextlib import suppress
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from yinxin.seals.drawing import encode_png
from yinxin.seals.vision.decode import PDF_DPI, Unreadable, decode, pages, require_plausible


def written(image: Pillow.Image, kind: str, dpi: float = 0) -> bytes:
    out = BytesIO()
    image.save(out, kind, **({"dpi": (dpi, dpi)} if dpi else {}))
    return out.getvalue()


CUT_SHORT = encode_png(np.full((90, 90, 3), 9, np.uint8), 300)[:-40]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_an_image"),
        (b"%PDF-1.7 not a picture", "broken_image"),
        (b"<html>not a picture</html>", "not_an_image"),
        (CUT_SHORT, "broken_image"),
        (written(Pillow.new("RGB", (1, 1)), "PNG"), "image_too_small"),
        (written(Pillow.new("1", (20_001, 20)), "PNG"), "image_too_large"),
        (written(Pillow.new("1", (15_000, 15_000)), "PNG"), "image_too_large"),
    ],
    ids=["empty", "broken pdf", "html", "cut short", "one pixel", "too wide", "bomb"],
)
def test_bytes_that_are_no_page_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        decode(data)
    assert refused.value.code == code
    assert refused.value.zh
    assert refused.value.en
    if data != CUT_SHORT:  # only its pixels tell
        with pytest.raises(Unreadable, match=code):
            require_plausible(data)


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (Pillow.new("L", (40, 30), 200), "PNG"),
        (Pillow.fromarray(np.full((30, 40), 200 * 257, np.uint16)), "PNG"),
        (Pillow.new("LA", (40, 30), (200, 255)), "PNG"),
        (Pillow.new("CMYK", (40, 30), (55, 55, 55, 0)), "TIFF"),
        (Pillow.new("RGB", (40, 30), (200, 200, 200)), "BMP"),
        (Pillow.new("RGB", (40, 30), (200, 200, 200)).quantize(), "PNG"),
        (Pillow.new("RGBA", (40, 30), (0, 0, 0, 55)), "TIFF"),
    ],
    ids=["grey", "16 bit", "grey alpha", "cmyk", "bmp", "palette", "transparent"],
)
def test_every_kind_of_pixel_becomes_bgr(image: Pillow.Image, kind: str) -> None:
    page = decode(written(image, kind))
    assert page.image.shape == (30, 40, 3)
    assert page.image.dtype == np.uint8
    assert np.abs(page.image.astype(int) - 200).max() <= 1
    assert page.dpi is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP"])
def test_the_stated_resolution_is_read(kind: str) -> None:
    page = decode(written(Pillow.new("RGB", (40, 30)), kind, dpi=300))
    assert page.dpi == pytest.approx(300, abs=0.1)


@pytest.mark.parametrize("dpi", [72, 96, 149, 1300])
def test_a_resolution_no_scanner_has_is_not_believed(dpi: float) -> None:
    assert decode(written(Pillow.new("RGB", (40, 30)), "PNG", dpi=dpi)).dpi is None


def test_each_page_of_a_pdf_and_a_tiff_is_read() -> None:
    sheets = [Pillow.new("RGB", (595, 421), (shade, 255, 255)) for shade in (10, 90, 200)]
    for kind, options in (
        ("PDF", {"resolution": 72}),
        ("TIFF", {"dpi": (300, 300), "compression": "tiff_lzw"}),
    ):
        out = BytesIO()
        first, *rest = (sheet.copy() for sheet in sheets)  # a save leaves settings
        first.save(out, kind, save_all=True, append_images=rest, **options)
        require_plausible(out.getvalue())
        found = list(pages(out.getvalue()))
        assert [round(float(page.image[..., 2].mean()), -1) for page in found] == [10, 90, 200]
        assert {page.dpi for page in found} == {PDF_DPI}
    assert found[0].image.shape == (421, 595, 3)


def test_a_pdf_without_end_is_refused() -> None:
    out = BytesIO()
    many = [Pillow.new("1", (40, 40))] * 21
    many[0].save(out, "PDF", save_all=True, append_images=many[1:])
    with pytest.raises(Unreadable) as refused:
        decode(out.getvalue())
    assert refused.value.code == "too_many_pages"


SMALL = [
    written(Pillow.effect_noise((24, 24), 90), kind)
    for kind in ("PNG", "JPEG", "BMP", "TIFF", "PDF")
]


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.sampled_from(SMALL),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=8),
    st.integers(0, 4000),
)
def test_damaged_files_give_a_page_or_unreadable(
    data: bytes, damage: list[tuple[int, int]], keep: int
) -> None:
    broken = bytearray(data)
    for place, value in damage:
        broken[place % len(broken)] = value
    try:
        page = decode(bytes(broken[:keep] if keep % 3 == 0 else broken))
    except Unreadable:
        return
    assert page.image.ndim == 3


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "BMP", "TIFF", "PDF"]), st.data())
def test_whatever_a_header_says_is_judged(kind: str, data: st.DataObject) -> None:
    content = bytearray(written(Pillow.new("RGB", (40, 30)), kind))
    spots = st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255))
    for at, byte in data.draw(st.lists(spots, max_size=6)):
        content[at] = byte
    for each in (bytes(content), bytes(content[: data.draw(st.integers(0, len(content)))])):
        with suppress(Unreadable):
            require_plausible(each)
