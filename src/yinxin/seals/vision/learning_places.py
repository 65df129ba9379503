"""Learn to see moved strokes, and write `places.onnx`.

    python -m yinxin.seals.vision.learning_places var/learned/{1,2,11}/training/trials.csv \\
        --out src/yinxin/seals/vision/places.onnx

Genuine imprints alone are learned from, each against specimens in which strokes and letters were
moved, turned, resized or swapped: so the network sees at which place something is wrong, and what
an imprint does to a place where nothing is. The trees that use it must be learned on other faces.
Needs jax and onnx, which running the engine does not.
"""

import argparse
import csv
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.decode import decode
from yinxin.seals.vision.edges import PX_PER_MM
from yinxin.seals.vision.inks import Floats, Mask
from yinxin.seals.vision.places import CELL, by_cell, edged, seen_by_network
from yinxin.seals.vision.specimens import Specimen
from yinxin.seals.vision.training import cut_out, specimen_at
from yinxin.seals.vision.verdicts import nearest

Rng = np.random.Generator
Weights = dict[str, Any]

LAYERS = ((5, 4, 16, 2, 1), (3, 16, 32, 2, 1), (3, 32, 48, 2, 1), (3, 48, 48, 1, 1),
          (3, 48, 48, 1, 2))  # fmt: skip
"""Side of the window, channels in and out, stride, dilation. The last adds to what it sees."""
_SIDE = 128
_LOT, _CUTS, _TWICE = 16, 8, 2
_ROUND = 1000
"""So many imprints are altered at a time; the cuts of all would not fit into memory."""
_RATE, _DECAY = 2e-3, 1e-4
_KNOWN, _LIKE = 0.25, 0.5
"""An imprint of which less is known or alike is not learned from."""
_CHANGED, _UNCHANGED = 0.07, 0.02
"""Mean difference of ink around a place; what lies between is neither."""
_NULL_PX = 0.12
"""Every specimen is bent by so little that no scan can tell: an alteration leaves no other trace
than itself."""


@dataclass(frozen=True, eq=False)
class Part:
    """A letter or a piece of one, as a mask in its box of the specimen."""

    corner: tuple[int, int]
    ink: Floats
    """Its ink, without its neighbours'."""
    own: Mask
    """Where the ink is, and its soft edge."""

    @property
    def box(self) -> tuple[slice, slice]:
        (x, y), (height, width) = self.corner, self.ink.shape
        return slice(y, y + height), slice(x, x + width)

    @property
    def centre(self) -> NDArray[np.float64]:
        return np.array(self.corner) + (np.array(self.ink.shape[::-1]) - 1) / 2

    @property
    def side(self) -> int:
        return max(self.ink.shape)


@dataclass(frozen=True, eq=False)
class Pair:
    """A specimen and a genuine imprint that is laid on it."""

    specimen: Specimen
    imprint: Floats
    hidden: Mask
    gain: float

    @cached_property
    def letters(self) -> list[Part]:
        regions = enumerate(self.specimen.regions, start=1)
        few = [i for i, region in regions if region.kind in ("letter", "star")]
        masks = [self.specimen.labels == i for i in few]
        return [_part(self.specimen.amount, mask) for mask in masks if mask.sum() > 60]

    @cached_property
    def pieces(self) -> list[Part]:
        _, labels, sizes, _ = cv2.connectedComponentsWithStats(self._text.astype(np.uint8))
        return [_part(self.specimen.amount, labels == i) for i in range(1, len(sizes))
                if sizes[i, cv2.CC_STAT_AREA] > 40]  # fmt: skip

    @cached_property
    def spots(self) -> NDArray[np.int_]:
        """Where strokes are: Nx2, x and y."""
        return np.argwhere(self._text)[:, ::-1]

    @cached_property
    def edges(self) -> Floats:
        return edged(self.specimen.amount).astype(np.float32)

    @cached_property
    def _text(self) -> Mask:
        regions = enumerate(self.specimen.regions, start=1)
        frames = [i for i, region in regions if region.kind == "ring"]
        return (self.specimen.amount > 0.4) & ~np.isin(self.specimen.labels, frames)


def _part(amount: Floats, mask: Mask) -> Part:
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    x, y, right, low = max(x - 4, 0), max(y - 4, 0), x + width + 4, y + height + 4
    ink, mine = amount[y:low, x:right], mask[y:low, x:right]
    near = cv2.dilate(mine.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    others = cv2.dilate(((ink > 0.4) & ~mine).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    own = mine | (near & ~others)
    return Part((x, y), np.where(own, ink, 0).astype(np.float32), own)


class Altered:
    """A specimen with some strokes and letters elsewhere, and the same without."""

    def __init__(self, pair: Pair, rng: Rng) -> None:
        self.pair, self.rng = pair, rng
        amount = pair.specimen.amount
        self.at = np.moveaxis(np.indices(amount.shape, np.float32)[::-1], 0, -1) + _bent(
            amount.shape, rng
        )
        self.null = _sampled(amount, self.at)
        self.left = amount.copy()
        self.put: list[tuple[Part, Part, NDArray[np.float64]]] = []
        letters = pair.letters
        self.side = float(np.median([one.side for one in letters])) if letters else 40.0
        if rng.random() < 0.85 and len(pair.spots):
            for _ in range(rng.poisson(max(1.5, 0.3 * len(letters)))):
                self._stroke() if rng.random() < 0.55 else self._letter()
        self.ink = _sampled(self.left, self.at)
        for old, new, matrix in self.put:
            self._paste(old, new, matrix)

    def _by(self) -> NDArray[np.float64]:
        way = self.rng.uniform(0, 2 * np.pi)
        far = self.rng.uniform(0.12, 0.4) * PX_PER_MM
        return far * np.array([np.cos(way), np.sin(way)])

    def _stroke(self) -> None:
        """One stroke moves whole, its letter's others around give way."""
        by, middle = self._by(), self.rng.choice(self.pair.spots)
        reach = max(self.rng.uniform(0.14, 0.24) * self.side, 1.2 * np.hypot(*by))
        (left, top), (right, low) = (np.maximum(middle + side * (int(2.2 * reach) + 1), 0)
                                     for side in (-1, 1))  # fmt: skip
        y, x = np.mgrid[top:low, left:right][:, : self.at.shape[0] - top, : self.at.shape[1] - left]
        near = np.clip(2 - np.hypot(x - middle[0], y - middle[1]) / reach, 0, 1)
        self.at[top:low, left:right] += (near[..., None] * by).astype(np.float32)

    def _letter(self) -> None:
        """A letter, or a piece of one, moved, turned, resized, or another letter in its place."""
        pair, rng = self.pair, self.rng
        way = rng.choice(["move", "turn", "size", "swap"], p=[0.44, 0.18, 0.11, 0.27])
        pieces = way != "swap" and rng.random() < 0.4
        parts = pair.pieces if pieces else pair.letters
        if not parts:
            return
        old = new = parts[rng.integers(len(parts))]
        sign = rng.choice([-1, 1])
        if way == "move":
            by = self._by()
            matrix = np.array([[1, 0, by[0]], [0, 1, by[1]]])
        elif way == "turn":
            matrix = _about(old.centre, old.centre, sign * rng.uniform(1.5, 8), 1)
        elif way == "size":
            matrix = _about(old.centre, old.centre, 0, 1 + sign * rng.uniform(0.03, 0.08))
        else:
            new = parts[rng.integers(len(parts))]
            if new is old:
                return
            angle = 0.0
            if pair.specimen.shape in ("round", "oval"):
                middle = np.array(pair.specimen.amount.shape[::-1]) / 2
                was, now = (np.arctan2(*(one.centre - middle)) for one in (old, new))
                angle = float(np.degrees(now - was))
            matrix = _about(old.centre, new.centre, angle, new.side / old.side)
        self.left[old.box][old.own] = 0
        self.put.append((old, new, matrix))

    def _paste(self, old: Part, new: Part, matrix: NDArray[np.float64]) -> None:
        rows, columns = old.box
        around = (slice(max(rows.start - 8, 0), rows.stop + 8),
                  slice(max(columns.start - 8, 0), columns.stop + 8))  # fmt: skip
        source = self.at[around] @ matrix[:, :2].T + matrix[:, 2] - new.corner
        self.ink[around] = np.maximum(self.ink[around], _sampled(new.ink, source))


def _about(
    here: NDArray[np.float64], there: NDArray[np.float64], angle_deg: float, scale: float
) -> NDArray[np.float64]:
    """From a place around `here` to one around `there`."""
    matrix = np.asarray(cv2.getRotationMatrix2D((0.0, 0.0), angle_deg, scale))
    matrix[:, 2] = there - matrix[:, :2] @ here
    return matrix


def _sampled(image: Floats, at: NDArray[np.floating]) -> Floats:
    x, y = np.moveaxis(at.astype(np.float32), -1, 0)
    return np.clip(cv2.remap(image, x, y, cv2.INTER_CUBIC), 0, 1).astype(np.float32)


def _bent(shape: tuple[int, ...], rng: Rng) -> Floats:
    few = [int(side / (4 * PX_PER_MM)) + 3 for side in shape]
    wave = rng.normal(0, _NULL_PX, (*few, 2)).astype(np.float32)
    wide = cv2.resize(wave, shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(wide + rng.uniform(-0.25, 0.25, 2), np.float32)


def pairs(tables: list[Path]) -> Iterator[Pair]:
    """Every genuine imprint that can be read."""
    cv2.setNumThreads(1)
    for table in tables:
        with table.open(newline="") as file:
            for trial in csv.DictReader(file):
                if trial["rung"] == "G" and (pair := _laid(table.parent, trial)):
                    yield pair


def _laid(folder: Path, trial: dict[str, str]) -> Pair | None:
    specimen = specimen_at(folder / trial["specimen"], int(trial["specimens"]))
    page = decode((folder / trial["query"]).read_bytes())
    dpi = page.dpi or float(trial["dpi"])
    found = nearest(specimen, cut_out(page.image, trial, dpi), dpi) if specimen else None
    if not specimen or not found:
        return None
    evidence = found.evidence
    if evidence.numbers["known"] < _KNOWN or evidence.numbers["likeness"] < _LIKE:
        return None
    return Pair(specimen, evidence.laid, evidence.inks.hidden, evidence.gain)


def examples(pair: Pair, rng: Rng) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Cuts of what the network sees, whether something was moved by cell, and whether it counts."""
    altered = Altered(pair, rng)
    shown = (~pair.hidden).astype(np.float32)
    off = np.abs(altered.ink - altered.null)
    here, near = (cv2.GaussianBlur(one, (0, 0), by) for one, by in ((off * shown, 3), (off, 4)))
    imprint, gain = _other_ink(pair, rng)
    whole = np.dstack([*seen_by_network(altered.ink, imprint, pair.hidden, gain), here, near,
                       pair.edges, shown])  # fmt: skip
    room = _SIDE // 8
    whole = np.pad(whole, ((room, _SIDE), (room, _SIDE), (0, 0)))
    moved = np.argwhere(here > _CHANGED)
    height, width = here.shape
    for _ in range(_CUTS):
        if len(moved) and rng.random() < 0.6:
            middle = moved[rng.integers(len(moved))] + rng.integers(-40, 41, 2)
        else:
            middle = rng.integers((0, 0), (height, width))
        most = np.maximum(np.array([height, width]) - _SIDE + 2 * room, 0)
        top, left = np.clip(middle - _SIDE // 2 + room, 0, most)
        cut = whole[top : top + _SIDE, left : left + _SIDE]
        cells = (_SIDE // CELL,) * 2
        inside, beside, edge, open_ = (by_cell(cut[..., i], cells) for i in range(4, 8))
        label = inside > _CHANGED
        counts = (label | (beside < _UNCHANGED)) & (edge > 0) & (open_ > 0)
        yield cut[..., :4].astype(np.float16), label.astype(np.float32), counts.astype(np.float32)


def _other_ink(pair: Pair, rng: Rng) -> tuple[Floats, float]:
    """The imprint a little wetter or drier, paler or less sharp."""
    ink, gain = pair.imprint, pair.gain
    if rng.random() < 0.3:
        share, wetter = rng.uniform(0, 0.6), rng.random() < 0.5
        spread = (cv2.dilate if wetter else cv2.erode)(ink, np.ones((3, 3), np.uint8))
        ink = (1 - share) * ink + share * spread
        gain += (share if wetter else -share) / PX_PER_MM
    if rng.random() < 0.2:
        ink = cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.4, 1.0))
    return np.clip(ink * rng.uniform(0.9, 1.1), 0, 1).astype(np.float32), gain


def begun(rng: Rng) -> Weights:
    weights: Weights = {}
    for i, (side, into, out, _, _) in enumerate(LAYERS):
        size = np.sqrt(2 / (side**2 * into)) * (0.3 if i == len(LAYERS) - 1 else 1)
        weights[f"w{i}"] = rng.normal(0, size, (side, side, into, out)).astype(np.float32)
        weights[f"b{i}"] = np.zeros(out, np.float32)
    out = LAYERS[-1][2]
    weights["w_odds"] = rng.normal(0, 0.05, (1, 1, out, 1)).astype(np.float32)
    weights["b_odds"] = np.full(1, -2, np.float32)
    return weights


def forward(weights: Weights, x: Any) -> Any:
    import jax

    def convolved(x: Any, name: str, stride: int, step: int) -> Any:
        kernel = weights[f"w{name}"]
        pad = step * (kernel.shape[0] // 2)
        return jax.lax.conv_general_dilated(
            x, kernel, (stride, stride), ((pad, pad),) * 2, rhs_dilation=(step, step),
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
        ) + weights[f"b{name}"]  # fmt: skip

    for i, (_, _, _, stride, step) in enumerate(LAYERS):
        y = jax.nn.relu(convolved(x, str(i), stride, step))
        x = x + y if i == len(LAYERS) - 1 else y
    return convolved(x, "_odds", 1, 1)[..., 0]


def learn(known: list[Pair], minutes: float, seed: int = 0) -> Weights:
    """Adam, its rate falling to nothing by the end."""
    import jax
    import jax.numpy as jnp

    @jax.jit
    def step(state: Any, t: float, rate: float, x: Any, y: Any, counts: Any) -> tuple[Any, Any]:
        def loss(weights: Weights) -> Any:
            odds = forward(weights, x.astype(jnp.float32))
            each = jax.nn.softplus(odds) - y * odds
            return (each * counts).sum() / jnp.maximum(counts.sum(), 1)

        weights, mean, square = state
        cost, slope = jax.value_and_grad(loss)(weights)
        mean = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, mean, slope)
        square = jax.tree.map(lambda a, b: 0.999 * a + 0.001 * b * b, square, slope)
        weights = jax.tree.map(
            lambda w, a, b: w - rate * (a / (1 - 0.9**t) / (jnp.sqrt(b / (1 - 0.999**t)) + 1e-7)
                                        + _DECAY * w), weights, mean, square)  # fmt: skip
        return (weights, mean, square), cost

    rng = np.random.default_rng(seed)
    weights = begun(rng)
    nothing = {name: np.zeros_like(each) for name, each in weights.items()}
    state, t, start = (weights, nothing, nothing), 0, time.monotonic()
    while (done := (time.monotonic() - start) / (60 * minutes)) < 1:
        lots = [
            cut for i in rng.permutation(len(known))[:_ROUND] for cut in examples(known[i], rng)
        ]
        stacks = [np.stack(each) for each in zip(*lots, strict=True)]
        costs = []
        for _ in range(_TWICE):
            for some in np.split(order := rng.permutation(len(lots)),
                                 range(_LOT, len(order), _LOT))[:-1]:  # fmt: skip
                t += 1
                done = min((time.monotonic() - start) / (60 * minutes), 1)
                rate = _RATE * min(1, t / 100) * (0.02 + 0.49 * (1 + np.cos(np.pi * done)))
                turns, mirrored = rng.integers(4), rng.integers(2)
                those = [np.rot90(each[some], turns, (1, 2)) for each in stacks]
                those = [each[:, :, ::-1] if mirrored else each for each in those]
                state, cost = step(state, float(t), rate, *those)
                costs.append(cost)
        print(f"{done:.0%} {np.mean(costs):.4f}", flush=True)  # noqa: T201
    return {name: np.asarray(each) for name, each in state[0].items()}


def onnx_of(weights: Weights) -> bytes:
    import onnx
    from onnx import helper, numpy_helper

    nodes, kept, last = [], [], "seen"

    def convolved(name: str, source: str, to: str, stride: int, step: int) -> None:
        kernel = np.ascontiguousarray(weights[f"w{name}"].transpose(3, 2, 0, 1))
        kept.extend(numpy_helper.from_array(each, f"{kind}{name}")
                    for kind, each in (("w", kernel), ("b", weights[f"b{name}"])))  # fmt: skip
        pad = step * (kernel.shape[2] // 2)
        nodes.append(helper.make_node("Conv", [source, f"w{name}", f"b{name}"], [to],
                                      kernel_shape=kernel.shape[2:], strides=[stride] * 2,
                                      dilations=[step] * 2, pads=[pad] * 4))  # fmt: skip

    for i, (_, _, _, stride, step) in enumerate(LAYERS):
        convolved(str(i), last, f"c{i}", stride, step)
        nodes.append(helper.make_node("Relu", [f"c{i}"], [f"r{i}"]))
        if i == len(LAYERS) - 1:
            nodes.append(helper.make_node("Add", [last, f"r{i}"], ["sum"]))
        last = f"r{i}"
    convolved("_odds", "sum", "odds", 1, 1)
    ends = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, channels, None, None])
            for name, channels in (("seen", LAYERS[0][1]), ("odds", 1))]  # fmt: skip
    graph = helper.make_graph(nodes, "places", ends[:1], ends[1:], kept)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def main() -> None:
    parser = argparse.ArgumentParser(description="learn places.onnx from tables of trials")
    parser.add_argument("tables", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=62)
    arguments = parser.parse_args()
    weights = learn(list(pairs(arguments.tables)), arguments.minutes)
    arguments.out.write_bytes(onnx_of(weights))


if __name__ == "__main__":
    main()
