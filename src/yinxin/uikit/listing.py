"""A list page: filters, chosen columns, pages by keyset, and the same rows as a workbook."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, reduce
from itertools import islice
from operator import attrgetter, or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.http import urlencode

from yinxin.gate.reading import past
from yinxin.kernel.text import Text

from .export import workbook
from .page import Action

COUNTED_TO = 10_000
CHUNK = 2000
PAGING = ("after", "before")

Lookup = str | Callable[[QuerySet[Any], Any], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Column:
    """`value` is an attribute path or a function of the row, by default the key itself.

    The type of the value decides how it reads; `numeric` aligns header and cells to the end.
    """

    key: str
    title: Text
    value: str | Callable[[Any], Any] | None = None
    numeric: bool = False
    shown: bool = True

    def of(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        return attrgetter(self.value or self.key)(row)


@dataclass(frozen=True)
class Filter:
    """A question above the list. `lookup` is an ORM lookup or a function of queryset and
    value; `parse` answers None for what it cannot read, and the filter is then not applied."""

    key: str
    title: Text
    lookup: Lookup

    kind = "search"

    def parse(self, raw: str) -> Any:
        return raw

    def label(self, value: Any) -> Text | str:
        return str(value)

    def narrow(self, rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if callable(self.lookup):
            return self.lookup(rows, value)
        return rows.filter(**{self.lookup: value})


class Search(Filter):
    """Words that somebody types."""


def any_of(*lookups: str) -> Lookup:
    """The lookup that finds what one of several does."""

    def narrow(rows: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return rows.filter(reduce(or_, (Q(**{each: value}) for each in lookups)))

    return narrow


@dataclass(frozen=True)
class Choice(Filter):
    choices: Sequence[tuple[str, Text]] = ()

    kind = "choice"

    def parse(self, raw: str) -> Any:
        return raw if raw in dict(self.choices) else None

    def label(self, value: Any) -> Text | str:
        return dict(self.choices)[value]


class Day(Filter):
    """One end of a range of days: two of them with `__gte` and `__lte` make the range."""

    kind = "day"

    def parse(self, raw: str) -> Any:
        try:
            return date.fromisoformat(raw)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter and the address of the list without it."""

    title: Text
    label: Text | str
    url: str


@dataclass(frozen=True, slots=True)
class Control:
    """A filter as the form shows it."""

    filter: Filter
    raw: str


@dataclass
class Listing:
    """`rows` is a queryset that is already scoped to its viewer, `query` the request's GET.

    `order` names fields that together are unique, with commas between, all of them descending
    with a minus, or none: a page is found by where the last one ended, however long the list.
    `batch` are actions on the ticked rows, posted as `selected`; `export_url` is where a POST
    with the same query answers with the workbook.
    `prepare` sees the rows of a page before they are shown, to fetch at once what each needs.
    """

    rows: QuerySet[Any]
    query: QueryDict
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    order: str = "-pk"
    size: int = 20
    batch: Sequence[Action] = ()
    export_url: str = ""
    prepare: Callable[[list[Any]], None] = lambda rows: None
    empty: Text = field(default=Text("没有符合条件的记录。", "Nothing matches."))

    @cached_property
    def asked(self) -> dict[str, Any]:
        """The values of the active filters."""
        parsed = {each.key: each.parse(self._raw(each)) for each in self.filters if self._raw(each)}
        return {key: value for key, value in parsed.items() if value is not None}

    @cached_property
    def filtered(self) -> QuerySet[Any]:
        rows = self.rows
        for each in self.filters:
            if each.key in self.asked:
                rows = each.narrow(rows, self.asked[each.key])
        return rows

    @property
    def controls(self) -> list[Control]:
        return [Control(each, self._raw(each)) for each in self.filters]

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(each.title, each.label(self.asked[each.key]), self._url(without=each.key))
            for each in self.filters
            if each.key in self.asked
        ]

    @cached_property
    def shown(self) -> list[Column]:
        """The columns to show: the ones asked for, else those shown at first."""
        asked = self.query.getlist("columns")
        chosen = [each for each in self.columns if each.key in asked]
        return chosen or [each for each in self.columns if each.shown]

    @cached_property
    def page(self) -> list[Any]:
        self.prepare(self._page[0])
        return self._page[0]

    @cached_property
    def cells(self) -> list[tuple[Any, list[tuple[Column, Any]]]]:
        return [(row, [(column, column.of(row)) for column in self.shown]) for row in self.page]

    @property
    def next_url(self) -> str:
        return self._url(after=self._cursor(self.page[-1])) if self._page[2] else ""

    @property
    def previous_url(self) -> str:
        return self._url(before=self._cursor(self.page[0])) if self._page[1] else ""

    @property
    def clear_url(self) -> str:
        return "?" + urlencode({"columns": self.query.getlist("columns")}, doseq=True)

    @cached_property
    def total(self) -> int:
        return self.filtered.order_by()[: COUNTED_TO + 1].count()

    @property
    def total_label(self) -> str:
        return f"{COUNTED_TO:,}+" if self.total > COUNTED_TO else f"{self.total:,}"

    @property
    def query_url(self) -> str:
        """The query of this list, without its page."""
        return self._url()

    def export(self) -> bytes:
        """Every row that the filters let through, with the columns shown, as a workbook."""
        return workbook(
            [column.title for column in self.shown],
            ([column.of(row) for column in self.shown] for row in self._all()),
        )

    def _all(self) -> Iterator[Any]:
        rows = self.filtered.order_by(*self.order.split(",")).iterator(chunk_size=CHUNK)
        while chunk := list(islice(rows, CHUNK)):
            self.prepare(chunk)
            yield from chunk

    @cached_property
    def _page(self) -> tuple[list[Any], bool, bool]:
        """The rows of this page, whether there are rows before it, and after it."""
        after, before = (self._position(name) for name in PAGING)
        if before is not None:
            rows = list(self._beyond(before, backward=True)[: self.size + 1])
            if len(rows) >= self.size:
                return rows[: self.size][::-1], len(rows) > self.size, True
            after = None  # too few for a page: the first page has them all
        rows = list(self._beyond(after)[: self.size + 1])
        return rows[: self.size], after is not None and bool(rows), len(rows) > self.size

    def _beyond(self, position: dict[str, Any] | None, backward: bool = False) -> QuerySet[Any]:
        descending = self.order.startswith("-") is not backward
        order = (f"-{each}" if descending else each for each in self._fields)
        rows = self.filtered.order_by(*order)
        return rows if position is None else rows.filter(past(position, descending=descending))

    @property
    def _fields(self) -> list[str]:
        return [each.removeprefix("-") for each in self.order.split(",")]

    def _cursor(self, row: Any) -> str:
        return ",".join(str(attrgetter(each)(row)) for each in self._fields)

    def _position(self, name: str) -> dict[str, Any] | None:
        """The cursor of the query by field; one that does not parse counts as none."""
        told = self._typed(name).split(",")
        if not all(told) or len(told) != len(self._fields):
            return None
        meta = self.rows.model._meta
        columns = [meta.pk if each == "pk" else meta.get_field(each) for each in self._fields]
        try:
            values = [column.to_python(each) for column, each in zip(columns, told, strict=True)]
        except (ValidationError, ValueError):
            return None
        return dict(zip(self._fields, values, strict=True))

    def _raw(self, each: Filter) -> str:
        return unicodedata.normalize("NFKC", self._typed(each.key)).strip()

    def _typed(self, key: str) -> str:
        return self.query.get(key, "").replace("\0", "")  # PostgreSQL has no NUL in text

    def _url(self, without: str = "", **added: str) -> str:
        query = self.query.copy()
        for key in (*PAGING, without):
            query.pop(key, None)
        for key, value in added.items():
            query[key] = value
        for key in [key for key in query if not any(query.getlist(key))]:
            del query[key]
        return "?" + query.urlencode()
