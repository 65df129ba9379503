"""The command line of seals: `yinxin seals verify`, `verify-pairs` and `bench`."""

import argparse
import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2

from yinxin.kernel.text import Text

from .bench import terminal as bench
from .vision import Outcome, PoorImage, Verdict, enrol, pairs, verify
from .vision.decode import LEAST_DPI, MOST_DPI, Page, Unreadable, pages

VERDICTS = {
    Outcome.GENUINE: Text("相符", "genuine"),
    Outcome.UNCERTAIN: Text("存疑", "uncertain"),
    Outcome.FORGED: Text("不符", "forged"),
}
DPI_MISSING = Text(
    "{name} 未注明扫描分辨率，请用 --dpi 给出",
    "{name} states no resolution; give it with --dpi",
)
DPI_ABSURD = Text(
    f"分辨率须在 {LEAST_DPI} 至 {MOST_DPI} dpi 之间，请核对 --dpi",
    f"the resolution must lie between {LEAST_DPI} and {MOST_DPI} dpi; check --dpi",
)
DPI_OF_FILE = Text("{name}：按文件注明的 {dpi:g} dpi", "{name}: taken at the {dpi:g} dpi it states")
NO_FILE = Text("{name} 打不开", "{name} cannot be opened")


class Unusable(Exception):
    """What cannot be compared, with its stable code and the reason in both languages."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(code)
        self.code, self.text = code, text


@dataclass(frozen=True)
class Scan:
    """A page, its resolution, and a note where that was read from the file."""

    page: Page
    dpi: float
    note: Text | None


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this domain's commands; each sets `run`, which gives the exit code."""
    seals = commands.add_parser("seals", help="verify imprints of seals").add_subparsers(
        required=True
    )
    one = seals.add_parser("verify", help="one page against one specimen")
    one.add_argument("specimen", type=Path)
    one.add_argument("page", type=Path)
    one.add_argument("--dpi", type=float, help="of both; else what each file states")
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=_verify)
    many = seals.add_parser("verify-pairs", help="a CSV of pages and specimens")
    many.add_argument("pairs", type=Path)
    many.add_argument("--out", type=Path, required=True)
    many.add_argument("--dpi", type=float, default=300)
    many.add_argument("--jobs", type=int, default=1)
    many.set_defaults(run=_verify_pairs)
    bench.add_commands(seals.add_parser("bench", help="measure it").add_subparsers(required=True))


def _verify(arguments: argparse.Namespace) -> int:
    """0 genuine, 1 any other verdict, 2 where there was nothing to compare."""
    cv2.setNumThreads(1)
    try:
        verdict, page, scans = _compared(arguments)
    except Unusable as error:
        _tell_unusable(error, arguments.json)
        return 2
    notes = [scan.note for scan in scans if scan.note]
    if arguments.json:
        print(json.dumps(_answer(verdict, page, scans, notes), ensure_ascii=False))
    else:
        for line in _lines(verdict, page, notes):
            print(f"{line.zh}\n{line.en}")
    return 0 if verdict.outcome is Outcome.GENUINE else 1


def _compared(arguments: argparse.Namespace) -> tuple[Verdict, int, list[Scan]]:
    """The verdict on the page of the file that fits best, and which page that is."""
    specimens = _scans(arguments.specimen, arguments.dpi)
    try:
        specimen = enrol([specimens[0].page.image], specimens[0].dpi)
    except PoorImage as poor:
        raise Unusable(f"specimen_{poor.code}", Text(poor.zh, poor.en)) from poor
    found = _scans(arguments.page, arguments.dpi)
    verdicts = [verify(specimen, scan.page.image, scan.dpi) for scan in found]
    best = max(range(len(verdicts)), key=lambda i: (verdicts[i].box is not None, verdicts[i].score))
    return verdicts[best], best + 1, [specimens[0], found[best]]


def _scans(path: Path, dpi: float | None) -> list[Scan]:
    if dpi is not None and not LEAST_DPI <= dpi <= MOST_DPI:
        raise Unusable("dpi_absurd", DPI_ABSURD)
    try:
        found = list(pages(path.read_bytes()))
    except Unreadable as error:
        raise Unusable(error.code, Text(error.zh, error.en)) from error
    except OSError as error:
        raise Unusable("file_missing", NO_FILE.format(name=path.name)) from error
    return [_scan(page, dpi, path.name) for page in found]


def _scan(page: Page, dpi: float | None, name: str) -> Scan:
    if dpi is not None:
        return Scan(page, dpi, None)
    if page.dpi is None:
        raise Unusable("dpi_missing", DPI_MISSING.format(name=name))
    return Scan(page, page.dpi, DPI_OF_FILE.format(name=name, dpi=page.dpi))


def _tell_unusable(error: Unusable, as_json: bool) -> None:
    if as_json:
        told = {"verdict": "error", "code": error.code, "zh": error.text.zh, "en": error.text.en}
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(f"{error.text.zh}\n{error.text.en} ({error.code})", file=sys.stderr)


def _answer(verdict: Verdict, page: int, scans: list[Scan], notes: list[Text]) -> dict[str, object]:
    found = verdict.alignment
    return {
        "verdict": verdict.outcome.value,
        "score": verdict.score,
        "box": list(verdict.box) if verdict.box else None,
        "angle": verdict.angle_deg,
        "scale": verdict.scale,
        "aspect": round(found.aspect, 4) if found else 1.0,
        "elastic_mm": found.elastic_mm if found else None,
        "presentation": verdict.presentation,
        "quality": verdict.quality,
        "differences": [
            {"region": each.region, "kind": each.code, "mm": each.mm, "zh": each.zh, "en": each.en}
            for each in verdict.regions
        ],
        "page": page,
        "dpi": {"specimen": scans[0].dpi, "page": scans[1].dpi},
        "notes": [{"zh": note.zh, "en": note.en} for note in notes],
        "engine": verdict.engine,
        "took_ms": round(verdict.took_ms, 1),
    }


def _lines(verdict: Verdict, page: int, notes: list[Text]) -> list[Text]:
    name = VERDICTS[verdict.outcome]
    lines = [Text(f"结论：{name.zh}（得分 {verdict.score:.4f}）",
                  f"Verdict: {name.en} (score {verdict.score:.4f})")]  # fmt: skip
    if verdict.box:
        x, y, width, height = verdict.box
        place = f"({x}, {y}) {width} × {height} px"
        lines.append(Text(
            f"第 {page} 页，位置 {place}，转角 {verdict.angle_deg:.1f}°，比例 {verdict.scale:.4f}",
            f"Page {page} at {place}, turned {verdict.angle_deg:.1f}°, scale {verdict.scale:.4f}",
        ))  # fmt: skip
    lines += [Text(f"· {each.zh}", f"· {each.en}") for each in verdict.regions]
    return lines + notes


def _verify_pairs(arguments: argparse.Namespace) -> int:
    try:
        todo = pairs.read(arguments.pairs)
        if not LEAST_DPI <= arguments.dpi <= MOST_DPI:
            raise ValueError(DPI_ABSURD.en)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2

    def progress(done: int) -> None:
        filled = 40 * done // max(len(todo), 1)
        bar = "█" * filled + "·" * (40 - filled)
        print(f"\r{bar} {done}/{len(todo)}", end="", file=sys.stderr, flush=True)

    with arguments.out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(pairs.COLUMNS)
        folder = arguments.pairs.parent
        for answer in pairs.compare(todo, folder, arguments.dpi, arguments.jobs, progress):
            writer.writerow(answer.row())
    print(file=sys.stderr)
    return 0
