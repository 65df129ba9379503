"""What a command form offers for the fields that name other things."""

import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text

from .listing import Search

AT_ONCE = 50  # a longer list is searched, not scrolled
NOT_LISTED = Text("上一页所选记录", "The one chosen on the page before")

Choices = Sequence[tuple[str, Text]]


@dataclass(frozen=True, slots=True)
class Found:
    """What is shown of `Records`: `count` of them, and whether there are more, beside those that
    were chosen before."""

    choices: Choices
    search: Search
    typed: str
    count: int
    more: bool

    @property
    def said(self) -> Text:
        if not self.typed:
            return Text(
                f"只列出前 {self.count} 项，其余请输入查找。",
                f"The first {self.count} are listed; type to find the others.",
            )
        if not self.count:
            return Text("没有找到。", "Nothing was found.")
        if self.more:
            return Text(
                f"找到的多于 {self.count} 项，请再输入几个字。",
                f"More than {self.count} were found; type some more.",
            )
        return Text(f"找到 {self.count} 项。", f"{self.count} found.")


@dataclass(frozen=True, slots=True)
class Records:
    """Rows to choose from, scoped to their viewer and in order. `options` names some of them,
    each by its `key`; `search` is that of their list."""

    rows: QuerySet[Any]
    options: Callable[[Sequence[Any]], Choices]
    search: Search
    key: str = "pk"

    def __iter__(self) -> Iterator[tuple[str, Text]]:
        return iter(self.find().choices)

    def find(self, typed: str = "", chosen: Collection[str] = ()) -> Found:
        """The first rows of those that were typed for, and those chosen."""
        typed = unicodedata.normalize("NFKC", typed.replace("\0", "")).strip()
        rows = list((self.search.narrow(self.rows, typed) if typed else self.rows)[: AT_ONCE + 1])
        shown, more = self.options(rows[:AT_ONCE]), len(rows) > AT_ONCE
        known = dict(shown)
        kept = self._named([each for each in chosen if each and each not in known])
        return Found([*kept, *shown], self.search, typed, len(shown), more)

    def _named(self, keys: Sequence[str]) -> Choices:
        """What was chosen, by its name unless that is none of the rows."""
        ids = [each for each in keys if _is_id(each)]
        rows = list(self.rows.filter(**{f"{self.key}__in": ids})) if ids else []
        names = dict(self.options(rows))
        return [(each, names.get(each, NOT_LISTED)) for each in keys]


Offer = Callable[[Actor], Choices | Records]

OFFERS: dict[tuple[str, str], Offer] = {}


def choices(command: str, *fields: str) -> Callable[[Offer], Offer]:
    """Register what `fields` of a command offer to a viewer."""

    def register(offer: Offer) -> Offer:
        for field in fields:
            OFFERS[command, field] = offer
        return offer

    return register


def offered(command: str, viewer: Actor) -> dict[str, Choices | Records]:
    return {field: offer(viewer) for (name, field), offer in OFFERS.items() if name == command}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
