"""What every format of statement is read into."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yinxin.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Line:
    """`id` is the bank's own reference where no other line of the file has it, else the line's
    place in the file, such as `#12`. `amount` is positive where money came in."""

    id: str
    on: date
    amount: Decimal
    currency: str
    reference: str
    counterparty: str
    description: str


@dataclass(frozen=True, slots=True)
class Statement:
    """`id` and `account` as the bank writes them. The lines add up from opening to closing."""

    id: str
    account: str
    currency: str
    opening: Decimal
    closing: Decimal
    from_on: date
    to_on: date
    lines: tuple[Line, ...]


class StatementUnreadable(Exception):
    """`place` says where in the file: a path of elements with their ordinals, or a line."""

    def __init__(self, code: str, sentence: Text, place: str = "") -> None:
        self.code, self.zh, self.en, self.place = code, sentence.zh, sentence.en, place
        super().__init__(f"{code}: {sentence.en} {place}".rstrip())
