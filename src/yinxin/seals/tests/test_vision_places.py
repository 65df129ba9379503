"""What the small network sees, and what it is taught from."""

import numpy as np

from yinxin.seals.tests.test_vision_evidence import plate, scan, specimen, verdict, with_part_moved
from yinxin.seals.vision.edges import PX_PER_MM
from yinxin.seals.vision.inks import Mask
from yinxin.seals.vision.learning_places import Altered, Pair, examples
from yinxin.seals.vision.places import CELL, by_cell, moved_odds, place_numbers
from yinxin.seals.vision.verdicts import nearest

NOTHING_HIDDEN = np.zeros((150, 170), bool)


def pair() -> Pair:
    found = nearest(specimen(), scan(plate(), 3, 20), 300)
    assert found
    evidence = found.evidence
    return Pair(specimen(), evidence.laid, evidence.inks.hidden, evidence.gain)


def worst_place(ink: Mask, pressure: float = 1.0) -> float:
    """The mean of three scans'."""
    scans = [verdict(ink, seed, 40, pressure).numbers for seed in (5, 6, 7)]
    return float(np.mean([numbers["place_1"] for numbers in scans if numbers]))


def test_a_moved_part_of_a_letter_stands_out_and_more_ink_does_not() -> None:
    moved = worst_place(with_part_moved((0.44, 0.05, 0.5, 0.2), (0.3, 0)))
    for pressure in (0.8, 1.0, 1.2):
        assert moved > worst_place(plate(), pressure) + 3


def test_every_size_has_an_answer_by_cell() -> None:
    ink = np.zeros((150, 170), np.float32)
    ink[60:72, 20:150] = 1
    odds = moved_odds(ink, ink, NOTHING_HIDDEN, 0.0)
    assert odds.shape == (160 // CELL, 192 // CELL)
    assert np.isfinite(odds).all()
    numbers = place_numbers(ink, ink, NOTHING_HIDDEN, 0.0, NOTHING_HIDDEN)
    assert numbers["place_0.9"] <= numbers["place_0.98"] <= numbers["place_1"]


def test_a_face_that_shows_nothing_speaks_for_nothing() -> None:
    ink = np.ones((150, 170), np.float32)
    hidden = ~NOTHING_HIDDEN
    assert set(place_numbers(ink, ink, hidden, 0.0, ~hidden).values()) == {-8.0}


def test_a_cell_has_the_most_of_its_pixels() -> None:
    mask = np.zeros((20, 9), bool)
    mask[17, 8] = True
    assert by_cell(mask, (3, 2)).tolist() == [[0, 0], [0, 0], [0, 1]]


def test_what_is_altered_is_known_by_place() -> None:
    laid, rng = pair(), np.random.default_rng(4)
    altered = Altered(laid, rng)
    off = np.abs(altered.ink - altered.null)
    assert 0.002 < (off > 0.3).mean() < 0.1
    assert np.abs(altered.null - specimen().amount).mean() < 0.02
    cuts = list(examples(laid, rng))
    assert {seen.shape for seen, _, _ in cuts} == {(128, 128, 4)}
    assert any((label * counts).any() for _, label, counts in cuts)
    assert any(((1 - label) * counts).any() for _, label, counts in cuts)


def test_a_stroke_moves_by_what_shows_in_a_scan() -> None:
    laid = pair()
    plain = np.moveaxis(np.indices(specimen().amount.shape)[::-1], 0, -1)
    for seed in range(5):
        far = np.abs(Altered(laid, np.random.default_rng(seed)).at - plain).max() / PX_PER_MM
        assert far < 0.9
