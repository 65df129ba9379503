"""The values that matching takes and gives."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Line:
    """A movement on the account: positive is money in, the bank's CRDT."""

    id: Hashable
    on: date
    amount: Decimal
    currency: str
    reference: str = ""
    counterparty: str = ""
    description: str = ""
    reversal: bool = False


class StatementLine(Line):
    """A line as the bank states it."""

    __slots__ = ()


class LedgerLine(Line):
    """A line as our ledger has it."""

    __slots__ = ()


class Rule(StrEnum):
    """Why these lines are the same movement, surest first."""

    REFERENCE = "reference"
    REFERENCE_SUM = "reference_sum"
    SIMILAR_REFERENCE = "similar_reference"
    COUNTERPARTY = "counterparty"
    AMOUNT_DATE = "amount_date"
    SUM = "sum"


class Reason(StrEnum):
    """Why a line has no match."""

    NO_COUNTERPART = "no_counterpart"
    AMBIGUOUS = "ambiguous"
    AMOUNT_DIFFERS = "amount_differs"  # one names the other, and states another amount
    NET_OF_FEE = "net_of_fee"  # so little apart that a bank's fee would explain it
    OUTSIDE_WINDOW = "outside_window"  # one names the other, too many days apart
    DUPLICATE = "duplicate"  # what it names is matched with another line
    REVERSED = "reversed"  # the same side takes it back
    NO_AMOUNT = "no_amount"  # it moved no money, and only tells something
    CONTRADICTED = "contradicted"  # the amount fits; references or names say otherwise


class Match(NamedTuple):
    statement_ids: tuple[Hashable, ...]
    ledger_ids: tuple[Hashable, ...]
    rule: Rule


class Fee(NamedTuple):
    """A proposal, not a match: the two are one movement if the bank took `amount` of it."""

    statement_id: Hashable
    ledger_id: Hashable
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Result:
    matches: tuple[Match, ...]
    unmatched_statement: tuple[tuple[Hashable, Reason], ...]
    unmatched_ledger: tuple[tuple[Hashable, Reason], ...]
    fees: tuple[Fee, ...] = ()
