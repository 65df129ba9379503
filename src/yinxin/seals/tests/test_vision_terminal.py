"""`yinxin seals verify` and `verify-pairs`, as a clerk's script calls them."""

import argparse
import csv
import json
from pathlib import Path

import numpy as np
import pytest

from yinxin.seals.drawing import draw_seal, encode_png, personal_seal, put, stamp
from yinxin.seals.terminal import add_commands

PERSON = draw_seal(personal_seal("张三之印"))
OTHER = draw_seal(personal_seal("李四之印"))


def page(face: np.ndarray, seed: int, angle: float, dpi: float = 300) -> bytes:
    paper = np.full((460, 520, 3), 248, np.uint8)
    return encode_png(put(paper, stamp(face, seed, angle), (260, 230)), dpi)


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scans")
    files = {
        "specimen.png": page(PERSON, 1, 0),
        "same.png": page(PERSON, 2, 40),
        "other.png": page(OTHER, 3, 10),
        "silent.png": page(PERSON, 2, 40, dpi=0),
        "blank.png": encode_png(np.full((300, 300, 3), 250, np.uint8), 300),
        "broken.png": page(PERSON, 2, 40)[:-500],
        "notes.txt": b"nothing",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def run(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers(required=True))
    read = parser.parse_args(["seals", *map(str, arguments)])
    code: int = read.run(read)
    return code


def test_a_verdict_as_json(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", scans / "specimen.png", scans / "same.png", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["verdict"] == "genuine"
    assert answer["score"] > 0.5
    x, y, width, height = answer["box"]
    assert abs(x + width / 2 - 260) < 6
    assert abs(y + height / 2 - 230) < 6
    assert abs(answer["angle"] - 40) < 0.5
    assert answer["dpi"] == {"specimen": 300, "page": 300}
    assert len(answer["notes"]) == 2  # whence the resolution is known


def test_a_verdict_in_words(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", scans / "specimen.png", scans / "other.png", "--dpi", 300) == 1
    told = capsys.readouterr().out
    assert "结论：不符" in told
    assert "Verdict: forged" in told
    assert "mm" in told


@pytest.mark.parametrize(
    ("specimen", "shown", "dpi", "code"),
    [
        ("specimen.png", "silent.png", (), "dpi_missing"),
        ("specimen.png", "same.png", ("--dpi", 72), "dpi_absurd"),
        ("specimen.png", "same.png", ("--dpi", 9600), "dpi_absurd"),
        ("specimen.png", "broken.png", (), "broken_image"),
        ("specimen.png", "notes.txt", (), "not_an_image"),
        ("specimen.png", "gone.png", (), "file_missing"),
        ("blank.png", "same.png", (), "specimen_no_seal"),
    ],
)
def test_what_cannot_be_compared_has_a_code(
    scans: Path, capsys: pytest.CaptureFixture[str],
    specimen: str, shown: str, dpi: tuple[object, ...], code: str,
) -> None:  # fmt: skip
    assert run("verify", scans / specimen, scans / shown, "--json", *dpi) == 2
    answer = json.loads(capsys.readouterr().out)
    assert (answer["verdict"], answer["code"]) == ("error", code)
    assert answer["zh"]
    assert answer["en"]


def test_a_page_without_a_seal_is_uncertain(
    scans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify", scans / "specimen.png", scans / "blank.png", "--json") == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["verdict"], answer["score"], answer["box"]) == ("uncertain", 0.0, None)
    assert [each["kind"] for each in answer["differences"]] == ["no_imprint"]


def test_many_pairs_go_on_past_unreadable_files(
    scans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = [
        ("same.png", "specimen.png"), ("broken.png", "specimen.png"), ("same.png", "blank.png"),
        ("other.png", "specimen.png"), ("gone.png", "specimen.png"), ("blank.png", "specimen.png"),
    ]  # fmt: skip
    with (scans / "pairs.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("query", "specimen"), *pairs])
    assert run("verify-pairs", scans / "pairs.csv", "--out", scans / "results.csv") == 0
    assert "6/6" in capsys.readouterr().err
    with (scans / "results.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["query"], row["specimen"]) for row in rows] == pairs
    assert [row["verdict"] for row in rows] == [
        "genuine", "error", "error", "forged", "error", "uncertain",
    ]  # fmt: skip
    assert [row["reason"] for row in rows if row["verdict"] == "error"] == [
        "broken_image", "no_seal", "file_missing",
    ]  # fmt: skip
    assert float(rows[0]["score"]) > float(rows[3]["score"])
    assert len(rows[0]["box"].split()) == 4


def test_a_list_without_its_columns_is_refused(
    scans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (scans / "odd.csv").write_text("page,seal\na,b\n")
    assert run("verify-pairs", scans / "odd.csv", "--out", scans / "none.csv") == 2
    assert "query, specimen" in capsys.readouterr().err
    assert not (scans / "none.csv").exists()
