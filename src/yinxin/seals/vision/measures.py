"""All the evidence on one imprint: numbers for the decision, places for the explanation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.edges import PX_PER_MM
from yinxin.seals.vision.evidence import (
    Field,
    Inks,
    Strain,
    bare_amid_solid,
    fields,
    inks_of,
    local_likeness,
    strain_of,
    summaries,
    summary,
    window_sum,
)
from yinxin.seals.vision.fitting import Fit
from yinxin.seals.vision.imprints import Imprint
from yinxin.seals.vision.inks import Floats
from yinxin.seals.vision.regions import Region
from yinxin.seals.vision.specimens import Specimen

_FEW = 15
"""Edge points under which a region's place is not told."""
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
    known: float
    """The share of its edges that can be seen."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything that is known about one imprint against one specimen."""

    numbers: dict[str, float]
    strain: Strain
    moves: list[Move]
    fields: list[Field]
    inks: Inks
    gain: float


def measure(specimen: Specimen, imprint: Imprint, fit: Fit) -> Evidence:
    found, edges = fit.offsets, specimen.edges
    gain = summary(found.out, found.weight, 0.5)
    inks = inks_of(specimen.amount, specimen.inside, specimen.unknown, fit, gain)
    away = (edges.points - edges.points.mean(axis=0)) / PX_PER_MM
    strain = strain_of(fit, max(float(np.hypot(*away.T).mean()), 1.0))
    local = fields(edges, found, specimen.amount.shape)
    moves = _moves(specimen, fit)
    numbers = {
        "gain": gain,
        "likeness": fit.likeness,
        "strain": strain.surprise,
        "size": abs(strain.across + strain.feed) / 2,
        "both": min(abs(strain.across), abs(strain.feed)) * (strain.across * strain.feed > 0),
        "shear": abs(strain.shear),
        "known": float(found.weight.mean()),
        "lost": float(found.lost.mean()),
        "quality": imprint.quality,
        "edges": float(len(edges)),
        "size_error": float(np.sqrt(fit.error[:2, :2].sum()) / 2),
        "count": float(specimen.count),
    }
    numbers |= _edge_numbers(edges.bend, found.out, found.weight, gain)
    numbers |= _field_numbers(local, gain)
    numbers |= _ink_numbers(specimen, inks)
    numbers |= _move_numbers(moves, gain)
    return Evidence(numbers, strain, moves, local, inks, gain)


def _edge_numbers(bend: Floats, out: Floats, weight: Floats, gain: float) -> dict[str, float]:
    """How far single edges stand off, and whether corners are rounded or filled."""
    numbers = _spread("off", np.abs(out - gain), weight, (0.5, 0.9, 0.97, 0.99))
    straight = summary(out, weight * (np.abs(bend) < 0.4), 0.5)
    numbers["convex"] = summary(out, weight * (bend > 1.5), 0.5) - straight
    numbers["concave"] = summary(out, weight * (bend < -1.5), 0.5) - straight
    return numbers


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
        against = size / np.maximum(field.noise, 0.01)
        numbers[f"clear_{name}"] = summary(against, field.weight, 0.995)
        numbers |= _spread(f"gain_{name}", np.abs(field.gain - gain), field.weight, (0.9, 1))
        numbers[f"noise_{name}"] = summary(field.noise, field.weight, 0.99)
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
        numbers[f"added_{window}"] = float(window_sum(inks.added, window).max())
        numbers[f"missing_{window}"] = float(bare_amid_solid(inks, window).max())
    expected = float(inks.expected.sum())
    numbers["added"] = float(inks.added.sum()) / max(expected, 0.5 * PX_PER_MM**2)
    numbers["covered"] = 1 - float(inks.missing.sum()) / max(expected, 1.0)
    numbers["visible"] = inks.visible
    numbers["filled"] = inks.filled
    for window in (0.7, 1.5):
        like, contrast = local_likeness(specimen.amount, inks, window)
        counts = (contrast > 0.02).astype(np.float32)
        numbers |= _spread(f"like_{window}", like, counts, (0, 0.01, 0.1, 0.5))
    return numbers


def _moves(specimen: Specimen, fit: Fit) -> list[Move]:
    """Each region's own place, turn, size and stroke width, by weighted least squares."""
    edges, labels = specimen.edges, specimen.labels
    # Just within the stroke, where the label is.
    x, y = np.round(edges.points - 2 * edges.normals).astype(int).T
    x, y = np.clip(x, 0, labels.shape[1] - 1), np.clip(y, 0, labels.shape[0] - 1)
    of = labels[y, x]
    moves = []
    for i, region in enumerate(specimen.regions, start=1):
        mine = of == i
        if fit.offsets.weight[mine].sum() >= _FEW:
            moves.append(_move(region, edges.points[mine], edges.normals[mine],
                               fit.offsets.out[mine], fit.offsets.weight[mine]))  # fmt: skip
    return moves


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
    return Move(
        region=region,
        shift=float(np.hypot(*answer[1:3])),
        turn=float(answer[3]),
        growth=float(answer[4]),
        gain=float(answer[0]),
        rough=float(np.sqrt((weight * left**2).sum() / weight.sum())),
        known=float(weight.mean()),
    )


def _move_numbers(moves: list[Move], gain: float) -> dict[str, float]:
    """The worst region of each kind."""
    numbers: dict[str, float] = {}
    for kind in ("letter", "ring", "star", "line", "code"):
        those = [move for move in moves if move.region.kind == kind]
        for name in ("shift", "turn", "growth", "rough"):
            values = [abs(getattr(move, name)) for move in those]
            numbers[f"{kind}_{name}"] = max(values, default=0.0)
        wider = [abs(move.gain - gain) for move in those]
        numbers[f"{kind}_gain"] = max(wider, default=0.0)
    ring = [move.gain for move in moves if move.region.kind == "ring"]
    letters = [move.gain for move in moves if move.region.kind in ("letter", "line")]
    both = ring and letters
    numbers["ring_thicker"] = ring[0] - float(np.median(letters)) if both else 0.0
    return numbers


def vector(numbers: dict[str, float], names: list[str]) -> NDArray[np.float64]:
    return np.array([numbers[name] for name in names], np.float64)
