"""The tables of a set of trials."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Trial:
    """A row of trials.csv; paths are relative to the split's folder."""

    query: str
    specimen: str
    """The first of the specimen's images; `specimens` says how many there are, -1 to -3."""
    label: str
    rung: str
    split: str
    face: str
    piece: str
    font: str
    shape: str
    colour: str
    dpi: int
    ink_share: float
    acceptable: int
    """1 where a human examiner could decide: enough ink, whole, uncovered, sharp."""
    x: int
    y: int
    w: int
    h: int
    angle: float
    parameter: str
    page_seals: int
    specimens: int
    scan_dpi: int
    capture: str
    hidden: float
    others: str
    """The boxes of the other seals on the page: "x y w h;x y w h"."""


@dataclass(frozen=True)
class Absent:
    query: str
    dpi: int


@dataclass(frozen=True)
class Replay:
    """A pair for the replay test: a copy is the same imprint scanned again."""

    query: str
    earlier: str
    label: str


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_table(path: Path, kind: type, rows: Iterable[Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, [field.name for field in fields(kind)], lineterminator="\n")
        table.writeheader()
        table.writerows(asdict(row) for row in rows)
