"""Deciding requests."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Greatest
from procrastinate.contrib.django import app

from yinxin.kernel import clock
from yinxin.kernel.actor import Actor, Channel
from yinxin.kernel.command import COMMANDS, Command
from yinxin.kernel.fact import Fact
from yinxin.kernel.ids import IdSource
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text

from . import content, door, queries, rules
from .commands import (
    Approve,
    BreakGlass,
    Escalate,
    ExpireRequest,
    Reject,
    RetryJob,
    ReturnToMaker,
    SetPolicy,
    Withdraw,
)
from .context import Context, Subject
from .facts import (
    ApprovalGiven,
    GlassBroken,
    JobRetried,
    PolicySet,
    RequestEscalated,
    RequestExpired,
    RequestRejected,
    RequestReturned,
    RequestWithdrawn,
)
from .matrix import rows_in_force, ruling_row
from .models import Decision, Execution, Policy, Request, TwoPersonAct
from .registry import JOBS, actor_now, handles
from .rules import Level

State = Request.State


@handles(Approve)
def approve(command: Approve, context: Context) -> list[Fact]:
    request = _decidable(command.request_id, context)
    if command.shown != bytes(request.shown).hex():
        raise Refused(rules.SHOWN_DIFFERS)
    try:
        with transaction.atomic():
            return _approved(request, command.reason, context)
    except _Changed as changed:
        return [_return(request, context, changed.refused)]


@handles(Reject)
def reject(command: Reject, context: Context) -> Fact:
    request = _decidable(command.request_id, context)
    _decide(request, "reject", command.reason, context)
    _close(request, State.REJECTED, command.reason, context.now)
    return RequestRejected(approver=context.actor.name, reason=command.reason)


@handles(ReturnToMaker)
def return_to_maker(command: ReturnToMaker, context: Context) -> Fact:
    request = _decidable(command.request_id, context)
    _decide(request, "return", command.reason, context)
    _close(request, State.RETURNED, command.reason, context.now)
    return RequestReturned(
        returned_by=context.actor.name, reason=Text(command.reason, command.reason)
    )


@handles(Withdraw)
def withdraw(command: Withdraw, context: Context) -> Fact:
    request = _locked(command.request_id, context)
    if context.actor.id != request.maker_id:
        raise Refused(rules.NOT_THE_MAKER)
    rules.require_open(request.state)
    _close(request, State.WITHDRAWN, command.reason, context.now)
    return RequestWithdrawn(maker=context.actor.name, reason=command.reason)


@handles(ExpireRequest)
def expire_request(command: ExpireRequest, context: Context) -> list[Fact]:
    request = _locked(command.request_id, context)
    if request.state != State.OPEN or context.now < request.expires_at:
        return []
    _close(request, State.EXPIRED, "", context.now)
    return [RequestExpired(number=request.subject_number)]


@handles(Escalate)
def escalate(command: Escalate, context: Context) -> list[Fact]:
    request = _locked(command.request_id, context)
    due = request.due_at is not None and request.due_at <= context.now
    if request.state != State.OPEN or not due or request.last_late >= request.level:
        return []
    request.last_late = request.level
    open_to = _levels(request)[request.level].duties
    request.level_duties = sorted(open_to)
    request.save(update_fields=["last_late", "level_duties"])
    return [
        RequestEscalated(
            number=request.subject_number, level=request.level + 1, open_to=tuple(sorted(open_to))
        )
    ]


@handles(BreakGlass)
def break_glass(command: BreakGlass, context: Context) -> list[Fact]:
    """The matrix gives this command one level, so that a second person always decides it."""
    request = _decidable(command.request_id, context)
    if request.maker_id in context.approvers:
        raise Refused(rules.OWN_REQUEST)
    rules.authority_for(
        context.actor,
        (request.maker_id, request.maker_authority_id),
        Level(command.meta.makers),
        request.branch,
        context.approvers,
    )
    inner, facts = _final_run(request, context.approvers)
    if context.approvers:
        second = actor_now(context.approvers[0], Channel.WEB)
        TwoPersonAct.objects.create(
            id=inner.new_id(),
            act=command.meta.name,
            subject_kind=request.subject_kind,
            subject_id=request.subject_id,
            first_id=context.actor.id,
            first_name=context.actor.name,
            second_id=context.approvers[0],
            second_name=second.name if second else "",
            reason=command.reason,
            at=context.now,
        )
    _close(request, State.APPROVED, command.reason, context.now)
    _adopt(inner, context)
    return [GlassBroken(number=request.subject_number, reason=command.reason), *facts]


@handles(SetPolicy)
def set_policy(command: SetPolicy, context: Context) -> Fact:
    if command.command not in COMMANDS:
        raise Refused(rules.COMMAND_UNKNOWN, command=command.command)
    rules.require_governable(command.command, command.levels)
    # One change at a time: changes of the same row would otherwise race.
    matrix_id = uuid5(NAMESPACE_URL, f"yinxin:policy/{command.command}")
    context.about(Subject("gate.policy", matrix_id, command.command))
    cell = command.model_dump(
        include={"command", "branch", "currency", "from_amount", "kind", "rating"}
    )
    rules.require_scope(context.actor, command.branch)
    rules.require_not_backdated(command.effective_from, context.now)
    start = command.effective_from or context.now
    later = Q(effective_to__isnull=True) | Q(effective_to__gt=start)
    Policy.objects.filter(later, **cell).update(effective_to=Greatest("effective_from", start))
    levels = [Level(frozenset(each.duties), each.count) for each in command.levels]
    Policy.objects.create(
        id=context.new_id(),
        **cell,
        levels=[level.wire() for level in levels],
        expires_after_h=command.expires_after_h,
        escalates_after_h=command.escalates_after_h,
        effective_from=start,
    )
    return PolicySet(
        **cell,
        levels=" → ".join(f"{level.count} × {'/'.join(sorted(level.duties))}" for level in levels),
        expires_after_h=command.expires_after_h,
        escalates_after_h=command.escalates_after_h,
        effective_from=command.effective_from,
    )


@handles(RetryJob)
def retry_job(command: RetryJob, context: Context) -> Fact:
    failed = queries.failed_jobs(context.actor).select_for_update(of=("self",))
    job = failed.filter(id=command.job_id).first()
    if job is None:
        raise Refused(rules.JOB_NOT_FAILED)
    context.about(Subject("gate.job", uuid5(NAMESPACE_URL, f"yinxin:job/{job.id}"), str(job.id)))
    app.job_manager.retry_job_by_id(job.id, retry_at=context.now)
    return JobRetried(number=str(job.id), job=JOBS[job.task_name].title)


class _Changed(Exception):
    """The final run did not come out as shown; the approval is taken back with it."""

    def __init__(self, refused: Refused) -> None:
        self.refused = refused


class _LevelsGrew(Exception):
    """The matrix now asks for more than has approved; the final run waits for them."""

    def __init__(self, levels: Sequence[Level]) -> None:
        self.levels = levels


def _approved(request: Request, reason: str, context: Context) -> list[Fact]:
    decision = _decide(request, "approve", reason, context)
    levels, facts = _asked(request), list[Fact]()
    executed = rules.next_level(levels, _counts(_approvals(request))) == len(levels)
    if executed:
        try:
            with transaction.atomic():
                facts = _executed(request, context)
            _close(request, State.APPROVED, reason, context.now)
        except _LevelsGrew as grew:
            executed, levels = False, grew.levels
        except Refused as refused:
            raise _Changed(refused) from refused
    if not executed:
        _go_on(request, levels, context.now)
    given = ApprovalGiven(
        approver=context.actor.name,
        authority=decision.authority_name,
        level=decision.level + 1,
        of_levels=len(levels),
        executed=executed,
    )
    return [given, *facts]


def _go_on(request: Request, levels: Sequence[Level], now: datetime) -> None:
    """Wait for the first level that still lacks persons."""
    level = rules.next_level(levels, _counts(_approvals(request)))
    if level != request.level:
        request.due_at = now + timedelta(hours=request.escalates_after_h)
    request.levels, request.level = [each.wire() for each in levels], level
    request.level_duties = sorted(_levels(request)[level].duties)
    request.save(update_fields=["levels", "level", "level_duties", "due_at"])


def _executed(request: Request, context: Context) -> list[Fact]:
    """The final run under the matrix of now, which may ask for more than was approved."""
    # Read before the run: it must neither lift its own levels nor unseat its approvers.
    rows = rows_in_force(request.command)
    approvals = _approvals(request)
    approvers = {each.actor_id: actor_now(each.actor_id, Channel.WEB) for each in approvals}
    inner, facts = _final_run(request, tuple(approvers))
    row = ruling_row(rows, inner)
    levels = row.levels if row else ()
    open_to = rules.escalated(levels, request.last_late)
    for decision in approvals:
        if decision.level < len(levels):
            _require_still_held(decision, approvers[decision.actor_id], open_to, request.branch)
    if rules.next_level(levels, _counts(approvals)) < len(levels):
        raise _LevelsGrew(levels)
    _adopt(inner, context)
    return facts


def _final_run(request: Request, approvers: tuple[UUID, ...]) -> tuple[Context, list[Fact]]:
    """Run the stored command as its maker, now.

    Raises Refused where it may not be done any more or would not do what was shown.
    """
    execution = request.execution
    command = stored_command(execution)
    maker = actor_now(request.maker_id, Channel(execution.channel))
    if maker is None:
        raise Refused(rules.MAKER_LOST_AUTHORITY)
    try:
        door.authorise(command, maker, second_factor=False)
    except Refused as refused:
        if refused.code != rules.DUTY_MISSING:
            raise
        raise Refused(rules.MAKER_LOST_AUTHORITY) from refused
    ids = IdSource(execution.id.bytes, request.created_at)
    context = Context(maker, clock.now(), ids, approvers)
    facts = door.run(command, context)
    if door.shown_digest(facts) != bytes(request.shown):
        raise Refused(rules.CHANGED_SINCE_PREVIEW)
    return context, list(facts)


def _adopt(inner: Context, context: Context) -> None:
    """What an executed request concerns and starts, its approval concerns and starts."""
    context.jobs += inner.jobs
    context.about(*inner.subjects)


def stored_command(execution: Execution) -> Command:
    """The command of an execution, rebuilt. Raises Refused where its schema has moved on."""
    cls = COMMANDS[execution.command]
    if cls.meta.version != execution.version:
        raise Refused(rules.CHANGED_SINCE_PREVIEW)
    return cls.model_validate(content.opened(execution)["body"])


def _require_still_held(
    decision: Decision, approver: Actor | None, levels: Sequence[Level], branch: str
) -> None:
    held = rules.authorities(approver, levels[decision.level], branch) if approver else []
    if decision.authority_id not in {authority.id for authority in held}:
        raise Refused(rules.APPROVER_LOST_AUTHORITY, name=decision.actor_name)


def _decide(request: Request, verdict: str, reason: str, context: Context) -> Decision:
    decided = request.decisions.values_list("actor_id", "authority_id")
    authority = rules.authority_for(
        context.actor,
        (request.maker_id, request.maker_authority_id),
        _levels(request)[request.level],
        request.branch,
        {person for pair in decided for person in pair},
    )
    return Decision.objects.create(
        id=context.new_id(),
        request=request,
        maker_id=request.maker_id,
        maker_authority_id=request.maker_authority_id,
        level=request.level,
        verdict=verdict,
        actor_id=context.actor.id,
        actor_name=context.actor.name,
        authority_id=authority.id,
        authority_name=authority.name,
        reason=reason,
        shown=request.shown,
        at=context.now,
    )


def _return(request: Request, context: Context, refused: Refused) -> Fact:
    _close(request, State.RETURNED, refused.sentence.zh, context.now)
    context.keep_and_refuse(refused)
    return RequestReturned(returned_by="", reason=refused.sentence)


def _close(request: Request, state: State, reason: str, now: datetime) -> None:
    request.state, request.reason, request.closed_at = state, reason, now
    request.save(update_fields=["state", "reason", "closed_at"])


def _decidable(request_id: UUID, context: Context) -> Request:
    request = _locked(request_id, context)
    rules.require_open(request.state)
    rules.require_in_time(request.expires_at, context.now)
    return request


def _locked(request_id: UUID, context: Context) -> Request:
    """The request, locked; the trail of its subject will show what becomes of it."""
    request = (
        Request.objects.select_for_update(of=("self",))
        .select_related("execution")
        .filter(execution_id=request_id)
        .first()
    )
    if request is None:
        raise Refused(rules.NOT_FOUND)
    context.about(
        Subject(
            request.subject_kind,
            request.subject_id,
            request.subject_number,
            request.execution.owner,
            request.branch,
        )
    )
    return request


def _levels(request: Request) -> Sequence[Level]:
    """The levels as they are open now, late ones to those of the next, too."""
    return rules.escalated(_asked(request), request.last_late)


def _asked(request: Request) -> Sequence[Level]:
    return list(map(Level.parse, request.levels))


def _approvals(request: Request) -> list[Decision]:
    return list(request.decisions.filter(verdict="approve").order_by("id"))


def _counts(approvals: Sequence[Decision]) -> Counter[int]:
    return Counter(decision.level for decision in approvals)
