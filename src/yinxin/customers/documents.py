"""What is wrong with the number of an identity document (证件号码), in words."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from enum import StrEnum

from stdnum import numdb
from stdnum.cn import uscc

from yinxin.kernel.refusals import Invalid
from yinxin.kernel.text import Text


class DocumentType(StrEnum):
    """个人存款账户实名制规定 art. 5, and for organisations the licence that carries the code."""

    ID_CARD = "id_card"
    TEMPORARY_ID = "temporary_id"
    HOUSEHOLD = "household"
    RESIDENCE_PERMIT = "residence_permit"
    FOREIGNERS_CARD = "foreigners_card"
    PASSPORT = "passport"
    HK_MACAO_PASS = "hk_macao_pass"  # noqa: S105 (a document)
    TAIWAN_PASS = "taiwan_pass"  # noqa: S105 (a document)
    MILITARY_ID = "military_id"
    USCC = "uscc"


DOCUMENT_TITLES = {
    DocumentType.ID_CARD: Text("居民身份证", "Identity card"),
    DocumentType.TEMPORARY_ID: Text("临时居民身份证", "Temporary identity card"),
    DocumentType.HOUSEHOLD: Text("户口簿", "Household register"),
    DocumentType.RESIDENCE_PERMIT: Text("港澳台居民居住证", "Residence permit (HK, Macao, Taiwan)"),
    DocumentType.FOREIGNERS_CARD: Text(
        "外国人永久居留身份证", "Foreigner's permanent resident card"
    ),
    DocumentType.PASSPORT: Text("护照", "Passport"),
    DocumentType.HK_MACAO_PASS: Text("港澳居民来往内地通行证", "Mainland pass (HK, Macao)"),
    DocumentType.TAIWAN_PASS: Text("台湾居民来往大陆通行证", "Mainland pass (Taiwan)"),
    DocumentType.MILITARY_ID: Text("军人、武警身份证件", "Military identity document"),
    DocumentType.USCC: Text("统一社会信用代码", "Social credit code"),
}
# One person, one number: these three carry the same 公民身份号码.
CITIZENS = frozenset({DocumentType.ID_CARD, DocumentType.TEMPORARY_ID, DocumentType.HOUSEHOLD})
# These have the form of GB 11643, so that birth date and sex follow from the number.
NUMBERED_AS_CITIZENS = CITIZENS | {DocumentType.RESIDENCE_PERMIT, DocumentType.FOREIGNERS_CARD}

RESIDENCE_PERMITS = {"810000": "香港", "820000": "澳门", "830000": "台湾"}
FOREIGNERS_CARD = "9"  # 2023: 9, province of issue, nationality of ISO 3166-1, birth, serial
OLDEST_Y = 130

# 居民身份证法 art. 23
FIRST_GENERATION = Text(
    "15 位的第一代身份证号码已于 2013 年停止使用；换算为 18 位是 {upgraded}，"
    "请核对客户现有证件后录入。",
    "Fifteen-digit numbers of the first generation ended in 2013; with eighteen digits it is "
    "{upgraded}: enter it once the present card shows it.",
)
WRONG_LENGTH = Text(
    "应为 {needed} 位，现为 {typed} 位，请核对。", "{needed} characters are needed, not {typed}."
)
WRONG_CHARACTER = Text(
    "第 {place} 位“{char}”不正确，此处应为{needed_zh}。",
    "Character {place}, “{char}”, is wrong: {needed_en} must stand there.",
)
DIVISION_UNKNOWN = Text(
    "第 1 至 6 位 {code} 不是有效的行政区划代码（GB/T 2260），请核对。",
    "Digits 1 to 6, {code}, are no division code of GB/T 2260; check them.",
)
NOT_THIS_CARD = Text(
    "以 {code} 开头的是{kind_zh}号码，请改选证件类型。",
    "A number that begins with {code} is that of another document: {kind_en}.",
)
NATIONALITY_UNKNOWN = Text(
    "第 4 至 6 位 {code} 不是国籍代码，请核对。",
    "Digits 4 to 6, {code}, are no code of a nationality; check them.",
)
BIRTH_IMPOSSIBLE = Text(
    "第 7 至 14 位 {digits} 不是存在的出生日期，请核对。",
    "Digits 7 to 14, {digits}, are no date that exists; check them.",
)
BIRTH_IN_FUTURE = Text(
    "第 7 至 14 位的出生日期晚于今天，请核对。",
    "The birth date in digits 7 to 14 is in the future; check it.",
)
BIRTH_LONG_AGO = Text(
    "第 7 至 14 位的出生日期距今超过 130 年，请核对。",
    "The birth date in digits 7 to 14 is more than 130 years ago; check it.",
)
CHECK_CHARACTER = Text(
    "第 {place} 位校验码应为“{right}”，现为“{char}”，说明号码中至少有一位错误，请核对每一位。",
    "The check character at {place} should be “{right}”, not “{char}”, so a character is wrong; "
    "check each of them.",
)
SWAPPED = Text(
    "校验码不符；若第 {first}、{second} 位对调则相符，请核对这两位。",
    "The check character does not fit; it would if characters {first} and {second} changed "
    "places. Check these two.",
)
DIVISION_OF_CODE_UNKNOWN = Text(
    "第 3 至 8 位 {code} 不是有效的登记机关行政区划代码，请核对。",
    "Characters 3 to 8, {code}, are no division code of a registrar; check them.",
)
NOT_PASSPORT = Text(
    "护照号码应为 5 至 15 位字母和数字，请核对。",
    "A passport number is 5 to 15 letters and digits; check it.",
)
NOT_HK_MACAO = Text(
    "通行证号码应为 H 或 M 加 8 位数字，可再加 2 位换证次数，请核对。",
    "This number is H or M and 8 digits, or 2 more for the times it was renewed; check it.",
)
NOT_TAIWAN = Text(
    "通行证号码应为 8 位数字，可再加 2 位换证次数，请核对。",
    "This number is 8 digits, or 2 more for the times it was renewed; check it.",
)
NOT_MILITARY = Text(
    "军人、武警证件号码形如“军字第 1234567 号”，请核对。",
    "A military number reads like 军字第1234567号; check it.",
)

DIGIT = ("数字", "a digit")
DIGIT_OR_X = ("数字或 X", "a digit or X")
CODE_CHARACTER = (
    "数字或大写字母（不含 I、O、S、V、Z）",
    "a digit or a letter without I, O, S, V, Z",
)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def checked_number(document: DocumentType, number: str, today: date) -> str:
    """The number in the one form it is kept in. Raises Invalid with what is wrong."""
    compact = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", number)).upper()
    wrong = _CHECKS[document](compact, document, today)
    if wrong:
        raise Invalid(("document_number", wrong))
    return compact


def masked(number: str) -> str:
    """The first three and the last four characters, fewer of a short number."""
    head, tail = (3, 4) if len(number) >= 11 else (1, 2)
    return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]


def born_on(number: str) -> date:
    """The birth date in a checked number of the form of GB 11643."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def is_male(number: str) -> bool:
    return int(number[16]) % 2 == 1


def relic(number: str) -> str:
    """The first-generation number of the same person, under which old files have them; blank
    where there was none."""
    return number[:6] + number[8:17] if number[6:8] == "19" else ""


def _citizen(number: str, document: DocumentType, today: date) -> Text | None:
    """GB 11643-1999 公民身份号码, and the permits and cards that share its form."""
    if re.fullmatch(r"[0-9]{15}", number):
        body = number[:6] + "19" + number[6:]
        return FIRST_GENERATION.format(upgraded=body + _mod_11_2(body))
    return (
        _shape(number, 18, lambda at: ("0123456789X", DIGIT_OR_X) if at == 17 else _DIGITS)
        or _division(number, document)
        or _birth(number, today)
        or _check_11_2(number)
    )


def _shape(
    number: str, length: int, allowed: Callable[[int], tuple[str, tuple[str, str]]]
) -> Text | None:
    """The first character that cannot stand where it does, before a wrong length."""
    for at, char in enumerate(number[:length]):
        alphabet, (zh, en) = allowed(at)
        if char not in alphabet:
            return WRONG_CHARACTER.format(place=at + 1, char=char, needed_zh=zh, needed_en=en)
    if len(number) != length:
        return WRONG_LENGTH.format(needed=length, typed=len(number))
    return None


_DIGITS = ("0123456789", DIGIT)


def _division(number: str, document: DocumentType) -> Text | None:
    found = _card_of(number)
    needed = DocumentType.ID_CARD if document in CITIZENS else document
    if found is None:
        return DIVISION_UNKNOWN.format(code=number[:6])
    if found is not needed:
        title = DOCUMENT_TITLES[found]
        return NOT_THIS_CARD.format(
            code=number[: 1 if found is DocumentType.FOREIGNERS_CARD else 6],
            kind_zh=title.zh, kind_en=title.en,
        )  # fmt: skip
    if found is DocumentType.FOREIGNERS_CARD and number[3:6] == "000":
        return NATIONALITY_UNKNOWN.format(code=number[3:6])
    return None


def _card_of(number: str) -> DocumentType | None:
    """Which card a number belongs to by its first six digits, None where they are unknown."""
    code = number[:6]
    if code in RESIDENCE_PERMITS:
        return DocumentType.RESIDENCE_PERMIT
    if code.startswith(FOREIGNERS_CARD):
        return DocumentType.FOREIGNERS_CARD if _names(code[1:3]) else None
    county = code[2:] != "0000" and _names(code[:2]) and len(_names(code)) == 2
    return DocumentType.ID_CARD if county else None


def _names(code: str) -> list[str]:
    """The province and the county of a code: counties were moved and abolished, and the numbers
    that they gave stay valid, so that the years of a code do not count."""
    parts = numdb.get("cn/loc").info(code)
    return [part for part, names in parts if names]


def _birth(number: str, today: date) -> Text | None:
    try:
        born = born_on(number)
    except ValueError:
        return BIRTH_IMPOSSIBLE.format(digits=number[6:14])
    if born > today:
        return BIRTH_IN_FUTURE
    return BIRTH_LONG_AGO if born.year < today.year - OLDEST_Y else None


def _check_11_2(number: str) -> Text | None:
    right = _mod_11_2(number[:17])
    if right == number[17]:
        return None
    for at in range(14, 16):  # the serial, where nothing else would find two digits swapped
        swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        if swapped != number and _mod_11_2(swapped[:17]) == number[17]:
            return SWAPPED.format(first=at + 1, second=at + 2)
    return CHECK_CHARACTER.format(place=18, right=right, char=number[17])


def _mod_11_2(digits: str) -> str:
    """The check character of ISO/IEC 7064 MOD 11-2."""
    rest = 0
    for digit in digits:
        rest = (rest + int(digit)) * 2 % 11
    return "0123456789X"[(12 - rest) % 11]


def _uscc(number: str, document: DocumentType, today: date) -> Text | None:
    """GB 32100-2015 法人和其他组织统一社会信用代码."""
    wrong = _shape(
        number, 18, lambda at: _DIGITS if 2 <= at < 8 else (USCC_ALPHABET, CODE_CHARACTER)
    )
    if wrong:
        return wrong
    if not _names(number[2:4]) and number[2:8] != "100000":  # 100000: registered by the State
        return DIVISION_OF_CODE_UNKNOWN.format(code=number[2:8])
    right = uscc.calc_check_digit(number[:-1])
    if right != number[17]:
        return CHECK_CHARACTER.format(place=18, right=right, char=number[17])
    return None


def _formed(pattern: str, wrong: Text) -> Callable[[str, DocumentType, date], Text | None]:
    def check(number: str, document: DocumentType, today: date) -> Text | None:
        return None if re.fullmatch(pattern, number) else wrong

    return check


_CHECKS: dict[DocumentType, Callable[[str, DocumentType, date], Text | None]] = {
    **dict.fromkeys(NUMBERED_AS_CITIZENS, _citizen),
    DocumentType.USCC: _uscc,
    DocumentType.PASSPORT: _formed(r"[A-Z0-9]{5,15}", NOT_PASSPORT),
    DocumentType.HK_MACAO_PASS: _formed(r"[HM][0-9]{8}([0-9]{2})?", NOT_HK_MACAO),
    DocumentType.TAIWAN_PASS: _formed(r"[0-9]{8}([0-9]{2})?", NOT_TAIWAN),
    DocumentType.MILITARY_ID: _formed(r"[\u4e00-\u9fff]{1,3}字第?[0-9]{4,10}号?", NOT_MILITARY),
}
