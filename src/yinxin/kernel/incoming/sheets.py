"""Tables as rows of cells: CSV and its relatives, XLSX, XLS.

A workbook is unpacked and measured before the library sees it: it may claim a few bytes and hold
gigabytes, or place one cell at the far end of a sheet.
"""

import csv
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile
from zlib import error as ZlibError

from yinxin.kernel.text import Text

from . import Unreadable, require_small, workbook
from .decoding import decoded, require_text
from .workbook import MOST_COLUMNS, MOST_ROWS, Cell

Row = tuple[int, list[Cell]]  # its 1-based number in the file, and its cells

LARGEST_UNPACKED, LONGEST_CELL = 256 * 2**20, 10_000
DELIMITERS = (",", "\t", ";", "|")
ZIPPED, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_CHUNK = 2**20
_SENTINEL = "\x1e"
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_PLACE = re.compile(rb"""<(?:\w+:)?c\s[^>]{0,80}?\br=["']([A-Z]{1,4})(\d{1,9})["']""")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)

EMPTY = Text("文件是空的。", "The file is empty.")
OLD_WORKBOOK = Text(
    "不支持 .xls，请另存为 .xlsx 或 CSV。", "An .xls is not read; save it as .xlsx or CSV."
)
QUOTE_OPEN = Text(
    "引号没有闭合，文件可能被截断。", "A quotation mark is not closed; the file may be cut off."
)
CELL_TOO_LONG = Text("单元格过长。", "A cell is too long.")
BROKEN = Text(
    "工作簿已损坏或被截断，请重新保存。", "The workbook is damaged or cut off; save it again."
)
UNPACKS_TOO_LARGE = Text(
    "工作簿解压后过大，出于安全原因不予读取。",
    "The workbook unpacks to more than is sane; for safety it is not read.",
)
FORMULA = Text(
    "单元格含公式，请粘贴为值后重新保存。", "A cell holds a formula; save plain values instead."
)


def table(content: bytes) -> list[Row]:
    """The rows of a text, or of a workbook's first sheet. Raises Unreadable."""
    require_small(content)
    if not content.strip():
        raise Unreadable("empty", EMPTY)
    if content.startswith(COMPOUND):
        raise Unreadable("old_workbook", OLD_WORKBOOK)
    if content.startswith(ZIPPED):
        return next(workbook_tables(content), [])
    text = decoded(content)
    require_text(text)
    return _rows(text, max(DELIMITERS, key=text.partition("\n")[0].count))


def text_tables(text: str) -> Iterator[list[Row]]:
    """The rows of a text, by each delimiter that it has. Raises Unreadable."""
    require_text(text)
    for delimiter in DELIMITERS:
        if delimiter in text:
            yield _rows(text, delimiter)


def workbook_tables(content: bytes) -> Iterator[list[Row]]:
    """The rows of each sheet. Raises Unreadable."""
    if content.startswith(ZIPPED):
        _measure(content)
    try:
        for rows in workbook.sheets(content):
            yield list(enumerate(rows, start=1))
    except workbook.WorkbookUnreadable as error:
        raise Unreadable("broken", BROKEN) from error


def _rows(text: str, delimiter: str) -> list[Row]:
    """A last line of our own shows whether a quotation mark was still open."""
    reader = csv.reader(StringIO(f"{text}\n{_SENTINEL}\n", newline=""), delimiter=delimiter)
    rows: list[Row] = []
    start = 1
    try:
        for record in reader:
            rows.append((start, list(record)))
            start = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable("broken", QUOTE_OPEN, row=start) from error
    if not rows or rows[-1][1] != [_SENTINEL]:
        raise Unreadable("broken", QUOTE_OPEN, row=rows[-1][0] if rows else 1)
    for number, cells in rows:
        if any(len(str(cell)) > LONGEST_CELL for cell in cells):
            raise Unreadable("cell_too_long", CELL_TOO_LONG, row=number)
    return rows[:-1]


def _measure(content: bytes) -> None:
    """Unpack all of it, keeping nothing."""
    left = LARGEST_UNPACKED
    try:
        with ZipFile(BytesIO(content)) as archive:
            for part in archive.infolist():
                if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                    raise Unreadable("broken", BROKEN)
                tail = b""
                with archive.open(part) as source:
                    while chunk := source.read(_CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise Unreadable("too_large", UNPACKS_TOO_LARGE)
                        _inspect(part.filename, tail + chunk)
                        tail = chunk[-200:]
    except (BadZipFile, ZlibError, EOFError, RuntimeError, ValueError, OSError) as error:
        raise Unreadable("broken", BROKEN) from error


def _inspect(name: str, piece: bytes) -> None:
    if not name.endswith(".xml"):
        return
    if _DOCTYPE.search(piece):
        raise Unreadable("doctype", BROKEN, name)
    if "worksheets/" not in name:
        return
    places = list(_PLACE.finditer(piece))
    if formula := _FORMULA.search(piece):
        before = [each for each in places if each.start() < formula.start()]
        cell = b"".join(before[-1].groups()).decode() if before else name
        raise Unreadable("formula", FORMULA, cell)
    for place in places:
        column = 0
        for letter in place[1]:
            column = column * 26 + letter - ord("A") + 1
        if column > MOST_COLUMNS or int(place[2]) > MOST_ROWS:
            raise Unreadable("too_large", UNPACKS_TOO_LARGE, name)
