"""Matching: which line of a statement is which line of our ledger.

Plain values in, plain values out: no Django, no database, the same answer for the same lines in
whatever order they come. One line or several to one or several.
"""

from .engine import match
from .lines import Fee, LedgerLine, Line, Match, Reason, Result, Rule, StatementLine

__all__ = [
    "Fee",
    "LedgerLine",
    "Line",
    "Match",
    "Reason",
    "Result",
    "Rule",
    "StatementLine",
    "match",
]
