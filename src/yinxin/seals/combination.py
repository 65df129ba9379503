"""用印组合: which seals an item needs, as an expression that a clerk can read.

    公章 且 (法人章 或 授权人章)          company and (legal or authorised)
    任意2(授权人章1, 授权人章2, 个人签名)   any 2 of (authorised1, authorised2, signature)

A kind without an ordinal is met by any seal of that kind. `且` binds closer than `或`.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NoReturn

from yinxin.kernel.text import Text

from .rules import KIND_TITLES, Kind

Language = Literal["zh", "en"]
LONGEST = 300
DEEPEST = 12

_WORDS: dict[str, str | Kind] = {
    "且": "and", "与": "and", "和": "and", "and": "and", "或": "or", "or": "or",
    "任意": "any", "any": "any", "of": "of", "枚": "of",
    "公章": Kind.COMPANY, "company": Kind.COMPANY,
    "财务专用章": Kind.FINANCE, "财务章": Kind.FINANCE, "finance": Kind.FINANCE,
    "法人章": Kind.LEGAL_REPRESENTATIVE, "legal": Kind.LEGAL_REPRESENTATIVE,
    "授权人章": Kind.AUTHORISED, "authorised": Kind.AUTHORISED, "authorized": Kind.AUTHORISED,
    "经办人章": Kind.HANDLER, "handler": Kind.HANDLER,
    "个人签名": Kind.SIGNATURE, "签名": Kind.SIGNATURE, "signature": Kind.SIGNATURE,
}  # fmt: skip
_KEYWORDS: dict[Kind, str] = {
    Kind.COMPANY: "company", Kind.FINANCE: "finance", Kind.LEGAL_REPRESENTATIVE: "legal",
    Kind.AUTHORISED: "authorised", Kind.HANDLER: "handler", Kind.SIGNATURE: "signature",
}  # fmt: skip
_NARROW = str.maketrans("（），、０１２３４５６７８９　", "(),,0123456789 ")
_BY_LENGTH = "|".join(sorted((w for w in _WORDS if not w.isascii()), key=len, reverse=True))
_TOKEN = re.compile(rf"\s*(?:({_BY_LENGTH}|[a-z]+)|([0-9]+)|([(),]))", re.IGNORECASE)

TOO_LONG = Text(f"最多 {LONGEST} 个字", f"at most {LONGEST} characters")
TOO_DEEP = Text(f"括号最多 {DEEPEST} 层", f"at most {DEEPEST} brackets deep")
UNKNOWN_WORD = Text("不认识“{word}”", "“{word}” is not known")
SEAL_EXPECTED = Text("此处应为印章名称或括号", "a seal or a bracket belongs here")
BRACKET_OPEN = Text("括号没有闭合", "a bracket is not closed")
LIST_EXPECTED = Text("“任意”后应为括号中的几枚印章", "a bracket with seals follows “any”")
COUNT_EXPECTED = Text("“任意”后应为枚数", "“any” needs a number")
COUNT_WRONG = Text("枚数应为 1 至 {most}", "the number is 1 to {most}")
ORDINAL_WRONG = Text("印章序号为 1 至 9", "a seal's ordinal is 1 to 9")
LEFT_OVER = Text("此处应为“且”“或”或结束", "“and”, “or” or the end belongs here")


class NotAnExpression(ValueError):
    """What is wrong with an expression, and at which character, counted from one."""

    def __init__(self, position: int, reason: Text) -> None:
        self.position = position
        self.sentence = Text(
            f"第 {position} 个字：{reason.zh}。", f"At character {position}: {reason.en}."
        )
        super().__init__(self.sentence)


@dataclass(frozen=True, slots=True)
class Which:
    """One registered seal: its kind, and which of that kind."""

    kind: Kind
    ordinal: int = 1


@dataclass(frozen=True, slots=True)
class Needed:
    """A seal of a kind; any of them where `ordinal` is 0."""

    kind: Kind
    ordinal: int = 0


@dataclass(frozen=True, slots=True)
class AnyOf:
    """`count` of `parts`; every part of an `且`, one of an `或`."""

    parts: tuple["Expression", ...]
    count: int
    word: Literal["and", "or", "any"]


Expression = Needed | AnyOf


def both(parts: Sequence[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts), len(parts), "and")


def either(parts: Sequence[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts), 1, "or")


def parse(written: str) -> Expression:
    """Raises NotAnExpression with the place and what is wrong there."""
    if len(written) > LONGEST:
        raise NotAnExpression(LONGEST + 1, TOO_LONG)
    return _Parser(written).whole()


def written(expression: Expression, language: Language = "zh") -> str:
    """The expression as `parse` reads it again."""
    if isinstance(expression, Needed):
        ordinal = expression.ordinal or ""
        if language == "en":
            return f"{_KEYWORDS[expression.kind]}{ordinal}"
        return f"{KIND_TITLES[expression.kind].zh}{ordinal}"
    parts = [written(each, language) for each in expression.parts]
    if expression.word == "any":
        head = "任意{}" if language == "zh" else "any {} of "
        return f"{head.format(expression.count)}({', '.join(parts)})"
    word = {"and": Text("且", "and"), "or": Text("或", "or")}[expression.word].in_language(language)
    bracketed = [
        f"({part})" if isinstance(each, AnyOf) and each.word != "any" else part
        for part, each in zip(parts, expression.parts, strict=True)
    ]
    return f" {word} ".join(bracketed)


def satisfied(expression: Expression, found: Collection[Which]) -> bool:
    if isinstance(expression, Needed):
        return any(_is(each, expression) for each in found)
    return sum(satisfied(each, found) for each in expression.parts) >= expression.count


def missing(expression: Expression, found: Collection[Which]) -> Text:
    """What an expression that is not satisfied still lacks, in words."""
    if isinstance(expression, Needed):
        return Text(written(expression), written(expression, "en"))
    left = [each for each in expression.parts if not satisfied(each, found)]
    wanting = [missing(each, found) for each in left]
    short = expression.count - (len(expression.parts) - len(left))
    if short == len(left):
        return _joined(wanting, "、", " and ")
    if short == 1:
        return _joined(wanting, " 或 ", " or ")
    several = _joined(wanting, "、", ", ")
    return Text(f"{several.zh} 中的 {short} 枚", f"{short} of {several.en}")


def seals_of(expression: Expression) -> Iterator[Needed]:
    if isinstance(expression, Needed):
        yield expression
    else:
        for part in expression.parts:
            yield from seals_of(part)


def unknown_in(expression: Expression, registered: Collection[Which]) -> list[Needed]:
    """The seals that an expression names and nobody registered."""
    named = dict.fromkeys(seals_of(expression))
    return [each for each in named if not any(_is(seal, each) for seal in registered)]


def _is(seal: Which, needed: Needed) -> bool:
    return seal.kind is needed.kind and needed.ordinal in (0, seal.ordinal)


def _joined(parts: Sequence[Text], zh: str, en: str) -> Text:
    return Text(zh.join(each.zh for each in parts), en.join(each.en for each in parts))


@dataclass(frozen=True, slots=True)
class _Token:
    meaning: str | Kind
    position: int


class _Parser:
    def __init__(self, written: str) -> None:
        self.tokens = list(_tokens(written.translate(_NARROW)))
        self.at = 0
        self.depth = 0

    def whole(self) -> Expression:
        expression = self._either()
        if self._peek() != "end":
            self._fail(LEFT_OVER)
        return expression

    def _either(self) -> Expression:
        parts = [self._both()]
        while self._accept("or"):
            parts.append(self._both())
        return either(parts)

    def _both(self) -> Expression:
        parts = [self._unit()]
        while self._accept("and"):
            parts.append(self._unit())
        return both(parts)

    def _unit(self) -> Expression:
        meaning = self._peek()
        if isinstance(meaning, Kind):
            self.at += 1
            return Needed(meaning, self._ordinal())
        if self._accept("any"):
            return self._any()
        if not self._accept("("):
            self._fail(SEAL_EXPECTED)
        return self._closed([self._nested()])[0]

    def _any(self) -> Expression:
        counted = self.at
        count = self._number(COUNT_EXPECTED)
        self._accept("of")
        if not self._accept("("):
            self._fail(LIST_EXPECTED)
        parts = [self._nested()]
        while self._accept(","):
            parts.append(self._nested())
        parts = self._closed(parts)
        if not 1 <= count <= len(parts):
            self.at = counted
            self._fail(COUNT_WRONG.format(most=len(parts)))
        return AnyOf(tuple(parts), count, "any")

    def _nested(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            self._fail(TOO_DEEP)
        inner = self._either()
        self.depth -= 1
        return inner

    def _closed(self, parts: list[Expression]) -> list[Expression]:
        if not self._accept(")"):
            self._fail(BRACKET_OPEN if self._peek() == "end" else LEFT_OVER)
        return parts

    def _ordinal(self) -> int:
        if not self._digits():
            return 0
        ordinal = self._number(ORDINAL_WRONG)
        if not 1 <= ordinal <= 9:
            self.at -= 1
            self._fail(ORDINAL_WRONG)
        return ordinal

    def _number(self, reason: Text) -> int:
        if not self._digits():
            self._fail(reason)
        self.at += 1
        return int(str(self.tokens[self.at - 1].meaning))

    def _digits(self) -> bool:
        return str(self._peek()).isdecimal()

    def _peek(self) -> str | Kind:
        return self.tokens[self.at].meaning

    def _accept(self, meaning: str) -> bool:
        met = self._peek() == meaning
        self.at += met
        return met

    def _fail(self, reason: Text) -> NoReturn:
        raise NotAnExpression(self.tokens[self.at].position, reason)


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise NotAnExpression(start + 1, UNKNOWN_WORD.format(word=text[start]))
        word, number, mark = match.groups()
        start = match.end() - len(word or number or mark)
        if word and word.lower() not in _WORDS:
            raise NotAnExpression(start + 1, UNKNOWN_WORD.format(word=word))
        yield _Token(_WORDS[word.lower()] if word else number or mark, start + 1)
        at = match.end()
    yield _Token("end", end + 1)
