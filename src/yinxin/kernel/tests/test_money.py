from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from yinxin.kernel.canonical import canonical_bytes
from yinxin.kernel.money import LIMIT, MINOR_UNITS, Money

currencies = st.sampled_from(sorted(MINOR_UNITS))


@st.composite
def moneys(draw: st.DrawFn) -> Money:
    currency = draw(currencies)
    minor = draw(st.integers(-(10**14), 10**14))
    return Money(Decimal(minor).scaleb(-MINOR_UNITS[currency]), currency)


class Bill(BaseModel):
    total: Money


@given(moneys())
def test_an_amount_has_the_decimals_of_its_currency(money: Money) -> None:
    assert -money.amount.as_tuple().exponent == MINOR_UNITS[money.currency]


@given(moneys(), st.integers(0, 6))
def test_equal_values_have_equal_bytes(money: Money, zeros: int) -> None:
    longer = Money(f"{money.amount:f}" + ("" if "." in str(money.amount) else ".") + "0" * zeros,
                   money.currency)  # fmt: skip
    assert longer == money
    assert canonical_bytes(longer) == canonical_bytes(money)
    assert hash(longer) == hash(money)


@given(moneys())
def test_the_wire_brings_back_the_same_money(money: Money) -> None:
    bill = Bill(total=money)
    assert Bill.model_validate_json(bill.model_dump_json()) == bill
    assert Bill.model_validate(bill.model_dump(mode="json")) == bill


@given(moneys(), moneys())
def test_sums_are_exact_and_currencies_do_not_mix(one: Money, other: Money) -> None:
    if one.currency == other.currency:
        assert one + other - other == one
        assert (one < other) == (one.amount < other.amount)
    else:
        for sum_up in (lambda: one + other, lambda: one - other, lambda: one < other):
            with pytest.raises(ValueError, match="do not mix"):
                sum_up()


def test_a_negative_zero_is_zero() -> None:
    assert canonical_bytes(Money("-0.00", "CNY")) == canonical_bytes(Money.zero("CNY"))


def test_precision_of_the_caller_does_not_matter() -> None:
    with localcontext(prec=30):
        assert Money("999999999999999.99", "CNY").wire()["amount"] == "999999999999999.99"


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        (1.5, "CNY"),  # a float
        (0.0, "CNY"),
        (True, "CNY"),
        (None, "CNY"),
        ("", "CNY"),
        ("one", "CNY"),
        ("NaN", "CNY"),
        ("sNaN", "CNY"),
        ("Infinity", "CNY"),
        ("1.234", "CNY"),  # finer than a 分
        ("0.5", "JPY"),
        ("0.0001", "KWD"),
        (LIMIT, "CNY"),
        (-LIMIT, "CNY"),
        ("1", "XXX"),
        ("1", ""),
    ],
)
def test_what_is_no_money(amount: object, currency: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Money(amount, currency)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wire",
    [
        {"amount": 1.5, "currency": "CNY"},
        {"amount": 1, "currency": "CNY"},
        {"amount": "1e3", "currency": "CNY"},
        {"amount": "+1", "currency": "CNY"},
        {"amount": " 1", "currency": "CNY"},
        {"amount": "1\n", "currency": "CNY"},
        {"amount": "1_000", "currency": "CNY"},
        {"amount": "１", "currency": "CNY"},
        {"amount": "1", "currency": "cny"},
        {"amount": "1"},
        {"amount": "1", "currency": "CNY", "rate": "1"},
        "1 CNY",
    ],
)
def test_what_is_no_money_on_the_wire(wire: object) -> None:
    with pytest.raises(ValidationError):
        Bill.model_validate({"total": wire})
