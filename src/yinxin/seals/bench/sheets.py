"""Real sheets of hand-stamped name seals, where a checkout has them beside it: measure only."""

import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

FOLDER = Path(__file__).parents[4] / "../shared/data/seals"
DPI = 300
TWINS = {"1-1": "1-2", "1-2": "1-1", "1-3": "1-4", "1-4": "1-3"}
_MARGIN = 24


@dataclass(frozen=True)
class Stamped:
    """One imprint on a sheet."""

    sheet: str
    seal: str
    kind: str
    box: tuple[int, int, int, int]

    @property
    def name(self) -> str:
        return f"{self.sheet}@{self.box[0]},{self.box[1]}"


def present() -> bool:
    return (FOLDER / "labels.csv").exists()


def labelled() -> list[Stamped]:
    with (FOLDER / "labels.csv").open(encoding="utf-8", newline="") as file:
        return [
            Stamped(row["sheet_file"], row["seal"], row["kind"],
                    (int(row["x"]), int(row["y"]), int(row["w"]), int(row["h"])))
            for row in csv.DictReader(file)
        ]  # fmt: skip


def relation(query: str, registered: str) -> str:
    """What a seal is to a registered one: genuine, twin or other."""
    if query == registered:
        return "genuine"
    return "twin" if TWINS[query] == registered else "other"


def crop(
    sheet: Image, box: tuple[int, int, int, int], others: list[tuple[int, int, int, int]]
) -> Image:
    """The imprint with paper around; neighbours that reach into the margin become paper."""
    x, y, w, h = box
    left, top = max(x - _MARGIN, 0), max(y - _MARGIN, 0)
    cut = sheet[top : y + h + _MARGIN, left : x + w + _MARGIN].copy()
    paper = np.median(cut.reshape(-1, 3), axis=0)
    for ox, oy, ow, oh in others:
        x0, y0 = max(ox - left - 4, 0), max(oy - top - 4, 0)
        x1, y1 = ox + ow + 4 - left, oy + oh + 4 - top
        if x1 > 0 and y1 > 0:
            cut[y0:y1, x0:x1] = paper
    # Boxes may overlap a little; the imprint's own pixels stay.
    cut[y - top : y - top + h, x - left : x - left + w] = sheet[y : y + h, x : x + w]
    return cut


def read(sheet: str) -> Image:
    image = cv2.imread(str(FOLDER / "sheets" / sheet), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(f"{sheet} cannot be read")
    return np.asarray(image, np.uint8)
