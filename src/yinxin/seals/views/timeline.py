"""The versions of each seal on a line of time, as SVG that page and print share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from yinxin.kernel.text import Text

from ..queries import CardView, SpecimenView
from ..rules import ACTION_TITLES, Action, State
from .shared import seal_title

WIDTH, LABEL, ROW, BAR = 860, 200, 34, 20
AHEAD_D, SHORTEST_D, MONTHS = 30, 120, 12
COLOURS = {"now": "#1c6b45", "past": "#7f8c9b", "next": "#1d5a96", Action.LOSS: "#ad2419"}


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    colour: str
    label: str
    told: Text


@dataclass(frozen=True, slots=True)
class Row:
    y: float
    title: Text
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    width: int
    height: int
    rows: list[Row]
    ticks: list[Tick]
    today_x: float


def timeline(card: CardView, today: date) -> Timeline | None:
    """None before the first version is in force."""
    dated = [one for one in card.specimens if one.state is State.ACTIVE]
    starts = [_start(one, card) for one in dated]
    if not dated:
        return None
    last = today + timedelta(days=AHEAD_D)
    first = min(min(starts), last - timedelta(days=SHORTEST_D))
    scale = (WIDTH - LABEL) / (last - first).days

    def x(on: date) -> float:
        return LABEL + (min(max(on, first), last) - first).days * scale

    rows = []
    for number, (_, group) in enumerate(groupby(dated, key=lambda one: one.seal_id)):
        versions, y = list(group), 24 + number * ROW
        bars = [_bar(one, card, today, x(_start(one, card)), x(one.to_on or last), y)
                for one in versions]  # fmt: skip
        rows.append(Row(y + 14, seal_title(versions[0]), bars))
    return Timeline(WIDTH, 30 + len(rows) * ROW, rows, _ticks(first, last, x), x(today))


def _bar(
    one: SpecimenView, card: CardView, today: date, left: float, right: float, y: float
) -> Bar:
    start, end = _start(one, card), one.to_on
    when = "next" if start > today else "past" if end and end <= today else "now"
    colour = COLOURS.get(Action(one.ended_for), COLOURS[when]) if one.ended_for else COLOURS[when]
    until = Text(f"至 {end}", f"until {end}") if end else Text("起", "on")
    why = ACTION_TITLES[Action(one.ended_for)] if one.ended_for else Text("", "")
    told = Text(
        f"第 {one.version} 版：{start} {until.zh}{f'（{why.zh}）' if why.zh else ''}",
        f"Version {one.version}: from {start} {until.en}{f' ({why.en.lower()})' if why.en else ''}",
    )
    return Bar(left, y, max(right - left, 2), colour, f"v{one.version}", told)


def _start(one: SpecimenView, card: CardView) -> date:
    """A version without a first day is as old as its card."""
    return one.from_on or card.effective_on or one.entered_at.date()


def _ticks(first: date, last: date, x: Callable[[date], float]) -> list[Tick]:
    months: list[date] = []
    on = first.replace(day=1)
    while on <= last:
        if on >= first:
            months.append(on)
        on = (on + timedelta(days=32)).replace(day=1)
    step = -(-len(months) // MONTHS)  # rounded up
    return [Tick(x(on), f"{on:%Y-%m}") for on in months[:: step or 1]]
