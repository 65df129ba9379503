"""机读码: the machine-readable zone of passports and cards, ICAO Doc 9303 TD1, TD2 and TD3."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from yinxin.kernel.refusals import Invalid
from yinxin.kernel.text import Text

FILLER = "<"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WEIGHTS = (7, 3, 1)

NOT_A_ZONE = Text(
    "机读码应为 2 行每行 44 位（护照）、2 行每行 36 位，或 3 行每行 30 位，请逐行核对。",
    "A machine-readable zone has 2 lines of 44 (passport) or 36 characters, or 3 of 30; check "
    "each line.",
)
NOT_A_CHARACTER = Text(
    "机读码第 {line} 行第 {place} 位“{char}”不正确，只能是大写字母、数字或“<”。",
    "Character {place} of line {line}, “{char}”, is wrong: it takes capitals, digits and <.",
)
NOT_A_DATE = Text(
    "机读码第 {line} 行第 {place} 位起的{what_zh} {digits} 不是日期，请核对。",
    "From character {place} of line {line} on, {digits} is no date for the {what_en}.",
)
NOT_A_SEX = Text(
    "机读码第 {line} 行第 {place} 位性别“{char}”应为 M、F 或“<”。",
    "Character {place} of line {line}, “{char}”, should be M, F or < for the sex.",
)
CHECK_DIGIT = Text(
    "机读码第 {line} 行第 {place} 位是{what_zh}的校验位，应为“{right}”，现为“{char}”，"
    "请核对这一段。",
    "Character {place} of line {line} checks the {what_en}: it should be “{right}”, not "
    "“{char}”; check that part.",
)
NUMBER = Text("证件号码", "document number")
BIRTH = Text("出生日期", "birth date")
EXPIRY = Text("有效期至", "date of expiry")
PERSONAL = Text("个人号码", "personal number")
WHOLE = Text("全部内容", "whole zone")


@dataclass(frozen=True, slots=True)
class Zone:
    """What the zone says; `sex` is M, F or blank, codes are those of ISO 3166-1 alpha-3 and of
    Doc 9303."""

    kind: str
    issuer: str
    surname: str
    given_names: str
    number: str
    nationality: str
    born_on: date
    sex: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class _Span:
    """Characters `start` to `end` of a line, counted from 0, and their check digit at `end`."""

    what: Text
    line: int
    start: int
    end: int
    optional: bool = False


@dataclass(frozen=True, slots=True)
class _Layout:
    length: int
    checked: tuple[_Span, ...]
    composite: tuple[tuple[int, int, int], ...]  # (line, start, end)
    composite_at: tuple[int, int]
    birth: tuple[int, int]
    sex: tuple[int, int]
    expiry: tuple[int, int]
    number: tuple[int, int]
    nationality: tuple[int, int]
    names: tuple[int, int]


_SECOND = (_Span(BIRTH, 1, 13, 19), _Span(EXPIRY, 1, 21, 27))
_LAYOUTS = {
    "TD3": _Layout(
        44,
        (_Span(NUMBER, 1, 0, 9), *_SECOND, _Span(PERSONAL, 1, 28, 42, optional=True)),
        ((1, 0, 10), (1, 13, 20), (1, 21, 43)),
        (1, 43), (1, 13), (1, 20), (1, 21), (1, 0), (1, 10), (0, 5),
    ),
    "TD2": _Layout(
        36,
        (_Span(NUMBER, 1, 0, 9), *_SECOND),
        ((1, 0, 10), (1, 13, 20), (1, 21, 35)),
        (1, 35), (1, 13), (1, 20), (1, 21), (1, 0), (1, 10), (0, 5),
    ),
    "TD1": _Layout(
        30,
        (_Span(NUMBER, 0, 5, 14), _Span(BIRTH, 1, 0, 6), _Span(EXPIRY, 1, 8, 14)),
        ((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)),
        (1, 29), (1, 0), (1, 7), (1, 8), (0, 5), (1, 15), (2, 0),
    ),
}  # fmt: skip


def read_zone(typed: str, today: date) -> Zone:
    """Raises Invalid with each thing that is wrong, by line and place."""
    lines = _lines(typed)
    kind = _kind(lines)
    layout = _LAYOUTS[kind]
    _refuse(_strangers(lines))
    _refuse(_wrong_digits(lines, layout))
    sex = _at(lines, layout.sex, 1)
    born = _date(lines, layout.birth, BIRTH, today, past=True)
    expires = _date(lines, layout.expiry, EXPIRY, today, past=False)
    if sex not in "MF<":
        line, place = layout.sex
        _refuse([NOT_A_SEX.format(line=line + 1, place=place + 1, char=sex)])
    surname, _, given = lines[layout.names[0]][layout.names[1] :].partition(FILLER * 2)
    return Zone(
        kind=kind,
        issuer=_text(lines[0][2:5]),
        surname=_text(surname),
        given_names=_text(given),
        number=_text(_number(lines, layout)).replace(" ", ""),
        nationality=_text(_at(lines, layout.nationality, 3)),
        born_on=born,
        sex=sex.replace(FILLER, ""),
        expires_on=expires,
    )


def check_digit(characters: str) -> str:
    """Doc 9303-3, 4.9: weights 7, 3, 1, modulo 10; `<` counts as 0."""
    values = (0 if char == FILLER else ALPHABET.index(char) for char in characters)
    return str(sum(value * WEIGHTS[at % 3] for at, value in enumerate(values)) % 10)


def _lines(typed: str) -> list[str]:
    """Line breaks get lost where a reader types the zone into one field: then by length."""
    plain = unicodedata.normalize("NFKC", typed).upper().replace("«", FILLER * 2)
    lines = [re.sub(r"[ \t]", "", line) for line in plain.splitlines() if line.strip()]
    if len(lines) == 1:
        found = {88: 44, 72: 36, 90: 30}.get(len(lines[0]))
        if found:
            lines = [lines[0][at : at + found] for at in range(0, len(lines[0]), found)]
    return lines


def _kind(lines: list[str]) -> str:
    shape = {len(line) for line in lines}
    for kind, count in (("TD3", 2), ("TD2", 2), ("TD1", 3)):
        if len(lines) == count and shape == {_LAYOUTS[kind].length}:
            return kind
    raise Invalid(("mrz", NOT_A_ZONE))


def _strangers(lines: list[str]) -> list[Text]:
    return [
        NOT_A_CHARACTER.format(line=number, place=place, char=char)
        for number, line in enumerate(lines, start=1)
        for place, char in enumerate(line, start=1)
        if char not in ALPHABET + FILLER
    ][:1]


def _wrong_digits(lines: list[str], layout: _Layout) -> list[Text]:
    wrong = list(_wrong_parts(lines, layout))
    if wrong:
        return wrong  # the composite digit is then wrong too, and says nothing more
    line, place = layout.composite_at
    whole = "".join(lines[each][start:end] for each, start, end in layout.composite)
    return list(_compared(lines, WHOLE, line, place, check_digit(whole)))


def _wrong_parts(lines: list[str], layout: _Layout) -> Iterator[Text]:
    for part in layout.checked:
        characters, char = lines[part.line][part.start : part.end], lines[part.line][part.end]
        if part.optional and char == FILLER and not characters.strip(FILLER):
            continue
        if part.what is NUMBER and char == FILLER:  # a longer number runs on, TD1 and TD2
            if not _long_number_fits(lines, part):
                yield from _compared(lines, NUMBER, part.line, part.end, check_digit(characters))
            continue
        yield from _compared(lines, part.what, part.line, part.end, check_digit(characters))


def _long_number_fits(lines: list[str], part: _Span) -> bool:
    rest = _rest_of_number(lines, part)
    return (
        len(rest) > 1
        and check_digit(lines[part.line][part.start : part.end] + rest[:-1]) == (rest[-1])
    )


def _rest_of_number(lines: list[str], part: _Span) -> str:
    """Doc 9303-5, 4.2.2: what did not fit stands in the optional field, its check digit last."""
    optional = lines[part.line][part.end + 1 :] if part.line == 0 else lines[1][28:-1]
    return optional.partition(FILLER)[0]


def _number(lines: list[str], layout: _Layout) -> str:
    part = layout.checked[0]
    number = lines[part.line][part.start : part.end]
    return (
        number + _rest_of_number(lines, part)[:-1]
        if lines[part.line][part.end] == FILLER
        else (number)
    )


def _compared(lines: list[str], what: Text, line: int, place: int, right: str) -> Iterator[Text]:
    char = lines[line][place]
    if char != right:
        yield CHECK_DIGIT.format(
            line=line + 1, place=place + 1, what_zh=what.zh, what_en=what.en, right=right, char=char
        )


def _date(lines: list[str], at: tuple[int, int], what: Text, today: date, past: bool) -> date:
    """Two digits of a year mean the century that fits: a birth is past, a document runs out
    within fifty years."""
    digits = _at(lines, at, 6)
    try:
        year = today.year // 100 * 100 + int(digits[:2])
        if year > today.year + (0 if past else 50):
            year -= 100
        return date(year, int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        raise Invalid(
            (
                "mrz",
                NOT_A_DATE.format(
                    line=at[0] + 1, place=at[1] + 1, what_zh=what.zh, what_en=what.en, digits=digits
                ),
            )
        ) from None


def _at(lines: list[str], at: tuple[int, int], length: int) -> str:
    line, start = at
    return lines[line][start : start + length]


def _text(characters: str) -> str:
    return " ".join(characters.replace(FILLER, " ").split())


def _refuse(wrong: list[Text]) -> None:
    if wrong:
        raise Invalid(*(("mrz", each) for each in wrong))
