"""The figures written into a page of documentation, between two marks, and curves beside it."""

from pathlib import Path

from yinxin.seals.bench.baselines import BASELINES
from yinxin.seals.bench.curves import det_svg
from yinxin.seals.bench.running import engine
from yinxin.seals.bench.tables import SKILLED, Figures

BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"


def write(figures: Figures, page: Path) -> None:
    """Replace what stands between the marks; ValueError where the page has none."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no place for the figures: {BEGIN} … {END}")
    body = f"Engine `{engine()}`.\n\n{figures.markdown()}"
    page.write_text(f"{before}{BEGIN}\n{body}\n{END}{after}", encoding="utf-8")
    folder = page.with_suffix("")
    folder.mkdir(exist_ok=True)
    (folder / "det.svg").write_text(rungs(figures), encoding="utf-8")
    (folder / "det-baselines.svg").write_text(baselines(figures), encoding="utf-8")


def rungs(figures: Figures) -> str:
    """One curve for each rung of the geometry, and one for all skilled forgeries together."""
    genuine = [one.score for one in figures.genuine if one.acceptable]
    kinds: dict[str, list[float]] = {}
    for one in sorted(figures.judged, key=lambda one: one.rung):
        if one.acceptable and one.rung not in ("G", "F7"):
            kinds.setdefault(one.rung, []).append(one.score)
            if one.rung in SKILLED:
                kinds.setdefault("F2 to F5", []).append(one.score)
    return det_svg(genuine, kinds, "DET by rung, acceptable imprints")


def baselines(figures: Figures) -> str:
    """Skilled forgeries on the same sample; each method has genuine scores of its own."""
    curves = {name: figures.sampled(name) for name in ("yinxin", *BASELINES)}
    return det_svg({name: genuine for name, (genuine, _) in curves.items()},
                   {name: forged for name, (_, forged) in curves.items()},
                   "DET of F2 to F5, the same trials for every method")  # fmt: skip
