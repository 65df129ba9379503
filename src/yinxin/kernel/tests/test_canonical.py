"""Every proof depends on these bytes: `vectors.json` fixes them for other implementations."""

import json
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import pytest
import rfc8785
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel

from yinxin.kernel.canonical import canonical_bytes
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

BEIJING = timezone(timedelta(hours=8))


class Colour(StrEnum):
    RED = "red"


class Point(BaseModel):
    y: int
    x: int


VALUES: dict[str, object] = {
    "null": None,
    "booleans": [True, False],
    "integer": 42,
    "integer beyond 2^53": 2**53 + 1,
    "negative integer": -7,
    "decimal": Decimal("1234.50"),
    "decimal with an exponent": Decimal("1E+3"),
    "negative zero": Decimal("-0.00"),
    "money": Money("1234.5", "CNY"),
    "money without decimals": Money("100", "JPY"),
    "text of both languages": Text("转账", "transfer"),
    "composed letter": "\u00e9",
    "decomposed letter": "e\u0301",
    "beyond the basic plane": "𠮷",
    "control characters": "a\x00b\tc\nd",
    "quote, backslash, slash": '"\\/',
    "line separator": "\u2028",
    "instant": datetime(2026, 1, 5, 4, 0, tzinfo=UTC),
    "instant of another zone": datetime(2026, 1, 5, 12, 0, 0, 1, tzinfo=BEIJING),
    "instant of an early year": datetime(987, 1, 5, 4, 0, tzinfo=UTC),
    "date": date(2026, 1, 5),
    "uuid": UUID("0190a7c8-0000-7000-8000-00000000002a"),
    "bytes": b"\x00\xff",
    "enum": Colour.RED,
    "list": [1, [2, ()]],
    "set": {"b", "a", "c"},
    "model": Point(y=1, x=2),
    "keys by UTF-16 code unit": {"\ufb01": 1, "𠮷": 2, "a": 3, "B": 4},
    "empty": [{}, [], ""],
}
VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())


@pytest.mark.parametrize("name", VALUES)
def test_vector(name: str) -> None:
    assert canonical_bytes(VALUES[name]).hex() == VECTORS[name]


def test_each_vector_has_its_value() -> None:
    assert list(VECTORS) == list(VALUES)


def test_equal_values_have_equal_bytes() -> None:
    assert canonical_bytes("\u00e9") == canonical_bytes("e\u0301")
    assert canonical_bytes(Decimal("1.0")) == canonical_bytes(Decimal("1.00"))
    assert canonical_bytes({"a": 1, "b": 2}) == canonical_bytes({"b": 2, "a": 1})
    noon = datetime(2026, 1, 5, 12, tzinfo=BEIJING)
    assert canonical_bytes(noon) == canonical_bytes(noon.astimezone(UTC))


JSON = st.recursive(
    st.none() | st.booleans() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_bytes_are_those_of_rfc_8785(value: object) -> None:
    normalised = json.loads(unicodedata.normalize("NFC", json.dumps(value, ensure_ascii=False)))
    try:
        ours = canonical_bytes(value)
    except ValueError:
        assume(False)
    assert ours == rfc8785.dumps(normalised)


@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(0, 5))
def test_decimals_that_are_equal_have_equal_bytes(value: Decimal, zeros: int) -> None:
    sign, digits, exponent = value.as_tuple()
    longer = Decimal((sign, digits + (0,) * zeros, exponent - zeros))
    assert canonical_bytes(longer) == canonical_bytes(value)
    assert Decimal(json.loads(canonical_bytes(value))) == value


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        {"a": [1.0]},
        Decimal("NaN"),
        Decimal("Infinity"),
        datetime(2026, 1, 5),  # noqa: DTZ001
        {1: "a"},
        {"\u00e9": 1, "e\u0301": 2},
        "\ud800",
        object(),
        3j,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_canonical_form(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical_bytes(value)
