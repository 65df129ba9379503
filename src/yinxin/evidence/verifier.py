"""Finds what was changed behind the gate, and names it.

Everything is recomputed in one snapshot from what the tables hold, with SQL of its own: a function
or trigger in the database that was replaced deceives nobody here.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from yinxin.kernel.text import Text

from .changes import DIGEST, SETTINGS, WRITES
from .merkle.checkpoint import TreeHead
from .merkle.note import NoteError, Verifier
from .merkle.tree import Frontier, Place, leaf_hash
from .models import Checkpoint

_BATCH = 4096

_TEXTS = {
    "leaf_missing": Text("缺第 {leaf} 号叶", "Leaf {leaf} is missing"),
    "leaf_altered": Text("第 {leaf} 号叶的内容被改动", "The content of leaf {leaf} was altered"),
    "leaf_misnamed": Text(
        "第 {leaf} 号叶的内容不属于命令 {id}", "The content of leaf {leaf} is not of command {id}"
    ),
    "leaf_doubled": Text("命令 {id} 不止一片叶", "Command {id} has more than one leaf"),
    "leaf_unsigned": Text(
        "自第 {leaf} 号叶起没有签名", "No checkpoint covers leaf {leaf} and those after it"
    ),
    "writes_altered": Text(
        "命令 {id} 的写入记录与第 {leaf} 号叶不符",
        "The recorded writes of command {id} are not those of leaf {leaf}",
    ),
    "node_missing": Text("缺树节点 {id}", "Node {id} of the tree is missing"),
    "node_altered": Text("树节点 {id} 被改动", "Node {id} of the tree was altered"),
    "node_surplus": Text("树节点 {id} 多出", "Node {id} does not belong to the tree"),
    "checkpoint_unsigned": Text(
        "检查点 {id} 没有有效签名：{reason}", "Checkpoint {id} is not validly signed: {reason}"
    ),
    "checkpoint_altered": Text(
        "检查点 {id} 与其签名文本不符", "Checkpoint {id} does not match its signed note"
    ),
    "checkpoint_surplus": Text("检查点 {id} 超出日志", "Checkpoint {id} is beyond the log"),
    "tree_altered": Text(
        "第 {leaf} 号叶至检查点 {id} 之间的叶被改动",
        "Leaves from {leaf} up to checkpoint {id} are not those that were signed",
    ),
    "outbox_doubled": Text("待入列 {id} 已经成叶", "Outbox row {id} is already a leaf"),
    "change_unlogged": Text(
        "命令 {command} 有写入记录而没有叶", "Command {command} has recorded writes but no leaf"
    ),
    "row_altered": Text("{table} 的 {id} 在命令之外被改动", "{id} of {table} was altered"),
    "row_deleted": Text("{table} 的 {id} 在命令之外被删除", "{id} of {table} was deleted"),
    "row_unrecorded": Text("{table} 的 {id} 不是命令写入的", "{id} of {table} was never recorded"),
}


@dataclass(frozen=True)
class Finding:
    """Something wrong: a stable code, the row it is about, the leaf it goes back to, a sentence."""

    code: str
    sentence: Text
    table: str
    id: str
    leaf: int | None = None

    @property
    def place(self) -> str:
        """Where to look, such as `ledger_account/… leaf 7`."""
        leaf = "" if self.leaf is None else f" leaf {self.leaf}"
        return f"{self.table}/{self.id}{leaf}"


Check = Callable[[], Iterable[Finding]]

_checks: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Add a check of a higher room; it runs in the verifier's snapshot and may only read."""

    def register(function: Check) -> Check:
        _checks[name] = function
        return function

    return register


def verify(verifiers: Sequence[Verifier], tables: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """Everything that is wrong: the log in leaf order, then guarded rows, then the added checks.

    `verifiers` are the log's keys, present and past; `tables` are the guarded tables, each with
    the column of its primary key. The iterator holds a read-only transaction of this thread's
    connection until it ends or is closed.
    """
    with _snapshot():
        yield from _log(verifiers)
        yield from _strays()
        for table, pk in tables:
            yield from _rows(table, pk)
        for each in _checks.values():
            yield from each()


@contextmanager
def _snapshot() -> Iterator[None]:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for name, value in SETTINGS.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        yield


@dataclass(frozen=True, slots=True)
class _Row:
    index: int
    command: UUID
    data: bytes
    hash: bytes
    writes: str


def _log(verifiers: Sequence[Verifier]) -> Iterator[Finding]:
    """Leaves, nodes and checkpoints in leaf order.

    The tree is grown from the stored leaf hashes, so that one altered leaf is one finding. After
    a missing leaf nothing is known of the tree above, and after a false root every later one is
    false too: then only the leaves themselves are looked at.
    """
    frontier, sound, signed = Frontier(), True, 0
    for rows in _leaves():
        nodes = _nodes(frontier.size, rows[-1].index + 1)
        checkpoints = {
            each.size: each
            for each in Checkpoint.objects.filter(
                size__gt=frontier.size, size__lte=rows[-1].index + 1
            )
        }
        for row in rows:
            if row.index != frontier.size:
                yield _finding("leaf_missing", "evidence_leaf", frontier.size, frontier.size)
                frontier.size, sound = row.index, False
            yield from _leaf(row)
            if not sound:
                frontier.size += 1
                continue
            for place, expected in frontier.extend([row.hash]):
                yield from _node(place, expected, nodes.get(place), row.index)
            if checkpoint := checkpoints.get(frontier.size):
                findings = list(_checkpoint(checkpoint, frontier.root(), signed, verifiers))
                yield from findings
                sound = all(finding.code != "tree_altered" for finding in findings)
                signed = frontier.size
    yield from _ends(frontier.size)


def _leaves() -> Iterator[list[_Row]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"""
            SELECT index, command, data, hash,
                   (SELECT {WRITES} FROM evidence_change c WHERE c.command = l.command)
            FROM evidence_leaf l ORDER BY index
            """
        )
        while rows := cursor.fetchmany(_BATCH):
            yield [_Row(*row) for row in rows]


def _leaf(row: _Row) -> Iterator[Finding]:
    if leaf_hash(row.data) != row.hash:
        yield _finding("leaf_altered", "evidence_leaf", row.index, row.index)
        return
    try:
        named, writes = _entry(row.data)
    except (ValueError, KeyError, TypeError):
        named, writes = None, None
    if named != str(row.command):
        yield _finding("leaf_misnamed", "evidence_leaf", row.command, row.index)
    elif writes != row.writes:
        yield _finding("writes_altered", "evidence_change", row.command, row.index)


def _entry(data: bytes) -> tuple[str, str]:
    entry = json.loads(data)
    return entry["id"], entry["writes"]


def _nodes(start: int, end: int) -> dict[Place, bytes]:
    """The stored nodes that leaves `start` to `end` complete."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT n.level, n.index, n.hash FROM generate_series(1, 62) AS level
            JOIN evidence_node n ON n.level = level.level
                AND n.index >= %s::bigint >> level.level AND n.index < %s::bigint >> level.level
            """,
            [start, end],
        )
        return {Place(level, index): value for level, index, value in cursor}


def _node(place: Place, expected: bytes, found: bytes | None, leaf: int) -> Iterator[Finding]:
    if found != expected:
        code = "node_altered" if found else "node_missing"
        yield _finding(code, "evidence_node", f"{place.level}/{place.offset}", leaf)


def _checkpoint(
    row: Checkpoint, root: bytes, signed: int, verifiers: Sequence[Verifier]
) -> Iterator[Finding]:
    last = row.size - 1
    try:
        head = TreeHead.open(row.note, verifiers)
    except NoteError as error:
        yield _finding(
            "checkpoint_unsigned", "evidence_checkpoint", row.size, last, reason=str(error)
        )
        return
    if (head.size, head.root) != (row.size, row.root):
        yield _finding("checkpoint_altered", "evidence_checkpoint", row.size, last)
    elif head.root != root:
        yield _finding("tree_altered", "evidence_checkpoint", row.size, signed)


def _ends(size: int) -> Iterator[Finding]:
    """What is beyond the last leaf, and leaves beyond the last checkpoint."""
    covered = (
        Checkpoint.objects.filter(size__lte=size).order_by("-size").values_list("size", flat=True)
    ).first() or 0
    if covered < size:
        yield _finding("leaf_unsigned", "evidence_leaf", covered, covered)
    yield from _each(
        "node_surplus",
        "evidence_node",
        "SELECT level || '/' || index, NULL FROM evidence_node"
        " WHERE level NOT BETWEEN 1 AND 62 OR index < 0 OR index >= %s::bigint >> level",
        [size],
    )
    yield from _each(
        "checkpoint_surplus",
        "evidence_checkpoint",
        "SELECT size, NULL FROM evidence_checkpoint WHERE size NOT BETWEEN 1 AND %s ORDER BY size",
        [size],
    )


def _strays() -> Iterator[Finding]:
    """Commands with two leaves, outbox rows that are leaves already, changes without a leaf."""
    yield from _each(
        "leaf_doubled",
        "evidence_leaf",
        "SELECT command, max(index) FROM evidence_leaf"
        " GROUP BY command HAVING count(*) > 1 ORDER BY 2",
    )
    yield from _each(
        "outbox_doubled",
        "evidence_outbox",
        "SELECT o.id, l.index FROM evidence_outbox o JOIN evidence_leaf l ON l.outbox_id = o.id"
        " ORDER BY o.id",
    )
    yield from _each(
        "change_unlogged",
        "evidence_change",
        """
        SELECT min(id), NULL, command FROM evidence_change c
        WHERE NOT EXISTS (SELECT FROM evidence_leaf l WHERE l.command = c.command)
          AND NOT EXISTS (SELECT FROM evidence_outbox o WHERE o.command = c.command)
        GROUP BY command ORDER BY 1
        """,
    )


def altered_rows(tables: Sequence[tuple[str, str]], using: str) -> Iterator[Finding]:
    """Rows of guarded tables that are not as recorded, in the open transaction of a connection."""
    with connections[using].cursor() as cursor:
        for name, value in SETTINGS.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
    for table, pk in tables:
        yield from _rows(table, pk, using)


def _rows(table: str, pk: str, using: str = DEFAULT_DB_ALIAS) -> Iterator[Finding]:
    """Rows of a guarded table that are not as the last change recorded them, in leaf order."""
    with connections[using].chunked_cursor() as cursor:
        cursor.execute(
            f"""
            WITH recorded AS (
                SELECT DISTINCT ON (row_id) row_id, change.id, change.command, digest
                FROM evidence_change change, unnest(row_ids, digests) AS written (row_id, digest)
                WHERE relation = %s
                ORDER BY row_id, change.id DESC
            ), present AS (
                SELECT c."{pk}"::text AS row_id, {DIGEST} AS digest FROM "{table}" c
            )
            SELECT CASE WHEN present.digest IS NULL THEN 'row_deleted'
                        WHEN recorded.digest IS NULL THEN 'row_unrecorded'
                        ELSE 'row_altered' END, row_id, leaf.index
            FROM recorded FULL JOIN present USING (row_id)
            LEFT JOIN evidence_leaf leaf ON leaf.command = recorded.command
            WHERE present.digest IS DISTINCT FROM recorded.digest
            ORDER BY leaf.index, recorded.id, row_id
            """,
            [table],
        )
        while rows := cursor.fetchmany(_BATCH):
            for code, row_id, leaf in rows:
                yield _finding(code, table, row_id, leaf)


def _each(code: str, table: str, sql: str, args: Sequence[Any] = ()) -> Iterator[Finding]:
    """A finding for each row (id, leaf, command) that the query returns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, args)
        for row_id, leaf, *rest in cursor.fetchall():
            yield _finding(code, table, row_id, leaf, command=rest[0] if rest else "")


def _finding(
    code: str, table: str, row_id: object, leaf: int | None = None, **values: object
) -> Finding:
    sentence = _TEXTS[code].format(table=table, id=row_id, leaf=leaf, **values)
    return Finding(code, sentence, table, str(row_id), leaf)
