import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation
from pydantic import AwareDatetime

from yinxin.kernel.command import Command
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.uikit.forms import BAD_AMOUNT, CommandForm

from .commands import POSITIVE, Everything

SUBJECT, IMAGE = uuid.UUID(int=1), uuid.UUID(int=2)
GOOD = {
    "subject_id": str(SUBJECT),
    "code": "A1",
    "name": "王芳",
    "amount.amount": "1,234.50",
    "amount.currency": "CNY",
    "on": "2026-01-05",
    "images": str(IMAGE),
}
BANKS = [("icbc", Text("工商银行", "ICBC"))]


def form(post: dict[str, Any] | None = None, **options: Any) -> CommandForm:
    query = None
    if post is not None:
        query = QueryDict(mutable=True)
        for name, value in post.items():
            query.setlist(name, value if isinstance(value, list) else [value])
    return CommandForm(Everything, query, choices={"bank": BANKS}, uploads={"images"}, **options)


def test_each_field_has_the_kind_of_its_type():
    assert form().kinds == {
        "subject_id": "hidden", "code": "text", "name": "text", "reason": "lines",
        "count": "number", "rate": "number", "amount": "money", "on": "date",
        "urgency": "choice", "bank": "choice", "kinds": "many", "images": "uploads",
        "notify": "bool", "rows": "rows",
    }  # fmt: skip


def test_a_posted_form_is_the_command():
    command = form({**GOOD, "kinds": ["goods", "wages"], "notify": "on", "count": "3"}).command
    assert command == Everything(
        subject_id=SUBJECT, code="A1", name="王芳", amount=Money(Decimal("1234.5"), "CNY"),
        on=date(2026, 1, 5), images=(IMAGE,), kinds=("goods", "wages"), notify=True, count=3,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "typed", "meant"),
    [
        ("code", "ａ１２", "a12"),
        ("count", " １，０００ ", "1000"),
        ("on", "２０２６－０１－０５", "2026-01-05"),
        ("name", "　王芳　", "王芳"),
        ("name", "ＡＢＣ（中国）有限公司", "ABC（中国）有限公司"),
        ("reason", "同意，请办理！\r\n\x00谢谢", "同意，请办理！\n谢谢"),
    ],
)
def test_what_an_input_method_leaves_is_normalised(field: str, typed: str, meant: str):
    asked = form({field: typed})
    assert asked.parse(asked.post)[field] == meant


def test_full_width_money_is_read():
    asked = form({"amount.amount": "１，２３４．５０", "amount.currency": "CNY"})
    assert asked.parse(asked.post)["amount"] == {"amount": "1234.50", "currency": "CNY"}


def test_blanks_are_missing_and_defaults_hold():
    body = form({**GOOD, "rate": "", "reason": " "})
    assert body.command is not None
    assert body.command.model_dump()["rate"] == Decimal("1.5")
    assert set(form({}).errors) == {"subject_id", "code", "name", "amount", "on", "images"}


@pytest.mark.parametrize(
    ("amount", "currency", "error"),
    [
        ("1.234", "CNY", BAD_AMOUNT),
        ("1.5", "JPY", BAD_AMOUNT),
        ("一百", "CNY", BAD_AMOUNT),
        ("1", "XXX", BAD_AMOUNT),
        ("0", "CNY", POSITIVE),
        ("", "CNY", Text("此项必填。", "This is required.")),
    ],
)
def test_a_wrong_amount_says_why(amount: str, currency: str, error: Text):
    asked = form({**GOOD, "amount.amount": amount, "amount.currency": currency})
    assert asked.errors == {"amount": error}


def test_a_lone_surrogate_is_an_error_and_no_crash():
    assert form({**GOOD, "name": "\ud800王"}).errors


def test_the_form_starts_from_initial_values_and_defaults():
    fields = form(
        initial={
            "subject_id": SUBJECT, "amount": Money(Decimal("1234567.8"), "CNY"),
            "on": date(2026, 1, 5), "count": 1000,
        }
    ).fields  # fmt: skip
    assert fields["subject_id"].value == str(SUBJECT)
    assert fields["amount"].value == {"amount": "1,234,567.80", "currency": "CNY"}
    assert fields["on"].value == "2026-01-05"
    assert fields["count"].value == "1,000"
    assert fields["urgency"].value == "normal"
    assert not fields["notify"].value


def test_the_hidden_pairs_carry_the_whole_form():
    asked = form({**GOOD, "kinds": ["goods", "wages"], "csrfmiddlewaretoken": "x", "step": "edit"})
    again = QueryDict(mutable=True)
    for name, value in asked.hidden:
        again.appendlist(name, value)
    assert "step" not in again
    assert CommandForm(Everything, again, uploads={"images"}).command == asked.command


def test_rows_left_as_they_were_are_none():
    asked = form({**GOOD, "rows.0.name": "甲", "rows.0.count": "2", "rows.1.count": "1",
                  "rows.2.name": "乙", "rows.2.count": ""})  # fmt: skip
    assert [(row.name, row.count) for row in asked.command.rows] == [("甲", 2), ("乙", 1)]
    shown = [(term.title.zh, term.value) for term in asked.terms if term.title.zh[:4] == "rows"]
    assert shown == [("rows 1 name", "甲"), ("rows 1 份数", 2), ("rows 2 name", "乙"),
                     ("rows 2 份数", 1)]  # fmt: skip
    again = QueryDict(mutable=True)
    for name, value in asked.hidden:
        again.appendlist(name, value)
    assert CommandForm(Everything, again, uploads={"images"}).command == asked.command


def test_a_fresh_form_has_empty_rows_with_their_defaults():
    rows = form().fields["rows"].value
    assert len(rows) == 3
    assert [(field.name, field.value) for field in rows[2]] == [
        ("rows.2.name", ""), ("rows.2.count", "1"),
    ]  # fmt: skip
    assert form(GOOD).command.rows == ()


def test_the_key_is_drawn_once_and_kept():
    assert form({"key": "k"}).key == "k"
    fresh = form()
    assert fresh.key == fresh.key


def test_staged_files_take_their_fields():
    asked = form({**GOOD, "images": ""})
    asked.with_staged({"images": [IMAGE]})
    assert asked.command is not None
    assert asked.fields["images"].value == [str(IMAGE)]


def test_what_the_gate_finds_invalid_stands_at_its_field():
    asked = form(GOOD)
    asked.reject([("name", POSITIVE), ("rows.0.name", POSITIVE), ("", POSITIVE)])
    assert asked.fields["name"].error == POSITIVE
    assert [problem.field for problem in asked.problems] == ["name", "rows", ""]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_error_is_tied_to_its_widget(language: str):
    with translation.override(language):
        asked = form({**GOOD, "name": "王"}, helps={"name": Text("全称", "In full")})
        field = render_to_string("uikit/field.html", {"field": asked.fields["name"]})
        summary = render_to_string("uikit/problems.html", {"form": asked})
    assert 'aria-describedby="name-error name-help"' in field
    assert 'aria-invalid="true"' in field
    assert 'id="name-error"' in field
    assert 'id="name-help"' in field
    assert 'href="#field-name"' in summary


def test_a_time_is_that_of_the_institution() -> None:
    class Lend(Command):
        starts_at: AwareDatetime

    form = CommandForm(Lend, QueryDict("starts_at=2026-01-05T09:00"))
    assert form.fields["starts_at"].kind == "instant"
    assert form.command
    assert form.command.starts_at.isoformat() == "2026-01-05T09:00:00+08:00"
    wrong = CommandForm(Lend, QueryDict("starts_at=tomorrow"))
    assert wrong.command is None
    assert "starts_at" in wrong.errors
