"""A migration is a command, too: `system.migrate` records anew every row whose form it changed.

All of it is one transaction of the owner: migrations, guards, recorded rows and the leaf.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256

from django.core.management.base import CommandError
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from yinxin.evidence import changes, log
from yinxin.evidence.verifier import Finding, altered_rows
from yinxin.kernel import clock
from yinxin.kernel.canonical import canonical_bytes
from yinxin.kernel.ids import new_id

from . import guards

OWNER = "owner"
TAMPERED = (
    "升级已停止，数据未改动：{finding}。请先运行 yinxin evidence verify 并查明原因，"
    "否则升级会掩盖该改动。\n"
    "The upgrade stopped and nothing was changed: {finding_en}. Run `yinxin evidence verify` and "
    "clear this up first: the upgrade would cover it up."
)


@contextmanager
def as_command(migrations: Sequence[str]) -> Iterator[None]:
    """Wrap the run of these migrations. Raises CommandError where rows were altered before."""
    command_id, owner = new_id(), connections[OWNER]
    with transaction.atomic(using=OWNER, durable=True):
        _require_untouched(owner)
        with owner.cursor() as cursor:
            cursor.execute(changes.BEGIN, [str(command_id)])
        yield
        _record_anew(owner)
        log.append(
            command_id=command_id,
            kind="system",
            name="system.migrate",
            actor="system",
            at=clock.now(),
            outcome="done",
            commitments={"migrations": sha256(canonical_bytes(migrations)).hexdigest()},
            using=OWNER,
        )


def in_use() -> bool:
    """Whether there is something to record: any command at all."""
    owner = connections[OWNER]
    if "gate_execution" not in owner.introspection.table_names():
        return False
    with owner.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM gate_execution)")
        return bool(cursor.fetchone()[0])


def _require_untouched(owner: BaseDatabaseWrapper) -> None:
    for finding in _altered(owner):
        raise CommandError(
            TAMPERED.format(finding=finding.sentence.zh, finding_en=finding.sentence.en)
        )


def _altered(owner: BaseDatabaseWrapper) -> Iterator[Finding]:
    there = set(owner.introspection.table_names())
    yield from altered_rows([each for each in guards.evidence_bearing() if each[0] in there], OWNER)


def _record_anew(owner: BaseDatabaseWrapper) -> None:
    keys = dict(guards.evidence_bearing())
    for table in sorted({finding.table for finding in _altered(owner)}):
        with owner.cursor() as cursor:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER record_update')
            cursor.execute(f'UPDATE "{table}" SET "{keys[table]}" = "{keys[table]}"')
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
