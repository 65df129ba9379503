"""The figures of a run, as Markdown tables that read well in a terminal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from yinxin.seals.bench import sheets
from yinxin.seals.bench.baselines import BASELINES
from yinxin.seals.bench.cache import Row
from yinxin.seals.bench.running import Box, Run, engine, overlap
from yinxin.seals.bench.statistics import (
    clopper_pearson,
    equal_error_rate,
    frr_at_far,
    passed_at_zero,
    upper_bound,
)
from yinxin.seals.bench.trials import read_table

SKILLED = ("F2", "F3", "F4", "F5")
_BIG_PERCENT = 1.8


@dataclass(frozen=True)
class Judged:
    """A trial and the verdict on it."""

    trial: Row
    verdict: Row

    @property
    def score(self) -> float:
        return float(self.verdict["score"])

    @property
    def presentation(self) -> float:
        return float(self.verdict["presentation"])

    @property
    def outcome(self) -> str:
        return self.verdict["outcome"]

    @property
    def rung(self) -> str:
        return self.trial["rung"]

    @property
    def acceptable(self) -> bool:
        return self.trial["acceptable"] == "1"

    @property
    def way(self) -> str:
        """What was done, without how much: size, spacing, letter, stroke."""
        return "".join(c for c in self.trial["parameter"].split(":")[0] if c.isalpha() or c == "=")

    @property
    def percent(self) -> float:
        digits = "".join(c for c in self.trial["parameter"] if c.isdigit() or c in "+-.")
        return abs(float(digits))


Chooser = Callable[[Judged], bool]

ROWS: tuple[tuple[str, Chooser], ...] = (
    ("F0 another seal", lambda one: one.rung == "F0"),
    ("F1 other font", lambda one: one.rung == "F1"),
    ("F2 set differently", lambda one: one.rung == "F2"),
    ("- size, 1.8 % and more", lambda one: _size(one) >= _BIG_PERCENT),
    ("- size, below 1.8 %", lambda one: 0 < _size(one) < _BIG_PERCENT),
    ("- aspect", lambda one: one.rung == "F2" and one.way.startswith("aspect")),
    ("- spacing", lambda one: one.rung == "F2" and one.way.startswith("spacing")),
    ("- ring", lambda one: one.rung == "F2" and one.way.startswith("ring")),
    ("- star size", lambda one: one.rung == "F2" and one.way.startswith("star")),
    ("- star turned", lambda one: one.rung == "F2" and one.way.startswith("turn")),
    ("F3 re-carved", lambda one: one.rung == "F3"),
    ("F4 re-made from a scan", lambda one: one.rung == "F4"),
    ("F5 changed", lambda one: one.rung == "F5"),
    ("- one letter of the name", lambda one: one.rung == "F5" and one.way.startswith("letter")),
    ("- one figure of the number", lambda one: one.rung == "F5" and one.way.startswith("digit")),
    ("- one stroke", lambda one: one.rung == "F5" and one.way.startswith("stroke")),
    ("**F2 to F5**", lambda one: one.rung in SKILLED),
    ("F6 twin", lambda one: one.rung == "F6"),
    ("F7 printed, by geometry", lambda one: one.rung == "F7"),
)


RESOLUTIONS = {
    "200 dpi": ("200", "200"),
    "200 dpi, delivered at 300": ("200", "300"),
    "240 dpi": ("240", "240"),
    "300 dpi": ("300", "300"),
    "400 dpi": ("400", "400"),
    "600 dpi": ("600", "600"),
}
"""How a page was scanned, and how it was delivered."""


def _size(one: Judged) -> float:
    return one.percent if one.rung == "F2" and one.way.startswith("size") else 0.0


class Figures:
    """Every figure of one run, for the engine as it now is."""

    def __init__(self, run: Run) -> None:
        self.run = run
        judged = [
            Judged(trial, verdict)
            for trial in run.trials
            if (verdict := run.verdicts.rows.get((engine(), trial["query"], trial["specimen"])))
        ]
        self.photographed = [one for one in judged if one.trial["capture"] == "phone"]
        self.judged = [one for one in judged if one.trial["capture"] != "phone"]

    @cached_property
    def genuine(self) -> list[Judged]:
        return [one for one in self.judged if one.rung == "G"]

    def forged(self, chooser: Chooser) -> list[Judged]:
        return [one for one in self.judged if one.rung != "G" and chooser(one)]

    def markdown(self) -> str:
        parts = (
            self.headline,
            self.verdicts,
            self.rates,
            self.kinds,
            self.location,
            self.presentation,
            self.replay,
            self.baselines,
            self.sheets,
            self.speed,
        )
        return "\n\n".join(text for part in parts if (text := part()))

    def headline(self) -> str:
        skilled = self.forged(lambda one: one.rung in SKILLED)
        sound = _acceptable(self.genuine)
        passed = _count(sound, "genuine")
        accepted = _count(skilled, "genuine")
        interval = clopper_pearson(passed, len(sound))
        unsure = _count(self.genuine, "uncertain")
        return _table(
            ("skilled forgeries F2 to F5", "figure"),
            [
                ("false accepts", f"{accepted} of {len(skilled)}, below "
                                  f"{_percent(upper_bound(accepted, len(skilled)))} at 95 %"),
                ("equal error rate, acceptable imprints", _eer(sound, skilled)),
                ("equal error rate, all imprints", _eer(self.genuine, skilled)),
                ("acceptable genuine passed by itself", f"{_share(passed, len(sound))} "
                 f"({_percent(interval.low)} to {_percent(interval.high)})"),
                ("- with the threshold above the worst forgery", _at_zero(sound, skilled)),
                ("uncertain, of all genuine", _share(unsure, len(self.genuine))),
                ("genuine refused", _share(_count(self.genuine, "forged"), len(self.genuine))),
            ],
        )  # fmt: skip

    def verdicts(self) -> str:
        groups = [("genuine, acceptable", _acceptable(self.genuine)),
                  ("genuine, all", self.genuine)]  # fmt: skip
        groups += [(name, self.forged(chooser)) for name, chooser in ROWS]
        if self.photographed:
            photos = [one for one in self.photographed if one.rung == "G"]
            groups.append(("genuine, by telephone", photos))
            groups.append(("F2 to F5, by telephone",
                           [one for one in self.photographed if one.rung in SKILLED]))  # fmt: skip
        rows = []
        for name, group in groups:
            shares = [_share(_count(group, outcome), len(group))
                      for outcome in ("genuine", "uncertain", "forged")]  # fmt: skip
            accepted = _count(group, "genuine")
            bound = (
                "" if name.startswith("genuine") else _percent(upper_bound(accepted, len(group)))
            )
            rows.append((name, str(len(group)), *shares, bound))
        return _table(("verdicts", "trials", "genuine", "uncertain", "forged", "FAR below"), rows)

    def rates(self) -> str:
        sound = _acceptable(self.genuine)
        rows = []
        for name, chooser in ROWS:
            forged = self.forged(chooser)
            clear = _acceptable(forged)
            rows.append((name, _eer(sound, clear), _eer(self.genuine, forged),
                         _frr(sound, forged, 1e-2), _frr(sound, forged, 1e-3),
                         _at_zero(sound, forged)))  # fmt: skip
        return _table(("error rates", "EER", "EER, all", "FRR at FAR 1 %", "FRR at 0.1 %",
                       "passed at 0"), rows)  # fmt: skip

    def kinds(self) -> str:
        """The same by resolution, ink and shape: where the engine is weak."""
        groups: list[tuple[str, Chooser]] = [
            (name, lambda one, pair=pair: (one.trial["scan_dpi"], one.trial["dpi"]) == pair)
            for name, pair in RESOLUTIONS.items()
        ]
        for column in ("colour", "shape"):
            for value in sorted({one.trial[column] for one in self.judged}):
                groups.append((value, lambda one, c=column, v=value: one.trial[c] == v))
        rows = []
        for name, chooser in groups:
            genuine = [one for one in self.genuine if chooser(one)]
            skilled = [one for one in self.judged if one.rung in SKILLED and chooser(one)]
            rows.append((name, str(len(genuine)), str(len(skilled)), _eer(genuine, skilled),
                         _share(_count(genuine, "genuine"), len(genuine)),
                         _share(_count(skilled, "genuine"), len(skilled))))  # fmt: skip
        return _table(("scanned at, ink, shape", "genuine", "F2 to F5", "EER, all",
                       "genuine passed", "forged passed"), rows)  # fmt: skip

    def location(self) -> str:
        rows = self.run.located.rows
        found = {trial["query"]: _boxes(rows[engine(), trial["query"]]["boxes"])
                 for trial in self.run.trials if (engine(), trial["query"]) in rows}  # fmt: skip
        asked, every = [], []
        for trial in self.run.trials:
            if trial["query"] not in found or trial["capture"] == "phone":
                continue
            own: Box = tuple(int(trial[name]) for name in "xywh")  # type: ignore[assignment]
            for box in [own, *_boxes(trial["others"])]:
                hit = any(overlap(box, seen) > 0.4 for seen in found[trial["query"]])
                every.append(hit)
                if box is own and trial["acceptable"] == "1":
                    asked.append(hit)
        empty = [rows[engine(), row["query"]] for row in read_table(self.run.folder / "absent.csv")
                 if (engine(), row["query"]) in rows]  # fmt: skip
        false = sum(bool(row["boxes"]) for row in empty)
        return _table(
            ("location", "share"),
            [
                ("acceptable imprints found", _share(sum(asked), len(asked))),
                ("all imprints found, however faint", _share(sum(every), len(every))),
                ("pages without a seal with a box", _share(false, len(empty))),
            ],
        )

    def presentation(self) -> str:
        stamped, rows = self.genuine, []
        for way in ("", "inkjet", "laser", "pasted"):
            printed = self.forged(lambda one, way=way: one.rung == "F7" and one.way.startswith(way))
            clear = _eer(_acceptable(stamped), _acceptable(printed), "presentation")
            rows.append((way or "all", str(len(printed)), clear,
                         _eer(stamped, printed, "presentation")))  # fmt: skip
        return _table(("F7 presentation", "trials", "EER", "EER, all"), rows)

    def replay(self) -> str:
        kept, rows = self.run.replays.rows, []
        for label in ("copy", "other"):
            pairs = [kept[key] for row in read_table(self.run.folder / "replay.csv")
                     if row["label"] == label
                     and (key := (engine(), row["query"], row["earlier"])) in kept]  # fmt: skip
            compared = [row for row in pairs if row["copy"]]
            told = sum(row["copy"] == "1" for row in compared)
            bound = _percent(upper_bound(told, len(compared))) if label == "other" else ""
            name = "the same imprint again" if label == "copy" else "two imprints of one seal"
            rows.append((name, str(len(pairs)), str(len(compared)), _share(told, len(compared)),
                         bound))  # fmt: skip
        return _table(("replay", "pairs", "comparable", "called a copy", "below"), rows)

    def sampled(
        self, method: str, rungs: Sequence[str] = SKILLED
    ) -> tuple[list[float], list[float]]:
        """Genuine and forged scores of one method on the sample that all of them judge."""
        genuine: list[float] = []
        forged: list[float] = []
        for trial in self.run.sample():
            key = (trial["query"], trial["specimen"])
            ours = self.run.verdicts.rows.get((engine(), *key))
            theirs = self.run.baselines.rows.get(key)
            if not ours or not theirs:
                continue
            score = float(ours["score"] if method == "yinxin" else theirs[method])
            if trial["rung"] == "G":
                genuine.append(score)
            elif trial["rung"] in rungs:
                forged.append(score)
        return genuine, forged

    def baselines(self) -> str:
        kinds = (("F0", "F1"), SKILLED, ("F5",))
        rows = []
        for name in ("yinxin", *BASELINES):
            cells = []
            for rungs in kinds:
                genuine, forged = self.sampled(name, rungs)
                rated = genuine and forged
                cells.append(_percent(equal_error_rate(genuine, forged)) if rated else "–")
            genuine, forged = self.sampled(name, ("F0", "F1", *SKILLED))
            cells.append(_share(passed_at_zero(genuine, forged), len(genuine)))
            rows.append((name, *cells))
        count = len(self.run.sample())
        return _table((f"the same {count} trials", "EER F0, F1", "EER F2 to F5", "EER F5",
                       "passed at 0"), rows)  # fmt: skip

    def sheets(self) -> str:
        judged = [row for key, row in self.run.sheets.rows.items() if key[0] == engine()]
        if not judged:
            return ""
        sets: dict[str, list[Row]] = {"genuine": [], "twin": [], "other": []}
        seals = {one.name: one.seal for one in sheets.labelled()}
        for row in judged:
            sets[sheets.relation(seals[row["query"]], row["specimen"])].append(row)
        genuine = [float(row["score"]) for row in sets["genuine"]]
        rows = []
        for name, group in sets.items():
            scores = [float(row["score"]) for row in group]
            rate = "" if name == "genuine" else _percent(equal_error_rate(genuine, scores))
            shares = [_share(sum(row["outcome"] == outcome for row in group), len(group))
                      for outcome in ("genuine", "uncertain", "forged")]  # fmt: skip
            rows.append((name, str(len(group)), *shares, rate))
        return _table(("real sheets", "pairs", "genuine", "uncertain", "forged", "EER"), rows)

    def speed(self) -> str:
        rows = []
        for name, group in (
            (
                "one seal on the page",
                [one for one in self.judged if one.trial["page_seals"] == "1"],
            ),
            ("two", [one for one in self.judged if one.trial["page_seals"] == "2"]),
            ("three", [one for one in self.judged if one.trial["page_seals"] == "3"]),
        ):
            times = [float(one.verdict["ms"]) for one in group] or [0.0]
            cells = (f"{value:.0f}" for value in
                     (np.mean(times), np.median(times), np.percentile(times, 95)))  # fmt: skip
            rows.append((name, *cells))
        return _table(("ms a page and specimen", "mean", "median", "95th of 100"), rows)


def _boxes(text: str) -> list[Box]:
    return [tuple(map(int, box.split())) for box in text.split(";") if box]  # type: ignore[misc]


def _acceptable(group: Sequence[Judged]) -> list[Judged]:
    return [one for one in group if one.acceptable]


def _scores(group: Sequence[Judged], by: str = "score") -> list[float]:
    return [getattr(one, by) for one in group]


def _count(group: Sequence[Judged], outcome: str) -> int:
    return sum(one.outcome == outcome for one in group)


def _eer(genuine: Sequence[Judged], forged: Sequence[Judged], by: str = "score") -> str:
    if not genuine or not forged:
        return "–"
    return _percent(equal_error_rate(_scores(genuine, by), _scores(forged, by)))


def _frr(genuine: Sequence[Judged], forged: Sequence[Judged], far: float) -> str:
    """Nothing where so few trials could not show such a rate."""
    if not genuine or len(forged) * far < 1:
        return "–"
    return _percent(frr_at_far(_scores(genuine), _scores(forged), far))


def _at_zero(genuine: Sequence[Judged], forged: Sequence[Judged]) -> str:
    if not genuine or not forged:
        return "–"
    return _share(passed_at_zero(_scores(genuine), _scores(forged)), len(genuine))


def _share(part: int, whole: int) -> str:
    return _percent(part / whole) if whole else "–"


def _percent(share: float) -> str:
    digits = 1 if share >= 0.1 or share == 0 else 2 if share >= 0.001 else 3
    return f"{100 * share:.{digits}f} %"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        first = cells[0].ljust(widths[0])
        rest = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
        return "| " + " | ".join((first, *rest)) + " |"

    rule = "|" + "|".join("-" * (width + 1) + (":" if i else "-")
                          for i, width in enumerate(widths)) + "|"  # fmt: skip
    return "\n".join((line(head), rule, *(line(row) for row in rows)))
