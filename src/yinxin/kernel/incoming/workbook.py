"""A workbook's cells, read in a process of its own that may neither grow nor take long.

The library that reads old workbooks believes the sizes that a file claims: a damaged one makes it
ask for gigabytes, and that ends the process. So it is not ours that ends.

    python -m yinxin.kernel.incoming.workbook < FILE

prints each sheet as a line of JSON.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO

MEMORY, SECONDS = 2**30, 60
MOST_ROWS, MOST_COLUMNS = 1_000_000, 256
DATE, MOMENT = "date", "moment"

Cell = object


class WorkbookUnreadable(Exception):
    """It is damaged, or too large."""


def sheets(content: bytes) -> Iterator[list[list[Cell]]]:
    """The rows of each sheet. Raises WorkbookUnreadable."""
    command = [sys.executable, "-m", __name__]
    try:
        answer = subprocess.run(
            command, input=content, capture_output=True, timeout=SECONDS, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise WorkbookUnreadable(str(error)) from error
    for line in answer.stdout.splitlines():
        yield [list(map(_cell, row)) for row in json.loads(line)]


def _cell(told: Cell) -> Cell:
    match told:
        case [kind, str(text)]:
            return (datetime if kind == MOMENT else date).fromisoformat(text)
        case _:
            return told


def _told(cell: Cell) -> Cell:
    match cell:
        case datetime():
            return [MOMENT, cell.isoformat()]
        case date():
            return [DATE, cell.isoformat()]
        case str() | int() | float() | None:
            return cell
        case _:
            return str(cell)


def _print_sheets(content: bytes) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    import python_calamine

    book = python_calamine.load_workbook(BytesIO(content))
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
            raise WorkbookUnreadable(name)
        rows = sheet.to_python(skip_empty_area=False)
        sys.stdout.write(json.dumps([list(map(_told, row)) for row in rows]) + "\n")


if __name__ == "__main__":
    _print_sheets(sys.stdin.buffer.read())
