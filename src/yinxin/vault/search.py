"""Search over sealed fields: keyed tokens of the whole value, its bigrams, pinyin initials
and last four characters."""

import hmac
import unicodedata
from collections.abc import Callable, Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from yinxin.kernel.ids import new_id

from .keys import derived
from .models import SearchToken

PARTS = ("whole", "tail", "initials", "bigram")

FIND_SQL = """
(SELECT owner FROM vault_searchtoken WHERE kind = %s AND token = ANY(%s)
 GROUP BY owner HAVING count(*) = %s LIMIT %s)
"""

# Characters that are read otherwise where they are a surname (姓氏多音字).
SURNAME_INITIALS = dict(zip("单曾仇解查乐员翟繁折种覃", "szqxzyyzpscq", strict=True))


def index(owner: UUID, kind: str, value: str, parts: Collection[str] = PARTS) -> None:
    """Make `value` findable for `owner` under `kind`, beside what is findable already, by
    these of its parts."""
    index_all([(owner, kind, value, parts)])


def index_all(entries: Iterable[tuple[UUID, str, str, Collection[str]]]) -> None:
    """`index` of many values at once."""
    found = {
        (owner, kind, token)
        for owner, kind, value, parts in entries
        for token in _tokens(kind, value, parts)
    }
    owners, kinds, tokens = zip(*found, strict=True) if found else ((), (), ())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO vault_searchtoken (id, owner, kind, token) "
            "SELECT id, owner, kind, decode(token, 'hex') "
            "FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[]) "
            "AS made (id, owner, kind, token) ON CONFLICT DO NOTHING",
            [
                _array(new_id().hex for _ in found),
                _array(owner.hex for owner in owners),
                list(kinds),
                _array(token.hex() for token in tokens),
            ],
        )


def forget(owner: UUID, kind: str | None = None) -> None:
    found = SearchToken.objects.filter(owner=owner)
    (found.filter(kind=kind) if kind else found).delete()


def find(kind: str, query: str, limit: int = 200) -> list[UUID]:
    """Owners whose value equals the query, contains its every bigram, ends in its four
    characters, or has its pinyin initials; at most `limit`, in no order."""
    return find_any([(kind, query, PARTS)], limit)[:limit]


def find_any(sought: Iterable[tuple[str, str, Collection[str]]], limit: int = 200) -> list[UUID]:
    """Whoever `find` would find by any of these kinds, queries and parts, in one query; at most
    `limit` for each part of each."""
    arms, given = list[str](), list[Any]()
    for kind, query, parts in sought:
        text = normalised(query)
        for part in parts if text else ():
            pieces = _bigrams(text) if part == "bigram" else {text}
            if pieces:
                arms.append(FIND_SQL)
                given += [kind, [_token(kind, part, each) for each in pieces], len(pieces), limit]
    if not arms:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(arms), given)
        return list(dict.fromkeys(owner for (owner,) in cursor.fetchall()))


def normalised(value: str) -> str:
    return "".join(unicodedata.normalize("NFKC", value).casefold().split())


def _tokens(kind: str, value: str, parts: Collection[str]) -> set[bytes]:
    text = normalised(value)
    return {_token(kind, part, piece) for part in parts for piece in _PIECES[part](text) if piece}


def _initials(text: str) -> set[str]:
    from pypinyin import Style, lazy_pinyin  # 0.2 s to load

    initials = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors="ignore"))
    return {initials, SURNAME_INITIALS.get(text[:1], initials[:1]) + initials[1:]}


def _bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


_PIECES: dict[str, Callable[[str], set[str]]] = {
    "whole": lambda text: {text},
    "tail": lambda text: {text[-4:]},
    "initials": _initials,
    "bigram": _bigrams,
}


def _array(values: Iterable[str]) -> str:
    """An array's text form, of values that need no quotes: psycopg would look at each one."""
    return "{" + ",".join(values) + "}"


def _token(kind: str, part: str, piece: str) -> bytes:
    message = f"{kind}\x1f{part}\x1f{piece}".encode()
    return hmac.digest(derived("search"), message, "sha256")[:16]
