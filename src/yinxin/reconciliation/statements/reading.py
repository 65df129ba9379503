"""Which format a file is in, told by its bytes and never by its name."""

from yinxin.kernel.incoming import Unreadable, require_small
from yinxin.kernel.incoming.sheets import COMPOUND, ZIPPED, workbook_tables

from .statement import Statement
from .tables import FORMAT_UNKNOWN
from .text import decoded, tables_of

_HEAD = 4096


def read(content: bytes) -> tuple[Statement, ...]:
    """Every statement in the file. Raises Unreadable."""
    require_small(content)
    if not content.strip():
        raise Unreadable("format_unknown", FORMAT_UNKNOWN, row=1)
    if content.startswith((ZIPPED, COMPOUND)):
        from . import tables

        return tables.read(workbook_tables(content), content)
    if _is_xml(content):
        from . import camt053

        return camt053.read(content)
    from . import mt940, tables

    if mt940.LOOKS_SO.search(decoded(content, "cp852", "latin-1")):
        return mt940.read(content)
    return tables.read(tables_of(content), content)


def _is_xml(content: bytes) -> bool:
    head = content[:_HEAD].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith(b"<")
