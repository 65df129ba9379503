import json
import string
import typing

import pytest
from django.http import QueryDict
from pydantic import ValidationError
from pydantic_core.core_schema import ErrorType

from yinxin.uikit.forms import CommandForm
from yinxin.uikit.pydantic_messages import MESSAGES

from .commands import Everything

WRONG = [
    None, "", " ", "x", "王" * 600, True, -1, 0, 1.5, 10**30, "1.5", "1e999", "NaN", "123456",
    "99999999999999", "1.23456", [], ["x"], [None], {}, "2026-13-01", "2026-01-05T12:00:00",
    "2026-01-05Tx", {"amount": "1", "currency": "?"}, {"amount": 1},
    {"amount": "x", "currency": "CNY"},
]  # fmt: skip


def test_every_message_is_for_an_error_that_exists():
    own = {"money_amount"}
    assert set(MESSAGES) - own <= set(typing.get_args(ErrorType))


@pytest.mark.parametrize("field", sorted(set(Everything.model_fields) - {"rows"}))
def test_every_error_a_field_can_raise_has_its_sentence(field: str):
    seen = set()
    for value in WRONG:
        for wrong in ({field: value}, {field: value, "unknown": 1}):
            try:
                Everything.__pydantic_validator__.validate_json(json.dumps(wrong))
            except ValidationError as invalid:
                seen |= {error["type"] for error in invalid.errors() if error["loc"][0] != "rows"}
    assert seen - {"value_error"} <= set(MESSAGES)


def test_a_message_names_only_what_its_error_tells():
    known = {
        "min_length", "max_length", "max_digits", "decimal_places", "whole_digits", "gt", "ge",
        "lt", "le", "multiple_of",
    }  # fmt: skip
    for text in MESSAGES.values():
        zh, en = ({name for _, name, _, _ in string.Formatter().parse(each) if name}
                  for each in (text.zh, text.en))  # fmt: skip
        assert zh == en <= known


def test_a_limit_is_named_in_the_message():
    errors = CommandForm(Everything, QueryDict("count=99&name=x&rate=0")).errors
    assert errors["count"].en == "This must be 9 or less."
    assert errors["name"].zh == "至少填写 2 个字。"
    assert errors["rate"].zh == "应大于 0。"
