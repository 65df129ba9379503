"""The values that pages are made of. Views build them, templates show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from yinxin.kernel.text import Text

NOTHING_YET = Text("暂无记录。", "Nothing yet.")


class Tone(StrEnum):
    """What a state means to its reader; each has its colour and its mark."""

    PLAIN = "plain"
    ACTIVE = "active"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class State:
    title: Text
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Link:
    title: Text | str
    url: str


@dataclass(frozen=True, slots=True)
class Action:
    """A button. `posts` sends a form to its address, otherwise it is a link to a page."""

    title: Text
    url: str
    primary: bool = False
    danger: bool = False
    posts: bool = False


@dataclass(frozen=True, slots=True)
class MenuItem:
    title: Text
    url: str
    active: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class MenuGroup:
    title: Text
    items: Sequence[MenuItem]

    @property
    def active(self) -> bool:
        return any(item.active for item in self.items)


@dataclass(frozen=True, slots=True)
class Page:
    """The head of a page. `path` leads to it, `number` is what people call its thing."""

    title: Text
    path: Sequence[Link] = ()
    number: str = ""
    state: State | None = None
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """One fact of a thing. `wide` gives it a row of its own."""

    title: Text
    value: Any
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    title: Text
    terms: Sequence[Term]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table within a page: cells show as their types do. `all` leads to the whole list."""

    title: Text
    columns: Sequence[Text]
    rows: Sequence[Sequence[Any]]
    empty: Text = NOTHING_YET
    all: Link | None = None


class Progress(StrEnum):
    DONE = "done"
    CURRENT = "current"
    TODO = "todo"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    title: Text
    progress: Progress = Progress.TODO
    who: Text | str = ""
    at: datetime | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a trail (办理轨迹): who did what when, or was refused, and its proof.

    What is `pending` has not happened: its sentences say what will, once it is approved."""

    title: Text
    who: Text | str
    at: datetime
    sentences: Sequence[Text] = ()
    refused: Text | None = None
    proof_url: str = ""
    pending: bool = False
