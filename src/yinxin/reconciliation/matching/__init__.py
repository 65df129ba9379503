"""Matching: which line of a statement is which line of our ledger.

Plain values in, plain values out: no Django, no database, the same answer for the same lines in
whatever order they come. One line to one line; a match holds tuples of ids, so that one to many
needs no other result.
"""

from .engine import match
from .lines import LedgerLine, Line, Match, Reason, Result, Rule, StatementLine

__all__ = ["LedgerLine", "Line", "Match", "Reason", "Result", "Rule", "StatementLine", "match"]
