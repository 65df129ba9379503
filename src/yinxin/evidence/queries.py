"""Reads of the log. It holds commitments only, so whoever may reach it may read all of it."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Max

from yinxin.kernel.actor import Actor

from .merkle.proof import Proof
from .merkle.tree import build, consistency_spans, inclusion_spans, places
from .models import Checkpoint, Leaf, Outbox
from .nodes import hashes_at


def latest_checkpoint(viewer: Actor) -> Checkpoint | None:
    """The last signed head, None before the first."""
    return Checkpoint.objects.order_by("-size").first()


def leaves_for(
    viewer: Actor, *, before: int | None = None, limit: int = 50
) -> list[tuple[Leaf, dict[str, Any]]]:
    """Leaves with what they say, from the newest down, below the index `before` where given."""
    leaves = Leaf.objects.order_by("-index")
    page = (leaves if before is None else leaves.filter(index__lt=before))[:limit]
    return [(leaf, json.loads(bytes(leaf.data))) for leaf in page]


def inclusion_proof(viewer: Actor, command_id: UUID) -> Proof | None:
    """The proof that a command is in the log; str() of it is the document to download.

    None while the command waits to be sequenced, a second at most, or when there is no such one.
    """
    leaf = Leaf.objects.filter(command=command_id).order_by("index").first()
    checkpoint = latest_checkpoint(viewer)
    if leaf is None or checkpoint is None:
        return None
    spans = inclusion_spans(leaf.index, checkpoint.size)
    stored = hashes_at(place for span in spans for place in places(span))
    path = build(spans, stored.__getitem__)
    return Proof(bytes(leaf.data), leaf.index, path, checkpoint.note)


def consistency_proof(viewer: Actor, old: int, new: int) -> Sequence[bytes]:
    """The hashes that prove the checkpoint of size `new` to extend the one of size `old`.

    Raises ValueError unless 0 < old <= new, KeyError when the log has not reached `new`.
    """
    spans = consistency_spans(old, new)
    stored = hashes_at(place for span in spans for place in places(span))
    return build(spans, stored.__getitem__)


def waiting() -> int:
    """How many leaves wait for the sequencer."""
    return Outbox.objects.count()


def size() -> int:
    """How many leaves the last checkpoint covers."""
    return Checkpoint.objects.aggregate(size=Max("size"))["size"] or 0
