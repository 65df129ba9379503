"""Document numbers: what is accepted, and in which words the rest is turned back."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinxin.customers import documents
from yinxin.customers.documents import DocumentType, checked_number, masked
from yinxin.kernel.refusals import Invalid

TODAY = date(2026, 1, 5)

# document, number as typed, the number kept or what is wrong with it
CASES = """
id_card   110101199003071233      110101199003071233
id_card   11010119900307002x      11010119900307002X
id_card   １１０１０１１９９００３０７１２３３  110101199003071233
id_card   110101-19900307-1233    110101199003071233
id_card   110104197001010015      110104197001010015   # 宣武区 was abolished in 2010
id_card   810000199408230021      810000199408230021   # 港澳台居民居住证
id_card   820000199408230023      820000199408230023
id_card   830000199201300022      830000199201300022
id_card   911156198103100020      911156198103100020   # 外国人永久居留身份证
id_card   110101900307123         FIRST_GENERATION
id_card   11010119900307123       NOT_EIGHTEEN
id_card   1101011990030712333     NOT_EIGHTEEN
id_card   11010119900307X233      NOT_EIGHTEEN
id_card   110101199003071234      CHECK_CHARACTER
id_card   110101199003071323      CHECK_CHARACTER      # two digits swapped
id_card   110101199002301236      BIRTH_IMPOSSIBLE
id_card   110101199013071237      BIRTH_IMPOSSIBLE
id_card   110101209901011239      BIRTH_IN_FUTURE
id_card   110101202601060010      BIRTH_IN_FUTURE      # tomorrow
id_card   110101202601050015      110101202601050015   # today
id_card   990101199003071237      DIVISION_UNKNOWN
id_card   810001199408230028      DIVISION_UNKNOWN
id_card   160101199003071232      DIVISION_UNKNOWN
id_card   110000199003071231      DIVISION_UNKNOWN
id_card   911000198103100023      DIVISION_UNKNOWN
uscc      91110000600037341L      91110000600037341L
uscc      91110000600037341l      91110000600037341L
uscc      91110000600037341M      CHECK_CHARACTER
uscc      9111000060003IOZSV      NOT_USCC
uscc      A1110000600037341L      NOT_USCC
uscc      12345                   NOT_USCC
passport  e12345678               E12345678
passport  EA1234567               EA1234567
passport  E123                    NOT_PASSPORT
passport  E1234567护              NOT_PASSPORT
"""
ROWS = [line.split("#")[0].split() for line in CASES.strip().splitlines()]


@pytest.mark.parametrize(("document", "typed", "expected"), ROWS)
def test_each_number_is_kept_or_turned_back_in_words(
    document: str, typed: str, expected: str
) -> None:
    wrong = getattr(documents, expected, None)
    if wrong is None:
        assert checked_number(DocumentType(document), typed, TODAY) == expected
        return
    with pytest.raises(Invalid) as raised:
        checked_number(DocumentType(document), typed, TODAY)
    assert raised.value.errors == (("document_number", wrong),)


@given(st.integers(0, 17), st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(place: int, by: int) -> None:
    number = "440106198808082316"
    number = number[:17] + documents._mod_11_2(number[:17])
    digit = "0" if number[place] == "X" else str((int(number[place]) + by) % 10)
    wrong = number[:place] + digit + number[place + 1 :]
    assert checked_number(DocumentType.ID_CARD, number, TODAY) == number
    with pytest.raises(Invalid):
        checked_number(DocumentType.ID_CARD, wrong, TODAY)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("110101199003071233", "110***********1233"),
        ("13800138000", "138****8000"),
        ("E12345678", "E******78"),
        ("E1234", "E**34"),
    ],
)
def test_most_of_a_number_is_masked(number: str, shown: str) -> None:
    assert masked(number) == shown


def test_it_judges_as_the_collected_cases_say(shared_data: Path) -> None:
    """`ok` of either library is accepted, but for what the notes say of them."""
    lines = (shared_data / "validators" / "cn_id_cases.tsv").read_text().splitlines()[1:]
    accepted = set()
    for number, *_ in (line.split("\t") for line in lines):
        try:
            accepted.add(checked_number(DocumentType.ID_CARD, number, TODAY))
        except Invalid:
            continue
    assert accepted == {
        "110101199003071233",
        "11010119900307002X",
        "810000199408230021",
        "820000199408230023",
        "830000199201300022",
        "110104197001010015",
        "911156198103100020",
    }


def test_every_division_that_ever_was_is_known(shared_data: Path) -> None:
    lines = (shared_data / "validators" / "cn_division_codes_loc.dat").read_text().splitlines()
    province, counties = "", []
    for line in lines:
        code = line.split(" ")[0] if not line.startswith(" ") else line.split()[0]
        if line.startswith("#"):
            continue
        if not line.startswith(" "):
            province = code
        elif code != "0000" and province not in ("81", "82", "83"):
            counties.append(province + code)
    assert len(counties) > 6000
    assert [code for code in counties if not documents._known_division(code)] == []
