"""Results kept as they come, so that a run that was stopped goes on where it was."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

Row = dict[str, str]
Key = tuple[str, ...]


class Cache:
    """A CSV table that only grows; a row is found again by its key columns."""

    def __init__(self, path: Path, key: Iterable[str], values: Iterable[str]) -> None:
        self.path, self.key = path, tuple(key)
        self.columns = (*self.key, *values)
        self.rows: dict[Key, Row] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            # A run that was killed may have left half a line.
            lines, end, half = path.read_bytes().rpartition(b"\n")
            if half:
                path.write_bytes(lines + end)
            with path.open(encoding="utf-8", newline="") as file:
                self.rows = {self.key_of(row): row for row in csv.DictReader(file)}
        else:
            self._write("w", [dict(zip(self.columns, self.columns, strict=True))])

    def key_of(self, row: Mapping[str, str]) -> Key:
        return tuple(row[name] for name in self.key)

    def add(self, rows: Iterable[Row]) -> None:
        rows = list(rows)
        if rows:
            self._write("a", rows)
        self.rows.update((self.key_of(row), row) for row in rows)

    def _write(self, mode: str, rows: Iterable[Row]) -> None:
        with self.path.open(mode, encoding="utf-8", newline="") as file:
            csv.DictWriter(file, self.columns, lineterminator="\n").writerows(rows)
