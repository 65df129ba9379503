"""A table as rows of cells: CSV and its relatives, XLSX.

A workbook is unpacked and measured before the library sees it: it may claim a few bytes and hold
gigabytes, or place one cell at the far end of a sheet.
"""

import csv
import re
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile
from zlib import error as ZlibError

from yinxin.kernel.text import Text

from . import Unreadable

Row = tuple[int, list[object]]  # its 1-based number in the file, and its cells

LARGEST, LARGEST_UNPACKED = 64 * 2**20, 256 * 2**20
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 1_000_000, 256, 10_000
DELIMITERS = (",", "\t", ";")
ZIPPED, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_CHUNK = 2**20
_SENTINEL = "\x1e"
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_PLACE = re.compile(rb"""<(?:\w+:)?c\s[^>]{0,80}?\br=["']([A-Z]{1,4})(\d{1,9})["']""")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)

TOO_LARGE = Text("文件过大，请分次报送。", "The file is too large; split it.")
EMPTY = Text("文件是空的。", "The file is empty.")
OLD_WORKBOOK = Text(
    "不支持 .xls，请另存为 .xlsx 或 CSV。", "An .xls is not read; save it as .xlsx or CSV."
)
ENCODING_WRONG = Text(
    "文件编码不是 UTF-8、UTF-16 或 GB18030，请另存后重新上传。",
    "The file is neither UTF-8, UTF-16 nor GB18030; save it as one of them.",
)
NOT_TEXT = Text("文件不是文本或 Excel 工作簿。", "The file is neither text nor a workbook.")
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
    if len(content) > LARGEST:
        raise Unreadable("too_large", TOO_LARGE)
    if not content.strip():
        raise Unreadable("empty", EMPTY)
    if content.startswith(COMPOUND):
        raise Unreadable("old_workbook", OLD_WORKBOOK)
    return _workbook(content) if content.startswith(ZIPPED) else _text(content)


def _text(content: bytes) -> list[Row]:
    text = _decoded(content)
    if wrong := next((c for c in text if c < " " and c not in "\t\r\n"), None):
        raise Unreadable("not_text", NOT_TEXT, f"U+{ord(wrong):04X}")
    head = text.partition("\n")[0]
    return _rows(text, max(DELIMITERS, key=head.count))


def _decoded(content: bytes) -> str:
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any("\ue000" <= letter <= "\uf8ff" or letter == "\ufffd" for letter in text):
            return text
    raise Unreadable("encoding_wrong", ENCODING_WRONG)


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
        raise Unreadable("broken", QUOTE_OPEN, str(start)) from error
    if not rows or rows[-1][1] != [_SENTINEL]:
        raise Unreadable("broken", QUOTE_OPEN, str(rows[-1][0]) if rows else "1")
    for number, cells in rows:
        if any(len(str(cell)) > LONGEST_CELL for cell in cells):
            raise Unreadable("cell_too_long", CELL_TOO_LONG, str(number))
    return rows[:-1]


def _workbook(content: bytes) -> list[Row]:
    import python_calamine  # takes its time to load, and many files are text

    _measure(content)
    try:
        sheet = python_calamine.load_workbook(BytesIO(content)).get_sheet_by_index(0)
        if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
            raise Unreadable("too_large", UNPACKS_TOO_LARGE, sheet.name)
        rows = sheet.to_python(skip_empty_area=False)
        return [(number, list(row)) for number, row in enumerate(rows, start=1)]
    except (Unreadable, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # a Rust panic is no Exception
        raise Unreadable("broken", BROKEN) from error


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
