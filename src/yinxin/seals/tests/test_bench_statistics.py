"""Error rates on values that can be reckoned by hand."""

from pathlib import Path

import numpy as np
import pytest

from yinxin.seals.bench.baselines import BASELINES, pair
from yinxin.seals.bench.cache import Cache
from yinxin.seals.bench.curves import det_svg
from yinxin.seals.bench.ladder import Rung
from yinxin.seals.bench.running import Run, engine
from yinxin.seals.bench.statistics import (
    clopper_pearson,
    curve,
    equal_error_rate,
    frr_at_far,
    passed_at_zero,
    upper_bound,
)
from yinxin.seals.bench.tables import Figures
from yinxin.seals.bench.trials import Absent, Replay, Trial, write_table
from yinxin.seals.drawing import draw_seal, personal_seal, put, stamp


@pytest.mark.parametrize(("hits", "trials", "low", "high"), [
    # Clopper and Pearson 1934; the values of any statistical table.
    (0, 10, 0.0, 0.3085),
    (1, 10, 0.0025, 0.4450),
    (5, 10, 0.1871, 0.8129),
    (10, 10, 0.6915, 1.0),
    (95, 100, 0.8872, 0.9836),
    (0, 0, 0.0, 1.0),
])  # fmt: skip
def test_clopper_pearson(hits: int, trials: int, low: float, high: float) -> None:
    assert clopper_pearson(hits, trials) == pytest.approx((low, high), abs=1e-4)


def test_nothing_in_n_trials_proves_three_over_n() -> None:
    assert upper_bound(0, 3000) == pytest.approx(1 - 0.05 ** (1 / 3000))
    assert upper_bound(0, 3000) == pytest.approx(3 / 3000, rel=0.01)
    assert upper_bound(1, 100) == pytest.approx(0.0466, abs=1e-4)
    assert upper_bound(4, 4) == 1.0
    assert upper_bound(0, 0) == 1.0


@pytest.mark.parametrize(("genuine", "forged", "rate"), [
    ([3, 4, 5], [0, 1, 2], 0.0),
    ([0, 1, 2], [3, 4, 5], 1.0),
    ([1, 2, 3, 4], [1, 2, 3, 4], 0.5),
    ([1, 3, 4, 5], [0, 1.5, 2, 2.5], 0.25),
    ([1.0, 1.0], [1.0, 1.0], 0.5),
    ([2, 3], [0, 1, 2.5, 2.6], 0.5),
])  # fmt: skip
def test_equal_error_rate(genuine: list[float], forged: list[float], rate: float) -> None:
    assert equal_error_rate(genuine, forged) == pytest.approx(rate, abs=1e-9)


def test_equal_error_rate_of_two_normal_distributions() -> None:
    rng = np.random.default_rng(3)
    genuine, forged = rng.normal(2, 1, 40_000), rng.normal(0, 1, 40_000)
    assert equal_error_rate(genuine, forged) == pytest.approx(0.1587, abs=0.005)


def test_frr_at_far() -> None:
    genuine, forged = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [0] * 98 + [4.5, 20]
    assert frr_at_far(genuine, forged, 0.02) == pytest.approx(0.0)
    assert frr_at_far(genuine, forged, 0.01) == pytest.approx(0.4)
    assert frr_at_far(genuine, forged, 0.0) == pytest.approx(1.0)


def test_a_score_equal_to_the_worst_forgery_does_not_pass() -> None:
    assert passed_at_zero([0.2, 0.5, 0.9, 1.0], [0.1, 0.9]) == 1
    assert passed_at_zero([0.2], []) == 1


def test_the_curve_runs_from_accepting_all_to_accepting_none() -> None:
    far, frr = curve([1, 2], [0, 1])
    assert (far[0], frr[0]) == (1, 0)
    assert (far[-1], frr[-1]) == (0, 1)
    assert (np.diff(far) <= 0).all()
    assert (np.diff(frr) >= 0).all()
    with pytest.raises(ValueError):
        curve([], [1])


def test_the_picture_of_a_curve_has_a_line_for_each_rung() -> None:
    picture = det_svg([0.9, 0.8, 0.3], {"F2": [0.1, 0.4], "F6": [0.85, 0.2]}, "DET")
    assert picture.count("<polyline") == 2
    assert "nan" not in picture


def test_a_cache_goes_on_after_a_kill(tmp_path: Path) -> None:
    def opened() -> Cache:
        return Cache(tmp_path / "kept.csv", ("engine", "query"), ("score",))

    opened().add([{"engine": "a", "query": "1", "score": "0.5"}])
    opened().add([{"engine": "b", "query": "1", "score": "0.7"}])
    with (tmp_path / "kept.csv").open("a") as file:
        file.write("b,2,0.")
    kept = opened()
    assert kept.rows.keys() == {("a", "1"), ("b", "1")}
    kept.add([{"engine": "b", "query": "3", "score": "0.1"}])
    assert opened().rows["b", "3"]["score"] == "0.1"


def test_every_baseline_prefers_the_seal_itself_to_another() -> None:
    def page(text: str, seed: int, angle: float) -> np.ndarray:
        imprint = stamp(draw_seal(personal_seal(text, 16)), seed, angle)
        blank = np.full((imprint.shape[0] + 30, imprint.shape[1] + 30, 3), 250, np.uint8)
        return put(blank, imprint, (blank.shape[1] // 2, blank.shape[0] // 2))

    specimen = page("张建国印", 1, 0)
    own = pair(specimen, page("张建国印", 2, 70), 300, 300)
    other = pair(specimen, page("李雨轩印", 2, 70), 300, 300)
    for name, measure in BASELINES.items():
        assert measure(own) > measure(other), name


def trial(number: int, rung: Rung, *, acceptable: bool = True, parameter: str = "") -> Trial:
    return Trial(
        query=f"pages/{number}.png", specimen="specimens/1.png", rung=rung, split="test",
        label="genuine" if rung is Rung.G else "forged", face="f00000", piece="", font="sans",
        shape="round", colour="red", dpi=300, ink_share=0.8, acceptable=int(acceptable),
        x=100, y=100, w=200, h=200, angle=0.0, parameter=parameter, page_seals=1, specimens=1,
        scan_dpi=300, capture="scan", hidden=0.0, others="",
    )  # fmt: skip


def test_the_tables_count_what_was_judged(tmp_path: Path) -> None:
    judged = [
        (trial(1, Rung.G), "genuine", 0.99),
        (trial(2, Rung.G), "genuine", 0.92),
        (trial(3, Rung.G), "uncertain", 0.6),
        (trial(4, Rung.G, acceptable=False), "forged", 0.05),
        (trial(5, Rung.F2, parameter="size+2.10%"), "genuine", 0.95),
        (trial(6, Rung.F2, parameter="size-1.20%"), "uncertain", 0.5),
        (trial(7, Rung.F3), "forged", 0.01),
        (trial(8, Rung.F6), "genuine", 0.97),
    ]
    write_table(tmp_path / "trials.csv", Trial, [one for one, _, _ in judged])
    write_table(tmp_path / "absent.csv", Absent, [Absent("pages/a.png", 300)])
    write_table(tmp_path / "replay.csv", Replay, [])
    run = Run(tmp_path, 1, lambda *_: None)
    common = {"engine": engine(), "presentation": "0.5", "ms": "100", "reason": ""}
    run.verdicts.add(
        {**common, "query": one.query, "specimen": one.specimen, "outcome": outcome,
         "score": str(score)} for one, outcome, score in judged
    )  # fmt: skip
    seen = {"engine": engine(), "ms": "1"}
    run.located.add([{**seen, "query": "pages/1.png", "boxes": "98 101 205 196"},
                     {**seen, "query": "pages/2.png", "boxes": "500 500 90 90"},
                     {**seen, "query": "pages/a.png", "boxes": ""}])  # fmt: skip
    table = {
        row.split("|")[1].strip(): [cell.strip() for cell in row.split("|")[2:-1]]
        for row in Figures(run).markdown().splitlines()
        if row.startswith("|")
    }
    assert table["false accepts"] == ["1 of 3, below 86.5 % at 95 %"]
    assert table["acceptable genuine passed by itself"][0].startswith("66.7 %")
    assert table["- with the threshold above the worst forgery"] == ["33.3 %"]
    assert table["uncertain, of all genuine"] == ["25.0 %"]
    assert table["genuine refused"] == ["25.0 %"]
    assert table["- size, below 1.8 %"][:2] == ["0.0 %", "25.0 %"]
    assert table["acceptable imprints found"] == ["50.0 %"]
    assert table["pages without a seal with a box"] == ["0.0 %"]
