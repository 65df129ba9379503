"""Bank statements as plain values: each format has a reader of its own, all give the same.

Bytes in, `Statement`s out: no Django, no network, nothing but what is in the bytes. A file that
cannot be read whole and true is `StatementUnreadable`, never read in part.
"""

from .camt053 import read
from .statement import Line, Statement, StatementUnreadable

__all__ = ["Line", "Statement", "StatementUnreadable", "read"]
