"""Two engines that read documents. Their models come in their wheels and are loaded once a process,
when the first document is read: nothing else pays for them."""

import logging
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ImageOps

from .images import opened
from .readings import Engine

LONGEST_PX = 2000
NAMES = ("rapidocr", "rapidocr-onnxruntime")
SAME_LINE = 0.6  # of a line's height


def picture_of(content: bytes) -> NDArray[np.uint8]:
    """HxWx3 BGR, upright, at most `LONGEST_PX` a side. Raises Unreadable."""
    upright = ImageOps.exif_transpose(opened(content)).convert("RGB")
    upright.thumbnail((LONGEST_PX, LONGEST_PX))
    return np.ascontiguousarray(np.asarray(upright)[:, :, ::-1])


def read(content: bytes) -> list[Engine]:
    """What each engine reads. Raises Unreadable and NoEngines."""
    picture = picture_of(content)
    current, earlier = _engines()
    answer = current(picture)
    boxes = [] if answer.boxes is None else list(answer.boxes)
    lines = _in_order(list(zip(boxes, answer.txts or (), strict=True)))
    found, _ = earlier(picture)
    return [
        Engine(lines, _alphabet(current)),
        Engine(_in_order([(box, text) for box, text, _ in found or ()]), _alphabet(earlier)),
    ]


class NoEngines(RuntimeError):
    """The extra `ocr` is not installed; a person compares every image."""


@cache
def _engines() -> tuple[Any, Any]:
    try:
        from rapidocr import RapidOCR as Current
        from rapidocr_onnxruntime import RapidOCR as Earlier
    except ModuleNotFoundError as error:
        raise NoEngines from error

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return Current(params={"Global.log_level": "error"}), Earlier()


def _alphabet(engine: Any) -> frozenset[str]:
    """None that is known while an engine has found no text and so made no recogniser."""
    return frozenset(engine.text_rec.postprocess_op.character if engine.text_rec else "")


def _in_order(found: list[tuple[Any, str]]) -> list[str]:
    """From the top, and from the left within a line: engines answer box by box."""
    rows: list[list[tuple[float, float, float, str]]] = []
    for box, text in sorted(found, key=lambda each: float(np.mean(np.asarray(each[0])[:, 1]))):
        corners = np.asarray(box, float)
        middle, height = float(corners[:, 1].mean()), float(np.ptp(corners[:, 1]))
        piece = (float(corners[:, 0].min()), middle, height, text)
        if rows and abs(rows[-1][-1][1] - middle) < SAME_LINE * max(height, rows[-1][-1][2]):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [text for row in rows for _, _, _, text in sorted(row)]
