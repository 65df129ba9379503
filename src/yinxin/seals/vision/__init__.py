"""Seal vision: where imprints are on a page, and whether one comes from a registered seal.

Arrays and plain values in, plain values out: numpy and OpenCV, no Django, no network, the same
answer for the same input. Images are HxWx3 uint8 in BGR order; boxes are (x, y, width, height) in
pixels; lengths are millimetres, which only the resolution (dpi) can give.

What this engine cannot do: tell a twin (the same artwork on another piece) from the seal itself
where the pieces do not differ at 300 dpi.
"""

from yinxin.seals.vision.findings import Difference
from yinxin.seals.vision.imprints import Imprint, locate
from yinxin.seals.vision.replays import Replay, replay
from yinxin.seals.vision.specimens import PoorImage, Specimen, enrol
from yinxin.seals.vision.verdicts import Outcome, Verdict, verify

__all__ = [
    "Difference",
    "Imprint",
    "Outcome",
    "PoorImage",
    "Replay",
    "Specimen",
    "Verdict",
    "enrol",
    "locate",
    "replay",
    "verify",
]
