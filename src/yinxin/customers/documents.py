"""What is wrong with the number of an identity document (证件号码), in words."""

import re
import unicodedata
from datetime import date
from enum import StrEnum

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from yinxin.kernel.refusals import Invalid
from yinxin.kernel.text import Text


class DocumentType(StrEnum):
    ID_CARD = "id_card"  # 居民身份证, 居住证, 外国人永久居留身份证
    USCC = "uscc"  # 统一社会信用代码
    PASSPORT = "passport"  # 护照


# GB/T 2260: the provinces. Counties were moved and abolished, so old codes stay valid.
PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71")
RESIDENCE_PERMITS = ("810000", "820000", "830000")  # 港澳台居民居住证
FOREIGNERS_CARD = "9"  # 外国人永久居留身份证, 2023: 9, province, nationality of ISO 3166-1

# 居民身份证法 art. 23
FIRST_GENERATION = Text(
    "15 位的第一代身份证号码已于 2013 年停止使用，请客户提供 18 位号码。",
    "Fifteen-digit numbers of the first generation ended in 2013; ask for the eighteen digits.",
)
NOT_EIGHTEEN = Text(
    "应为 17 位数字加 1 位数字或 X，请核对。",
    "This must be 17 digits and then a digit or X; check it.",
)
DIVISION_UNKNOWN = Text(
    "前 6 位不是有效的行政区划代码，请核对。",
    "The first six digits are no division code; check them.",
)
BIRTH_IMPOSSIBLE = Text(
    "第 7 至 14 位不是存在的出生日期，请核对。",
    "Digits 7 to 14 are no date that exists; check them.",
)
BIRTH_IN_FUTURE = Text(
    "第 7 至 14 位的出生日期晚于今天，请核对。",
    "The birth date in digits 7 to 14 is in the future; check it.",
)
CHECK_CHARACTER = Text(
    "校验码不符，号码有误，请核对每一位。",
    "The check character does not fit, so a character is wrong; check each of them.",
)
NOT_USCC = Text(
    "统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z），前 8 位为数字。",
    "A social credit code is 18 digits and letters without I, O, S, V, Z, the first 8 digits.",
)
NOT_PASSPORT = Text(
    "护照号码应为 5 至 15 位字母和数字，请核对。",
    "A passport number is 5 to 15 letters and digits; check it.",
)


def checked_number(document: DocumentType, number: str, today: date) -> str:
    """The number in the one form it is kept in. Raises Invalid with what is wrong."""
    compact = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", number)).upper()
    wrong = _CHECKS[document](compact, today)
    if wrong:
        raise Invalid(("document_number", wrong))
    return compact


def masked(number: str) -> str:
    """The first three and the last four characters, fewer of a short number."""
    head, tail = (3, 4) if len(number) >= 11 else (1, 2)
    return number[:head] + "*" * (len(number) - head - tail) + number[-tail:]


def _id_card(number: str, today: date) -> Text | None:
    """GB 11643-1999 公民身份号码, and the permits and cards that share its form."""
    if re.fullmatch(r"[0-9]{15}", number):
        return FIRST_GENERATION
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return NOT_EIGHTEEN
    if not _known_division(number[:6]):
        return DIVISION_UNKNOWN
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return BIRTH_IMPOSSIBLE
    if born > today:
        return BIRTH_IN_FUTURE
    return None if _mod_11_2(number[:17]) == number[17] else CHECK_CHARACTER


def _known_division(code: str) -> bool:
    if code.startswith(FOREIGNERS_CARD):
        return bool(PROVINCE.match(code[1:])) and code[3:] != "000"
    return code in RESIDENCE_PERMITS or (bool(PROVINCE.match(code)) and code[2:] != "0000")


def _mod_11_2(digits: str) -> str:
    """The check character of ISO/IEC 7064 MOD 11-2."""
    rest = 0
    for digit in digits:
        rest = (rest + int(digit)) * 2 % 11
    return "0123456789X"[(12 - rest) % 11]


def _uscc(number: str, today: date) -> Text | None:
    """GB 32100-2015 法人和其他组织统一社会信用代码."""
    try:
        uscc.validate(number)
    except InvalidChecksum:
        return CHECK_CHARACTER
    except ValidationError:
        return NOT_USCC
    return None


def _passport(number: str, today: date) -> Text | None:
    return None if re.fullmatch(r"[A-Z0-9]{5,15}", number) else NOT_PASSPORT


_CHECKS = {
    DocumentType.ID_CARD: _id_card,
    DocumentType.USCC: _uscc,
    DocumentType.PASSPORT: _passport,
}
