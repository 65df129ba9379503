from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.kernel.words import in_words

from .. import formats
from ..field import Field
from ..page import Grid, Link, State
from ..qr import qr_svg

SHORT, SHORT_ASCII = 6, 24

register = template.Library()
register.filter("t", formats.translated)
register.filter("instant", formats.instant)
register.filter("mask_id", formats.mask_id)
register.filter("plain", formats.plain)


@register.filter
def money(value: Money) -> str:
    """The amount with thousands separators and its currency."""
    return str(value)


@register.filter
def words(value: Money) -> str:
    """大写, for vouchers."""
    return in_words(value)


@register.filter
def cells(grid: Grid, row: Sequence[Any]) -> list[tuple[Text, Any]]:
    """The values of a row, each with the title of its column."""
    return list(zip(grid.columns, row, strict=True))


@register.simple_tag
def state(value: State) -> SafeString:
    return format_html(
        '<span class="state state-{}">{}</span>', value.tone.value, formats.translated(value.title)
    )


@register.simple_tag
def show(value: Any) -> SafeString | str:
    """Any value the way its type reads: a state as a badge, a link as a link, money aligned."""
    match value:
        case State():
            return state(value)
        case Link():
            return format_html('<a href="{}">{}</a>', value.url, _whole(formats.plain(value)))
        case Money():
            return format_html(
                '<span class="money">{} <span class="currency">{}</span></span>',
                f"{value.amount:,}",
                value.currency,
            )
    return _whole(formats.plain(value))


def _whole(text: str) -> SafeString | str:
    """Browsers break numbers and dates at their hyphens, and short names anywhere."""
    if len(text) <= SHORT or (text.isascii() and len(text) <= SHORT_ASCII):
        return format_html('<span class="whole">{}</span>', text)
    return text


@register.simple_tag
def qr(text: str) -> SafeString:
    return mark_safe(qr_svg(text))  # noqa: S308 (our own SVG holds no text)


@register.simple_tag
def explained(field: Field) -> SafeString:
    """What assistive technology must know of any widget of a field."""
    attributes = [
        ("aria-describedby", field.described_by),
        ("aria-invalid", "true" if field.error else ""),
        ("aria-required", "true" if field.required else ""),
    ]
    return format_html_join(" ", '{}="{}"', [each for each in attributes if each[1]])
