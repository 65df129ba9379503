"""The values that matching takes and gives."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


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


class StatementLine(Line):
    """A line as the bank states it."""

    __slots__ = ()


class LedgerLine(Line):
    """A line as our ledger has it."""

    __slots__ = ()


class Rule(StrEnum):
    """Why two lines are the same movement."""

    REFERENCE = "reference"
    COUNTERPARTY = "counterparty"
    AMOUNT_DATE = "amount_date"


class Reason(StrEnum):
    """Why a line has no match."""

    NO_COUNTERPART = "no_counterpart"
    AMBIGUOUS = "ambiguous"
    AMOUNT_DIFFERS = "amount_differs"  # one names the other, and states another amount
    DUPLICATE = "duplicate"  # what it names is matched with another line


@dataclass(frozen=True, slots=True)
class Match:
    statement_ids: tuple[Hashable, ...]
    ledger_ids: tuple[Hashable, ...]
    rule: Rule


@dataclass(frozen=True, slots=True)
class Result:
    matches: tuple[Match, ...]
    unmatched_statement: tuple[tuple[Hashable, Reason], ...]
    unmatched_ledger: tuple[tuple[Hashable, Reason], ...]
