"""Pure decisions about limits (限额): what they let through."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused, refusal
from yinxin.kernel.text import Text

from .rules import CheckName, CheckResult, Verdict

LIMIT_EXCEEDED = refusal(
    "limit_exceeded",
    "超过{scope_zh}{per_zh}限额 {cap}（已用 {used}），请减少金额或申请调整限额。",
    "This exceeds the limit of {cap} {per_en} of the {scope_en} ({used} used); lower the amount "
    "or have the limit raised.",
    "限额管理",
)
PRODUCT_STOPPED = refusal(
    "product_stopped",
    "该客户现在不能办理此项业务：{reason_zh}。",
    "This customer may not use this service now: {reason_en}.",
    "客户风险等级管理",
)
LIMIT_ENDED = refusal("limit_ended", "该限额已失效。", "This limit is no longer in force.")
SCOPE_NAMES = {
    "customer": Text("客户", "customer"),
    "account": Text("账户", "account"),
    "rating": Text("客户风险等级", "customer's rating"),
}
PER_NAMES = {"transfer": Text("单笔", "a transfer"), "day": Text("当日累计", "a day")}


@dataclass(frozen=True, slots=True)
class LimitInForce:
    """`used` is what the day's transfers have taken of it, nothing for one a transfer. Where
    there is a `stop`, it says why nothing is let through at all."""

    scope: str
    per: str
    cap: Money
    used: Money
    stop: Text | None = None

    def lets(self, money: Money, biggest: Money) -> bool:
        counted = biggest if self.per == "transfer" else self.used + money
        return not self.stop and counted <= self.cap

    def values(self) -> dict[str, object]:
        scope, per = SCOPE_NAMES[self.scope], PER_NAMES[self.per]
        return {
            "scope_zh": scope.zh,
            "scope_en": scope.en,
            "per_zh": per.zh,
            "per_en": per.en,
            "cap": self.cap,
            "used": self.used,
        }


def check_limits(
    limits: Sequence[LimitInForce], money: Money, biggest: Money | None = None
) -> CheckResult:
    """Only submitting counts, so a day that is full now may not be full then."""
    broken = [each for each in limits if not each.lets(money, biggest or money)]
    if not broken:
        within, none = Text("未超限额", "Within the limits"), Text("未设限额", "No limits set")
        reason = within if limits else none
        return CheckResult(CheckName.LIMITS, Verdict.PASSED, reason)
    one = min(broken, key=lambda each: each.per == "day")
    if one.stop:
        return CheckResult(CheckName.LIMITS, Verdict.FAILED, one.stop)
    verdict = Verdict.ATTENTION if one.per == "day" else Verdict.FAILED
    reason = Text(
        "超过{scope_zh}{per_zh}限额 {cap}，已用 {used}",
        "Exceeds the limit of {cap} {per_en} of the {scope_en}, {used} used",
    )
    return CheckResult(CheckName.LIMITS, verdict, reason.format(**one.values()))


def require_within(
    limits: Iterable[LimitInForce], money: Money, biggest: Money | None = None
) -> None:
    for each in limits:
        if each.stop:
            raise Refused(PRODUCT_STOPPED, reason_zh=each.stop.zh, reason_en=each.stop.en)
        if not each.lets(money, biggest or money):
            raise Refused(LIMIT_EXCEEDED, **each.values())
