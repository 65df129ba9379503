"""Money: an exact amount of one currency."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .text import Text

# ISO 4217 minor units; a currency that is not here is not kept.
MINOR_UNITS = {
    "CNY": 2, "USD": 2, "EUR": 2, "GBP": 2, "HKD": 2, "MOP": 2, "TWD": 2, "JPY": 0, "KRW": 0,
    "SGD": 2, "AUD": 2, "CAD": 2, "CHF": 2, "NZD": 2, "THB": 2, "RUB": 2, "SEK": 2, "NOK": 2,
    "DKK": 2, "KWD": 3, "BHD": 3, "HUF": 2, "PLN": 2,
}  # fmt: skip
LIMIT = Decimal(10) ** 15
BAD_AMOUNT = Text(
    "金额或币种不正确，请检查格式和小数位数。",
    "The amount is not right, or has more decimals than its currency.",
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount and its currency, quantised to the currency's minor unit so that equal values
    have equal bytes.

    On the wire `{"amount": "1234.50", "currency": "CNY"}`: the amount is a string, never a
    float. Raises ValueError for an unknown currency, a float, a non-finite amount, more
    decimals than the currency has, or 10^15 and above.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in MINOR_UNITS:
            raise ValueError(f"unknown currency {self.currency!r}")
        object.__setattr__(self, "amount", _exact(self.amount, MINOR_UNITS[self.currency]))

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(Decimal(0), currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{self.amount:,} {self.currency}"

    def wire(self) -> dict[str, str]:
        return {"amount": str(self.amount), "currency": self.currency}

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.amount

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type["Money"], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        amount = core_schema.custom_error_schema(
            core_schema.str_schema(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,3})?$"),
            custom_error_type="money_amount",
            custom_error_message="an amount is a string such as 1234.50",
        )
        currency = core_schema.literal_schema(sorted(MINOR_UNITS))
        wire = core_schema.typed_dict_schema(
            {
                "amount": core_schema.typed_dict_field(amount),
                "currency": core_schema.typed_dict_field(currency),
            },
            extra_behavior="forbid",
        )
        return core_schema.no_info_before_validator_function(
            lambda value: value.wire() if isinstance(value, cls) else value,
            core_schema.no_info_after_validator_function(_from_wire, wire),
            serialization=core_schema.plain_serializer_function_ser_schema(Money.wire),
        )


def _from_wire(wire: dict[str, Any]) -> Money:
    try:
        return Money(wire["amount"], wire["currency"])
    except ValueError:
        raise ValueError(BAD_AMOUNT) from None


def _exact(amount: object, places: int) -> Decimal:
    if isinstance(amount, bool) or not isinstance(amount, Decimal | str | int):
        raise ValueError("an amount is a decimal or a string, never a float")
    try:
        value = Decimal(amount)
    except InvalidOperation:
        raise ValueError(f"{amount!r} is not an amount") from None
    if not value.is_finite() or abs(value) >= LIMIT:
        raise ValueError(f"{amount!r} is out of range")
    quantised = value.quantize(Decimal(1).scaleb(-places))
    if quantised != value:
        raise ValueError(f"{amount!r} has more than {places} decimals")
    return quantised + 0  # a negative zero would have other bytes
