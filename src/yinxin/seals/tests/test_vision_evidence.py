"""What the evidence measures, against seals cut with a known fault."""

from functools import lru_cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from yinxin.seals.drawing import company_seal, draw_seal, personal_seal, put, stamp
from yinxin.seals.vision import Outcome, Specimen, Verdict, enrol, locate, replay, verify
from yinxin.seals.vision.edges import Offsets
from yinxin.seals.vision.evidence import Inks, inks_of, strain_of
from yinxin.seals.vision.fitting import Fit
from yinxin.seals.vision.geometry import angle_of
from yinxin.seals.vision.measures import drowned
from yinxin.seals.vision.search import evened, places, shrunk
from yinxin.seals.vision.strangers import neighbours

Image = NDArray[np.uint8]
FACE = company_seal("清河商贸有限公司", diameter_mm=38)
PX_PER_MM = 600 / 25.4
NO_EDGES = Offsets(*(np.zeros(0, np.float32),) * 2, np.zeros(0, bool))


@lru_cache(maxsize=1)
def plate() -> Image:
    return draw_seal(FACE)


@lru_cache(maxsize=1)
def specimen() -> Specimen:
    return enrol([scan(plate(), 1)], 300)


def scan(
    face: Image, seed: int, angle: float = 0, pressure: float = 1.0, noise: int = 0,
    colour: str = "red",
) -> Image:  # fmt: skip
    imprint = stamp(face, seed, angle, pressure, colour)
    side = max(imprint.shape[:2]) + 120
    page = put(np.full((side, side, 3), 248, np.uint8), imprint, (side // 2, side // 2))
    grain = np.random.default_rng(noise).normal(0, 2, page.shape) if noise else 0
    return np.clip(page + grain, 0, 255).astype(np.uint8)


def verdict(face: Image, seed: int, angle: float = 0, pressure: float = 1.0) -> Verdict:
    return verify(specimen(), scan(face, seed, angle, pressure), 300)


def warped(linear: NDArray[np.float64]) -> Image:
    """The plate strained about its middle."""
    middle = np.array(plate().shape[::-1]) / 2
    matrix = np.column_stack([linear, middle - linear @ middle])
    return cv2.warpAffine(plate(), matrix, plate().shape[::-1]).astype(np.uint8)


def with_part_moved(box: tuple[float, float, float, float], by_mm: tuple[float, float]) -> Image:
    """The plate with what stands in a box (shares of its side) cut out and put elsewhere."""
    side = plate().shape[0]
    x0, y0, x1, y1 = (round(share * side) for share in box)
    part = np.zeros_like(plate())
    part[y0:y1, x0:x1] = plate()[y0:y1, x0:x1]
    matrix = np.array([[1, 0, by_mm[0] * PX_PER_MM], [0, 1, by_mm[1] * PX_PER_MM]])
    moved = cv2.warpAffine(part, matrix, part.shape[::-1])
    return np.maximum(cv2.subtract(plate(), part), moved).astype(np.uint8)


@pytest.mark.parametrize("percent", [-2.5, 1.8])
def test_another_size_is_measured(percent: float) -> None:
    found = verdict(warped(np.eye(2) * (1 + percent / 100)), 5, 30)
    assert found.scale == pytest.approx(1 + percent / 100, abs=0.008)  # the scanner stretches, too
    assert "resized" in [each.code for each in found.regions]


def test_a_specimen_of_several_has_the_mean_of_their_stretches() -> None:
    flat, long, wide = (scan(warped(np.diag([1, down])), 1) for down in (1, 1.012, 0.997))
    several = enrol([flat, long, wide], 300)
    seen = verify(several, scan(warped(np.diag([1, 1.003])), 1), 300).alignment
    assert seen
    assert seen.aspect == pytest.approx(1, abs=0.0006)
    assert seen.scale == pytest.approx(1, abs=0.0006)


@pytest.mark.parametrize("angle", [0, 60])
@pytest.mark.parametrize(
    ("across", "down", "said"),
    [
        (0, 0, "neither"),
        (0.003, 0.003, "neither"),  # as much as two scanners differ by
        (0.02, 0.02, "resized"),
        (0.015, 0, "longer"),
        (0, -0.015, "longer"),
        (0.007, -0.007, "longer"),
    ],
)
def test_a_strain_speaks_for_what_a_forger_does(
    angle: float, across: float, down: float, said: str
) -> None:
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    linear = np.array([[c, -s], [s, c]]) @ np.diag([1 + across, 1 + down])
    ink, exact = np.zeros((1, 1), np.float32), np.eye(3) * 1e-8
    fit = Fit(np.column_stack([linear, [0, 0]]), NO_EDGES, ink, ink, ink, exact, 1)
    strain = strain_of(fit, rim_mm=14)
    odds = {"resized": strain.resized, "longer": strain.longer, "neither": 0.0}
    assert max(odds, key=lambda way: odds[way]) == said


def test_a_frame_that_is_thicker_within_is_named_and_a_wet_one_is_not() -> None:
    grown = cv2.dilate(plate(), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
    far = np.hypot(*(np.indices(plate().shape) - plate().shape[0] / 2)) / PX_PER_MM
    rim = (far > FACE.width_mm / 2 - 2) & (far < FACE.width_mm / 2 - 0.4)
    thicker = verdict(np.where(rim, grown, plate()), 5, 30)
    wet = verdict(plate(), 5, 30, 1.3)
    assert thicker.numbers
    assert wet.numbers
    assert thicker.numbers["ring_inner"] > 0.1  # of 0.17
    assert wet.numbers["ring_inner"] < 0.03
    assert "thickness" in [each.code for each in thicker.regions]
    assert "thickness" not in [each.code for each in wet.regions]


def test_rounded_corners_are_measured_and_a_soft_lens_or_a_wet_pad_rounds_none() -> None:
    soft = cv2.GaussianBlur(plate(), (0, 0), 0.1 * PX_PER_MM)
    plate_of_a_scan = np.where(soft > 127, 255, 0).astype(np.uint8)

    def rounded(image: Image) -> float:
        found = verify(specimen(), image, 300)
        assert found.numbers
        assert (found.numbers["rounded"] > 1.25) == (
            "rounded" in [one.code for one in found.regions]
        )
        return found.numbers["rounded"]

    sharp = scan(plate(), 5, 30)
    usual = rounded(sharp)
    assert rounded(scan(plate_of_a_scan, 5, 30)) > usual + 1.5
    assert rounded(cv2.GaussianBlur(sharp, (0, 0), 0.8).astype(np.uint8)) < usual + 0.3
    assert rounded(scan(plate(), 5, 30, 1.3)) < usual + 0.3


def test_a_moved_star_is_named_with_its_distance() -> None:
    found = verdict(with_part_moved((0.3, 0.3, 0.7, 0.62), (0.3, 0)), 6, 100)
    moved = [each for each in found.regions if each.code == "moved" and each.region == "五角星"]
    assert moved
    assert moved[0].mm == pytest.approx(0.3, abs=0.06)
    assert "五角星位移 0." in moved[0].zh
    assert "the star is displaced by 0." in moved[0].en


def test_where_no_difference_is_named_the_clerk_is_told_where_to_look() -> None:
    longer = verdict(warped(np.diag([1.009, 1])), 5, 30)
    moved = verdict(with_part_moved((0.62, 0.1, 0.8, 0.35), (0.15, 0)), 6, 100)
    for found, zh, en in (
        (longer, "最可疑的是大小和宽高比", "its size and proportions"),
        (moved, "最可疑的是第 8 字的笔画", "the strokes of letter 8"),
    ):
        assert found.outcome is Outcome.UNCERTAIN
        assert [each.code for each in found.regions] == ["doubt"]
        assert zh in found.regions[0].zh
        assert en in found.regions[0].en
    assert longer.regions[0].box is None
    assert moved.regions[0].box


def test_more_or_less_ink_moves_nothing() -> None:
    for pressure in (0.75, 1.3):
        found = verdict(plate(), 7, 200, pressure)
        assert found.numbers
        assert found.numbers["shift_2.0_0.99"] < 0.08
        assert found.alignment
        assert found.alignment.elastic_mm < 0.06


def test_a_stroke_added_is_dear_and_paleness_cheap() -> None:
    added = plate().copy()
    centre = added.shape[0] // 2
    y = round(centre - 8.2 * PX_PER_MM)
    cv2.line(added, (centre - 40, y), (centre + 40, y), 255, 10)
    changed, pale = verdict(added, 8, 20), verdict(plate(), 8, 20, 0.7)
    assert changed.score < pale.score
    assert "added" in [each.code for each in changed.regions]
    assert "added" not in [each.code for each in pale.regions]


def test_ink_that_pools_on_one_side_of_the_face_is_not_added() -> None:
    wet = plate().copy()
    top = wet[: wet.shape[0] // 3]
    top[:] = cv2.dilate(top, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7)))
    found = verdict(wet, 7, 200)
    assert found.numbers
    assert found.numbers["added_0.8"] < 0.1
    assert "added" not in [each.code for each in found.regions]


def test_a_line_of_print_over_the_seal_hides_but_does_not_differ() -> None:
    page = scan(plate(), 9, 15)
    middle = page.shape[0] // 2
    cv2.line(page, (0, middle + 40), (page.shape[1], middle + 40), (40, 40, 40), 5)
    cv2.putText(page, "1286500.38", (60, middle - 50), cv2.FONT_HERSHEY_SIMPLEX, 2, (30, 30, 30), 5)
    found = verify(specimen(), page, 300)
    assert found.numbers
    assert found.numbers["visible"] < 0.97
    assert "added" not in [each.code for each in found.regions]
    assert found.score > 0.5


@pytest.mark.parametrize("pen", [(30, 10, 120), (10, 70, 215)], ids=["denser", "more orange"])
def test_a_pen_of_nearly_the_seals_colour_hides_but_does_not_differ(
    pen: tuple[int, int, int],
) -> None:
    page = scan(plate(), 10, 15, pressure=0.8)
    middle = page.shape[0] // 2
    way = np.linspace(-200, 200, 80)
    line = np.column_stack([middle + way, middle - 70 + 30 * np.sin(way / 40)])
    cv2.polylines(page, [line.round().astype(np.int32)], False, pen, 7, cv2.LINE_AA)
    found = verify(specimen(), page, 300)
    assert found.alignment
    assert found.alignment.hidden.any()
    assert found.score > 0.5
    assert "added" not in [each.code for each in found.regions]


def beside_a_company_seal(face: Image, apart_mm: float) -> Verdict:
    """A name seal's imprint, judged against 张赢之印, with another of the same ink on its right."""
    registered = enrol([scan(draw_seal(personal_seal("张赢之印")), 1)], 300)
    page = put(np.full((700, 1000, 3), 248, np.uint8), stamp(face, 2), (300, 350))
    way_mm = (registered.size_mm[0] + FACE.width_mm) / 2 + apart_mm
    page = put(page, stamp(plate(), 3), (300 + round(way_mm * 300 / 25.4), 350))
    return verify(registered, page, 300)


def test_a_neighbour_that_runs_into_a_name_seal_hides_but_does_not_differ() -> None:
    found = beside_a_company_seal(draw_seal(personal_seal("张赢之印")), -2)
    assert found.outcome is Outcome.GENUINE, found.regions


def test_a_neighbour_does_not_hide_a_changed_letter_beside_it() -> None:
    found = beside_a_company_seal(draw_seal(personal_seal("王赢之印")), -0.3)
    assert found.outcome is Outcome.FORGED
    assert found.numbers
    assert found.numbers["visible"] > 0.95


def test_a_letter_that_red_words_cover_is_not_passed() -> None:
    page = scan(plate(), 9, 15)
    cv2.putText(page, "8866", (20, 325), cv2.FONT_HERSHEY_SIMPLEX, 2, (60, 55, 215), 10)
    found = verify(specimen(), page, 300)
    assert found.score > 0.9
    assert found.outcome is Outcome.UNCERTAIN
    assert [each.code for each in found.regions] == ["drowned"]


def test_print_of_its_own_ink_makes_a_seal_uncertain_and_not_forged() -> None:
    page = scan(plate(), 9, 15)
    for place in ((100, 190), (100, 330)):
        cv2.putText(page, "8866", place, cv2.FONT_HERSHEY_SIMPLEX, 2, (60, 55, 215), 9)
    found = verify(specimen(), page, 300)
    assert found.outcome is Outcome.UNCERTAIN
    assert found.regions[0].code == "added"


@pytest.mark.parametrize(("stroke", "hides"), [(False, False), (True, True)])
def test_a_neighbour_runs_on_beneath_strokes_and_not_over_bare_paper(
    stroke: bool, hides: bool
) -> None:
    seal, inside, other = (np.zeros((300, 300), np.float32) for _ in range(3))
    cv2.rectangle(inside, (56, 56), (244, 244), 1, cv2.FILLED)
    cv2.rectangle(seal, (60, 60), (240, 240), 1, 8)
    if stroke:
        cv2.line(seal, (101, 80), (101, 220), 1, 16)
    cv2.line(other, (0, 150), (92, 150), 1, 10)
    cv2.rectangle(other, (110, 135), (134, 165), 1, cv2.FILLED)
    hidden = neighbours(inside, seal, np.maximum(seal, other), np.eye(2, 3))
    assert hidden[150, 78]
    assert hidden[150, 125] == hides


@pytest.mark.parametrize(("turned", "share"), [(0, 0), (2, 1)])
def test_a_letter_that_is_seen_beneath_another_seal_is_not_drowned(turned: int, share: int) -> None:
    amount = specimen().amount
    everywhere, nothing = np.ones(amount.shape, bool), np.zeros(amount.shape, np.float32)
    seen = np.rot90(amount, turned)
    inks = Inks(seen, everywhere, everywhere, nothing, nothing, nothing, visible=0, filled=0)
    assert drowned(specimen(), inks) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(("printed", "missing"), [(0, True), (1, False)])
def test_only_print_hides_bare_paper(printed: int, missing: bool) -> None:
    bare = np.zeros((60, 200), np.float32)
    stroke, over = bare.copy(), bare + 1
    stroke[24:36, 20:180] = 1
    fit = Fit(np.eye(2, 3), NO_EDGES, bare, over, over * printed, np.zeros((3, 3)), 0)
    inks = inks_of(stroke, stroke > 0, stroke > 1, fit, bare)
    assert inks.visible == 0
    assert inks.missing.any() == missing


@pytest.mark.parametrize("angle", [10, 350])
def test_a_turn_is_guessed_between_the_steps_that_are_tried(angle: float) -> None:
    imprint = locate(scan(plate(), 3, angle), 300)[0]
    template = specimen().template
    guesses = places(template, shrunk(evened(imprint.amount), template.scale))
    assert min(abs(angle_of(guess) - angle) for guess in guesses) < 1


def test_of_a_name_seal_every_letter_is_to_be_read() -> None:
    face = draw_seal(personal_seal("张赢之印"))
    registered = enrol([scan(face, 1)], 300)
    page = scan(face, 10)
    middle = page.shape[0] // 2
    cv2.rectangle(page, (middle + 4, middle + 6), (middle + 104, middle + 104), (30, 30, 30),
                  cv2.FILLED)  # fmt: skip
    found = verify(registered, page, 300)
    assert found.numbers
    assert 0.2 < found.numbers["blind"] < 0.5
    assert found.numbers["visible"] > 0.6
    assert found.outcome is Outcome.UNCERTAIN
    assert found.regions[0].code == "too_little"


def test_ink_that_pales_within_a_star_is_not_missing() -> None:
    page = scan(plate(), 13, 15)
    plain = verify(specimen(), page, 300)
    middle = page.shape[0] // 2
    for x, y in ((-8, -6), (9, 4), (0, 10)):
        cv2.circle(page, (middle + x, middle + y), 6, (246, 246, 246), cv2.FILLED, cv2.LINE_AA)
    found = verify(specimen(), page, 300)
    assert "missing" not in [each.code for each in found.regions]
    assert found.score == pytest.approx(plain.score, abs=0.1)


@pytest.mark.parametrize("colour", ["red", "black"])
def test_an_imprint_scanned_again_is_a_copy_and_another_is_not(colour: str) -> None:
    first, again, other = (
        locate(scan(plate(), seed, 5, noise=noise, colour=colour), 300)[0]
        for seed, noise in ((11, 1), (11, 2), (12, 3))
    )
    assert replay(again, first).copy
    assert not replay(other, first).copy
    assert replay(again, first).score > replay(other, first).score + 0.3
