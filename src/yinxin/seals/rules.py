"""Pure decisions about seal cards, their versions, and what was found on a page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from yinxin.kernel.actor import Actor, Duty
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text

from .noes import (
    APPLICATION_STATE,
    CARD_ENDED,
    CARD_NOT_ACTIVE,
    CARD_NOT_CANCELLED,
    CARD_NOT_ENTERED,
    CARD_NOT_FROZEN,
    EFFECTIVE_TOO_EARLY,
    SEAL_CHECKED_BY_ANOTHER,
)


class Kind(StrEnum):
    COMPANY = "company"
    FINANCE = "finance"
    LEGAL_REPRESENTATIVE = "legal_representative"
    AUTHORISED = "authorised"
    HANDLER = "handler"
    SIGNATURE = "signature"


class State(StrEnum):
    """Of a card; a specimen is entered, active or cancelled."""

    ENTERED = "entered"
    ACTIVE = "active"
    FROZEN = "frozen"
    LOST = "lost"
    CANCELLED = "cancelled"
    DESTROYED = "destroyed"


class Verdict(StrEnum):
    """The first three are the engine's, for one seal; a card may have nothing to compare with,
    or be frozen."""

    GENUINE = "genuine"
    UNCERTAIN = "uncertain"
    FORGED = "forged"
    NO_SPECIMEN = "no_specimen"
    FROZEN = "frozen"


class Action(StrEnum):
    """What an application (印鉴业务申请) asks for."""

    OPEN = "open"
    CHANGE = "change"
    LOSS = "loss"
    CANCEL = "cancel"


class Cause(StrEnum):
    NEW_ACCOUNT = "new_account"
    WORN = "worn"
    DAMAGED = "damaged"
    RENAMED = "renamed"
    PERSON_CHANGED = "person_changed"
    ADDED = "added"
    LOST = "lost"
    STOLEN = "stolen"
    ACCOUNT_CLOSED = "account_closed"
    OTHER = "other"


class Progress(StrEnum):
    """How far an application is."""

    APPLIED = "applied"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DONE = "done"
    LIFTED = "lifted"


class Copy(StrEnum):
    ORIGINAL = "original"
    DUPLICATE = "duplicate"
    CUSTOMER = "customer"


IN_FORCE = (State.ENTERED, State.ACTIVE, State.FROZEN, State.LOST)
BLOCKED = (State.FROZEN, State.LOST)
KIND_TITLES = {
    Kind.COMPANY: Text("公章", "Company seal"),
    Kind.FINANCE: Text("财务专用章", "Finance seal"),
    Kind.LEGAL_REPRESENTATIVE: Text("法人章", "Legal representative's seal"),
    Kind.AUTHORISED: Text("授权人章", "Authorised person's seal"),
    Kind.HANDLER: Text("经办人章", "Handler's seal"),
    Kind.SIGNATURE: Text("个人签名", "Signature"),
}
STATE_TITLES = {
    State.ENTERED: Text("待核对", "To be checked"),
    State.ACTIVE: Text("启用", "Active"),
    State.FROZEN: Text("冻结", "Frozen"),
    State.LOST: Text("挂失", "Reported lost"),
    State.CANCELLED: Text("注销", "Cancelled"),
    State.DESTROYED: Text("已销毁", "Destroyed"),
}
VERDICT_TITLES = {
    Verdict.GENUINE: Text("相符", "Genuine"),
    Verdict.UNCERTAIN: Text("存疑", "Uncertain"),
    Verdict.FORGED: Text("不符", "Forged"),
    Verdict.NO_SPECIMEN: Text("无预留印鉴", "No specimen"),
    Verdict.FROZEN: Text("印鉴卡冻结", "Card frozen"),
}
ACTION_TITLES = {
    Action.OPEN: Text("启用", "Open"),
    Action.CHANGE: Text("变更", "Change"),
    Action.LOSS: Text("挂失", "Loss"),
    Action.CANCEL: Text("注销", "Cancel"),
}
CAUSE_TITLES = {
    Cause.NEW_ACCOUNT: Text("新开账户", "New account"),
    Cause.WORN: Text("磨损", "Worn"),
    Cause.DAMAGED: Text("损坏", "Damaged"),
    Cause.RENAMED: Text("单位更名", "Renamed"),
    Cause.PERSON_CHANGED: Text("人员变更", "Another person"),
    Cause.ADDED: Text("增加印章", "A further seal"),
    Cause.LOST: Text("遗失", "Lost"),
    Cause.STOLEN: Text("被盗", "Stolen"),
    Cause.ACCOUNT_CLOSED: Text("销户", "Account closed"),
    Cause.OTHER: Text("其他", "Other"),
}
PROGRESS_TITLES = {
    Progress.APPLIED: Text("待审核", "To be reviewed"),
    Progress.ACCEPTED: Text("已受理", "Accepted"),
    Progress.REFUSED: Text("未通过", "Refused"),
    Progress.DONE: Text("已办结", "Done"),
    Progress.LIFTED: Text("已解除", "Lifted"),
}
COPY_TITLES = {
    Copy.ORIGINAL: Text("正本", "Original"),
    Copy.DUPLICATE: Text("副本", "Duplicate"),
    Copy.CUSTOMER: Text("客户联", "Customer's copy"),
}
# 退票理由 as the house ships them; rows of the table add to them and replace them.
RETURN_REASONS = {
    "S01": Text("印鉴不符", "The seal is not the registered one"),
    "S02": Text("印鉴不清、残缺或重叠", "The imprint is unclear, incomplete or overlapped"),
    "S03": Text("缺少预留印鉴", "A registered seal is missing"),
    "S04": Text("未按约定组合用印", "The agreed combination of seals is not met"),
    "S05": Text("印鉴已挂失", "The seal is reported lost"),
    "S06": Text("印鉴卡冻结", "The seal card is frozen"),
    "S07": Text("印鉴已变更或注销", "The seal was changed or cancelled"),
    "S08": Text("印章系复制、打印或粘贴", "The imprint is copied, printed or pasted"),
    "S09": Text("无预留印鉴", "No seal is registered"),
}

NO_CARD_IN_FORCE = Text(
    "该账户在 {on} 没有启用的印鉴卡，无从核验。",
    "No seal card of this account was in force on {on}, so there is nothing to compare with.",
)
CARD_IS_FROZEN = Text(
    "印鉴卡 {number} 已冻结，其印鉴暂停使用。",
    "Seal card {number} is frozen; its seals may not be used for now.",
)
CARD_IS_LOST = Text(
    "印鉴卡 {number} 的印章已挂失，停止使用。",
    "A seal of card {number} is reported lost; its seals may not be used.",
)
COMBINATION_LACKS = Text(
    "用印组合“{rule_zh}”未满足，缺少：{missing_zh}。",
    "The combination “{rule_en}” is not met; missing: {missing_en}.",
)
LOST_SINCE = Text(
    "该印章已于 {on} 挂失，签发日期在此之前，须人工核实。",
    "this seal was reported lost on {on}; an item dated before that is verified by a person",
)
BELOW_THRESHOLD = Text(
    "得分 {score} 低于该金额的自动通过阈值 {threshold}，须人工比对",
    "the score {score} is below the threshold {threshold} of this amount; a person must compare",
)
LOOKS_PRINTED = Text(
    "印文疑为打印或粘贴，须人工比对", "it looks printed or pasted; a person must compare"
)
COPIED = Text(
    "印文墨迹与 {item} 上的完全相同，疑为复制",
    "its ink is the very same as on {item}: this is a copy",
)
ACCOUNT_DIFFERS = Text("核对人填写的账号与录入不一致", "the checker wrote another account number")
HOLDER_DIFFERS = Text("核对人填写的户名与客户名称不一致", "the checker wrote another name")
COUNT_DIFFERS = Text(
    "核对人填写的印章枚数为 {told}，录入为 {entered}",
    "the checker counts {told} seals, {entered} were entered",
)

_STATE_REFUSALS = {
    State.ENTERED: CARD_NOT_ENTERED,
    State.ACTIVE: CARD_NOT_ACTIVE,
    State.FROZEN: CARD_NOT_FROZEN,
    State.CANCELLED: CARD_NOT_CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Use:
    """One time that a seal was looked for on an item, as the warnings see it."""

    at: datetime
    verdict: Verdict
    copied: bool = False


def require_state(actual: str, needed: State, number: str, *also: State) -> None:
    if actual not in (needed, *also):
        raise Refused(_STATE_REFUSALS[needed], number=number)


def require_not_ended(actual: str, number: str) -> None:
    if actual not in IN_FORCE:
        raise Refused(CARD_ENDED, number=number)


def require_progress(actual: str, needed: Progress, number: str) -> None:
    if actual != needed:
        now = PROGRESS_TITLES[Progress(actual)]
        raise Refused(APPLICATION_STATE, number=number, state_zh=now.zh, state_en=now.en.lower())


def authorities(actor: Actor, duties: Iterable[Duty]) -> list[UUID]:
    """On whose authority the actor may act: their own, or else each lender's."""
    if actor.has(*duties):
        return [actor.id]
    return [lent.lender_id for lent in actor.borrowed if lent.duties.intersection(duties)]


def another_authority(
    actor: Actor, duties: Iterable[Duty], others: Iterable[UUID], refusal: str
) -> UUID:
    """On whose authority the actor does what those others may not do themselves.

    Raises Refused where the actor, or everybody who lent the duty, is among those others.
    """
    taken = set(others)
    free = [each for each in authorities(actor, duties) if each not in taken]
    if actor.id in taken or not free:
        raise Refused(refusal)
    return free[0]


def checking_authority(actor: Actor, duties: Iterable[Duty], entered_by: Iterable[UUID]) -> UUID:
    return another_authority(actor, duties, entered_by, SEAL_CHECKED_BY_ANOTHER)


def effective_on(asked: date | None, today: date, *, first: bool) -> date:
    """启用日期: a first registration at once, a change the next day at the earliest."""
    earliest = today if first else today + timedelta(days=1)
    if asked is not None and asked < earliest:
        raise Refused(EFFECTIVE_TOO_EARLY, earliest=earliest)
    return asked or earliest


STAMPED_FROM = 0.05  # half of printed imprints lie below, and hardly any that were stamped
COPIES_SOUGHT = 5  # earlier imprints of a seal; each takes about as long as a verdict
WATCHED_D = 90
WATCHED_USES = 400
STREAK = 3
FEW = 5
LOW_RATE = 0.8
BUSY_A_DAY = 20
OPENS_AT_H, CLOSES_AT_H = 7, 20


class Warning(StrEnum):
    STREAK = "streak"
    LOW_RATE = "low_rate"
    UNUSUAL_HOURS = "unusual_hours"
    BUSY = "busy"
    COPIED = "copied"


WARNING_TITLES = {
    Warning.STREAK: Text("连续不符", "Mismatch streak"),
    Warning.LOW_RATE: Text("通过率低", "Low pass rate"),
    Warning.UNUSUAL_HOURS: Text("非常规时间使用", "Unusual hours"),
    Warning.BUSY: Text("使用过频", "Unusual frequency"),
    Warning.COPIED: Text("疑似复制", "Copied imprint"),
}


def warnings_of(uses: Sequence[Use]) -> Iterable[tuple[Warning, Text]]:
    """What is unusual about the uses of a seal, the oldest first and times at the bank's place."""
    passed = sum(use.verdict is Verdict.GENUINE for use in uses)
    streak = 0
    for use in uses:
        streak = 0 if use.verdict is Verdict.GENUINE else streak + 1
    if streak >= STREAK:
        yield Warning.STREAK, Text(f"最近连续 {streak} 次未通过", f"the last {streak} did not pass")
    if len(uses) >= FEW and passed / len(uses) < LOW_RATE:
        rate = f"{passed}/{len(uses)}"
        yield Warning.LOW_RATE, Text(f"{rate} 次通过", f"{rate} passed")
    odd = [use.at for use in uses if not OPENS_AT_H <= use.at.hour < CLOSES_AT_H]
    if odd:
        yield (
            Warning.UNUSUAL_HOURS,
            Text(f"{len(odd)} 次，最近 {odd[-1]:%m-%d %H:%M}",
                 f"{len(odd)} times, last at {odd[-1]:%m-%d %H:%M}"),
        )  # fmt: skip
    days = [use.at.date() for use in uses]
    busiest = max(set(days), key=days.count, default=None)
    if busiest and days.count(busiest) > BUSY_A_DAY:
        many = days.count(busiest)
        yield Warning.BUSY, Text(f"{busiest} 使用 {many} 次", f"{many} times on {busiest}")
    copies = sum(use.copied for use in uses)
    if copies:
        yield Warning.COPIED, Text(f"{copies} 次", f"{copies} times")
