"""机读码: the specimens of ICAO Doc 9303, and every way to spoil them."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yinxin.customers.mrz import Zone, check_digit, read_zone
from yinxin.kernel.refusals import Invalid

TODAY = date(2026, 1, 5)
PASSPORT = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
)
CARD = (
    "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
)
SMALL = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
SPECIMENS = {"TD3": PASSPORT, "TD1": CARD, "TD2": SMALL}


@pytest.mark.parametrize(("kind", "typed"), SPECIMENS.items())
def test_specimens(kind: str, typed: str) -> None:
    number = "L898902C3" if kind == "TD3" else "D23145890"
    assert read_zone(typed, TODAY) == Zone(
        kind, "UTO", "ERIKSSON", "ANNA MARIA", number, "UTO", date(1974, 8, 12), "F",
        date(2012, 4, 15),
    )  # fmt: skip


def test_the_lines_of_the_reference(shared_data: Path) -> None:
    text = (shared_data / "mrz" / "icao9303_specimen_lines.txt").read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    blocks: dict[str, list[str]] = {}
    for line in lines:
        if line in SPECIMENS:
            kind = line
        else:
            blocks.setdefault(kind, []).append(line)
    assert set(blocks) == set(SPECIMENS)
    for kind, block in blocks.items():
        assert read_zone("\n".join(block), TODAY).kind == kind


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (
            PASSPORT.replace("L898902C36", "L898902C37"),
            "第 2 行第 10 位是证件号码的校验位",
        ),
        (PASSPORT.replace("7408122", "7408132"), "第 2 行第 20 位是出生日期的校验位"),
        (PASSPORT.replace("1204159", "1204158"), "第 2 行第 28 位是有效期至的校验位，应为“9”"),
        (PASSPORT[:-1] + "1", "第 2 行第 44 位是全部内容的校验位，应为“0”"),
        (PASSPORT.replace("ANNA", "AN好A"), "第 1 行第 18 位“好”不正确"),
        (PASSPORT.replace("F1204", "Q1204"), "第 21 位性别“Q”应为 M、F"),
        (PASSPORT[:-3], "机读码应为 2 行每行 44 位"),
        ("", "机读码应为 2 行每行 44 位"),
    ],
)
def test_what_is_wrong_is_said(typed: str, words: str) -> None:
    with pytest.raises(Invalid) as raised:
        read_zone(typed, TODAY)
    assert all(field == "mrz" and text.en for field, text in raised.value.errors)
    assert words in "".join(text.zh for _, text in raised.value.errors)


def test_a_reader_that_types_no_line_break_is_understood() -> None:
    zone = read_zone(PASSPORT, TODAY)
    assert read_zone(PASSPORT.replace("\n", ""), TODAY) == zone
    assert read_zone(PASSPORT.lower().replace("<<", "«"), TODAY) == zone


@given(st.sampled_from(list(SPECIMENS.values())), st.data())
def test_a_wrong_digit_in_a_checked_part_never_passes(typed: str, data: st.DataObject) -> None:
    digits = [at for at, char in enumerate(typed) if char.isdigit()]
    at = data.draw(st.sampled_from(digits))
    shift = data.draw(st.integers(1, 9))
    wrong = typed[:at] + str((int(typed[at]) + shift) % 10) + typed[at + 1 :]
    with pytest.raises(Invalid):
        read_zone(wrong, TODAY)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<", max_size=50), st.integers(1, 9))
def test_a_check_digit_finds_every_single_change_of_a_digit(text: str, shift: int) -> None:
    digits = [at for at, char in enumerate(text) if char.isdigit()]
    assume(digits)
    at = digits[0]
    other = text[:at] + str((int(text[at]) + shift) % 10) + text[at + 1 :]
    assert (check_digit(text) == check_digit(other)) is False


@given(st.text(max_size=120) | st.text("<0123456789ABP\n", max_size=120))
def test_any_text_is_read_or_turned_back(typed: str) -> None:
    with suppress(Invalid):
        assert read_zone(typed, TODAY).kind in SPECIMENS


@given(st.sampled_from(list(SPECIMENS.values())), st.data())
def test_a_spoilt_zone_is_read_or_turned_back(typed: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(typed)))
    end = at + data.draw(st.integers(0, 3))
    spoilt = typed[:at] + data.draw(st.text(max_size=3)) + typed[end:]
    with suppress(Invalid):
        assert read_zone(spoilt, TODAY).born_on <= TODAY
