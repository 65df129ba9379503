"""Names as they stand on a document, in the one form they are kept and searched in."""

import re
import unicodedata

from yinxin.kernel.refusals import Invalid
from yinxin.kernel.text import Text

DOT = "·"  # U+00B7, of names such as 买买提·艾力
DOTS = dict.fromkeys(map(ord, "•・･‧∙⋅．.﹒"), DOT)
WITHIN_NAMES = frozenset("·'’-–()（）&,，、/+@!！:：《》“”\"№#% .")

WITHOUT_LETTERS = Text(
    "姓名或名称中没有文字，请按证件填写真实姓名或名称。",
    "A name has letters; enter the real one that stands on the document.",
)
PRIVATE_GLYPH = Text(
    "第 {place} 个字（U+{code}）是自造字，别的系统无法识别，请改用国家标准编码的字。",
    "Character {place} (U+{code}) is of one machine's own making; use the standard one.",
)
NOT_OF_A_NAME = Text(
    "第 {place} 个字符“{char}”不能出现在姓名或名称中，请核对。",
    "Character {place}, {char}, stands in no name; check it.",
)


def kept_name(name: str, field: str = "name") -> str:
    """Raises Invalid for what cannot be a name. Between Chinese characters a dot is `·`."""
    text = unicodedata.normalize("NFC", name.translate(_NARROW))
    text = _one_dot(re.sub(r"\s+", " ", text).strip())
    for place, char in enumerate(text, start=1):
        if wrong := _wrong(char, place):
            raise Invalid((field, wrong))
    if not any(unicodedata.category(char).startswith("L") for char in text):
        raise Invalid((field, WITHOUT_LETTERS))
    return text


def same_name(one: str, other: str) -> bool:
    """Whether two names differ at most in width, case, blanks and dots."""
    return _bare(one) == _bare(other)


def spellings(name: str) -> set[str]:
    """How people type a name: with its dot, and without."""
    dotted = _one_dot(name)
    return {dotted, dotted.replace(DOT, "")}


_NARROW = {0x3000: " ", 0xFF07: "'"} | {
    wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F) if chr(wide - 0xFEE0).isalnum()
}


def _one_dot(text: str) -> str:
    """Whatever dot was typed between ideographs; a dot between Latin letters is another thing."""

    def one(found: re.Match[str]) -> str:
        return found[0].translate(DOTS).replace(" ", "")

    return re.sub(r"(?<=[^\x00-\xff])\s*[•・･‧∙⋅．.﹒·]\s*(?=[^\x00-\xff])", one, text)


def _bare(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold().translate(DOTS)
    return re.sub(r"[\s·]", "", folded)


def _wrong(char: str, place: int) -> Text | None:
    category = unicodedata.category(char)
    if category == "Co":
        return PRIVATE_GLYPH.format(place=place, code=f"{ord(char):04X}")
    if category[0] in "LMN" or char in WITHIN_NAMES:
        return None
    return NOT_OF_A_NAME.format(place=place, char=char if char.isprintable() else "?")
