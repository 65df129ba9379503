"""Document numbers: what is accepted, and in which words the rest is turned back."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.cn import uscc

from yinxin.customers import documents
from yinxin.customers.documents import DocumentType, checked_number, masked, relic
from yinxin.kernel.refusals import Invalid

TODAY = date(2026, 1, 5)

# document, number as typed, the number kept or what is wrong with it
CASES = """
id_card   110101199003071233      110101199003071233
id_card   11010119900307002x      11010119900307002X
id_card   １１０１０１１９９００３０７１２３３  110101199003071233
id_card   110101-19900307-1233    110101199003071233
id_card   110104197001010015      110104197001010015   # 宣武区 was abolished in 2010
temporary_id 110101199003071233   110101199003071233
household 110101199003071233      110101199003071233
residence_permit 810000199408230021 810000199408230021
residence_permit 820000199408230023 820000199408230023
residence_permit 830000199201300022 830000199201300022
foreigners_card 911156198103100020 911156198103100020
id_card   110101900307123         换算为 18 位是 110101199003071233
id_card   11010119900307123       应为 18 位，现为 17 位
id_card   1101011990030712333     应为 18 位，现为 19 位
id_card   11010119900307X233      第 15 位“X”不正确，此处应为数字
id_card   1101011990030712O3      第 17 位“O”不正确，此处应为数字
id_card   110101199003071234      第 18 位校验码应为“3”，现为“4”
id_card   110101199003071323      若第 16、17 位对调则相符
id_card   110101199002301236      第 7 至 14 位 19900230 不是存在的出生日期
id_card   110101199013071237      第 7 至 14 位 19901307 不是存在的出生日期
id_card   110101209901011239      晚于今天
id_card   110101202601060010      晚于今天              # tomorrow
id_card   110101202601050015      110101202601050015   # today
id_card   110101189001010014      超过 130 年
id_card   990101199003071237      990101 不是有效的行政区划代码
id_card   160101199003071232      160101 不是有效的行政区划代码
id_card   110000199003071231      110000 不是有效的行政区划代码
id_card   110199199003071235      110199 不是有效的行政区划代码
id_card   810000199408230021      是港澳台居民居住证号码
id_card   911156198103100020      是外国人永久居留身份证号码
residence_permit 110101199003071233 是居民身份证号码
residence_permit 810001199408230028 810001 不是有效的行政区划代码
foreigners_card 911000198103100023 第 4 至 6 位 000 不是国籍代码
uscc      91110000600037341L      91110000600037341L
uscc      91110000600037341l      91110000600037341L
uscc      91110000600037341M      第 18 位校验码应为“L”，现为“M”
uscc      9111000060003IOZSV      第 14 位“I”不正确
uscc      91A10000600037341L      第 3 位“A”不正确，此处应为数字
uscc      91990000600037341L      990000 不是有效的登记机关行政区划代码
uscc      12345                   应为 18 位，现为 5 位
passport  e12345678               E12345678
passport  EA1234567               EA1234567
passport  E123                    护照号码应为 5 至 15 位
passport  E1234567护              护照号码应为 5 至 15 位
hk_macao_pass H12345678           H12345678
hk_macao_pass M1234567801         M1234567801
hk_macao_pass K12345678           H 或 M 加 8 位数字
taiwan_pass 12345678              12345678
taiwan_pass 1234567               8 位数字
military_id 军字第1234567号       军字第1234567号
military_id 12                    形如“军字第
"""
ROWS = [line.split("#")[0].split(maxsplit=2) for line in CASES.strip().splitlines()]


@pytest.mark.parametrize(("document", "typed", "answer"), ROWS)
def test_numbers(document: str, typed: str, answer: str) -> None:
    kept, wrong = said(document, typed)
    assert (kept or wrong).strip().find(answer.strip()) >= 0
    assert bool(kept) is (answer.strip() == kept)


def said(document: str, typed: str) -> tuple[str, str]:
    """The number kept, or what is wrong with it in Chinese; English always says something too."""
    try:
        return checked_number(DocumentType(document), typed, TODAY), ""
    except Invalid as invalid:
        ((field, text),) = invalid.errors
        assert field == "document_number"
        assert text.en
        return "", text.zh


# The reference calls both kinds of card by one name, and judges first-generation numbers good.
JUDGED_OTHERWISE = {"110101900307123"}


def test_the_reference_cases(shared_data: Path) -> None:
    rows = csv.DictReader(
        (shared_data / "validators" / "cn_id_cases.tsv").read_text().splitlines(), delimiter="\t"
    )
    for row in rows:
        number = row["number"]
        kinds = documents.NUMBERED_AS_CITIZENS
        kept = any(said(document, number)[0] for document in kinds)
        foreigner = number.startswith("9111")
        good = row["id_validator_1.0.20"] == "ok" or foreigner
        assert kept is (good and number not in JUDGED_OTHERWISE), row


def test_real_codes_of_organisations(shared_data: Path) -> None:
    text = (shared_data / "validators" / "test_cn_uscc.doctest").read_text()
    codes = re.findall(r"^\.\.\. ([0-9A-Z]{18})$", text, re.MULTILINE)
    assert len(codes) > 100
    assert not [code for code in codes if not said("uscc", code)[0]]


@given(
    st.sampled_from(["110101", "310115", "440305", "110104", "659001"]),
    st.dates(date(1930, 1, 1), TODAY),
    st.integers(0, 999),
)
def test_whatever_the_standard_makes_is_accepted(division: str, born: date, serial: int) -> None:
    body = f"{division}{born:%Y%m%d}{serial:03}"
    number = body + documents._mod_11_2(body)
    assert said("id_card", number) == (number, "")
    assert documents.born_on(number) == born
    assert documents.is_male(number) is (serial % 2 == 1)
    assert relic(number) == (body[:6] + body[8:] if born.year < 2000 else "")


@given(st.integers(0, 16), st.integers(1, 9))
def test_no_single_wrong_digit_passes(at: int, shift: int) -> None:
    good = "110101199003071233"
    wrong = good[:at] + str((int(good[at]) + shift) % 10) + good[at + 1 :]
    assert said("id_card", wrong)[1]


@given(st.integers(0, 16))
def test_no_two_neighbours_that_changed_places_pass(at: int) -> None:
    good = "110101199003071233"
    wrong = good[:at] + good[at + 1] + good[at] + good[at + 2 :]
    assume(wrong != good)
    assert said("id_card", wrong)[1]


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), st.integers(0, 16),
       st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))  # fmt: skip
def test_no_single_wrong_character_of_a_code_passes(body: str, at: int, char: str) -> None:
    stem = "91110000" + body
    number = stem + uscc.calc_check_digit(stem)
    assert said("uscc", number)[0] == number
    assume(char != number[at])
    assert said("uscc", number[:at] + char + number[at + 1 :])[1]


@given(st.sampled_from(DocumentType), st.text(max_size=30))
def test_any_text_is_kept_or_turned_back_in_words(document: DocumentType, typed: str) -> None:
    kept, wrong = said(document, typed)
    assert bool(kept) is not bool(wrong)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("110101199003071233", "110***********1233"),
        ("91110000600037341L", "911***********341L"),
        ("E12345678", "E******78"),
        ("E1234", "E**34"),
    ],
)
def test_masks(number: str, shown: str) -> None:
    assert masked(number) == shown
