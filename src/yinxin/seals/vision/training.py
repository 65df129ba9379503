"""Learn how much each number of the evidence weighs, and write `model.json`.

    python -m yinxin.seals.vision.training TRIALS.csv ... --out src/yinxin/seals/vision/model.json

reads tables of trials as the benchmark makes them (query, specimen, rung, face, dpi and the
files beside them), measures every trial once (kept in `numbers.jsonl` beside the table) and
boosts small trees over the numbers. The trees may only rise or fall where physics says so: more
displacement never speaks for a seal. Needs lightgbm, which running the engine does not.
"""

import argparse
import csv
import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from yinxin.seals.vision.decode import decode
from yinxin.seals.vision.specimens import PoorImage, Specimen, enrol
from yinxin.seals.vision.verdicts import verify

Row = dict[str, Any]
Numbers = NDArray[np.float64]

AGAINST = (
    "shift", "apart", "clear", "strain", "size", "both", "shear", "lost", "off", "added",
    "missing", "letter", "ring_shift", "ring_turn", "ring_rough", "ring_gain", "star", "line",
    "code", "gain_", "filled",
)  # fmt: skip
"""Numbers whose names begin so may only speak against the seal."""
FOR = ("likeness", "like_", "covered")
FORGED = ("F0", "F1", "F2", "F3", "F4", "F5")
FOLDS, ROUNDS = 5, 400
_FEW = 300
"""Forged trials under which trees are kept to two questions."""
TREES = {
    "objective": "binary", "num_leaves": 10, "learning_rate": 0.04, "min_data_in_leaf": 20,
    "feature_fraction": 0.3, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0,
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
    specimen = _specimen(folder / trial["specimen"])
    if specimen is not None:
        page = decode((folder / trial["query"]).read_bytes())
        verdict = verify(specimen, page.image, page.dpi or float(trial["dpi"]))
        row |= {"genuine": verdict.numbers, "presentation": verdict.texture, "box": verdict.box,
                "ms": verdict.took_ms}  # fmt: skip
    return row


@lru_cache(maxsize=1)
def _specimen(path: Path) -> Specimen | None:
    try:
        return enrol([decode(path.read_bytes()).image], 300)
    except PoorImage:
        return None


def table_of(
    rows: list[Row], what: str, forged: tuple[str, ...]
) -> tuple[Numbers, Numbers, list[str]]:
    """Numbers (a trial a row), 1 for genuine, and the face of each trial."""
    used = [row for row in rows if row[what] and row["rung"] in ("G", *forged)]
    names = names_of(rows, what)
    x = np.array([[row[what][name] for name in names] for row in used], np.float64)
    return x, np.array([row["rung"] == "G" for row in used], float), [row["face"] for row in used]


def names_of(rows: list[Row], what: str) -> list[str]:
    return list(next(row[what] for row in rows if row[what]))


def directions(names: list[str]) -> list[int]:
    return [-1 if name.startswith(AGAINST) else int(name.startswith(FOR)) for name in names]


def boosted(x: Numbers, y: Numbers, limits: list[int], rounds: int = ROUNDS) -> Any:
    import lightgbm

    weight = np.where(y > 0, (y == 0).sum() / max(y.sum(), 1), 1.0)
    settings = {**TREES, "monotone_constraints": limits}
    if (y == 0).sum() < _FEW:
        settings |= {"num_leaves": 3, "min_data_in_leaf": 10}
    return lightgbm.train(settings, lightgbm.Dataset(x, y, weight=weight), rounds)


def folds(faces: list[str]) -> Iterator[NDArray[np.bool_]]:
    """Which trials are left out each time; a face is never on both sides."""
    of = {face: i % FOLDS for i, face in enumerate(sorted(set(faces)))}
    for fold in range(FOLDS):
        yield np.array([of[face] == fold for face in faces])


def unseen_odds(x: Numbers, y: Numbers, faces: list[str], limits: list[int]) -> Numbers:
    """For each trial the raw odds of trees that have not seen its face."""
    odds = np.zeros(len(y))
    for out in folds(faces):
        odds[out] = boosted(x[~out], y[~out], limits).predict(x[out], raw_score=True)
    return odds


def calibration(odds: Numbers, y: Numbers) -> tuple[float, float]:
    """Slope and base that make odds out of the trees' sums, both classes counting alike."""
    weight = np.where(y > 0, 0.5 / y.sum(), 0.5 / (1 - y).sum())
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


def learned(rows: list[Row], what: str, forged: tuple[str, ...]) -> dict[str, Any]:
    x, y, faces = table_of(rows, what, forged)
    names = names_of(rows, what)
    limits = directions(names) if what == "genuine" else [0] * len(names)
    slope, base = calibration(unseen_odds(x, y, faces, limits), y)
    trees = plain(boosted(x, y, limits))
    return {"names": names, "slope": round(slope, 5), "base": round(base, 5), "trees": trees}


def main() -> None:
    parser = argparse.ArgumentParser(description="learn model.json from tables of trials")
    parser.add_argument("tables", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    rows = [row for table in arguments.tables for row in measured(table)]
    models = {
        "genuine": learned(rows, "genuine", FORGED),
        "presentation": learned(rows, "presentation", ("F7",)),
    }
    arguments.out.write_text(json.dumps(models, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
