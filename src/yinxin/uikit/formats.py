"""How a value reads, on a page, on paper and in a sheet."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language

from yinxin.kernel.text import Text

from .page import Link, State

NOTHING = "—"
YES, NO = Text("是", "Yes"), Text("否", "No")


def translated(text: Text | str) -> str:
    """The text in the language of the page, as it stands on its own; a plain string is the same
    in both."""
    if isinstance(text, Text):
        return str(capfirst(text.in_language(get_language() or "zh-hans")))
    return text


def instant(at: datetime) -> str:
    """An instant in the institution's time zone, to the second."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"


def plain(value: Any) -> str:
    """The value as plain text."""
    match value:
        case None | "":
            return NOTHING
        case bool():
            return translated(YES if value else NO)
        case Text():
            return translated(value) or NOTHING
        case State() | Link():
            return translated(value.title)
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
        case int() | Decimal():
            return f"{value:,}"
        case list() | tuple():
            return translated(Text("、", ", ")).join(map(plain, value)) or NOTHING
    return str(value)


def mask_id(number: str) -> str:
    """A document, account or phone number with its middle hidden: 110***********4514."""
    head, tail = (3, 4) if len(number) >= 11 else (1, 2) if len(number) >= 6 else (0, 0)
    return number[:head] + "*" * (len(number) - head - tail) + number[len(number) - tail :]
