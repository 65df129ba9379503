"""存量客户迁移文件: its columns, and a row as a record of this system."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yinxin.kernel.incoming.records import DAY_WRONG, Column, Form, Record
from yinxin.kernel.refusals import Invalid
from yinxin.kernel.text import Text

from . import particulars
from .commands import PHONE
from .documents import DOCUMENT_TITLES
from .particulars import INDUSTRY_TITLES, ITEM_TITLES, OCCUPATION_TITLES, SEX_TITLES, Item, Values
from .rules import KIND_TITLES, STATE_TITLES, Kind, State

MOST_ROWS = 10_000
PHONE_WRONG = Text("不是电话号码", "is no phone number")


@dataclass(frozen=True, slots=True)
class Entry:
    row: int
    former_number: str
    kind: Kind
    state: State
    values: Values


def _words(titles: Mapping[Any, Text]) -> dict[str, str]:
    """Every word for a value: its code, and its title in both languages."""
    return {
        word: str(value)
        for value, title in titles.items()
        for word in (str(value), title.zh, title.en)
    }


def _item(item: Item, longest: int, required: bool = False, **more: Any) -> Column:
    return Column(ITEM_TITLES[item], longest=longest, required=required, **more)


_STATES = {state: STATE_TITLES[state] for state in (State.REGISTERED, State.ACTIVE)}
COLUMNS: dict[str, Column] = {
    "former_number": Column(Text("原客户号", "former number"), Form.CODE, 40),
    "kind": Column(Text("类别", "kind"), choices=_words(KIND_TITLES)),
    "state": Column(Text("状态", "state"), choices=_words(_STATES)),
    Item.NAME: _item(Item.NAME, 100, True),
    Item.DOCUMENT_TYPE: _item(Item.DOCUMENT_TYPE, 60, True, choices=_words(DOCUMENT_TITLES)),
    Item.DOCUMENT_NUMBER: _item(Item.DOCUMENT_NUMBER, 40, True),
    Item.VALID_UNTIL: _item(Item.VALID_UNTIL, 20),
    Item.PHONE: _item(Item.PHONE, 20, True),
    Item.ADDRESS: _item(Item.ADDRESS, 200, True),
    Item.SEX: _item(Item.SEX, 20, choices=_words(SEX_TITLES)),
    Item.BORN_ON: _item(Item.BORN_ON, 10),
    Item.NATIONALITY: _item(Item.NATIONALITY, 3),
    Item.OCCUPATION: _item(Item.OCCUPATION, 60, choices=_words(OCCUPATION_TITLES)),
    Item.WORKPLACE: _item(Item.WORKPLACE, 200),
    Item.INDUSTRY: _item(Item.INDUSTRY, 60, choices=_words(INDUSTRY_TITLES)),
    Item.BUSINESS_SCOPE: _item(Item.BUSINESS_SCOPE, 1000),
}


def entry(record: Record, today: date) -> Entry | Sequence[tuple[str, Text]]:
    """A row as it is kept, or what is wrong with it."""
    row, cells = record
    typed = {item: cells[item] for item in Item if item in cells}
    typed.setdefault(Item.NATIONALITY, "CHN")
    if not re.fullmatch(PHONE, typed[Item.PHONE]):
        return [(Item.PHONE, PHONE_WRONG)]
    try:
        if Item.BORN_ON in typed:
            date.fromisoformat(typed[Item.BORN_ON])
        kind = Kind(cells["kind"])
        return Entry(
            row,
            cells["former_number"],
            kind,
            State(cells["state"]),
            particulars.kept(kind, typed, today),
        )
    except Invalid as invalid:
        return invalid.errors
    except ValueError:
        return [(Item.BORN_ON, DAY_WRONG)]
