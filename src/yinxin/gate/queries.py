"""The inbox, requests and trails, as a viewer may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from yinxin.kernel import clock
from yinxin.kernel.actor import Actor, Duty
from yinxin.kernel.command import COMMANDS, Command
from yinxin.kernel.refusals import REFUSALS, Refused
from yinxin.kernel.text import Text

from . import content, rules
from .models import Decision, Execution, Policy, Request
from .registry import JOBS, name_of
from .rules import Level

ERASED = Text("内容已依法销毁", "The content was erased as the law requires")


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One execution as its trail tells it."""

    execution_id: UUID
    command: Text
    actor: Text | str
    at: datetime
    sentences: tuple[Text, ...]
    outcome: str
    refused: Text | None


@dataclass(frozen=True, slots=True)
class RequestDetail:
    """A request with what its checkers saw: the facts stored when it was made."""

    request: Request
    command: Text
    facts: tuple[Text, ...]
    body: dict[str, Any]
    levels: tuple[Level, ...]
    decisions: tuple[Decision, ...]

    @property
    def shown(self) -> str:
        return bytes(self.request.shown).hex()


def to_decide(viewer: Actor) -> QuerySet[Request]:
    """待我处理: open requests whose present level the viewer may decide."""
    mine = Q(branch__startswith=viewer.branch, level_duties__overlap=sorted(viewer.duties))
    for lent in viewer.borrowed:
        mine |= Q(branch__startswith=lent.branch, level_duties__overlap=sorted(lent.duties)) & ~Q(
            maker_id=lent.lender_id
        )
    return (
        Request.objects.filter(mine, state=Request.State.OPEN)
        .exclude(maker_id=viewer.id)
        .exclude(maker_authority_id=viewer.id)
        .exclude(decisions__actor_id=viewer.id)
    )


def open_for(viewer: Actor) -> QuerySet[Request]:
    """Every open request of the viewer's branch and those below it."""
    return Request.objects.filter(branch__startswith=viewer.branch, state=Request.State.OPEN)


def made_by(viewer: Actor) -> QuerySet[Request]:
    """我发起的."""
    return Request.objects.filter(maker_id=viewer.id)


def decided_by(viewer: Actor) -> QuerySet[Request]:
    """我已办."""
    return Request.objects.filter(decisions__actor_id=viewer.id)


def returned_to(viewer: Actor) -> QuerySet[Request]:
    """退回我的."""
    return made_by(viewer).filter(
        state__in=(Request.State.RETURNED, Request.State.REJECTED, Request.State.EXPIRED)
    )


def request_for(viewer: Actor, request_id: UUID) -> RequestDetail:
    """Raises Refused(not_found) for a request that the viewer has nothing to do with."""
    request = (
        Request.objects.select_related("execution")
        .prefetch_related("decisions")
        .filter(pk=request_id)
        .first()
    )
    if request is None or not _may_see(viewer, request):
        raise Refused(rules.NOT_FOUND)
    told = content.opened(request.execution)
    return RequestDetail(
        request,
        title_of(request.command),
        tuple(Text(fact["zh"], fact["en"]) for fact in told["facts"]),
        told["body"],
        tuple(map(Level.parse, request.levels)),
        tuple(sorted(request.decisions.all(), key=lambda decision: decision.id)),
    )


def stored_command(viewer: Actor, request_id: UUID) -> Command:
    """The command that waits, to try it afresh. Raises Refused(not_found)."""
    detail = request_for(viewer, request_id)
    return COMMANDS[detail.request.command].model_validate(detail.body)


def trail(viewer: Actor, kind: str, subject_id: UUID, limit: int = 200) -> list[TrailEntry]:
    """办理轨迹 of a thing that the viewer has been allowed to see, oldest first; of a very long
    one the end."""
    executions = Execution.objects.filter(
        mention__kind=kind, mention__subject_id=subject_id
    ).order_by("-id")[:limit]
    return [_entry(execution) for execution in reversed(executions)]


def matrix_for(viewer: Actor) -> QuerySet[Policy]:
    """The rows of the approval matrix that are in force or will be."""
    ended = Q(effective_to__lte=clock.now())
    return Policy.objects.exclude(ended).order_by("command", "from_amount", "branch")


def failed_jobs(viewer: Actor) -> QuerySet[ProcrastinateJob]:
    """后台任务 that failed as often as they may and wait for an administrator; `failed_at` is when
    the last attempt did. Those of the clock are not among them: the clock starts them again."""
    failed = _failed() if Duty.ADMINISTRATOR in viewer.duties else _failed().none()
    ends = ProcrastinateEvent.objects.filter(job=OuterRef("pk"), type="failed").order_by("-id")
    return failed.annotate(failed_at=Subquery(ends.values("at")[:1]))


def failed_count() -> int:
    """How many of them there are in the house, for its gauges."""
    return _failed().count()


def title_of(command: str) -> Text:
    known = COMMANDS.get(command)
    return known.meta.title if known else Text(command, command)


def _failed() -> QuerySet[ProcrastinateJob]:
    failed: QuerySet[ProcrastinateJob] = ProcrastinateJob.objects.filter(
        status="failed", task_name__in=JOBS
    )
    return failed


def _entry(execution: Execution) -> TrailEntry:
    try:
        told = content.opened(execution)
        sentences: Sequence[Text] = [Text(fact["zh"], fact["en"]) for fact in told["facts"]]
        refused = (
            REFUSALS[execution.refusal].sentence.format(**told["values"])
            if execution.refusal
            else None
        )
    except Refused:
        sentences, refused = [ERASED], None
    return TrailEntry(
        execution.id,
        title_of(execution.command),
        name_of(execution.actor_id, execution.actor_name),
        execution.at,
        tuple(sentences),
        execution.outcome,
        refused,
    )


def _may_see(viewer: Actor, request: Request) -> bool:
    if request.maker_id == viewer.id:
        return True
    branches = [viewer.branch, *(lent.branch for lent in viewer.borrowed)]
    return any(request.branch.startswith(branch) for branch in branches)


def open_count() -> int:
    """How many requests are open in the house, for its gauges."""
    return Request.objects.filter(state=Request.State.OPEN).count()


def late(now: datetime) -> list[tuple[UUID, int]]:
    """Open requests with their present level, which should have decided, for the clock."""
    rows = Request.objects.filter(
        state=Request.State.OPEN, due_at__lte=now, last_late__lt=F("level")
    )
    return list(rows.order_by("pk").values_list("pk", "level")[:1000])


def overdue(now: datetime) -> list[UUID]:
    """Open requests whose time has passed, for the clock to close."""
    rows = Request.objects.filter(state=Request.State.OPEN, expires_at__lte=now)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:1000])
