"""Chinese first, English complete."""

from collections.abc import Iterator
from functools import cache
from io import BytesIO

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize
from pydantic import BaseModel

from yinxin.kernel.command import COMMANDS

from .tree import HOUSE

CATALOGUE = HOUSE / "uikit" / "locale" / "en" / "LC_MESSAGES" / "django.po"

DRAWN = {"password_hash"}  # what a page draws and nobody types


def messages(template: str) -> set[str]:
    """The msgids of a template."""
    found = extract("python", BytesIO(templatize(template).encode()))
    return {ids if isinstance(ids, str) else ids[-1 if len(ids) == 2 and not ids[0] else 0]
            for _, ids, _, _ in found}  # fmt: skip


def titles(model: type[BaseModel]) -> Iterator[str]:
    """The titles of a command's fields, those of its parts included."""
    for field in model.model_fields.values():
        if field.title:
            yield field.title
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from titles(part)


@cache
def english() -> frozenset[str]:
    with CATALOGUE.open("rb") as file:
        return frozenset(
            message.id if isinstance(message.id, str) else message.id[0]
            for message in read_po(file)
            if message.id and all([message.string] if isinstance(message.string, str)
                                  else message.string) and not message.fuzzy
        )  # fmt: skip


def test_each_message_of_a_template_has_its_english() -> None:
    missing = {
        f"{template.relative_to(HOUSE)}: {message}"
        for template in HOUSE.rglob("templates/**/*.*")
        if template.is_file()
        for message in messages(template.read_text())
        if message not in english()
    }
    assert not missing, "\n".join(sorted(missing))


def test_each_title_of_a_field_has_its_english() -> None:
    missing = {
        f"{cls.meta.name}: {title}"
        for cls in COMMANDS.values()
        if ".tests." not in cls.__module__
        for title in titles(cls)
        if title not in english()
    }
    assert not missing, "\n".join(sorted(missing))


def test_each_field_of_a_command_has_its_title() -> None:
    missing = [
        f"{cls.meta.name}.{name}"
        for cls in COMMANDS.values()
        if ".tests." not in cls.__module__ and "web" in cls.meta.channels
        for name, field in cls.model_fields.items()
        if not field.title and name not in DRAWN
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>plain</p>", set()),
        ("{% translate '我的待办' %}", {"我的待办"}),
        ("{% blocktranslate trimmed %}\n 共 {{ n }} 笔 \n{% endblocktranslate %}", {"共 %(n)s 笔"}),
    ],
)
def test_examples_of_templates(template: str, found: set[str]) -> None:
    assert messages("{% load i18n %}" + template) == found


def test_an_example_of_titles() -> None:
    from yinxin.people.commands import GrantDuty

    assert set(titles(GrantDuty)) == {"员工", "岗位"}
