"""The Merkle tree of RFC 9162, section 2.1, over SHA-256.

Hashes are 32 bytes. A tree over leaves 0 to size-1 is never held as a whole: `Frontier` carries
what appending needs, and proofs are built from the stored hashes of perfect subtrees, each at a
place (level, offset) that covers the leaves from offset * 2**level to (offset + 1) * 2**level.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

EMPTY_ROOT = sha256().digest()


class Place(NamedTuple):
    """Where the hash of a perfect subtree is stored; level 0 holds the leaf hashes."""

    level: int
    offset: int


class Span(NamedTuple):
    """The leaves from `start` up to but not including `end`."""

    start: int
    end: int


class ProofError(ValueError):
    """A proof does not prove what it claims."""


def leaf_hash(entry: bytes) -> bytes:
    """The 32-byte hash of one log entry (RFC 9162, 2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32-byte hash of an interior node (RFC 9162, 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """The right edge of a tree: the perfect subtrees that make up its leaves, largest first."""

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def extend(self, leaves: Iterable[bytes]) -> list[tuple[Place, bytes]]:
        """Append leaf hashes; return each perfect subtree of level 1 and up thus completed."""
        completed: list[tuple[Place, bytes]] = []
        for current in leaves:
            level, offset = 0, self.size
            while offset & 1:
                current = node_hash(self.hashes.pop(), current)
                level, offset = level + 1, offset >> 1
                completed.append((Place(level, offset), current))
            self.hashes.append(current)
            self.size += 1
        return completed

    def root(self) -> bytes:
        """The root hash at the present size; the hash of nothing for the empty tree."""
        return fold(self.hashes)


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over adjacent perfect subtrees given from left to right, largest first."""
    if not hashes:
        return EMPTY_ROOT
    *rest, result = hashes
    for left in reversed(rest):
        result = node_hash(left, result)
    return result


def places(span: Span) -> list[Place]:
    """The perfect subtrees that make up a span, left to right.

    The span must start at a multiple of the power of two that its length rounds up to, as every
    span of this module does.
    """
    start, end = span
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append(Place(level, start >> level))
        start += 1 << level
    return found


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The spans whose hashes prove leaf `index` in a tree of `size` (RFC 9162, 2.1.3.1).

    From the leaf's sibling upward. Raises ValueError when the leaf is not in the tree.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of size {size}")
    start, end = 0, size
    spans = []
    while end - start > 1:
        middle = _split(start, end)
        if index < middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """The spans whose hashes prove that a tree of `new` leaves extends one of `old` (2.1.4.1).

    Raises ValueError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of size {new} does not extend one of size {old}")
    start, end = 0, new
    spans = []
    while old != end:
        middle = _split(start, end)
        if old <= middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    # The old tree itself need not be sent, unless a part of it is only its right edge.
    if start:
        spans.append(Span(start, end))
    return spans[::-1]


def build(spans: Sequence[Span], hash_at: Callable[[Place], bytes]) -> list[bytes]:
    """The proof made of the hashes of `spans`, read from stored perfect subtrees."""
    return [fold([hash_at(place) for place in places(span)]) for span in spans]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise ProofError unless `leaf` is the hash at `index` under `root` (RFC 9162, 2.1.3.2)."""
    verify_subtree_inclusion(leaf, index, Span(0, size), proof, root)


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raise ProofError unless the `new` tree extends the `old` one (RFC 9162, 2.1.4.2).

    An empty old tree is refused: it is consistent with everything and proves nothing.
    """
    if old == 0:
        raise ProofError("consistency with an empty tree proves nothing")
    verify_subtree_consistency(Span(0, old), new, old_root, new_root, proof)


def verify_subtree_inclusion(
    leaf: bytes, index: int, subtree: Span, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise ProofError unless `leaf` is at `index` (counted in the log) under a subtree's root.

    Source: draft-ietf-plants-merkle-tree-certs, 4.3.
    """
    _require_hashes(leaf, root, *proof)
    _require_subtree(subtree)
    if not subtree.start <= index < subtree.end:
        raise ProofError(f"leaf {index} is outside of {tuple(subtree)}")
    node, last, current = index - subtree.start, subtree.end - subtree.start - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        if node & 1 or node == last:
            current = node_hash(sibling, current)
            while not node & 1:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    if current != root:
        raise ProofError("the leaf does not lead to this root")


def verify_subtree_consistency(
    subtree: Span, size: int, subtree_root: bytes, root: bytes, proof: Sequence[bytes]
) -> None:
    """Raise ProofError unless a subtree of that root is part of the tree of `size` and `root`.

    Source: draft-ietf-plants-merkle-tree-certs, 4.4.
    """
    _require_hashes(*proof)
    _require_subtree(subtree)
    if subtree.end > size:
        raise ProofError(f"{tuple(subtree)} is not in a tree of size {size}")
    if subtree.start == subtree.end:
        if proof or subtree_root != EMPTY_ROOT:
            raise ProofError("an empty subtree has the empty root and an empty proof")
        return
    first, node, last = subtree.start, subtree.end - 1, size - 1
    while first != node and (node & 1 or node == last):
        first, node, last = first >> 1, node >> 1, last >> 1
    rest = list(proof)
    if first == node:
        small = large = subtree_root
    elif rest:
        small = large = rest.pop(0)
    else:
        raise ProofError("the proof is too short")
    for sibling in rest:
        if last == 0:
            raise ProofError("the proof is too long")
        if node & 1 or node == last:
            if first < node:
                small = node_hash(sibling, small)
            large = node_hash(sibling, large)
            while not node & 1:
                first, node, last = first >> 1, node >> 1, last >> 1
        else:
            large = node_hash(large, sibling)
        first, node, last = first >> 1, node >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")
    if small != subtree_root:
        raise ProofError("the proof does not lead to the older root")
    if large != root:
        raise ProofError("the proof does not lead to the newer root")


def _split(start: int, end: int) -> int:
    return start + (1 << ((end - start - 1).bit_length() - 1))


def _require_hashes(*hashes: bytes) -> None:
    if any(len(each) != 32 for each in hashes):
        raise ProofError("a hash has 32 bytes")


def _require_subtree(subtree: Span) -> None:
    start, end = subtree
    width = 1 << max(end - start - 1, 0).bit_length()
    if not 0 <= start <= end or start % width:
        raise ProofError(f"{tuple(subtree)} is not a subtree")
