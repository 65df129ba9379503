"""Bank statements as plain values: each format has a reader of its own, all give the same.

Bytes in, `Statement`s out: no Django, no network, nothing but what is in the bytes. A file that
cannot be read whole and true is `Unreadable`, never read in part.
"""

from .reading import read
from .statement import Line, Statement, joined, require_whole

__all__ = [
    "Line",
    "Statement",
    "joined",
    "read",
    "require_whole",
]
