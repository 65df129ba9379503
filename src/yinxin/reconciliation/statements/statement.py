"""What every format of statement is read into."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

from yinxin.kernel.incoming import Unreadable
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

LONGEST_ID = 35
YEARS = range(1900, 2200)

AMOUNT_WRONG = Text(
    "金额不正确：须为半角数字，非负，币种受支持，小数位数不超过该币种。",
    "An amount is wrong: plain digits, not negative, a known currency, and no more decimals than "
    "that currency has.",
)
DATE_WRONG = Text(
    "日期不正确：须为公历日期，1900 年以后。",
    "A date is wrong: it must be of the Gregorian calendar, since 1900.",
)
BALANCE_MISSING = Text(
    "缺少期初或期末记账余额（OPBD/PRCD、CLBD），可能是期间或分页文件。",
    "The booked opening or closing balance (OPBD/PRCD, CLBD) is missing: an interim statement, or "
    "a page of one?",
)
SUMS_DIFFER = Text(
    "期初余额加明细合计不等于期末余额，文件可能不完整。",
    "The opening balance and the lines do not add up to the closing balance; lines may be missing.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """`id` is the bank's own reference where no other line of the file has it, else the line's
    1-based `position` in the file. `amount` is positive where money came in."""

    position: int
    id: str
    on: date
    amount: Decimal
    currency: str
    reference: str
    counterparty: str
    description: str
    reversal: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """`id` and `account` as the bank writes them, `format` the one that was found. `left_out`
    counts entries that moved no booked money: pending, closed, neutral. Balances are None where
    the format, or the bank, does not state them."""

    format: str
    id: str
    account: str
    currency: str
    opening: Decimal | None
    closing: Decimal | None
    from_on: date
    to_on: date
    lines: tuple[Line, ...]
    left_out: int = 0

    @property
    def adds_up(self) -> bool:
        """The lines lead from the opening to the closing balance, as far as these are stated."""
        if self.opening is None or self.closing is None:
            return True
        return self.opening + sum(line.amount for line in self.lines) == self.closing


def money(
    amount: str, currency: str, place: str = "", row: int | None = None, field: str = ""
) -> Money:
    """Plain digits as money. Raises Unreadable."""
    try:
        if not amount.isascii():
            raise ValueError(amount)
        return Money(Decimal(amount), currency)
    except (ValueError, ArithmeticError) as error:
        raise Unreadable("amount_wrong", AMOUNT_WRONG, place, row, field) from error


def identified(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """A line keeps the bank's id where the file has it once, else it gets its position. Another's
    id that reads like such a position would be mistaken for it, and gives way too."""
    found = tuple(statements)
    lines = [line for each in found for line in each.lines]
    seen = Counter(line.id for line in lines)
    placed = {
        line.position for line in lines if seen[line.id] > 1 or not 0 < len(line.id) <= LONGEST_ID
    }
    while clash := {
        line.position
        for line in lines
        if line.position not in placed and line.id.isdecimal() and line.id in map(str, placed)
    }:
        placed |= clash
    return tuple(
        replace(
            each,
            lines=tuple(
                replace(line, id=str(line.position)) if line.position in placed else line
                for line in each.lines
            ),
        )
        for each in found
    )


def joined(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The statements with those made one that follow each other: pages, or days of one account,
    each opening where the last closed."""
    found: list[Statement] = []
    for each in statements:
        last = next((one for one in reversed(found) if _same_account(one, each)), None)
        if last is None or last.closing is None or last.closing != each.opening:
            found.append(each)
            continue
        found[found.index(last)] = replace(
            each,
            id=last.id,
            opening=last.opening,
            from_on=min(last.from_on, each.from_on),
            to_on=max(last.to_on, each.to_on),
            lines=last.lines + each.lines,
            left_out=last.left_out + each.left_out,
        )
    return tuple(found)


def require_whole(statement: Statement) -> None:
    """Raises Unreadable where balances are stated and something of them is missing."""
    if (statement.opening is None) is not (statement.closing is None):
        raise Unreadable("balance_missing", BALANCE_MISSING, statement.id)
    if not statement.adds_up:
        raise Unreadable("sums_differ", SUMS_DIFFER, statement.id)


def digest_of(content: bytes) -> str:
    """A name for a statement whose bank gives it none: the same file has the same."""
    return sha256(content).hexdigest()[:12]


def _same_account(one: Statement, other: Statement) -> bool:
    return (one.account, one.currency) == (other.account, other.currency)
