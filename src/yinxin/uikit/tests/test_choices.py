"""Choosing one of many records: the first are listed, the others found by typing."""

from typing import Any
from uuid import UUID

import pytest
from django.http import QueryDict
from tests.bank.cast import CAST
from tests.bank.verbs import Bank

from yinxin.kernel.command import Command
from yinxin.people import queries as people
from yinxin.uikit import choices
from yinxin.uikit.choices import NOT_LISTED, Records
from yinxin.uikit.field import Field
from yinxin.uikit.forms import CommandForm


class Choose(Command):
    staff_id: UUID
    staff_ids: tuple[UUID, ...] = ()
    note: str


@pytest.fixture
def staff(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> Records:
    monkeypatch.setattr(choices, "AT_ONCE", 3)
    return people.offered(people.staff_for(bank.actor("吴刚")))


def fields(staff: Records, query: dict[str, Any]) -> dict[str, Field]:
    post = QueryDict(mutable=True)
    for name, value in query.items():
        post.setlist(name, value if isinstance(value, list) else [value])
    both = {"staff_id": staff, "staff_ids": staff}
    return CommandForm(Choose, post, choices=both).fields


def names(field: Field) -> list[str]:
    return [title.zh.split()[-1] for _, title in field.choices]


def test_a_long_list_is_searched(staff: Records, bank: Bank) -> None:
    assert len(CAST) > 3
    listed = CommandForm(Choose, choices={"staff_id": staff}).fields["staff_id"]
    assert listed.searched
    assert (len(listed.choices), listed.lines, listed.sole) == (3, 0, False)
    found = fields(staff, {"step": "find", "staff_id.find": "　王芳 "})["staff_id"]
    assert (names(found), found.sole, found.error) == (["王芳"], True, None)
    nobody = fields(staff, {"step": "find", "staff_id.find": "查无此人"})["staff_id"]
    assert (nobody.choices, nobody.found.said.zh) == ([], "没有找到。")


def test_a_short_list_is_not(staff: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choices, "AT_ONCE", len(CAST) + 10)
    assert not CommandForm(Choose, choices={"staff_id": staff}).fields["staff_id"].searched


def test_what_is_chosen_stays_and_is_named(staff: Records, bank: Bank) -> None:
    """Also where an invalid form comes back, whatever was typed to look for it."""
    first, last = (str(bank.staff_id(who)) for who in ("张敏", "王芳"))
    back = fields(staff, {"staff_id": last, "staff_id.find": "张敏", "staff_ids": [first, last]})
    assert names(back["staff_id"]) == ["王芳", "张敏"]
    assert back["note"].error
    assert {"张敏", "王芳"} <= set(names(back["staff_ids"]))
    strange = fields(staff, {"staff_id": str(UUID(int=1)), "staff_ids": ["<none>"]})
    assert strange["staff_id"].choices[0] == (str(UUID(int=1)), NOT_LISTED)
    assert strange["staff_ids"].choices[0] == ("<none>", NOT_LISTED)


def test_what_is_typed_takes_the_place_of_what_was_chosen(staff: Records, bank: Bank) -> None:
    """But not of what was ticked."""
    chosen = str(bank.staff_id("王芳"))
    given = {"step": "find", "staff_id": chosen, "staff_id.find": "张敏",
             "staff_ids": [chosen], "staff_ids.find": "张敏"}  # fmt: skip
    found = fields(staff, given)
    assert names(found["staff_id"]) == ["张敏"]
    assert names(found["staff_ids"]) == ["王芳", "张敏"]
