"""Nobody types an id: each reference in a form of a command has something to choose from, in
which one finds whatever is not shown by typing."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.urls import get_resolver
from pydantic import BaseModel

from tests.bank.verbs import Bank
from yinxin.kernel.actor import Channel
from yinxin.kernel.command import COMMANDS, Command, Upload, uploads_of
from yinxin.uikit.annotations import reference_fields
from yinxin.uikit.choices import OFFERS, Records
from yinxin.web.pages import DECISIONS


def references(commands: Collection[type[Command]]) -> Iterator[tuple[str, str]]:
    """Command and field of every reference that a form could ask for."""
    for cls in commands:
        if Channel.WEB in cls.meta.channels and cls not in DECISIONS:
            yield from ((cls.meta.name, field) for field in reference_fields(cls))


def test_each_reference_of_a_form_has_its_choices() -> None:
    assert get_resolver().url_patterns  # pages register what they offer
    ours = [cls for cls in COMMANDS.values() if ".tests." not in cls.__module__]
    missing = set(references(ours)) - OFFERS.keys()
    assert not missing, sorted(missing)
    assert len(set(references(ours))) > 50


def test_what_a_form_refers_to_is_found_by_typing(bank: Bank) -> None:
    assert get_resolver().url_patterns
    manager = bank.actor("王芳")
    for (name, field), offer in OFFERS.items():
        if field in reference_fields(COMMANDS[name]):
            records = offer(manager)
            assert isinstance(records, Records), f"{name} {field} lists everything there is"
            assert not records.find("查无此人 99999").choices, f"{name} {field}"


def test_no_choices_are_of_a_field_that_is_not_there() -> None:
    assert get_resolver().url_patterns
    dead = {
        (name, field)
        for name, field in OFFERS
        if name not in COMMANDS or field.split(".")[0] not in COMMANDS[name].model_fields
    }
    assert not dead, sorted(dead)


def test_examples_of_references() -> None:
    class Asked(BaseModel):
        account_id: UUID
        card_id: UUID | None = None
        item_ids: tuple[UUID, ...] = ()
        page: Upload | None = None
        more: tuple[Upload, ...] = ()
        name: str = ""

    assert list(reference_fields(Asked)) == ["account_id", "card_id", "item_ids"]  # type: ignore[arg-type]
    assert uploads_of(Asked) == {"page", "more"}  # type: ignore[arg-type]
