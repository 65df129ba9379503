import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinxin.evidence.merkle.tree import (
    EMPTY_ROOT,
    Frontier,
    Place,
    ProofError,
    Span,
    build,
    consistency_spans,
    inclusion_spans,
    leaf_hash,
    node_hash,
    places,
    verify_consistency,
    verify_inclusion,
    verify_subtree_consistency,
    verify_subtree_inclusion,
)

VECTORS = Path(__file__).parents[5] / "shared" / "data" / "merkle" / "testdata"

Case = dict[str, Any]

VERIFY: dict[str, Callable[[Case, list[bytes]], None]] = {
    "inclusion": lambda case, proof: verify_inclusion(
        _raw(case["leafHash"]), case["leafIdx"], case["treeSize"], proof, _raw(case["root"])
    ),
    "consistency": lambda case, proof: verify_consistency(
        case["size1"], case["size2"], _raw(case["root1"]), _raw(case["root2"]), proof
    ),
    "subtreeinclusion": lambda case, proof: verify_subtree_inclusion(
        _raw(case["leafHash"]),
        case["leafIdx"],
        Span(case["start"], case["end"]),
        proof,
        _raw(case["root"]),
    ),
    "subtreeconsistency": lambda case, proof: verify_subtree_consistency(
        Span(case["start"], case["end"]),
        case["size"],
        _raw(case["root1"]),
        _raw(case["root2"]),
        proof,
    ),
}


def _raw(text: str) -> bytes:
    return base64.b64decode(text)


@pytest.mark.skipif(not VECTORS.is_dir(), reason="the vectors of transparency-dev are not here")
@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("inclusion", 98),
        ("consistency", 98),
        ("subtreeinclusion", 204),
        ("subtreeconsistency", 118),
    ],
)
def test_published_vectors(kind: str, count: int) -> None:
    paths = sorted((VECTORS / kind).rglob("*.json"))
    assert len(paths) == count
    for path in paths:
        case = json.loads(path.read_text())
        try:
            VERIFY[kind](case, [_raw(each) for each in case["proof"] or []])
            accepted = True
        except ProofError:
            accepted = False
        assert accepted != case["wantErr"], path


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(naive_root(leaves[:k]), naive_root(leaves[k:]))


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


def stored(leaves: list[bytes]) -> dict[Place, bytes]:
    tree = {Place(0, index): leaf for index, leaf in enumerate(leaves)}
    return tree | dict(Frontier().extend(leaves))


sizes = st.integers(min_value=1, max_value=130)


@given(st.lists(st.integers(min_value=0, max_value=40), max_size=6))
def test_a_frontier_extended_in_any_steps_has_the_root_of_the_whole(steps: list[int]) -> None:
    leaves = leaves_of(sum(steps))
    frontier, done = Frontier(), 0
    nodes: dict[Place, bytes] = {}
    for step in steps:
        nodes |= frontier.extend(leaves[done : done + step])
        done += step
        assert frontier.root() == naive_root(leaves[:done])
    for (level, offset), value in nodes.items():
        assert value == naive_root(leaves[offset << level : (offset + 1) << level])
    assert all(len(leaves) >> level >= 1 for level, _ in nodes)
    assert len(nodes) == len(leaves) - len(frontier.hashes)


@given(sizes, st.data())
def test_inclusion_is_proved_from_stored_nodes(size: int, draw: st.DataObject) -> None:
    index = draw.draw(st.integers(min_value=0, max_value=size - 1))
    leaves = leaves_of(size)
    spans = inclusion_spans(index, size)
    proof = build(spans, stored(leaves).__getitem__)
    assert proof == [naive_root(leaves[start:end]) for start, end in spans]
    root = naive_root(leaves)
    verify_inclusion(leaves[index], index, size, proof, root)
    with pytest.raises(ProofError):
        verify_inclusion(leaf_hash(b"other"), index, size, proof, root)
    if size > 1:
        with pytest.raises(ProofError):
            verify_inclusion(leaves[index], (index + 1) % size, size, proof, root)


@given(sizes, st.data())
def test_consistency_is_proved_from_stored_nodes(new: int, draw: st.DataObject) -> None:
    old = draw.draw(st.integers(min_value=1, max_value=new))
    leaves = leaves_of(new)
    proof = build(consistency_spans(old, new), stored(leaves).__getitem__)
    old_root, new_root = naive_root(leaves[:old]), naive_root(leaves)
    verify_consistency(old, new, old_root, new_root, proof)
    with pytest.raises(ProofError):
        verify_consistency(old, new, leaf_hash(b"other"), new_root, proof)
    with pytest.raises(ProofError):
        verify_consistency(old, new, old_root, leaf_hash(b"other"), proof)
    if old < new:
        with pytest.raises(ProofError):
            verify_consistency(old, new, old_root, new_root, [*proof, EMPTY_ROOT])


def test_places_cover_a_span_from_left_to_right() -> None:
    assert places(Span(0, 7)) == [Place(2, 0), Place(1, 2), Place(0, 6)]
    assert places(Span(8, 11)) == [Place(1, 4), Place(0, 10)]
    assert places(Span(3, 3)) == []


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_a_leaf_outside_of_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        inclusion_spans(index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_a_tree_extends_only_a_smaller_one(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="does not extend"):
        consistency_spans(old, new)
