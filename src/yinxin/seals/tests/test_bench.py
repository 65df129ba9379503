"""The made trials are what their table says they are."""

import argparse
import csv
import hashlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from yinxin.seals.bench import names
from yinxin.seals.bench.faces import random_sort
from yinxin.seals.bench.ladder import DPI, Rung, forge
from yinxin.seals.bench.making import make
from yinxin.seals.bench.names import Split, split_of
from yinxin.seals.bench.pages import Inked, lay
from yinxin.seals.bench.terminal import add_commands
from yinxin.seals.bench.trials import Trial, read_table
from yinxin.seals.drawing import carve, company_seal, personal_seal
from yinxin.seals.drawing.faces import MM_PER_INCH, set_letters
from yinxin.seals.drawing.fonts import FONTS, draw_letter, located
from yinxin.seals.drawing.scanners import Scanner
from yinxin.seals.drawing.touches import SHARES, Touch, casual_touch, ink_share, press
from yinxin.seals.vision.decode import decode

PX = DPI / MM_PER_INCH
COMPANY = replace(company_seal("清河商贸有限公司"), number="3201051234567")
SHORT = ((Rung.G, 2), (Rung.F0, 1), (Rung.F2, 1), (Rung.F5, 1), (Rung.F7, 1))
"""Without F1, which needs a second font."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("bench"), Split.TEST, 1, 5, plan=SHORT)


def digests(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*.*"))}  # fmt: skip


def test_the_same_seed_makes_the_same_files(made: Path, tmp_path: Path) -> None:
    again = make(tmp_path, Split.TEST, 1, 5, plan=SHORT)
    assert digests(made) == digests(again)


def test_every_row_has_its_files_and_they_state_their_resolution(made: Path) -> None:
    rows = read_table(made / "trials.csv")
    assert [row["rung"] for row in rows[:6]] == ["G", "G", "F0", "F2", "F5", "F7"]
    assert set(rows[0]) == set(Trial.__dataclass_fields__)
    for row in rows:
        assert (row["label"] == "genuine") == (row["rung"] == "G")
        page = decode((made / row["query"]).read_bytes())
        assert page.dpi == pytest.approx(int(row["dpi"]), abs=0.1)
        x, y, w, h = (int(row[name]) for name in "xywh")
        assert 0 <= x < x + w <= page.image.shape[1]
        assert 0 <= y < y + h <= page.image.shape[0]
        for i in range(int(row["specimens"])):
            specimen = made / row["specimen"].replace("-1.png", f"-{i + 1}.png")
            assert decode(specimen.read_bytes()).dpi == pytest.approx(300, abs=0.1)
    assert len(read_table(made / "absent.csv")) == 1
    pairs = read_table(made / "replay.csv")
    assert [pair["label"] for pair in pairs].count("copy") == 1
    assert not any(pair["query"] == pair["earlier"] for pair in pairs)


def test_softer_rubber_is_all_that_differs(tmp_path: Path) -> None:
    usual, soft = (make(tmp_path / str(give), Split.TEST, 1, 5, plan=((Rung.G, 1),), give=give)
                   for give in (1.0, 4.0))  # fmt: skip
    one, other = (read_table(folder / "trials.csv")[0] for folder in (usual, soft))
    assert one["angle"] == other["angle"]
    assert all(abs(int(one[name]) - int(other[name])) < 12 for name in "xywh")
    assert all(digests(usual)[name] != digests(soft)[name]
               for name in (one["query"], one["specimen"]))  # fmt: skip
    (absent,) = read_table(usual / "absent.csv")
    assert digests(usual)[absent["query"]] == digests(soft)[absent["query"]]


def test_only_the_seal_depends_on_the_label(tmp_path: Path) -> None:
    """The same trial stamped with the seal itself and with a twin: all around is the same."""
    rows, pages = [], []
    for rung in (Rung.G, Rung.F6):
        folder = make(tmp_path / rung, Split.TEST, 1, 8, plan=((rung, 1),))
        rows.append(read_table(folder / "trials.csv")[0])
        pages.append(decode((folder / rows[-1]["query"]).read_bytes()).image.astype(int))
    for column in ("dpi", "angle", "x", "y", "w", "h", "page_seals", "capture", "colour"):
        assert rows[0][column] == rows[1][column]
    assert float(rows[0]["ink_share"]) == pytest.approx(float(rows[1]["ink_share"]), abs=0.03)
    apart = np.abs(pages[0] - pages[1]).max(axis=2)
    x, y, w, h = (int(rows[0][name]) for name in "xywh")
    assert apart[y : y + h, x : x + w].max() > 40
    apart[max(y - 20, 0) : y + h + 20, max(x - 20, 0) : x + w + 20] = 0
    assert apart.max() == 0


def test_splits_share_neither_texts_nor_fonts(rng: np.random.Generator) -> None:
    families = [set(fonts) for fonts in names.FONTS.values()]
    assert len(set.union(*families)) == sum(map(len, families))
    for split in (Split.TRAINING, Split.TEST):
        for _ in range(40):
            face = random_sort(rng, split).face
            assert split_of(face.text) is split
            assert face.family in names.FONTS[split]


def test_casual_imprints_are_as_pale_as_life(rng: np.random.Generator) -> None:
    piece = carve(personal_seal("张三之印", 12), 3, 400)
    shares = []
    for _ in range(200):
        touch = casual_touch(rng)
        shares.append(ink_share(press(piece, touch, rng, 400), piece, touch.tone))
    found = np.percentile(shares, [5, 25, 50, 75, 95])
    assert found == pytest.approx(np.array([0.30, 0.53, 0.72, 0.91, 1.01]), abs=0.08)
    assert SHARES[1][1:6] == (0.30, 0.53, 0.72, 0.91, 1.01)


def test_the_box_is_where_the_imprint_is(rng: np.random.Generator) -> None:
    for face, angle in ((COMPANY, 40), (personal_seal("张三之印"), 25), (COMPANY, 0)):
        stretch = (1.0, 1.012)
        touch = Touch(angle_deg=angle, stretch=stretch)
        amount = press(carve(face, 1), touch, rng, DPI)
        inked = Inked(amount, DPI, face, "red", angle, stretch)
        sheet = lay([inked], (80, 70), Scanner(noise=0.5), rng, bare=True)
        rows, columns = np.nonzero(sheet.image.min(axis=2) < 120)
        x, y, w, h = sheet.boxes[0]
        found = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        assert found == pytest.approx((x, y, x + w, y + h), abs=3.5)


# The ladder, measured back from what was drawn


def diameters_mm(piece: np.ndarray) -> tuple[float, float]:
    """Of the disc inside the outer edge, by its second moments: burrs do not count."""
    outlines, _ = cv2.findContours(piece // 128, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    moments = cv2.moments(max(outlines, key=cv2.contourArea))
    return tuple(4 * (moments[way] / moments["m00"]) ** 0.5 / PX for way in ("mu20", "mu02"))


def border_mm(piece: np.ndarray) -> float:
    """Of the ring, at its left."""
    rows = slice(piece.shape[0] // 2 - 30, piece.shape[0] // 2 + 30)
    return float((piece[rows, : round(2.7 * PX)] > 127).sum()) / 60 / PX


def forged(rung: Rung, kind: int, seed: int = 4) -> tuple[np.ndarray, str]:
    made = forge(COMPANY, rung, 77, np.random.default_rng(seed), Split.TEST, kind)
    return made.piece, made.parameter


def number(parameter: str) -> float:
    return float(parameter.lstrip("abcdefghijklmnopqrstuvwxyz").rstrip("%degm"))


@pytest.mark.parametrize("seed", range(3))
def test_a_resized_forgery_has_the_stated_size(seed: int) -> None:
    piece, parameter = forged(Rung.F2, 0, seed)
    assert parameter.startswith("size")
    by = 1 + number(parameter) / 100
    assert 0.0099 < abs(by - 1) < 0.0301
    assert diameters_mm(piece) == pytest.approx((40 * by, 40 * by), abs=0.08)


def test_an_aspect_forgery_is_wider_only() -> None:
    piece, parameter = forged(Rung.F2, 3)
    by = 1 + number(parameter) / 100
    assert diameters_mm(piece) == pytest.approx((40 * by, 40), abs=0.08)


def test_a_ring_and_a_star_have_their_stated_measures() -> None:
    piece, parameter = forged(Rung.F2, 2)
    usual = border_mm(carve(COMPANY, 77))
    assert border_mm(piece) - usual == pytest.approx(1.2 * number(parameter) / 100, abs=0.05)
    piece, parameter = forged(Rung.F2, 4)
    middle = piece.shape[0] // 2
    tip = piece[:middle, piece.shape[1] // 2 - 2 : piece.shape[1] // 2 + 2].max(axis=1) > 127
    height = (middle - np.nonzero(tip)[0][np.nonzero(tip)[0] > 10 * PX].min()) / PX
    assert height == pytest.approx(13 / 2 * (1 + number(parameter) / 100), abs=0.2)


def test_spacing_moves_the_outer_letters_most() -> None:
    wide = set_letters(replace(COMPANY, spacing=1.04))
    usual = set_letters(COMPANY)
    moved = [np.hypot(a.x - b.x, a.y - b.y) for a, b in zip(wide, usual, strict=True)]
    ring = moved[: len(COMPANY.text)]
    assert max(ring) == pytest.approx(ring[0])
    assert max(moved[len(ring) :]) == 0


def test_a_plate_from_a_scan_has_wider_strokes() -> None:
    piece, parameter = forged(Rung.F4, 0)
    assert 0.03 <= number(parameter.replace("+", "")) <= 0.08
    original = carve(COMPANY, 77)
    # Letters are too crowded to measure.
    wider = border_mm(piece) - border_mm(original)
    assert wider == pytest.approx(number(parameter.replace("+", "")), abs=0.05)


@pytest.mark.parametrize(("rung", "kind", "least", "most"), [
    (Rung.F5, 0, 0.2, 40.0),
    (Rung.F5, 1, 0.03, 6.0),
])  # fmt: skip
def test_a_local_forgery_is_local(rung: Rung, kind: int, least: float, most: float) -> None:
    """Against a twin carved with the same marks, only one letter differs."""
    for seed in range(6):
        stream = np.random.default_rng(seed)
        made = forge(COMPANY, rung, 77, stream, Split.TEST, kind)
        twin = carve(COMPANY, int(np.random.default_rng(seed).integers(2**31)))
        changed = cv2.absdiff(made.piece, twin) > 127
        assert least < changed.sum() / PX**2 < most, made.parameter
        # Nicks, 0.24 mm at most, fall elsewhere when an edge has changed.
        rows, columns = np.nonzero(cv2.morphologyEx(
            changed.astype(np.uint8), cv2.MORPH_OPEN, np.ones((7, 7), np.uint8)))  # fmt: skip
        assert len(rows) == 0 or max(np.ptp(rows), np.ptp(columns)) / PX < 9, made.parameter


def test_a_twin_differs_by_hundredths_of_a_millimetre() -> None:
    twin, parameter = forged(Rung.F6, 0)
    assert parameter == "twin"
    original = carve(COMPANY, 77)
    differ = cv2.absdiff(original, twin) > 127
    assert 0.01 < differ.sum() / (original > 127).sum() < 0.15
    # No letter has moved by more than 0.15 mm.
    deep = cv2.erode(differ.astype(np.uint8), np.ones((7, 7), np.uint8))
    assert deep.sum() < 40


def test_table_columns_hold_no_commas_unquoted(made: Path) -> None:
    with (made / "trials.csv").open(encoding="utf-8", newline="") as file:
        assert len({len(row) for row in csv.reader(file)}) == 1


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


# Fonts


@pytest.mark.parametrize("family", [name for fonts in names.FONTS.values() for name in fonts])
def test_a_font_has_every_letter_that_a_seal_may_bear(family: str) -> None:
    if not located(family):
        pytest.skip(f"{FONTS[family].package} is not installed")
    assert all(draw_letter(letter, family, 24, 0).any() for letter in names.LETTERS)


def test_a_split_without_fonts_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FONTS, "hanazono", replace(FONTS["hanazono"], file="none.ttf"))
    monkeypatch.setitem(names.FONTS, Split.TUNING, ("hanazono",))
    located.cache_clear()
    assert command("make", "--out", str(tmp_path), "--split", "tuning", "--faces", "1") == 2
    assert "apt-get install fonts-hanazono" in capsys.readouterr().err
    located.cache_clear()


# The benchmark itself


def command(*line: str) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    arguments = parser.parse_args(line)
    return int(arguments.run(arguments))


def test_a_quick_run_prints_every_table_and_goes_on_from_its_cache(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "seals.md"
    page.write_text("# Seals\n<!-- measured -->\nstale words\n<!-- end of measured -->\nLimits\n")
    line = ("run", "--quick", "--out", str(tmp_path), "--seed", "4", "--docs", str(page))
    assert command(*line) == 0
    first = capsys.readouterr().out
    for head in ("skilled forgeries F2 to F5", "verdicts", "error rates", "scanned at, ink, shape",
                 "location", "F7 presentation", "replay", "the same",
                 "ms a page and specimen"):  # fmt: skip
        assert f"| {head}" in first
    written = page.read_text()
    assert "stale words" not in written
    assert written.endswith("<!-- end of measured -->\nLimits\n")
    assert first.strip() in written
    assert (tmp_path / "seals" / "det.svg").read_text().count("<polyline") >= 4
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("results/*.csv")}
    assert command(*line[:-2]) == 0
    assert capsys.readouterr().out == first
    assert kept == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("results/*.csv")}
