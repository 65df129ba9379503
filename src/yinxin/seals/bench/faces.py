"""Random faces as Chinese companies and persons have them cut."""

from dataclasses import dataclass, replace

import numpy as np

from yinxin.seals.bench import names
from yinxin.seals.bench.names import Split
from yinxin.seals.drawing.faces import Face, set_letters
from yinxin.seals.drawing.fonts import FONTS, located

_KINDS = ("company", "finance", "invoice", "business", "square_name", "rectangle", "signature")
_CHANCES = (0.18, 0.17, 0.11, 0.08, 0.3, 0.09, 0.07)
_COLOURS = ("red", "blue", "purple", "black")


@dataclass(frozen=True)
class Sort:
    """A face, and the ink it is always used with."""

    face: Face
    colour: str


class NoFont(Exception):
    """The fonts that are installed do not do."""


def fonts(split: Split) -> list[str]:
    """The split's fonts that are installed."""
    found = [name for name in names.FONTS[split] if located(name)]
    if not found:
        raise NoFont(f"no font of the split {split} is installed; {advice(split)}")
    return found


def advice(split: Split) -> str:
    """How to install what the split lacks; empty where it lacks nothing."""
    lacking = sorted({FONTS[name].package for name in names.FONTS[split] if not located(name)})
    return f"apt-get install {' '.join(lacking)}" if lacking else ""


def random_sort(rng: np.random.Generator, split: Split) -> Sort:
    while True:
        face = _face(rng, split, str(rng.choice(_KINDS, p=_CHANCES)))
        try:
            set_letters(face)
        except ValueError:  # too long for its ring
            continue
        return Sort(face, str(rng.choice(_COLOURS, p=(0.8, 0.08, 0.06, 0.06))))


def _face(rng: np.random.Generator, split: Split, kind: str) -> Face:
    def between(low: float, high: float) -> float:
        return round(float(rng.uniform(low, high)), 2)

    family = str(rng.choice(fonts(split)))
    weight = round(max(0.0, FONTS[family].weight + rng.uniform(-0.006, 0.01)), 3)
    face = Face("round", "", family=family, weight=weight, star_mm=0.0)
    digits = "".join(str(d) for d in rng.integers(0, 10, 18))
    inner = between(0.15, 0.35) if rng.random() < 0.3 else 0.0
    if kind in ("company", "finance"):
        diameter = float(rng.choice([38.0, 40.0, 42.0])) + between(-0.3, 0.3)
        return replace(
            face,
            text=names.company_name(rng, split),
            kind="" if kind == "company" else str(rng.choice(["财务专用章", "合同专用章"])),
            number="3" + digits[:12] if rng.random() < 0.7 else "",
            width_mm=diameter,
            height_mm=diameter,
            border_mm=between(0.8, 1.4),
            inner_mm=inner,
            span_deg=between(215, 250),
            star_mm=between(11, 14.5),
        )
    if kind in ("invoice", "business"):
        wide = between(38, 46)
        return replace(
            face,
            shape="oval",
            text=names.company_name(rng, split),
            kind="发票专用章"
            if kind == "invoice"
            else str(rng.choice(["业务专用章", "受理专用章"])),
            number=("91" + digits[:16]) if kind == "invoice" else digits[:8],
            width_mm=wide,
            height_mm=round(wide * between(0.68, 0.78), 2),
            border_mm=between(0.7, 1.2),
            inner_mm=inner,
            span_deg=between(190, 225),
        )
    return _square(rng, split, kind, face)


def _square(rng: np.random.Generator, split: Split, kind: str, face: Face) -> Face:
    border = round(float(rng.uniform(0.4, 1.1)), 2)
    if kind == "square_name":
        side = round(float(rng.uniform(9, 21)), 1)
        text = names.personal_name(rng, split, ("之印", "印", "印", ""))
        return replace(face, shape="square", text=text, width_mm=side, height_mm=side,
                       border_mm=border)  # fmt: skip
    wide = round(float(rng.uniform(30, 46)), 1)
    if kind == "rectangle":
        tall = round(wide * rng.uniform(0.4, 0.6), 1)
        text, title = names.short_name(rng, split), "财务专用章"
    else:
        text, title = names.personal_name(rng, split, ("",)), ""
        tall = round(wide * rng.uniform(0.3, 0.42), 1)
        wide = round(tall * (len(text) + 0.3), 1)
    return replace(
        face,
        shape="rectangle",
        text=text,
        kind=title,
        width_mm=wide,
        height_mm=tall,
        border_mm=border,
    )
