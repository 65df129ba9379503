"""The one door: `submit` is the only way to change anything, `preview` shows what it would do."""

import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction
from procrastinate.contrib.django import app as jobs

from yinxin.evidence import changes
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor
from yinxin.kernel.canonical import canonical_bytes
from yinxin.kernel.command import Command
from yinxin.kernel.fact import Fact
from yinxin.kernel.ids import IdSource, new_id
from yinxin.kernel.refusals import Invalid, Refused
from yinxin.kernel.text import Text
from yinxin.vault import blobs
from yinxin.vault.keys import derived

from . import content, matrix, registry, rules
from .context import Context, Subject
from .models import Execution, Mention, Request
from .rules import Level, PolicyRow

SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"
ONE_OPEN = "gate_request_one_open"
TRIES = 3
KEY_LENGTH = 100
KEY_IS_SHORT = Text(f"流水号为 1 至 {KEY_LENGTH} 位。", f"A key has 1 to {KEY_LENGTH} characters.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command: `done`, `pending` (see `request_id`) or `refused`."""

    status: str
    execution_id: UUID
    facts: tuple[dict[str, Any], ...] = ()
    refused: Refused | None = None
    request_id: UUID | None = None
    levels: tuple[Level, ...] = ()
    subjects: tuple[Subject, ...] = ()
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """A run of the real handler: what it did, and the row of the matrix that applies."""

    context: Context
    facts: tuple[Fact, ...] = ()
    refused: Refused | None = None
    row: PolicyRow | None = None

    @property
    def levels(self) -> tuple[Level, ...]:
        return self.row.levels if self.row else ()


class _Undo(Exception):
    """Leaves a savepoint, taking back what was tried in it."""


def submit(command: Command, actor: Actor, key: str) -> Outcome:
    """Do, or ask approval for, or refuse, one command; the same key answers the same again.

    Raises Invalid where the command does not make sense and keeps nothing; a refusal is an
    Outcome, kept on record.
    """
    if not 0 < len(key) <= KEY_LENGTH:
        raise Invalid(("key", KEY_IS_SHORT))
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic(durable=True):
                return _submit(command, actor, key)
        except OperationalError as error:
            if _sqlstate(error) not in (SERIALIZATION_FAILURE, DEADLOCK) or attempt == TRIES:
                raise
        except IntegrityError as error:  # lost a race: the next try sees who won it
            if _constraint(error) != ONE_OPEN or attempt == TRIES:
                raise
    raise AssertionError("unreachable")


def preview(command: Command, actor: Actor) -> Outcome:
    """What `submit` would answer now. Changes nothing."""
    execution_id = new_id()
    try:
        with transaction.atomic(durable=True):
            _enter(execution_id, actor, "")
            tried = try_run(command, actor, execution_id)
            raise _Undo
    except _Undo:
        return _outcome(execution_id, tried)


def run(command: Command, context: Context) -> tuple[Fact, ...]:
    """Run the real handler in the open transaction, with every deferred constraint checked.

    Raises Refused, also for a broken constraint that somebody explained, and for a subject of
    another branch.
    """
    try:
        answer = registry.HANDLERS[type(command)](command, context)
        facts = (answer,) if isinstance(answer, Fact) else tuple(answer)
        for subject in context.subjects[:1]:
            rules.require_scope(context.actor, subject.branch)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        code = registry.CONSTRAINTS.get(_constraint(error))
        if code is None:
            raise
        raise Refused(code) from error
    return facts


def authorise(command: Command, actor: Actor, *, second_factor: bool = True) -> None:
    """May this actor, in this channel, now, send this command? Raises Refused."""
    now, meta = clock.now(), command.meta
    rules.require_maker(meta, actor)
    for authoriser in registry.AUTHORISERS:
        authoriser(command, actor, now)
    if second_factor:
        rules.require_second_factor(meta, actor, now)


def may_send(cls: type[Command], actor: Actor) -> bool:
    """Whether to offer a command at all: duties and channel allow it."""
    try:
        rules.require_maker(cls.meta, actor)
    except Refused:
        return False
    return True


def try_run(command: Command, actor: Actor, execution_id: UUID) -> Tried:
    """Authorise and run in a savepoint, kept only where no level is needed."""
    now = clock.now()
    context = Context(actor, now, IdSource(execution_id.bytes, now))
    facts: tuple[Fact, ...] = ()
    row: PolicyRow | None = None
    try:
        with transaction.atomic():
            authorise(command, actor)
            rows = matrix.rows_in_force(command.meta.name)
            facts = run(command, context)
            row = matrix.ruling_row(rows, context)
            if row and row.levels:
                _require_none_open(command, subject_of(context, execution_id))
                raise _Undo
    except _Undo:
        pass
    except Refused as refused:
        return Tried(context, refused=refused)
    return Tried(context, facts, context.kept_refusal, row)


def _require_none_open(command: Command, subject: Subject) -> None:
    if Request.objects.filter(
        command=command.meta.name,
        subject_kind=subject.kind,
        subject_id=subject.id,
        state=Request.State.OPEN,
    ).exists():
        raise Refused(rules.REQUEST_OPEN_ALREADY)


def shown_digest(facts: Iterable[Fact]) -> bytes:
    """A keyed digest of the material of the facts: what approvers bind themselves to."""
    material = canonical_bytes([fact.material() for fact in facts])
    return hmac.digest(derived("shown"), material, "sha256")


def _submit(command: Command, actor: Actor, key: str) -> Outcome:
    execution_id = new_id()
    _enter(execution_id, actor, key)
    body = command.model_dump(mode="json")
    digest = _digest(command, body)
    earlier = Execution.objects.filter(actor_id=actor.id, key=key)
    if earlier.exists():
        return _replay(earlier.get(), digest)
    tried = try_run(command, actor, execution_id)
    outcome = _outcome(execution_id, tried)
    execution = _record(command, body, digest, actor, key, tried, outcome)
    if outcome.status == "pending":
        _open_request(execution, command, tried)
    elif outcome.status == "done":
        for task, ids in tried.context.jobs:
            jobs.configure_task(task).defer(**ids)
    return outcome


def _enter(execution_id: UUID, actor: Actor, key: str) -> None:
    """Open the guards for this transaction and queue behind anyone with the same key."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{changes.BEGIN}, pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [str(execution_id), f"{actor.id}/{key or execution_id}"],
        )


def _digest(command: Command, body: dict[str, Any]) -> bytes:
    message = canonical_bytes([command.meta.name, command.meta.version, body])
    return hmac.digest(derived("command digest"), message, "sha256")


def _replay(earlier: Execution, digest: bytes) -> Outcome:
    if not hmac.compare_digest(bytes(earlier.digest), digest):
        return Outcome("refused", earlier.id, refused=Refused(rules.KEY_REUSED))
    request_id = earlier.id if earlier.outcome == "pending" else None
    try:
        stored = content.opened(earlier)
    except Refused as erased:  # what came of it is still known, what was said is not
        refused = erased if earlier.refusal else None
        return Outcome(earlier.outcome, earlier.id, (), refused, request_id, replayed=True)
    return Outcome(
        earlier.outcome,
        earlier.id,
        tuple(stored["facts"]),
        Refused(earlier.refusal, **stored["values"]) if earlier.refusal else None,
        request_id,
        tuple(map(Level.parse, stored["levels"])),
        tuple(Subject(kind, UUID(id), number) for kind, id, number in stored["subjects"]),
        replayed=True,
    )


def _outcome(execution_id: UUID, tried: Tried) -> Outcome:
    status = "refused" if tried.refused else "pending" if tried.levels else "done"
    return Outcome(
        status,
        execution_id,
        tuple(content.told(fact) for fact in tried.facts),
        tried.refused,
        execution_id if status == "pending" else None,
        tried.levels,
        tuple(tried.context.subjects),
    )


def _record(
    command: Command,
    body: dict[str, Any],
    digest: bytes,
    actor: Actor,
    key: str,
    tried: Tried,
    outcome: Outcome,
) -> Execution:
    refused = outcome.refused
    sealed, commitment = content.sealed(
        tried.context.owner,
        outcome.execution_id,
        {
            "body": body,
            "facts": outcome.facts,
            "levels": [level.wire() for level in outcome.levels],
            "values": refused.values if refused else {},
            "subjects": [[each.kind, str(each.id), each.number] for each in outcome.subjects],
        },
    )
    execution = Execution.objects.create(
        id=outcome.execution_id,
        key=key,
        actor_id=actor.id,
        actor_name=actor.name,
        actor_kind=actor.kind,
        channel=actor.channel,
        command=command.meta.name,
        version=command.meta.version,
        digest=digest,
        owner=tried.context.owner,
        content=sealed,
        commitment=commitment,
        outcome=outcome.status,
        refusal=refused.code if refused else "",
        at=tried.context.now,
    )
    if tried.context.subjects:
        Mention.objects.bulk_create(
            Mention(id=new_id(), execution=execution, kind=each.kind, subject_id=each.id)
            for each in tried.context.subjects
        )
    return execution


def _open_request(execution: Execution, command: Command, tried: Tried) -> None:
    assert tried.row
    context, levels = tried.context, tried.row.levels
    maker, subject = context.actor, subject_of(context, execution.id)
    expires_at = context.now + timedelta(hours=tried.row.expires_after_h)
    blobs.hold(maker.id, _ids(command.model_dump()), until=expires_at)
    money = context.measured.money if context.measured else None
    Request.objects.create(
        execution=execution,
        command=execution.command,
        subject_kind=subject.kind,
        subject_id=subject.id,
        subject_number=subject.number,
        branch=subject.branch or maker.branch,
        maker_id=maker.id,
        maker_name=maker.name,
        maker_authority_id=rules.making_authority(command.meta, maker),
        shown=shown_digest(tried.facts),
        levels=[level.wire() for level in levels],
        level_duties=sorted(levels[0].duties),
        amount=money.amount if money else None,
        currency=money.currency if money else "",
        created_at=context.now,
        expires_at=expires_at,
        escalates_after_h=tried.row.escalates_after_h,
        due_at=context.now + timedelta(hours=tried.row.escalates_after_h),
    )


def subject_of(context: Context, execution_id: UUID) -> Subject:
    """What a request is about; a command without a subject is about itself."""
    if context.subjects:
        return context.subjects[0]
    return Subject("gate.execution", execution_id, "")


def _ids(value: object) -> Iterator[UUID]:
    """Every id that a command names, however deep."""
    if isinstance(value, UUID):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _ids(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _ids(item)


def _constraint(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def _sqlstate(error: Exception) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""
