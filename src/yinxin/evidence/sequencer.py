"""From outbox to log: one sequencer at a time gives each leaf its place and signs the head.

Every batch is one transaction: leaves, nodes and checkpoint appear together or not at all, so a
sequencer may be killed anywhere. Session advisory lock and primary keys each exclude a fork.
Witnesses and tile files belong after the commit in `step`: both read only what is committed.
"""

import logging
import threading
from hashlib import sha256

from django.db import Error, connection, transaction

from yinxin.kernel import clock

from .changes import WRITES
from .merkle.checkpoint import TreeHead
from .merkle.note import Signer
from .merkle.tree import EMPTY_ROOT, Frontier, Span, places
from .models import Checkpoint, Leaf
from .nodes import hashes_at

logger = logging.getLogger(__name__)

_LOCK = int.from_bytes(sha256(b"yinxin.evidence.sequencer").digest()[:8], signed=True)

# A leaf's id is drawn after everything it could have seen was committed, and a snapshot that shows
# the leaf shows that too: the visible rows in id order keep causes before effects.
_MOVE = f"""
WITH moved AS (
    DELETE FROM evidence_outbox
    WHERE id <= (SELECT max(id) FROM (SELECT id FROM evidence_outbox ORDER BY id LIMIT %s) batch)
    RETURNING id, command, data
), whole AS MATERIALIZED (
    SELECT id, command, data || convert_to(
        (SELECT {WRITES} FROM evidence_change c WHERE c.command = m.command) || '"}}', 'UTF8'
    ) AS data
    FROM moved m
), leaf AS (
    INSERT INTO evidence_leaf (index, outbox_id, command, data, hash)
    SELECT %s + row_number() OVER (ORDER BY id) - 1, id, command, data,
           sha256('\\x00'::bytea || data)
    FROM whole ORDER BY id
    RETURNING index, hash
)
SELECT hash FROM leaf ORDER BY index
"""


class Diverged(RuntimeError):
    """The stored tree is not the one last signed: signing on would cover up the tampering."""


class Sequencer:
    """Moves leaves from the outbox into the log and signs checkpoints as `signer`.

    It belongs to one thread and holds its lock on that thread's database connection.
    """

    def __init__(self, signer: Signer, *, batch: int = 4096, pause: float = 0.2) -> None:
        self._signer = signer
        self._batch = batch
        self._pause = pause
        self._frontier: Frontier | None = None

    def run(self, stop: threading.Event) -> None:
        """Sequence until `stop` is set; wait while another sequencer is at work.

        A lost connection is opened again. Raises Diverged.
        """
        while not stop.is_set():
            try:
                while not stop.is_set():
                    if self.step() < self._batch:
                        stop.wait(self._pause)
            except Error:
                logger.exception("the sequencer lost its database and tries again")
                stop.wait(1)
            finally:
                self.close()

    def step(self) -> int:
        """Move one batch and sign; return its size, which is 0 while another sequencer works.

        Raises Diverged, and django.db.Error, after which the sequencer must be closed.
        """
        if self._frontier is None:
            if not _lock():
                return 0
            self._frontier = _load()
        frontier = Frontier(self._frontier.size, self._frontier.hashes.copy())
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(_MOVE, [self._batch, frontier.size])
            hashes = [row[0] for row in cursor]
            if not hashes:
                return 0
            nodes = frontier.extend(hashes)
            with cursor.copy("COPY evidence_node (level, index, hash) FROM STDIN") as copy:
                for place, value in nodes:
                    copy.write_row((*place, value))
            root = frontier.root()
            Checkpoint.objects.create(
                size=frontier.size,
                root=root,
                note=TreeHead(self._signer.name, frontier.size, root).sign(self._signer),
                signed_at=clock.now(),
            )
        self._frontier = frontier
        return len(hashes)

    def close(self) -> None:
        """Let another sequencer take over; closes this thread's database connection."""
        self._frontier = None
        connection.close()


def _lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _load() -> Frontier:
    """The frontier of the last checkpoint; raises Diverged unless the stored tree has its root."""
    last = Checkpoint.objects.order_by("-size").first()
    size = last.size if last else 0
    spine = places(Span(0, size))
    stored = hashes_at(spine)
    frontier = Frontier(size, [stored[place] for place in spine if place in stored])
    signed = TreeHead.parse(last.note.rpartition("\n\n")[0] + "\n").root if last else EMPTY_ROOT
    if frontier.root() != signed or Leaf.objects.filter(index__gte=size).exists():
        raise Diverged(f"the stored tree of size {size} is not the one that was signed")
    return frontier
