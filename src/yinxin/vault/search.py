"""Search over sealed fields: keyed tokens of the whole value, its bigrams, pinyin initials
and last four characters."""

import hmac
import unicodedata
from collections.abc import Collection, Iterable
from uuid import UUID

from pypinyin import Style, lazy_pinyin

from yinxin.kernel.ids import new_id

from .keys import derived
from .models import SearchToken

PARTS = ("whole", "tail", "initials", "bigram")

# Characters that are read otherwise where they are a surname (姓氏多音字).
SURNAME_INITIALS = dict(zip("单曾仇解查乐员翟繁折种覃", "szqxzyyzpscq", strict=True))


def index(owner: UUID, kind: str, value: str, parts: Collection[str] = PARTS) -> None:
    """Make `value` findable for `owner` under `kind`, beside what is findable already, by
    these of its parts."""
    tokens = _tokens(kind, value, parts)
    SearchToken.objects.bulk_create(
        [SearchToken(id=new_id(), owner=owner, kind=kind, token=token) for token in tokens],
        ignore_conflicts=True,
    )


def forget(owner: UUID, kind: str | None = None) -> None:
    found = SearchToken.objects.filter(owner=owner)
    (found.filter(kind=kind) if kind else found).delete()


def owners_of(kind: str, value: str) -> list[UUID]:
    """Who has exactly this value."""
    token = _token(kind, "whole", normalised(value))
    return list(SearchToken.objects.filter(kind=kind, token=token).values_list("owner", flat=True))


def find(kind: str, query: str, limit: int = 200) -> list[UUID]:
    """Owners whose value equals the query, contains its every bigram, ends in its four
    characters, or has its pinyin initials; at most `limit`, in no order."""
    text = normalised(query)
    if not text:
        return []
    found: dict[UUID, None] = {}
    for part in ("whole", "tail", "initials"):
        found.update(dict.fromkeys(_owners(kind, [_token(kind, part, text)], limit)))
    if len(text) > 1:
        found.update(
            dict.fromkeys(_owners(kind, [_token(kind, "bigram", b) for b in _bigrams(text)], limit))
        )
    return list(found)[:limit]


def normalised(value: str) -> str:
    return "".join(unicodedata.normalize("NFKC", value).casefold().split())


def _owners(kind: str, tokens: Iterable[bytes], limit: int) -> list[UUID]:
    first, *others = tokens
    having = SearchToken.objects.filter(kind=kind)
    owners = having.filter(token=first)
    for token in others:
        owners = owners.filter(owner__in=having.filter(token=token).values("owner"))
    return list(owners.values_list("owner", flat=True)[:limit])


def _tokens(kind: str, value: str, parts: Collection[str]) -> set[bytes]:
    text = normalised(value)
    pieces = {("whole", text), ("tail", text[-4:])}
    pieces |= {("bigram", bigram) for bigram in _bigrams(text)}
    pieces |= {("initials", initials) for initials in _initials(text)}
    return {_token(kind, part, piece) for part, piece in pieces if piece and part in parts}


def _initials(text: str) -> set[str]:
    initials = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors="ignore"))
    return {initials, SURNAME_INITIALS.get(text[:1], initials[:1]) + initials[1:]}


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _token(kind: str, part: str, piece: str) -> bytes:
    message = f"{kind}\x1f{part}\x1f{piece}".encode()
    return hmac.digest(derived("search"), message, "sha256")[:16]
