from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.uikit.formats import instant, mask_id, plain
from yinxin.uikit.page import Link, State, Tone
from yinxin.uikit.qr import qr_svg
from yinxin.uikit.templatetags.kit import show


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("110101199003074514", "110***********4514"),
        ("13800138000", "138****8000"),
        ("E12345678", "E******78"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_mask_id_shows_only_the_ends(number: str, masked: str):
    assert mask_id(number) == masked


def test_an_instant_reads_in_the_institution_s_time_zone():
    with timezone.override("Asia/Shanghai"):
        assert instant(datetime(2026, 1, 5, 16, 0, 1, tzinfo=UTC)) == "2026-01-06 00:00:01"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (None, "—", "—"),
        (True, "是", "Yes"),
        (Text("付款人", "Payer"), "付款人", "Payer"),
        (Decimal("1234567.80"), "1,234,567.80", "1,234,567.80"),
        ([Text("货款", "Goods"), "x"], "货款、x", "Goods, x"),
    ],
)
def test_plain(value: object, zh: str, en: str):
    with translation.override("zh-hans"):
        assert plain(value) == zh
    with translation.override("en"):
        assert plain(value) == en


def test_what_is_shown_is_escaped():
    for value in ("<b>", Link("<b>", "/"), State(Text("<b>", "<b>"), Tone.BAD)):
        assert "<b>" not in show(value)
    assert "1,234.50" in show(Money(Decimal("1234.5"), "CNY"))


def test_a_qr_code_needs_no_style():
    svg = qr_svg("https://bank.example/proof/1")
    assert svg.startswith("<svg")
    assert "style" not in svg
    assert 'class="qr"' in svg
