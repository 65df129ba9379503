"""Whether two names, however written, may be of one party.

Width, case, punctuation, traditional characters, company suffixes and pinyin do not count. A name
in Chinese and another in English words cannot be compared: that is no contradiction.
"""

import re
import unicodedata
from functools import cache, lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio, token_sort_ratio

AGREE, UNKNOWN, CONTRADICT = 1, 0, -1
NEARLY, FAR = 86, 62
SHORTEST_PART = 3  # of Chinese characters; of letters twice that

_THROUGH = re.compile(
    "^(?:(?:支付宝|财付通|微信支付|微信|银联|云闪付|京东支付|抖音支付|美团支付)[-—_])+"
)
_BRACKETED = re.compile(r"[((].*?[))]")
_SUFFIX = re.compile(
    r"(?:股份有限公司|有限责任公司|股份公司|有限公司|集团公司|集团|公司|商行|个体工商户)+$"
)
_WORDS = frozenset(
    {
        *("co", "company", "ltd", "limited", "inc", "incorporated", "corp", "corporation", "llc"),
        *("llp", "plc", "gmbh", "ag", "sa", "bv", "nv", "pte", "pty", "group", "holdings", "the"),
        *("youxian", "gongsi", "gufen", "jituan", "mr", "mrs", "ms"),
    }
)
_SPELLED = re.compile(r"(?:gufen)?(?:youxian)?(?:zeren)?gongsi$")
_HAN = re.compile("[㐀-鿿]")


@lru_cache(maxsize=200_000)
def core(name: str) -> str:
    """The name without what does not count; words of letters keep one blank between them."""
    if not name.isascii():
        name = _simplified(unicodedata.normalize("NFKC", name))
    name = name.casefold()
    if _HAN.search(name):
        name = _THROUGH.sub("", name)
        kept = "".join(filter(str.isalpha, _BRACKETED.sub("", name) or name))
        return _SUFFIX.sub("", kept) or kept
    words = re.findall(r"[^\W_]+", name.replace("'", "").replace(".", " "))
    kept_words = [each for each in words if each not in _WORDS and not each.isdigit()]
    return " ".join(kept_words or words)


@lru_cache(maxsize=200_000)
def compared(one: str, other: str) -> int:
    """Two cores: AGREE, CONTRADICT, or UNKNOWN."""
    if not one or not other:
        return UNKNOWN
    if one == other or _is_part(one, other):
        return AGREE
    han = bool(_HAN.search(one)), bool(_HAN.search(other))
    if any(han):
        return _compared_han(one, other, both=all(han))
    alike = max(ratio(one.replace(" ", ""), other.replace(" ", "")), token_sort_ratio(one, other))
    if alike >= NEARLY and min(len(one), len(other)) >= 5:
        return AGREE
    return CONTRADICT if alike < FAR else UNKNOWN


def mentioned(name: str, text: str) -> bool:
    """A core stands in the core of a text."""
    longest = SHORTEST_PART if _HAN.search(name) else 2 * SHORTEST_PART
    return len(name) >= longest and name.replace(" ", "") in text.replace(" ", "")


def _compared_han(one: str, other: str, *, both: bool) -> int:
    if not both:
        spelled = _spelled(one), _spelled(other)
        near = ratio(*spelled) >= 90 and min(map(len, spelled)) >= 8
        return AGREE if near or spelled[0] == spelled[1] else UNKNOWN
    slips = OSA.distance(one, other, score_cutoff=2)
    if min(len(one), len(other)) >= 4 and slips <= 1:
        return AGREE
    if len(one) == len(other) and slips <= 2 and _spelled(one) == _spelled(other):
        return AGREE  # 王晓明 for 王小明
    return CONTRADICT if ratio(one, other) < FAR else UNKNOWN


def _is_part(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return mentioned(short, long)


@lru_cache(maxsize=50_000)
def _spelled(name: str) -> str:
    from pypinyin import lazy_pinyin  # 0.2 s to load, and only names in two scripts need it

    if not _HAN.search(name):
        return _SPELLED.sub("", name.replace(" ", ""))
    return "".join(lazy_pinyin(name)).replace("ü", "v")


def _simplified(name: str) -> str:
    return name if not _HAN.search(name) else str(_converter().convert(name))


@cache
def _converter():  # type: ignore[no-untyped-def]
    import opencc

    return opencc.OpenCC("t2s")
