"""All the evidence on one imprint: numbers for the decision, places for the explanation."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.corners import rounding
from yinxin.seals.vision.edges import PX_PER_MM, Offsets
from yinxin.seals.vision.evidence import (
    GIVE_MM,
    Field,
    Inks,
    Strain,
    bare_amid_solid,
    blind,
    fields,
    gain_by_place,
    inks_of,
    local_likeness,
    on_grid,
    strain_of,
    summaries,
    summary,
    window_sum,
    without_give,
)
from yinxin.seals.vision.fitting import KIN, Fit
from yinxin.seals.vision.imprints import Imprint
from yinxin.seals.vision.inks import Floats, Mask
from yinxin.seals.vision.places import place_numbers
from yinxin.seals.vision.regions import Kind, Region
from yinxin.seals.vision.specimens import Specimen

_FEW = 15
"""Edge points under which a region's place is not told."""
_LEAST_MM = 0.015
"""The noise of the plainest edges."""
_LETTER_MM = 1.0
"""Standard deviation of a window that a small letter fills."""
_SEEN = 0.5
"""Likeness from which a letter is seen beneath a neighbour's ink."""
_STIFF = np.array([0.5, 4, 4, 4, 20])
"""Edge points that it takes to move a region: gain, shift x and y, turn, growth."""


@dataclass(frozen=True)
class Move:
    """How one region stands against the whole seal, in mm; turn and growth at its rim."""

    region: Region
    shift: float
    turn: float
    growth: float
    gain: float
    """How much wider its strokes are on each side."""
    rough: float
    """What its edges differ by after all that."""
    clear: float
    """The gravest of shift, turn and growth in standard deviations of what noise explains."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything that is known about one imprint against one specimen."""

    numbers: dict[str, float]
    strain: Strain
    moves: list[Move]
    fields: list[Field]
    inks: Inks
    gain: float
    laid: Floats
    """The imprint's ink on the specimen, but for the rubber's give."""


def measure(specimen: Specimen, imprint: Imprint, fit: Fit) -> Evidence:
    found, edges = fit.offsets, specimen.edges
    gain = summary(found.out, found.weight, 0.5)
    away = (edges.points - edges.points.mean(axis=0)) / PX_PER_MM
    strain = strain_of(fit, max(float(np.hypot(*away.T).mean()), 1.0))
    local = fields(edges, found, specimen.amount.shape)
    gains = gain_by_place(local[2], gain, specimen.amount.shape)
    inks = inks_of(specimen.amount, specimen.inside, specimen.unknown, fit, gains)
    moves = _moves(specimen, found)
    numbers = {
        "gain": gain,
        "likeness": fit.likeness,
        "strain": strain.surprise,
        "strain_resized": strain.resized,
        "strain_longer": strain.longer,
        "size": abs(strain.across + strain.feed) / 2,
        "both": min(abs(strain.across), abs(strain.feed)) * (strain.across * strain.feed > 0),
        "shear": abs(strain.shear),
        "across": float(np.sqrt(np.prod(specimen.size_mm))),
    }
    numbers |= _known_numbers(specimen, found)
    numbers |= _edge_numbers(found, gain)
    numbers |= _frame_numbers(specimen, found)
    numbers |= _field_numbers(local, gain)
    numbers |= _ink_numbers(specimen, inks)
    numbers |= _move_numbers(moves, gain)
    laid = without_give(fit, local[-1], specimen.amount.shape)
    frame = _of_kind(specimen, specimen.edge_labels, "ring")
    both = (specimen.amount, laid)
    numbers["rounded"] = rounding(edges, specimen.rounded, found, local[1], frame, both, gain)
    numbers |= place_numbers(specimen.amount, laid, inks.hidden, gain,
                             _of_kind(specimen, specimen.labels, "ring"))  # fmt: skip
    return Evidence(numbers, strain, moves, local, inks, gain, laid)


def _of_kind(specimen: Specimen, labels: NDArray[np.uint8], *kinds: Kind) -> Mask:
    """Which labels are of regions of these kinds."""
    return np.array([False, *(one.kind in kinds for one in specimen.regions)])[labels]


def _edge_numbers(found: Offsets, gain: float) -> dict[str, float]:
    """How far single edges stand off."""
    numbers = _spread("off", np.abs(found.out - gain), found.weight, (0.5, 0.9, 0.97, 0.99))
    # What is off everywhere is this imprint's ink; what stands out from that is not.
    numbers["off_over"] = numbers["off_0.97"] / (numbers["off_0.5"] + _LEAST_MM)
    return numbers


def _frame_numbers(specimen: Specimen, found: Offsets) -> dict[str, float]:
    """How far the frame's two edges and the star's stand off from the letters'. Ink moves all of
    them alike. Whoever sets a thicker or thinner frame in the same outline moves the inner edge;
    whoever sets a larger star moves all its edges outwards, for they touch one circle."""
    edges, of = specimen.edges, specimen.edge_labels
    frame = _of_kind(specimen, of, "ring")
    rim = edges.points[frame] if frame.any() else edges.points
    middle = (rim.max(axis=0) + rim.min(axis=0)) / 2
    outwards = ((edges.points - middle) * edges.normals).sum(axis=1) > 0
    sides = {"ring_inner": frame & ~outwards, "ring_outer": frame & outwards,
             "star": _of_kind(specimen, of, "star")}  # fmt: skip
    usual = _told(found, _of_kind(specimen, of, "letter", "line", "code"))
    places = {name: _told(found, side) for name, side in sides.items()}
    off = {name: 0.0 if usual is None or place is None else place - usual
           for name, place in places.items()}  # fmt: skip
    numbers = {name: abs(value) for name, value in off.items()}
    return numbers | {"ring_apart": abs(off["ring_inner"] - off["ring_outer"])}


def _told(found: Offsets, side: Mask) -> float | None:
    """How far out these edges stand; None where too few are read."""
    out, weight = found.out[side], found.weight[side]
    return summary(out, weight, 0.5) if weight.sum() >= _FEW else None


def _spread(
    name: str, values: Floats, weight: Floats, shares: tuple[float, ...]
) -> dict[str, float]:
    found = summaries(values, weight, shares)
    return {f"{name}_{share}": value for share, value in zip(shares, found, strict=True)}


def _field_numbers(local: list[Field], gain: float) -> dict[str, float]:
    """Displacement by window: of the worst places, and beyond what the surroundings do."""
    numbers: dict[str, float] = {}
    for field in local:
        name = f"{field.window_mm}"
        size = np.linalg.norm(field.shift, axis=2)
        numbers |= _spread(f"shift_{name}", size, field.weight, (0.5, 0.9, 0.99, 1))
        numbers |= _spread(f"clear_{name}", field.clear, field.weight, (0.5, 0.9, 0.99, 1))
        # What is displaced everywhere is the rubber's give; one stroke among others is not.
        numbers[f"over_{name}"] = numbers[f"clear_{name}_1"] / (numbers[f"clear_{name}_0.5"] + 0.3)
        numbers |= _spread(f"gain_{name}", np.abs(field.gain - gain), field.weight, (0.9, 1))
        usual, most = summaries(field.noise, field.weight, (0.5, 0.99))
        numbers[f"noise_{name}"] = usual
        numbers[f"rough_{name}"] = most / (usual + _LEAST_MM)
        numbers[f"lost_{name}"] = float(field.lost.max())
    wide = local[-1].shift
    for field in local[:2]:
        apart = np.linalg.norm(field.shift - wide, axis=2)
        numbers |= _spread(f"apart_{field.window_mm}", apart, field.weight, (0.9, 0.99, 1))
    return numbers


def _ink_numbers(specimen: Specimen, inks: Inks) -> dict[str, float]:
    """Ink beyond all edges, bare strokes amid solid ones, and local likeness."""
    numbers: dict[str, float] = {}
    for window in (0.4, 0.8, 1.6):
        added, missing = (window_sum(each, window) for each in inks.on_grid[:2])
        numbers[f"added_{window}"] = float(added.max())
        numbers[f"missing_{window}"] = float(bare_amid_solid(inks, window).max())
        # Pressure adds or takes; a stroke that stands elsewhere does both side by side.
        both = added * missing
        numbers[f"moved_{window}"] = float(np.sqrt(np.clip(both, 0, None).max()))
    shown = ~inks.hidden
    expected = float(inks.expected[shown].sum())
    numbers["added"] = float(inks.added.sum()) / max(expected, 0.5 * PX_PER_MM**2)
    # A neighbour's ink on a stroke does not say that the seal's own is there.
    numbers["covered"] = 1 - float(inks.missing[shown].sum()) / max(expected, 1.0)
    numbers["visible"] = inks.visible
    numbers["drowned"] = drowned(specimen, inks)
    numbers["filled"] = inks.filled
    windows = (0.7, 1.5)
    likenesses = local_likeness(specimen.amount, inks, windows)
    for window, (like, contrast) in zip(windows, likenesses, strict=True):
        counts = (contrast > 0.02).astype(np.float32)
        numbers |= _spread(f"like_{window}", like, counts, (0.01, 0.1, 0.5))
    return numbers


def drowned(specimen: Specimen, inks: Inks) -> float:
    """The share of a letter, the worst, that ink taken for another's hides, and under which the
    letter is not seen all the same. Letters that touch are one region, so a place as wide as a
    letter stands for it."""
    text = _of_kind(specimen, specimen.labels, "letter", "line", "code")
    under = text & inks.drowned
    if not under.any():
        return 0.0
    whole, over = (
        window_sum(on_grid(each.astype(np.float32)), _LETTER_MM) for each in (text, under)
    )
    together = replace(inks, hidden=inks.hidden & ~inks.drowned)
    ((like, _),) = local_likeness(specimen.amount, together, (_LETTER_MM,))
    unseen = cv2.resize(like, whole.shape[::-1]) < _SEEN
    counts = unseen & (whole > _LETTER_MM**2)
    return float(np.where(counts, over / np.maximum(whole, 1e-3), 0).max())


def _moves(specimen: Specimen, found: Offsets) -> list[Move]:
    """Each region's own place, turn, size and stroke width, by weighted least squares."""
    edges, of = specimen.edges, specimen.edge_labels
    moves = []
    for i, region in enumerate(specimen.regions, start=1):
        mine = of == i
        if found.weight[mine].sum() >= _FEW:
            moves.append(_move(region, edges.points[mine], edges.normals[mine],
                               found.out[mine], found.weight[mine]))  # fmt: skip
    return moves


def _known_numbers(specimen: Specimen, found: Offsets) -> dict[str, float]:
    """How much of the edges can be read: on the whole, and of all parts but the frame."""
    parts = _of_kind(specimen, specimen.edge_labels, "star", "letter", "line", "code")
    unread = blind(specimen.edges, found, specimen.amount.shape)
    return {
        "blind": float(unread[parts].mean()) if parts.any() else 0.0,
        "known": float(found.weight.mean()),
        "lost": float(found.lost.mean()),
        "parts_known": float(found.weight[parts].mean()) if parts.any() else 0.0,
        "parts_lost": float(found.lost[parts].mean()) if parts.any() else 0.0,
    }


def _move(region: Region, points: Floats, normals: Floats, out: Floats, weight: Floats) -> Move:
    arm = (points - points.mean(axis=0)) / PX_PER_MM
    rim = max(float(np.sqrt((arm**2).sum(axis=1).mean())), 0.1)
    turn = (arm[:, 0] * normals[:, 1] - arm[:, 1] * normals[:, 0]) / rim
    grow = (arm * normals).sum(axis=1) / rim
    basis = np.column_stack([np.ones(len(arm)), normals, turn, grow]).astype(np.float64)
    off = np.clip(out, -0.35, 0.35)
    normal = basis.T @ (basis * weight[:, None]) + np.diag(_STIFF)
    answer = np.linalg.solve(normal, basis.T @ (weight * off))
    left = off - basis @ answer
    rough = float(np.sqrt((weight * left**2).sum() / weight.sum()))
    cover = KIN * max(rough, _LEAST_MM) ** 2 * np.linalg.inv(normal) + GIVE_MM**2 * np.eye(5) / 2
    place = answer[1:3] @ np.linalg.solve(cover[1:3, 1:3], answer[1:3])
    others = answer[3:] ** 2 / np.diag(cover)[3:]
    return Move(
        region=region,
        shift=float(np.hypot(*answer[1:3])),
        turn=float(answer[3]),
        growth=float(answer[4]),
        gain=float(answer[0]),
        rough=rough,
        clear=float(np.sqrt(max(place, *others))),
    )


def _move_numbers(moves: list[Move], gain: float) -> dict[str, float]:
    """The worst of the parts, and the frame."""
    numbers: dict[str, float] = {}
    usual = float(np.median([move.rough for move in moves])) if moves else 0.0
    rings = [move for move in moves if move.region.kind == "ring"]
    parts = [move for move in moves if move.region.kind != "ring"]
    for kind, those in (("parts", parts), ("ring", rings)):
        for name in ("shift", "turn", "growth", "clear"):
            values = [abs(getattr(move, name)) for move in those]
            numbers[f"{kind}_{name}"] = max(values, default=0.0)
        rough = max((move.rough for move in those), default=0.0)
        numbers[f"{kind}_rough"] = rough / (usual + _LEAST_MM)
        numbers[f"{kind}_gain"] = max((abs(move.gain - gain) for move in those), default=0.0)
    clear = [move.clear for move in parts]
    numbers["parts_usual"] = float(np.sqrt(np.mean(np.square(clear)))) if clear else 0.0
    numbers["parts_over"] = max(clear) / (float(np.median(clear)) + 0.3) if clear else 0.0
    text = np.array([move.gain for move in parts if move.region.kind in ("letter", "line")])
    numbers["thicker"] = abs(rings[0].gain - float(np.median(text))) if rings and len(text) else 0.0
    # Where pressure slopes, letters differ among themselves, too.
    uneven = float(np.median(np.abs(text - np.median(text)))) if len(text) else 0.0
    numbers["thicker_over"] = numbers["thicker"] / (uneven + _LEAST_MM)
    return numbers
