"""The engine against drawn seals, and against real sheets where they are at hand."""

import csv
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from yinxin.seals.drawing import (
    Face,
    Instruction,
    Placed,
    company_seal,
    draw_instruction,
    draw_seal,
    personal_seal,
    put,
    stamp,
)
from yinxin.seals.vision import Outcome, PoorImage, Specimen, enrol, locate, verify
from yinxin.seals.vision.decode import decode
from yinxin.seals.vision.inks import separate
from yinxin.seals.vision.pictures import difference, flicker, fold, overlay

Image = NDArray[np.uint8]

COMPANY = company_seal("清河商贸有限公司")
PERSON = personal_seal("张三之印")


@lru_cache(maxsize=32)
def cut(face: Face) -> Image:
    return draw_seal(face)


def sheet(face: Face, seed: int = 1, angle: float = 0, pressure: float = 1.0, colour: str = "red",
          dpi: int = 300) -> Image:  # fmt: skip
    """White paper with one imprint."""
    imprint = stamp(cut(face), seed, angle, pressure, colour, dpi=dpi)
    side = max(imprint.shape[:2]) + 200
    return put(np.full((side, side + 40, 3), 248, np.uint8), imprint, (side // 2, side // 2 - 9))


@lru_cache(maxsize=8)
def specimen(face: Face) -> Specimen:
    return enrol([sheet(face, 500)], 300)


@pytest.mark.parametrize("face", [COMPANY, PERSON], ids=["company", "person"])
@pytest.mark.parametrize(
    ("seed", "angle", "pressure", "colour"),
    [
        (11, 3, 1.3, "red"),
        (12, 95, 1.0, "red"),
        (13, 181, 0.8, "blue"),
        (18, 277, 0.65, "red"),
        (15, 330, 1.0, "purple"),
    ],
)
def test_the_same_seal_is_genuine(
    face: Face, seed: int, angle: float, pressure: float, colour: str
) -> None:
    verdict = verify(specimen(face), sheet(face, seed, angle, pressure, colour), 300)
    assert verdict.outcome is Outcome.GENUINE, verdict.regions
    assert abs((verdict.angle_deg - angle + 180) % 360 - 180) < 0.5
    assert verdict.scale == pytest.approx(1, abs=0.015)


@pytest.mark.parametrize(
    ("registered", "shown"),
    [
        (COMPANY, company_seal("江州远山科技有限公司")),
        (COMPANY, company_seal("清泉商贸有限公司")),
        (COMPANY, replace(COMPANY, kind="合同专用章")),
        (COMPANY, replace(COMPANY, span_deg=226)),
        (COMPANY, PERSON),
        (PERSON, personal_seal("李四之印")),
        (PERSON, personal_seal("张二之印")),
        (PERSON, COMPANY),
    ],
    ids=["company", "one letter", "kind", "spacing", "person", "name", "one stroke", "round"],
)
@pytest.mark.parametrize(("seed", "pressure"), [(21, 1.1), (22, 0.75)])
def test_another_seal_is_not_genuine(
    registered: Face, shown: Face, seed: int, pressure: float
) -> None:
    verdict = verify(specimen(registered), sheet(shown, seed, 40 * seed, pressure), 300)
    assert verdict.outcome is not Outcome.GENUINE
    assert all(region.zh and region.en for region in verdict.regions)
    assert verdict.regions


@pytest.mark.parametrize("share", [1.02])
def test_a_seal_of_another_size_is_not_genuine(share: float) -> None:
    resized = replace(COMPANY, width_mm=40 * share, height_mm=40 * share)
    verdict = verify(specimen(COMPANY), sheet(resized, 23), 300)
    assert verdict.outcome is not Outcome.GENUINE
    assert "resized" in {region.code for region in verdict.regions}


@pytest.mark.parametrize("face", [COMPANY, PERSON], ids=["company", "person"])
def test_an_imprint_too_pale_is_never_forged(face: Face) -> None:
    for seed in (31, 33):
        verdict = verify(specimen(face), sheet(face, seed, 50, 0.3), 300)
        assert verdict.outcome is not Outcome.FORGED, (seed, verdict.score)


@pytest.mark.parametrize("dpi", [200, 600])
def test_any_scanner_resolution_will_do(dpi: int) -> None:
    assert verify(specimen(PERSON), sheet(PERSON, 5, 20, dpi=dpi), dpi).outcome is Outcome.GENUINE


def instruction(*seals: Placed) -> Image:
    form = Instruction(
        "ZZ20250318000127", date(2025, 3, 18), "清河商贸有限公司", "6222021001098765432",
        "清河银行江州分行营业部", "江州远山科技有限公司", "33010401600012345",
        "江州农商银行城东支行", "1286500.38", "壹佰贰拾捌万陆仟伍佰元叁角捌分",
    )  # fmt: skip
    return draw_instruction(form, seals, seed=5)


def test_a_form_without_seals_has_no_imprints() -> None:
    page = instruction()
    cv2.putText(page, "Li Ming", (700, 1300), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 6, (150, 50, 30), 9)
    assert locate(page, 300) == []
    verdict = verify(specimen(COMPANY), page, 300)
    assert verdict.outcome is not Outcome.GENUINE


@pytest.mark.parametrize("x_mm", [90.0, 79.0], ids=["apart", "touching"])
def test_both_seals_of_a_form_are_found_and_told_apart(x_mm: float) -> None:
    page = instruction(
        Placed(stamp(cut(COMPANY), 3, 8), 48, 106),
        Placed(stamp(cut(PERSON), 4, -4, 0.9), x_mm, 106),
    )
    shapes = {imprint.shape: imprint for imprint in locate(page, 300)}
    assert set(shapes) == {"round", "square"}
    assert shapes["round"].unknown.any()  # the seal stands on printed text
    for face, shape in ((COMPANY, "round"), (PERSON, "square")):
        verdict = verify(specimen(face), page, 300)
        assert verdict.outcome is Outcome.GENUINE, verdict.regions
        assert verdict.box == pytest.approx(shapes[shape].box, abs=6)
        other = shapes["square" if shape == "round" else "round"]
        assert verify(specimen(face), other).outcome is not Outcome.GENUINE


def grey(page: Image) -> Image:
    return np.asarray(np.repeat(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)[..., None], 3, axis=2))


@pytest.mark.parametrize("face", [COMPANY, PERSON], ids=["company", "person"])
def test_a_black_seal_is_enrolled_and_compared(face: Face) -> None:
    black = enrol([sheet(face, 500, colour="black")], 300)
    assert black.colour == "black"
    own = verify(black, sheet(face, 11, 95, colour="black"), 300)
    assert own.outcome is Outcome.GENUINE, own.regions
    changed = company_seal("清泉商贸有限公司") if face is COMPANY else personal_seal("张二之印")
    other = verify(black, sheet(changed, 12, 40, colour="black"), 300)
    assert other.outcome is not Outcome.GENUINE


def test_edges_that_a_scanner_made_darker_are_no_print_over_a_black_seal() -> None:
    page = sheet(PERSON, 500, colour="black")
    paler = np.round(page * 0.75 + 255 * 0.25).astype(np.uint8)
    sharpened = cv2.addWeighted(paler, 2.2, cv2.GaussianBlur(paler, (0, 0), 1.2), -1.2, 0)
    (found,) = locate(sharpened, 300)
    assert not found.unknown.any()


def test_specks_about_a_blot_are_no_black_seals_tone() -> None:
    lost = np.zeros((120, 120, 3), np.float32)
    lost[5:100:10, 5:60:10] = 0.5
    lost[100:106, 100:106] = 1.5
    parts = separate(lost, np.ones((120, 120), bool), 300, black=True)
    assert not parts.unknown.any()


@pytest.mark.parametrize(("face", "x_mm"), [(COMPANY, 48.0), (PERSON, 90.0)])
def test_a_seal_is_found_among_print_on_a_grey_scan(face: Face, x_mm: float) -> None:
    page = grey(instruction(Placed(stamp(cut(face), 3, 8), x_mm, 106)))
    verdict = verify(specimen(face), page, 300)
    assert verdict.outcome is not Outcome.FORGED, verdict.regions
    assert verdict.box
    middle = (verdict.box[0] + verdict.box[2] / 2, verdict.box[1] + verdict.box[3] / 2)
    assert middle == pytest.approx([mm / 25.4 * 300 for mm in (x_mm, 106)], abs=12)
    assert verify(specimen(face), grey(instruction()), 300).box is None


def test_several_imprints_make_one_specimen() -> None:
    made = enrol([sheet(PERSON, seed, 30 * seed) for seed in range(3)], 300)
    assert made.count == 3
    assert made.shape == "square"
    assert verify(made, sheet(PERSON, 9, 77), 300).outcome is Outcome.GENUINE
    stored = Specimen.from_bytes(made.to_bytes())
    assert stored.to_bytes() == made.to_bytes()
    assert np.array_equal(stored.ink, made.ink)


@pytest.mark.parametrize(
    ("images", "code"),
    [
        ([np.full((400, 400, 3), 250, np.uint8)], "no_seal"),
        ([np.hstack([sheet(PERSON, 1), sheet(PERSON, 2)])], "several_seals"),
        ([sheet(PERSON, 1), sheet(personal_seal("李四之印"), 2)], "imprints_differ"),
        ([sheet(PERSON, 1, pressure=0.3)], "poor_quality"),
        ([sheet(COMPANY, 1, pressure=0.3)], "poor_quality"),
    ],
    ids=["blank", "two", "mixed", "pale", "pale company"],
)
def test_what_is_no_specimen_is_refused(images: list[Image], code: str) -> None:
    with pytest.raises(PoorImage) as refused:
        enrol(images, 300)
    assert refused.value.code == code
    assert refused.value.zh
    assert refused.value.en


def test_wrong_arguments_are_errors() -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        enrol([], 300)
    with pytest.raises(ValueError, match="uint8"):
        locate(np.zeros((40, 40), np.uint8), 300)
    with pytest.raises(ValueError, match="resolution"):
        locate(np.zeros((40, 40, 3), np.uint8), 7)
    with pytest.raises(ValueError, match="needs its dpi"):
        verify(specimen(PERSON), sheet(PERSON))
    with pytest.raises(ValueError, match="no specimen"):
        Specimen.from_bytes(b"PK\x03\x04 nothing")


def test_the_same_page_gives_the_same_verdict_and_picture() -> None:
    page = sheet(personal_seal("张二之印"), 6, 33)
    one, two = (verify(specimen(PERSON), page, 300) for _ in range(2))
    assert replace(one, took_ms=0, alignment=None).__dict__ == (
        replace(two, took_ms=0, alignment=None).__dict__
    )
    picture = overlay(specimen(PERSON), one)
    assert picture == overlay(specimen(PERSON), two)
    shown = decode(picture).image
    assert (shown == (0, 120, 255)).all(axis=2).any()  # a difference is framed
    alone, other = (decode(each).image for each in flicker(specimen(PERSON), one))
    assert alone.shape == other.shape == shown.shape
    assert (alone != other).any()
    for drawn in (fold, difference):
        assert decode(drawn(specimen(PERSON), one)).image.shape == shown.shape


SHEETS = Path(__file__).parents[4] / "../shared/data/seals"


@pytest.mark.skipif(not SHEETS.exists(), reason="the real sheets are not at hand")
def test_real_sheets_hold_the_measured_bar() -> None:
    """Measured once and held: imprints are found and none of another name passes. Of 18 of their
    own 13 pass, against a single imprint of 11 mm, and none is refused."""
    with (SHEETS / "labels.csv").open() as file:
        labels = [row for row in csv.DictReader(file) if row["kind"] == "test"]
    seals = ("1-1", "1-3")  # two names; the twins of each are beyond this engine
    pages = {
        seal: [cv2.imread(f"{SHEETS}/sheets/{seal}_{kind}.jpg") for kind in ("golden", "test")]
        for seal in seals
    }
    specimens = {}
    for seal, (golden, _) in pages.items():
        x, y, width, height = locate(golden, 300)[0].box
        specimens[seal] = enrol([golden[y : y + height, x : x + width]], 300)
    own: list[Outcome] = []
    for seal, (_, page) in pages.items():
        found = locate(page, 300)
        assert len(found) >= 0.93 * sum(row["seal"] == seal for row in labels)
        for imprint in found[::9]:
            for name, registered in specimens.items():
                outcome = verify(registered, imprint).outcome
                if name == seal:
                    own.append(outcome)
                else:
                    assert outcome is not Outcome.GENUINE
    assert own.count(Outcome.GENUINE) >= 0.7 * len(own)
    assert own.count(Outcome.FORGED) == 0
