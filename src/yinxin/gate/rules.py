"""Pure decisions about who may ask, who must approve, and who may."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from yinxin.kernel.actor import Actor, ActorKind, Channel, Duty
from yinxin.kernel.command import Meta
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused, refusal

SECOND_FACTOR_FRESH = timedelta(minutes=15)

KEY_REUSED = refusal(
    "key_reused",
    "该流水号已用于内容不同的请求，请更换后重新提交。",
    "This idempotency key was used for a request with other content; send a new key.",
)
CHANNEL_CLOSED = refusal(
    "channel_closed",
    "该交易不能通过此渠道办理。",
    "This transaction cannot be done through this channel.",
)
DUTY_MISSING = refusal(
    "duty_missing",
    "您的岗位没有办理“{command_zh}”的权限，请联系管理员。",
    "Your duties do not include “{command_en}”; ask an administrator.",
    "岗位责任制",
)
SECOND_FACTOR_NEEDED = refusal(
    "second_factor_needed",
    "该交易需要动态口令，请验证后重试。",
    "This transaction needs a one-time code; confirm it and try again.",
)
NOT_FOUND = refusal(
    "not_found",
    "找不到该记录，或您无权查看。",
    "The record is not there, or you may not see it.",
)
JOB_NOT_FAILED = refusal(
    "job_not_failed",
    "该任务不在失败之列，可能已重新执行，请刷新“后台任务”后查看。",
    "This job is not among those that failed; it may have been started again. Reload the list.",
)
REQUEST_OPEN_ALREADY = refusal(
    "request_open_already",
    "该业务已有一笔同类申请在审批中。",
    "A request of this kind is already open for this item; wait for its decision or withdraw it.",
)
REQUEST_CLOSED = refusal(
    "request_closed",
    "该申请已结束，不能再审批。",
    "The request is closed; it cannot be decided any more.",
)
REQUEST_EXPIRED = refusal(
    "request_expired",
    "该申请已过有效期，请发起人撤回后重新提交。",
    "The request has expired; its maker may withdraw it and submit again.",
)
OWN_REQUEST = refusal(
    "own_request",
    "不能审批本人发起的申请。",
    "Nobody decides their own request.",
    "双人分离",
)
DECIDED_ALREADY = refusal(
    "decided_already",
    "您（或您所代行的授权）已对该申请作出决定。",
    "You, or the authority you act on, have already decided this request.",
    "双人分离",
)
NOT_AN_APPROVER = refusal(
    "not_an_approver",
    "当前审批环节需要{needed}，您没有相应权限或不在管辖范围内。",
    "The present level needs {needed}; you do not hold it for this branch.",
    "审批矩阵",
)
SHOWN_DIFFERS = refusal(
    "shown_differs",
    "您看到的内容与申请不一致，请刷新后再审批。",
    "What you were shown is not what the request holds; reload and decide again.",
)
NOT_THE_MAKER = refusal(
    "not_the_maker",
    "只有发起人可以撤回申请。",
    "Only its maker may withdraw a request.",
)
CHANGED_SINCE_PREVIEW = refusal(
    "changed_since_preview",
    "审批期间情况已变化，结果将与所见不同，申请已退回发起人。",
    "Things changed while the request waited and the result would differ from what was shown; "
    "it went back to its maker.",
)
APPROVER_LOST_AUTHORITY = refusal(
    "approver_lost_authority",
    "先前审批人{name}已不再具备审批权限，申请已退回发起人。",
    "{name}, who approved earlier, no longer holds that authority; the request went back.",
)
MAKER_LOST_AUTHORITY = refusal(
    "maker_lost_authority",
    "发起人已不再具备办理权限，申请已退回。",
    "The maker may no longer do this; the request went back.",
)
NO_POLICY = refusal(
    "no_policy",
    "审批矩阵中没有适用的规则，交易不能办理，请联系管理员补充。",
    "No row of the approval matrix applies, so this cannot go through; an administrator must add "
    "one.",
    "审批矩阵",
)
COMMAND_UNKNOWN = refusal(
    "command_unknown",
    "审批矩阵中的交易 {command} 不存在。",
    "There is no command {command} to set a policy for.",
)
POLICY_FIXED = refusal(
    "policy_fixed",
    "{command} 的审批规则由系统固定，或至少须保留一个审批环节。",
    "The approval of {command} is fixed by the house, or needs one level at least.",
    "审批矩阵",
)
POLICY_BACKDATED = refusal(
    "policy_backdated",
    "审批规则不能早于现在生效，请改用现在或以后的时间。",
    "A row of the matrix cannot take effect in the past; give a time that is still to come.",
    "审批矩阵",
)
OUT_OF_SCOPE = refusal(
    "out_of_scope",
    "该业务属于其他网点，不在您的管辖范围内。",
    "This belongs to a branch that is not below yours; ask somebody there to do it.",
    "岗位责任制",
)
# The commands of the gate itself that the matrix may rule: never without a second person.
GOVERNED = frozenset({"gate.break_glass", "gate.set_policy"})


@dataclass(frozen=True, slots=True)
class Level:
    """`count` distinct persons, each holding one of `duties`."""

    duties: frozenset[Duty]
    count: int = 1

    def wire(self) -> dict[str, Any]:
        return {"duties": sorted(self.duties), "count": self.count}

    @classmethod
    def parse(cls, wire: Mapping[str, Any]) -> "Level":
        return cls(frozenset(map(Duty, wire["duties"])), int(wire["count"]))


@dataclass(frozen=True, slots=True)
class Measure:
    """What the approval matrix looks at."""

    money: Money | None = None
    kind: str = ""
    rating: str = ""
    branch: str = "/"


@dataclass(frozen=True, slots=True)
class PolicyRow:
    command: str
    levels: tuple[Level, ...]
    branch: str = "/"
    currency: str = ""
    from_amount: Decimal = Decimal(0)
    kind: str = ""
    rating: str = ""
    expires_after_h: int = 72
    escalates_after_h: int = 24

    def applies(self, measure: Measure) -> bool:
        money = measure.money
        return (
            measure.branch.startswith(self.branch)
            and (not self.currency or (money is not None and money.currency == self.currency))
            and (money.amount if money else Decimal(0)) >= self.from_amount
            and self.kind in ("", measure.kind)
            and self.rating in ("", measure.rating)
        )

    def covers(self, other: "PolicyRow") -> bool:
        """Whether every case of `other` is a case of this row."""
        return (
            other.branch.startswith(self.branch)
            and self.currency in ("", other.currency)
            and self.from_amount <= other.from_amount
            and self.kind in ("", other.kind)
            and self.rating in ("", other.rating)
        )

    def persons(self) -> int:
        return sum(level.count for level in self.levels)

    def specificity(self) -> tuple[int, bool, bool, bool, Decimal]:
        return (
            len(self.branch),
            bool(self.rating),
            bool(self.kind),
            bool(self.currency),
            self.from_amount,
        )


def applicable_row(rows: Sequence[PolicyRow], measure: Measure) -> PolicyRow | None:
    """The row that rules, None where the command has no rows at all.

    A special case goes before the general one. Of rows that are no special case of each other,
    such as one of a branch and one of large amounts, that which asks for more persons rules.
    Raises Refused(no_policy) where it has rows and none applies: a gap never lets through.
    """
    if not rows:
        return None
    matching = [row for row in rows if row.applies(measure)]
    if not matching:
        raise Refused(NO_POLICY)
    special = [
        row
        for row in matching
        if not any(row.covers(other) and not other.covers(row) for other in matching)
    ]
    return max(special, key=lambda row: (row.persons(), row.specificity()))


def require_not_backdated(effective_from: datetime | None, now: datetime) -> None:
    if effective_from and effective_from < now:
        raise Refused(POLICY_BACKDATED)


def require_scope(actor: Actor, branch: str) -> None:
    """Staff change what belongs to their branch, one below it, or a lender's; the head office,
    which is the first step of each path, what belongs to every branch."""
    branches = (actor.branch, *(lent.branch for lent in actor.borrowed))
    if branch == "/":
        branch = actor.branch[: actor.branch.find("/", 1) + 1]
    if actor.kind is ActorKind.STAFF and branch and not branch.startswith(branches):
        raise Refused(OUT_OF_SCOPE)


def require_governable(command: str, levels: Sequence[object]) -> None:
    """A decision that itself waited for decisions would never come."""
    if command.startswith("gate.") and (command not in GOVERNED or not levels):
        raise Refused(POLICY_FIXED, command=command)


def require_maker(meta: Meta, actor: Actor) -> None:
    if actor.channel not in meta.channels:
        raise Refused(CHANNEL_CLOSED)
    if actor.kind is ActorKind.SERVICE and not meta.channels & {Channel.WEB, Channel.API}:
        return  # what people cannot send at all is a service's to send
    held = actor.duties.union(*(lent.duties for lent in actor.borrowed))
    if actor.kind is not ActorKind.STAFF or (meta.makers and not meta.makers & held):
        raise Refused(DUTY_MISSING, command_zh=meta.title.zh, command_en=meta.title.en)


def making_authority(meta: Meta, actor: Actor) -> UUID:
    """On whose authority `actor`, who may, sends a command: their own, or a lender's."""
    if not meta.makers or meta.makers & actor.duties:
        return actor.id
    return next((lent.lender_id for lent in actor.borrowed if lent.duties & meta.makers), actor.id)


def require_second_factor(meta: Meta, actor: Actor, now: datetime) -> None:
    if not meta.second_factor or actor.channel is Channel.JOB:
        return
    if actor.second_factor_at is None or now - actor.second_factor_at > SECOND_FACTOR_FRESH:
        raise Refused(SECOND_FACTOR_NEEDED)


def require_open(state: str) -> None:
    if state != "open":
        raise Refused(REQUEST_CLOSED)


def require_in_time(expires_at: datetime, now: datetime) -> None:
    if now >= expires_at:
        raise Refused(REQUEST_EXPIRED)


@dataclass(frozen=True, slots=True)
class Authority:
    """On whose authority somebody decides: their own, or a lender's."""

    id: UUID
    name: str


def authorities(actor: Actor, level: Level, branch: str) -> list[Authority]:
    """On whose authority `actor` may decide at `level`, their own first."""
    held = []
    if actor.has(*level.duties) and actor.oversees(branch):
        held.append(Authority(actor.id, actor.name))
    return held + [
        Authority(lent.lender_id, lent.lender_name)
        for lent in actor.borrowed
        if lent.duties & level.duties and branch.startswith(lent.branch)
    ]


def authority_for(
    actor: Actor, makers: Collection[UUID], level: Level, branch: str, used: Iterable[UUID]
) -> Authority:
    """The authority on which `actor` may decide at `level`. Raises Refused with the reason.

    `makers` are who asked and on whose authority they did.
    """
    if actor.id in makers:
        raise Refused(OWN_REQUEST)
    taken = set(used)
    if actor.id in taken:
        raise Refused(DECIDED_ALREADY)
    held = authorities(actor, level, branch)
    if not held:
        raise Refused(NOT_AN_APPROVER, needed=" / ".join(sorted(level.duties)))
    free = [each for each in held if each.id not in taken]
    if not free:
        raise Refused(DECIDED_ALREADY)
    others = [each for each in free if each.id not in makers]
    if not others:
        raise Refused(OWN_REQUEST)
    return others[0]


def escalated(levels: Sequence[Level], last_late: int) -> list[Level]:
    """Levels up to `last_late` are open to those of the next one, too; the last stays as it is."""
    nexts = [*levels[1:], *levels[-1:]]
    return [
        Level(level.duties | above.duties, level.count) if index <= last_late else level
        for index, (level, above) in enumerate(zip(levels, nexts, strict=True))
    ]


def next_level(levels: Sequence[Level], approvals_by_level: Mapping[int, int]) -> int:
    """The index of the first level that still lacks persons; len(levels) when none does."""
    for index, level in enumerate(levels):
        if approvals_by_level.get(index, 0) < level.count:
            return index
    return len(levels)
