"""Seals are found whatever stands around them, and nothing else is taken for one."""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Picture
from PIL import ImageDraw

from yinxin.seals.drawing import company_seal, draw_seal, personal_seal, put, stamp
from yinxin.seals.drawing.fonts import font
from yinxin.seals.vision import locate

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]
PX_PER_MM = 300 / 25.4

RED, BLUE, BLACK = (205, 35, 45), (40, 70, 165), (35, 35, 35)


@cache
def imprint(name: str, colour: str = "red", angle: float = 8.0) -> Image:
    face = personal_seal(name) if len(name) == 4 else company_seal(name)
    return stamp(draw_seal(face), 3, angle, colour=colour)


def form(colour: tuple[int, int, int] = BLACK) -> Image:
    """A table with a heading, labels and a framed field."""
    page = Picture.new("RGB", (1180, 900), (250, 250, 248))
    pen = ImageDraw.Draw(page)
    pen.text((120, 20), "电汇凭证", colour, font("serif", 80))
    for y in range(150, 900, 120):
        pen.line((40, y, 1140, y), colour, 3)
        pen.text((60, y + 40), "付款人全称", colour, font("sans", 40))
    for x in (40, 330, 760, 1140):
        pen.line((x, 150, x, 870), colour, 3)
    pen.rectangle((820, 420, 1080, 600), outline=colour, width=6)
    pen.text((840, 440), "预留印鉴", colour, font("sans", 40))
    return np.asarray(page, np.uint8)[..., ::-1].copy()


def at(page: Image, seal: Image, x: int, y: int) -> Image:
    return put(page, seal, (x, y))


def close(box: Box, x: int, y: int, width_mm: float) -> bool:
    """A box about a middle, as wide as a seal turned by eight degrees is, or a round one."""
    left, top, width, height = box
    middle = np.hypot(left + width / 2 - x, top + height / 2 - y)
    sides = (0.97 * width_mm * PX_PER_MM, 1.16 * width_mm * PX_PER_MM)
    return bool(middle < 12 and all(sides[0] < side < sides[1] for side in (width, height)))


@pytest.mark.parametrize("colour", ["red", "blue", "purple", "black"])
def test_a_seal_of_any_ink_is_found_on_a_table(colour: str) -> None:
    found = locate(at(form(), imprint("张三之印", colour), 620, 520), 300)
    assert [one.colour for one in found] == [colour]
    assert close(found[0].box, 620, 520, 20)
    assert found[0].shape == "square"


def test_a_small_seal_of_a_thick_frame_and_thick_letters_is_found() -> None:
    face = replace(personal_seal("唐军勇印"), width_mm=10, height_mm=10, border_mm=1.1, weight=0.05)
    found = locate(at(form(), stamp(draw_seal(face), 3, 3), 620, 520), 300)
    assert [one.shape for one in found] == ["square"]


def test_a_black_seal_may_have_a_frame_as_thin_as_a_rule() -> None:
    face = replace(personal_seal("唐军勇印"), width_mm=15, height_mm=15, border_mm=0.4)
    found = locate(at(form(), stamp(draw_seal(face), 3, 20, colour="black"), 620, 520), 300)
    assert [one.shape for one in found] == ["square"]


def test_pale_ink_keeps_its_colour_in_a_compressed_picture() -> None:
    seal = stamp(draw_seal(personal_seal("唐军勇印")), 3, 8, 0.6, "blue")
    pale = np.round(255 - 0.45 * (255.0 - seal)).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", at(form(), pale, 620, 520), [cv2.IMWRITE_JPEG_QUALITY, 60])
    page = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    assert [one.colour for one in locate(page, 300)] == ["blue"]


@pytest.mark.parametrize("colour", ["red", "black"])
def test_letters_that_stand_close_to_an_oval_frame_are_no_pens_loop(colour: str) -> None:
    face = replace(company_seal("江州德成机械有限公司"), shape="oval", kind="",
                   width_mm=42, height_mm=30, star_mm=0, border_mm=1.0)  # fmt: skip
    found = locate(at(form(), stamp(draw_seal(face), 3, 20, colour=colour), 620, 520), 300)
    assert [(one.shape, one.colour) for one in found] == [("oval", colour)]


def test_letters_that_all_but_touch_a_whole_frame_are_letters() -> None:
    page = np.full((700, 900, 3), 248, np.uint8)
    cv2.circle(page, (450, 350), 236, RED[::-1], 17, cv2.LINE_AA)
    for way in np.radians(np.arange(150, 391, 20)):
        inner, outer = ([round(450 + r * np.cos(way)), round(350 + r * np.sin(way))]
                        for r in (170, 216))  # fmt: skip
        cv2.line(page, inner, outer, RED[::-1], 12, cv2.LINE_AA)
    assert [one.shape for one in locate(page, 300)] == ["round"]


@pytest.mark.parametrize("colour", [RED, BLUE, BLACK], ids=["red", "blue", "black"])
def test_a_form_of_any_ink_is_no_seal(colour: tuple[int, int, int]) -> None:
    assert locate(form(colour), 300) == []
    assert locate(np.rot90(form(colour)).copy(), 300) == []


def test_a_table_whose_rules_a_pen_breaks_is_no_seal() -> None:
    page = form(BLUE)
    for x, y in ((330, 600), (760, 240), (760, 480), (40, 700), (1140, 330)):
        cv2.line(page, (x - 60, y - 25), (x + 60, y + 25), BLACK, 9)
    cv2.line(page, (300, 350), (900, 560), BLACK, 9)
    assert locate(page, 300) == []


@pytest.mark.parametrize("colour", [(150, 60, 25), (40, 30, 190), (30, 30, 30)])
def test_a_signature_is_no_seal(colour: tuple[int, int, int]) -> None:
    page = np.full((700, 900, 3), 248, np.uint8)
    way = np.linspace(0, 5 * np.pi, 400)
    loops = np.column_stack([120 + 40 * way + 130 * np.sin(way), 350 + 150 * np.cos(way)])
    cv2.polylines(page, [loops.round().astype(np.int32)], False, colour, 7, cv2.LINE_AA)
    cv2.ellipse(page, (600, 180), (110, 55), 10, 0, 360, colour, 6, cv2.LINE_AA)
    cv2.putText(page, "128", (550, 200), cv2.FONT_HERSHEY_SIMPLEX, 2, (40, 40, 40), 4)
    assert locate(page, 300) == []


@pytest.mark.parametrize("apart", [0.97, 0.9], ids=["touching", "overlapping"])
def test_neighbours_of_one_ink_stay_two(apart: float) -> None:
    page = np.full((700, 1200, 3), 248, np.uint8)
    reach = round(40 * PX_PER_MM * apart)
    page = at(page, imprint("清河商贸有限公司"), 320, 350)
    page = at(page, imprint("江州远山科技有限公司"), 320 + reach, 340)
    found = locate(page, 300)
    assert len(found) == 2
    for one, x in zip(sorted(found, key=lambda one: one.box[0]), (320, 320 + reach), strict=True):
        assert close(one.box, x, 345, 40)


def test_a_seal_cut_by_the_edge_of_the_page_is_found_whole() -> None:
    page = at(np.full((700, 700, 3), 248, np.uint8), imprint("清河商贸有限公司"), 120, 350)
    (found,) = locate(page, 300)
    assert found.box[0] < -80
    assert close(found.box, 120, 350, 40)


def test_print_of_the_seals_own_ink_does_not_hide_it() -> None:
    page = at(np.full((800, 900, 3), 248, np.uint8), imprint("张三之印", "black"), 450, 400)
    pale = np.round(255 - 0.45 * (255.0 - page)).astype(np.uint8)
    picture = Picture.fromarray(pale[..., ::-1].copy())
    for y in range(100, 700, 75):
        words = "贰拾捌万陆仟伍佰元整付款人全称开户银行"
        ImageDraw.Draw(picture).text((60, y), words, BLACK, font("sans", 36))
    (found,) = locate(np.asarray(picture, np.uint8)[..., ::-1].copy(), 300)
    assert close(found.box, 450, 400, 20)


def test_a_green_form_is_no_part_of_a_blue_seal() -> None:
    seal = imprint("张三之印", "blue", 30.0)
    page = at(np.full((700, 900, 3), 248, np.uint8), seal, 450, 350)
    picture = Picture.fromarray(page[..., ::-1])
    for y in (235, 300, 365, 430):
        green = (30, 120, 60)
        ImageDraw.Draw(picture).text(
            (100, y), "贰拾捌万陆仟伍佰元整付款人", green, font("sans", 52)
        )
    found = locate(np.asarray(picture, np.uint8)[..., ::-1].copy(), 300)
    assert [(one.shape, one.colour) for one in found] == [("square", "blue")]


def test_a_rule_that_runs_along_a_round_frame_leaves_it_whole() -> None:
    page = np.full((1100, 900, 3), 248, np.uint8)
    page = at(page, imprint("清河商贸有限公司", "black"), 450, 500)
    for x in (450 - 233, 450 + 233):
        cv2.line(page, (x, 60), (x, 1040), BLACK, 6)
    for y in (500 - 233, 500 + 233):
        cv2.line(page, (40, y), (860, y), BLACK, 6)
    assert [one.shape for one in locate(page, 300)] == ["round"]


def test_letters_far_from_a_broken_frame_are_its_own() -> None:
    page = np.full((700, 900, 3), 248, np.uint8)
    for way in range(0, 360, 20):
        cv2.ellipse(page, (450, 350), (236, 236), 0, way, way + 13, BLACK, 14)
    cv2.putText(page, "8888", (350, 320), cv2.FONT_HERSHEY_SIMPLEX, 3, BLACK, 16)
    cv2.putText(page, "8888", (350, 450), cv2.FONT_HERSHEY_SIMPLEX, 3, BLACK, 16)
    assert [one.shape for one in locate(page, 300)] == ["round"]


@pytest.mark.parametrize("name", ["清河商贸有限公司", "张三之印"])
def test_a_seal_among_an_inkjets_specks_is_found(name: str) -> None:
    page = at(np.full((900, 900, 3), 248, np.uint8), imprint(name), 450, 450)
    for x, y in np.random.default_rng(1).integers(150, 750, (6000, 2)):
        page[y : y + 2, x : x + 2] = (90, 90, 215)
    (found,) = locate(page, 300)
    assert close(found.box, 450, 450, 40 if len(name) > 4 else 20)


def test_letters_that_print_joins_to_a_thick_broken_frame_are_no_pens_loop() -> None:
    page = np.full((700, 900, 3), 248, np.uint8)
    for way in range(0, 360, 20):
        cv2.ellipse(page, (450, 350), (226, 226), 0, way, way + 14, RED[::-1], 21)
    for way in np.radians(range(7, 360, 60)):
        inner, outer = ((round(450 + r * np.cos(way)), round(350 + r * np.sin(way)))
                        for r in (100, 220))  # fmt: skip
        cv2.line(page, inner, outer, RED[::-1], 10, cv2.LINE_AA)
    assert [one.shape for one in locate(page, 300)] == ["round"]
