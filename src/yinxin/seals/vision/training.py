"""Learn how much each number of the evidence weighs, and write `model.json`.

    for seed in 1 2 11; do
        yinxin seals bench make --out var/learned/$seed --split training --faces 120 --seed $seed
    done
    for seed in 3 4 5 6 7 8 9 10; do
        yinxin seals bench make --out var/learned/$seed --split training --faces 40 --seed $seed
    done
    for seed in 601 602; do
        yinxin seals bench make --out var/soft/$seed --split training --faces 80 --seed $seed --soft
    done
    for seed in 501 503 504 505 506; do
        yinxin seals bench make --out var/prints/$seed --split training --faces 40 --seed $seed \\
            --prints
    done
    python -m yinxin.seals.vision.training genuine var/learned/{[3-9],10}/training/trials.csv \\
        --soft var/soft/*/training/trials.csv --out src/yinxin/seals/vision/model.json
    python -m yinxin.seals.vision.training presentation var/prints/*/training/trials.csv \\
        --out src/yinxin/seals/vision/model.json

Training reads the tables of the loops, and each part replaces its own in the file.
Sets 1, 2 and 11 are left to `learning_places.py`: where its network has learned, trees would trust
it too much. They measure every trial once (kept in `numbers.jsonl` beside the table; a set measured
by another engine is to be made anew) and boost small trees over the numbers. The trees may only
rise or fall where physics says so: more displacement never speaks for a seal. Needs lightgbm, which
running the engine does not.
"""

import argparse
import csv
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.decode import decode
from yinxin.seals.vision.inks import MM_PER_INCH, Image
from yinxin.seals.vision.specimens import PoorImage, Specimen, enrol
from yinxin.seals.vision.verdicts import verify

Row = dict[str, Any]
Numbers = NDArray[np.float64]


class Table(NamedTuple):
    names: list[str]
    x: Numbers
    """A trial a row, a number a column."""
    y: Numbers
    """1 for genuine."""
    weight: Numbers
    """How much each trial counts."""
    faces: list[str]

    def some(self, which: NDArray[np.bool_]) -> "Table":
        faces = [face for face, chosen in zip(self.faces, which, strict=True) if chosen]
        return Table(self.names, self.x[which], self.y[which], self.weight[which], faces)


AGAINST = (
    "strain", "size", "both", "shear", "shift", "apart", "clear", "over", "off", "rough",
    "rounded", "filled", "gain_", "lost", "added", "missing", "moved", "thicker", "ring", "star",
    "parts_shift", "parts_turn", "parts_growth", "parts_clear", "parts_rough", "parts_gain",
    "parts_usual", "parts_over", "parts_lost", "place",
)  # fmt: skip
"""Numbers whose names begin so may only speak against the seal."""
FOR = ("likeness", "like_", "covered", "known", "parts_known")
"""And these only for it. What may do both says what the ink, the paper or the seal's size is like;
trees that lean on that learn the generator, so they are not shown it."""
_PLACES = (
    "shift_0.5_0.99", "shift_0.5_1", "shift_1.0_0.99", "shift_1.0_1", "shift_2.0_0.99",
    "shift_2.0_1", "apart_0.5_0.99", "apart_0.5_1", "apart_1.0_0.99", "apart_1.0_1", "rough",
    "moved", "lost", "parts_shift", "parts_turn", "parts_growth", "parts_rough", "parts_gain",
    "parts_over", "parts_known", "parts_lost", "added", "off", "like", "missing", "gain_0.5_1",
    "gain_1.0_1", "place",
)  # fmt: skip
"""Numbers of the worst place, not of the whole face."""
EXPERTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "other": (("F0", "F1", "F3"), ("",)),
    "size": (("F2 size", "F2 aspect"), ("strain", "size", "both", "shear")),
    "setting": (("F2 spacing", "F2 star", "F2 turn"),
                ("parts", "shift", "apart", "gain_2.0", "gain_5.0", "ring_turn", "star")),
    "ring": (("F2 ring",), ("thicker", "ring", "gain_", "parts_gain", "off")),
    "plate": (("F4",), ("rounded", "filled", "off", "gain_", "parts_growth", "lost", "like")),
    "letter": (("F5 letter", "F5 digit"), _PLACES),
    "stroke": (("F5 stroke",), _PLACES),
}  # fmt: skip
"""For each expert how the rung and the parameter of its forgeries begin, and the names of the
numbers it is shown. An expert in size that saw letters would learn that forgers carve anew."""
PRINTS: dict[str, tuple[tuple[str, ...], dict[str, int]]] = {
    "inkjet": (("F7 inkjet",), {"slow": 1, "tie": 1, "ink_by_beside": 1, "beside": -1,
                                "paper_0": -1, "paper_1.5": -1, "dots": -1}),
    "laser": (("F7 laser",), {"peak": -1, "pair": -1, "usual": 1, "paper_0": -1, "middling": -1}),
    "pasted": (("F7 pasted",), {
        "ink_1.5": 1, "ink_3": 1, "ink_8": 1, "deep_1.5": 1, "deep_3": 1, "strong_1.5": 1,
        "weak_1.5": 1, "ink_by_beside": 1, "deep_by_beside": 1, "deep_by_rim": 1,
        "gentle": -1, "middling": 1, "clipped": 1}),
}  # fmt: skip
"""For each way to print the names of the numbers its expert is shown, and whether more of it speaks
for a press. Unevenness speaks against a paste and for an inkjet; a tree that might learn both ways
for all would take a wet or a sharpened imprint for whatever the generator never drew."""
SPARED = {"size": 1.0, "setting": 0.5, "ring": 1.0, "plate": 0.5}
"""Log odds by which an expert is made milder: on faces that it had not seen this passed more
genuine imprints and no more forged ones, because others notice, too."""
FOLDS, ROUNDS = 5, 150
_SOFT = 0.1
"""How much an imprint of softer rubber counts. As much as others, and what tells twins is lost."""
_AROUND_MM = 3.0
TREES = {
    "objective": "binary", "num_leaves": 4, "learning_rate": 0.05, "min_data_in_leaf": 15,
    "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0,
    "monotone_constraints_method": "advanced", "verbose": -1, "num_threads": 1, "seed": 1,
    "deterministic": True, "force_row_wise": True,
}  # fmt: skip


def measured(table: Path) -> list[Row]:
    """Every trial of a table with its numbers; what was measured before is kept."""
    kept = table.with_name("numbers.jsonl")
    rows = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    done = {(row["query"], row["specimen"]) for row in rows}
    with table.open(newline="") as file, kept.open("a") as out:
        for trial in csv.DictReader(file):
            if (trial["query"], trial["specimen"]) not in done:
                rows.append(_measured(table.parent, trial))
                out.write(json.dumps(rows[-1]) + "\n")
    return rows


def _measured(folder: Path, trial: dict[str, str]) -> Row:
    cv2.setNumThreads(1)
    row: Row = {**trial, "face": f"{folder} {trial['face']}", "genuine": None, "presentation": None}
    specimen = specimen_at(folder / trial["specimen"], int(trial["specimens"]))
    if specimen is not None:
        page = decode((folder / trial["query"]).read_bytes())
        dpi = page.dpi or float(trial["dpi"])
        verdict = verify(specimen, cut_out(page.image, trial, dpi), dpi)
        row |= {"genuine": verdict.numbers, "presentation": verdict.texture, "box": verdict.box,
                "ms": verdict.took_ms}  # fmt: skip
    return row


def cut_out(page: Image, trial: dict[str, str], dpi: float) -> Image:
    """The part of the page where the imprint is: what judges it has not to find it, too."""
    x, y, w, h = (int(trial[name]) for name in "xywh")
    around = round(_AROUND_MM * dpi / MM_PER_INCH)
    return page[max(y - around, 0) : y + h + around, max(x - around, 0) : x + w + around]


@lru_cache(maxsize=1)
def specimen_at(first: Path, count: int) -> Specimen | None:
    images = [first.with_name(first.name.replace("-1.png", f"-{i + 1}.png")) for i in range(count)]
    try:
        return enrol([decode(path.read_bytes()).image for path in images], 300)
    except PoorImage:
        return None


def table_of(
    rows: list[Row], what: str, forged: tuple[str, ...], shown: tuple[str, ...] = ("",)
) -> Table:
    """The genuine trials and those of the forgeries whose rung and parameter begin so."""
    used = [row for row in rows if row[what] and (row["rung"] == "G" or made(row, forged))]
    names = [name for name in used[0][what] if name.startswith(shown)]
    if what == "genuine":
        names = [name for name in names if directions([name]) != [0]]
    x = np.array([[row[what][name] for name in names] for row in used], np.float64)
    y = np.array([row["rung"] == "G" for row in used], float)
    weight = np.array([_SOFT if row.get("soft") else 1.0 for row in used])
    return Table(names, x, y, weight, [row["face"] for row in used])


def made(row: Row, forged: tuple[str, ...]) -> bool:
    return f"{row['rung']} {row['parameter']}".startswith(forged)


def directions(names: list[str]) -> list[int]:
    return [-1 if name.startswith(AGAINST) else int(name.startswith(FOR)) for name in names]


def boosted(table: Table, limits: list[int]) -> Any:
    import lightgbm

    genuine = table.y > 0
    alike = table.weight[~genuine].sum() / max(table.weight[genuine].sum(), 1)
    weight = table.weight * np.where(genuine, alike, 1.0)
    settings = {**TREES, "monotone_constraints": limits}
    return lightgbm.train(settings, lightgbm.Dataset(table.x, table.y, weight=weight), ROUNDS)


def folds(faces: list[str]) -> Iterator[NDArray[np.bool_]]:
    """Which trials are left out each time; a face is never on both sides."""
    of = {face: i % FOLDS for i, face in enumerate(sorted(set(faces)))}
    for fold in range(FOLDS):
        yield np.array([of[face] == fold for face in faces])


def unseen_odds(table: Table, limits: list[int]) -> Numbers:
    """For each trial the raw odds of trees that have not seen its face."""
    odds = np.zeros(len(table.y))
    for out in folds(table.faces):
        odds[out] = boosted(table.some(~out), limits).predict(table.x[out], raw_score=True)
    return odds


def calibration(odds: Numbers, table: Table) -> tuple[float, float]:
    """Slope and base that make odds out of the trees' sums, both classes counting alike."""
    y = table.y
    weight = table.weight * np.where(
        y > 0, 0.5 / (table.weight @ y), 0.5 / (table.weight @ (1 - y))
    )
    basis = np.column_stack([odds, np.ones(len(odds))])
    answer = np.array([1.0, 0.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-basis @ answer))
        curve = basis.T @ (basis * (weight * p * (1 - p))[:, None]) + 1e-6 * np.eye(2)
        answer += np.linalg.solve(curve, basis.T @ (weight * (y - p)))
    return float(answer[0]), float(answer[1])


def plain(trees: Any) -> list[dict[str, list[float]]]:
    """LightGBM's trees as parallel lists, small numbers rounded to what a float32 holds."""
    return [_flat(each["tree_structure"]) for each in trees.dump_model()["tree_info"]]


def _flat(root: dict[str, Any]) -> dict[str, list[float]]:
    tree: dict[str, list[float]] = {name: [] for name in
                                    ("feature", "threshold", "left", "right", "value")}  # fmt: skip

    def add(node: dict[str, Any]) -> int:
        if "leaf_value" in node:
            tree["value"].append(float(f"{node['leaf_value']:.5g}"))
            return -len(tree["value"])
        place = len(tree["feature"])
        tree["feature"].append(node["split_feature"])
        tree["threshold"].append(float(f"{node['threshold']:.6g}"))
        tree["left"].append(0)
        tree["right"].append(0)
        tree["left"][place] = add(node["left_child"])
        tree["right"][place] = add(node["right_child"])
        return place

    add(root)
    return tree


def learned(table: Table, limits: list[int]) -> dict[str, Any]:
    slope, base = calibration(unseen_odds(table, limits), table)
    trees = plain(boosted(table, limits))
    return {"names": table.names, "slope": round(slope, 5), "base": round(base, 5), "trees": trees}


def expert(rows: list[Row], name: str) -> dict[str, Any]:
    table = table_of(rows, "genuine", *EXPERTS[name])
    model = learned(table, directions(table.names))
    return {"tells": name, **model, "base": round(model["base"] + SPARED.get(name, 0.0), 5)}


def expert_in_prints(rows: list[Row], name: str) -> dict[str, Any]:
    forged, signs = PRINTS[name]
    table = table_of(rows, "presentation", forged, tuple(signs))
    return {"tells": name, **learned(table, [signs[each] for each in table.names])}


def main() -> None:
    parser = argparse.ArgumentParser(description="learn a part of model.json from tables of trials")
    parser.add_argument("part", choices=("genuine", "presentation"))
    parser.add_argument("tables", type=Path, nargs="+")
    parser.add_argument("--soft", type=Path, nargs="*", default=[], help="of softer rubber")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    rows = [row for table in arguments.tables for row in measured(table)]
    rows += [row | {"soft": True} for table in arguments.soft for row in measured(table)]
    models = json.loads(arguments.out.read_text()) if arguments.out.exists() else {}
    if arguments.part == "genuine":
        models["genuine"] = [expert(rows, name) for name in EXPERTS]
    else:
        models["presentation"] = [expert_in_prints(rows, name) for name in PRINTS]
    arguments.out.write_text(json.dumps(models, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
