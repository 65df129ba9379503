"""What several pages show alike."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text
from yinxin.uikit.listing import Search
from yinxin.uikit.page import Link, Term, Tone
from yinxin.uikit.page import State as Badge

from .. import pictures, queries, rules
from ..models import SealCard, Verification
from ..queries import SpecimenView, VerificationLine
from ..rules import KIND_TITLES, Progress, State, Verdict, Warning

_TONES = {
    State.ENTERED: Tone.ACTIVE,
    State.ACTIVE: Tone.GOOD,
    State.FROZEN: Tone.BAD,
    State.LOST: Tone.BAD,
    State.CANCELLED: Tone.PLAIN,
    State.DESTROYED: Tone.PLAIN,
}
_VERDICT_TONES = {Verdict.GENUINE: Tone.GOOD, Verdict.UNCERTAIN: Tone.WARN}
_PROGRESS_TONES = {
    Progress.APPLIED: Tone.ACTIVE,
    Progress.ACCEPTED: Tone.ACTIVE,
    Progress.REFUSED: Tone.BAD,
    Progress.DONE: Tone.GOOD,
    Progress.LIFTED: Tone.PLAIN,
}
APPLICATION = Search("q", Text("申请编号", "Number"), "number__iendswith")
VERIFICATION = Search("q", Text("业务编号", "Item"), "item_number__iendswith")
STATES = {each: Badge(rules.STATE_TITLES[each], tone) for each, tone in _TONES.items()}
VERDICTS = {
    each: Badge(title, _VERDICT_TONES.get(each, Tone.BAD))
    for each, title in rules.VERDICT_TITLES.items()
}
PROGRESSES = {
    each: Badge(rules.PROGRESS_TITLES[each], tone) for each, tone in _PROGRESS_TONES.items()
}
WARNINGS = {
    each: Badge(title, Tone.BAD if each is Warning.COPIED else Tone.WARN)
    for each, title in rules.WARNING_TITLES.items()
}
DESK = Link(Text("工作台", "Desk"), "/")
CARDS = Text("印鉴卡", "Seal cards")
EMPTY = Text("没有记录。", "Nothing here.")


@dataclass(frozen=True, slots=True)
class Picture:
    title: Text
    url: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One seal on a page: its pictures side by side, then what is said of it."""

    title: Text
    state: Badge
    pictures: list[Picture]
    terms: list[Term]
    differences: tuple[Text, ...] = ()
    url: str = ""
    comparable: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A few rows under a title; each row has a cell for each column."""

    title: Text
    columns: tuple[Text, ...]
    rows: list[tuple[Any, ...]]

    @property
    def cells(self) -> list[list[tuple[Text, Any]]]:
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


def viewer_of(request: HttpRequest) -> Actor:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    return viewer


def card_search(viewer: Actor) -> Search:
    return Search(
        "q",
        Text("卡号、账号或客户", "Card, account or customer"),
        lambda rows, typed: rows.filter(queries.matching(viewer, typed)),
    )


def both(text: str) -> Text:
    return Text(text, text)


def picture(viewer: Actor, title: Text, kind: pictures.Kind, id: UUID) -> list[Picture]:
    """None for whoever may not look at seals."""
    if not pictures.may_look(viewer):
        return []
    return [Picture(title, reverse("seals:picture", args=[pictures.ticket(viewer, kind, id)]))]


def specimen_picture(viewer: Actor, one: SpecimenView) -> list[Picture]:
    return picture(viewer, Text("预留印鉴", "Specimen"), "specimen", one.id)


def seal_title(one: SpecimenView) -> Text:
    kind = KIND_TITLES[one.kind]
    if one.ordinal > 1:
        kind = Text(f"{kind.zh}{one.ordinal}", f"{kind.en} {one.ordinal}")
    if one.name in ("", kind.zh):
        return kind
    return Text(f"{kind.zh}　{one.name}", f"{kind.en}: {one.name}")


def card_link(row: SealCard) -> Link:
    return Link(row.number, reverse("seals:sealcard", args=[row.id]))


def verification_link(row: Verification | VerificationLine) -> Link:
    return Link(row.item_number, reverse("seals:verification", args=[row.id]))
