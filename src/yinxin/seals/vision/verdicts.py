"""Verdicts (验印结论): does an imprint come from the registered seal, and what decided."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter
from typing import NamedTuple

import numpy as np

from yinxin.seals.vision import decision, findings, learned
from yinxin.seals.vision.edges import DPI
from yinxin.seals.vision.findings import Difference
from yinxin.seals.vision.fitting import Fit, Fitting
from yinxin.seals.vision.geometry import Affine, angle_of, apply, compose, scaling
from yinxin.seals.vision.imprints import MARGIN_MM, Box, Imprint, Place, Sheet, covers
from yinxin.seals.vision.inks import MM_PER_INCH, Floats, Image, Mask
from yinxin.seals.vision.measures import Evidence, measure
from yinxin.seals.vision.presentation import presentation, texture
from yinxin.seals.vision.search import evened, places, shrunk, template_of
from yinxin.seals.vision.specimens import Specimen, fitting_of

ENGINE = f"yinxin-edges-14+{learned.digest()}"
GENUINE_FROM = 0.9
FORGED_TO = 0.05
_PLAIN_FIT = 0.85
"""Likeness beyond which no other place on the page is tried."""
_COLOURED_FIT = 0.5
"""Likeness of coloured ink under which black ink is searched, too."""
_BLACK_FIT = 0.3
"""Black ink that is less alike is a form's print, not another seal."""
_JUDGED, _HOPELESS = 3, 0.3
_TURNS = 2
"""Of the turns at which black ink is most alike, so many are looked at."""
_CLEAR = 0.6
"""A clear imprint of which little fits is another seal's; a poor one may be anybody's."""


class Outcome(StrEnum):
    """相符, 存疑, 不符."""

    GENUINE = "genuine"
    UNCERTAIN = "uncertain"
    FORGED = "forged"


@dataclass(frozen=True, eq=False)
class Alignment:
    """An imprint in the specimen's frame: pictures have the specimen's shape, at 300 dpi."""

    amount: Floats
    hidden: Mask
    to_page: Affine
    """2x3, from specimen pixels to pixels of the page."""
    angle_deg: float
    """How far the imprint is turned counter-clockwise from the specimen, 0 to 360."""
    scale: float
    """The imprint's size over the specimen's."""
    aspect: float
    """Its stretch across the page over that down the page."""
    elastic_mm: float
    """How far parts stand from their place under one map for all, the 99th of 100."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """The answer for the imprint that comes nearest to the specimen."""

    outcome: Outcome
    score: float
    """The probability that the imprint is genuine, 0 to 1, from its geometry and ink."""
    box: Box | None
    """The seal's outline on the page; None where none was found."""
    regions: tuple[Difference, ...]
    """What decided, the gravest first."""
    presentation: float
    """0 to 1, higher is more like a stamped imprint, lower like a printed or pasted one."""
    quality: float
    took_ms: float
    engine: str
    alignment: Alignment | None = None
    numbers: dict[str, float] | None = None
    """The evidence that the decision was made from."""
    texture: dict[str, float] | None = None
    """What the presentation was told from."""

    @property
    def angle_deg(self) -> float:
        return round(self.alignment.angle_deg, 2) if self.alignment else 0.0

    @property
    def scale(self) -> float:
        return round(self.alignment.scale, 4) if self.alignment else 1.0


class Judged(NamedTuple):
    """An imprint laid on the specimen, and what its evidence says."""

    odds: float
    imprint: Imprint
    fit: Fit
    evidence: Evidence


def verify(
    specimen: Specimen, page_or_imprint: Image | Imprint, dpi: float | None = None
) -> Verdict:
    """Compare the specimen with every imprint on the page, or with one already located.

    `dpi` is the page's resolution; an imprint carries its own. ValueError as in `locate`.
    """
    started = perf_counter()
    found = nearest(specimen, page_or_imprint, dpi)
    return _verdict(specimen, found, started) if found else _nothing(started)


def nearest(
    specimen: Specimen, page_or_imprint: Image | Imprint, dpi: float | None = None
) -> Judged | None:
    """The imprint that comes nearest to the specimen; None where there is none."""
    if isinstance(page_or_imprint, Imprint):
        tried = [(page_or_imprint, fitting_of(specimen, page_or_imprint))]
    elif dpi is None:
        raise ValueError("a page needs its dpi")
    else:
        tried = _candidates(specimen, Sheet(page_or_imprint, dpi))
    tried = [pair for pair in tried if pair[1].promise > -1]
    if not tried:
        return None
    tried.sort(key=lambda pair: -pair[1].promise)
    judged = [
        _judge(specimen, imprint, fitting.finish())
        for i, (imprint, fitting) in enumerate(tried[:_JUDGED])
        if i == 0 or fitting.promise > _HOPELESS
    ]
    # A neighbour with the same frame and star may look more alike than a pale imprint of the
    # seal itself; what can be read of each decides.
    readable = [one for one in judged if one.evidence.numbers["known"] > findings.MIN_KNOWN / 2]
    return max(readable or judged[:1], key=lambda one: one.odds)


def _candidates(specimen: Specimen, sheet: Sheet) -> list[tuple[Imprint, Fitting]]:
    """Located imprints of its kind; where none fits plainly, also all coloured ink that stands
    together; where none fits at all, black ink."""
    black = specimen.colour == "black"
    seals = [*sheet.coloured, *(sheet.blacks if black else ())]
    alike = [place for place in seals if _may_be(specimen, place)]
    pairs = [(one, fitting_of(specimen, one)) for place in alike if (one := sheet.imprint(place))]
    if _best(pairs) < _PLAIN_FIT:
        others = [place for place in seals if place not in alike]
        pairs += _elsewhere(specimen, sheet, (*others, *sheet.clusters()), pairs)
    if _best(pairs) < (_PLAIN_FIT if black else _COLOURED_FIT):
        pairs += _elsewhere(specimen, sheet, sheet.blacks, pairs)
        hidden = _elsewhere(specimen, sheet, _black(specimen, sheet), pairs)
        pairs += [pair for pair in hidden if pair[1].promise > _BLACK_FIT]
    return pairs


def _elsewhere(
    specimen: Specimen, sheet: Sheet, places: Iterable[Place], pairs: list[tuple[Imprint, Fitting]]
) -> Iterator[tuple[Imprint, Fitting]]:
    """What is at places that no imprint tried so far covers."""
    margin = MARGIN_MM * sheet.dpi / MM_PER_INCH
    taken = [one.box for one, _ in pairs]
    for place in places:
        if any(covers(box, place.box, margin) for box in taken):
            continue
        if one := sheet.imprint(place):
            taken.append(one.box)
            yield one, fitting_of(specimen, one)


def _black(specimen: Specimen, sheet: Sheet) -> Iterator[Place]:
    """Where the specimen lies best on black ink. Print is everywhere and runs through outlines,
    so that only the seal itself can tell where it is."""
    template = template_of(specimen.amount, specimen.telling, whole_page=True)
    ink = evened(sheet.black_ink, sheet.search_dpi)
    found = places(template, shrunk(ink, template.scale * DPI / sheet.search_dpi))
    for place in found[: 2 * _TURNS]:  # two of each turn
        yield sheet.black_within(specimen.shape, apply(place, specimen.hull))


def _best(pairs: list[tuple[Imprint, Fitting]]) -> float:
    return max((fitting.promise for _, fitting in pairs), default=0.0)


def _may_be(specimen: Specimen, place: Place) -> bool:
    """Of a like size; another seal of the page is not worth the search."""
    ratio = np.prod(place.size_mm) / max(np.prod(specimen.size_mm), 1e-6)
    return bool(0.7 < ratio < 1.4)


def _judge(specimen: Specimen, imprint: Imprint, fit: Fit) -> Judged:
    evidence = measure(specimen, imprint, fit)
    return Judged(decision.genuine_odds(evidence.numbers), imprint, fit, evidence)


def _nothing(started: float) -> Verdict:
    return Verdict(
        outcome=Outcome.UNCERTAIN,
        score=0.0,
        box=None,
        regions=(findings.about_all("no_imprint"),),
        presentation=0.5,
        quality=0.0,
        took_ms=(perf_counter() - started) * 1000,
        engine=ENGINE,
    )


def _verdict(specimen: Specimen, found: Judged, started: float) -> Verdict:
    odds, imprint, fit, evidence = found
    alignment = _alignment(specimen, imprint, fit, evidence)
    gaps = findings.gaps(evidence)
    regions = (*gaps, *findings.differences(specimen, evidence))
    ink = texture(specimen, imprint, fit)
    score = decision.probability(odds)
    outcome = Outcome.UNCERTAIN
    grave = decision.gravity(evidence.numbers) > decision.GRAVE
    # What a person would be told of is for a person to decide.
    if score >= GENUINE_FROM and not regions and not grave:
        outcome = Outcome.GENUINE
    elif score <= FORGED_TO and (not gaps or imprint.quality >= _CLEAR):
        outcome = Outcome.FORGED
    if outcome is not Outcome.GENUINE and not regions:
        regions = (findings.doubt(specimen, evidence),)
    return Verdict(
        outcome=outcome,
        score=round(score, 6),
        box=_box(specimen, alignment),
        regions=regions,
        presentation=round(presentation(ink), 4),
        quality=imprint.quality,
        took_ms=(perf_counter() - started) * 1000,
        engine=ENGINE,
        alignment=alignment,
        numbers=evidence.numbers,
        texture=ink,
    )


def _alignment(specimen: Specimen, imprint: Imprint, fit: Fit, evidence: Evidence) -> Alignment:
    corner = np.array([[1.0, 0, imprint.corner[0]], [0, 1, imprint.corner[1]]])
    to_page = compose(corner, compose(scaling(imprint.dpi / DPI), fit.to_image))
    strain = evidence.strain
    return Alignment(
        amount=evidence.inks.amount,
        hidden=evidence.inks.hidden,
        to_page=to_page,
        angle_deg=angle_of(fit.to_image),
        scale=1 + (strain.across + strain.feed) / 2,
        aspect=(1 + strain.across) / (1 + strain.feed),
        elastic_mm=round(evidence.numbers["shift_5.0_0.99"], 3),
    )


def _box(specimen: Specimen, alignment: Alignment) -> Box:
    """The outline's upright box on the page."""
    corners = apply(alignment.to_page, specimen.hull)
    (left, top), (most_x, most_y) = corners.min(axis=0), corners.max(axis=0)
    return (round(float(left)), round(float(top)), round(float(most_x - left)) + 1,
            round(float(most_y - top)) + 1)  # fmt: skip
