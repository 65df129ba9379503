"""Pure decisions about duties and delegations."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from yinxin.kernel.actor import DUTY_TITLES, Duty
from yinxin.kernel.refusals import Refused, refusal

# 不相容岗位: who makes does not check, who administers or audits does no business.
_BUSINESS = frozenset(Duty) - {Duty.ADMINISTRATOR, Duty.AUDITOR, Duty.COMPLIANCE, Duty.RISK}
EXCLUSIVE: frozenset[frozenset[Duty]] = frozenset(
    {
        frozenset({Duty.CLERK, Duty.REVIEWER}),
        frozenset({Duty.CLERK, Duty.MANAGER}),
        frozenset({Duty.CLERK, Duty.SEAL_REGISTRAR}),
        frozenset({Duty.CUSTODIAN, Duty.MANAGER}),
        frozenset({Duty.ADMINISTRATOR, Duty.AUDITOR}),
        *(frozenset({Duty.ADMINISTRATOR, duty}) for duty in _BUSINESS),
        *(frozenset({Duty.AUDITOR, duty}) for duty in _BUSINESS),
    }
)
LONGEST_DELEGATION = timedelta(days=90)

DUTIES_EXCLUDE = refusal(
    "duties_exclude",
    "岗位“{first_zh}”与“{second_zh}”不相容，不能由同一人担任。",
    "The duties {first_en} and {second_en} exclude each other and cannot be held by one person.",
    "不相容岗位分离",
)
DUTY_HELD = refusal("duty_held", "该员工已担任此岗位。", "This person already holds the duty.")
DUTY_NOT_HELD = refusal(
    "duty_not_held", "该员工未担任此岗位。", "This person does not hold the duty."
)
STAFF_LEFT = refusal("staff_left", "该员工已离职。", "This person has left the institution.")
NUMBER_TAKEN = refusal(
    "number_taken",
    "该编号或登录名已被使用，请更换。",
    "This number or login is taken; choose another.",
)
FOUNDED_ALREADY = refusal(
    "founded_already",
    "本系统已建立机构，不能重复初始化。",
    "An institution is founded here already; it cannot be founded again.",
)
DELEGATION_DATES = refusal(
    "delegation_dates",
    "转授权期限须晚于现在，且不超过 {days} 天。",
    "A delegation ends in the future and lasts at most {days} days.",
    "转授权管理",
)
DELEGATION_SELF = refusal(
    "delegation_self", "不能把权限转授给自己。", "Nobody lends authority to themselves."
)
DELEGATION_NOT_OWN = refusal(
    "delegation_not_own",
    "只能转授本人担任的岗位，借来的权限不能再转授。",
    "Only duties held in person can be lent; borrowed ones cannot be lent on.",
    "转授权管理",
)
LAST_ADMINISTRATOR = refusal(
    "last_administrator",
    "至少须保留两名系统管理员。",
    "At least two administrators must remain.",
)


def require_compatible(held: Iterable[Duty], added: Duty) -> None:
    for duty in held:
        if frozenset({duty, added}) in EXCLUSIVE:
            first, second = DUTY_TITLES[duty], DUTY_TITLES[added]
            raise Refused(
                DUTIES_EXCLUDE,
                first_zh=first.zh, second_zh=second.zh, first_en=first.en, second_en=second.en,
            )  # fmt: skip


def require_delegation_dates(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    if ends_at <= max(starts_at, now) or ends_at - starts_at > LONGEST_DELEGATION:
        raise Refused(DELEGATION_DATES, days=LONGEST_DELEGATION.days)


def require_own_duties(held: Iterable[Duty], lent: Iterable[Duty]) -> None:
    if not set(lent) <= set(held):
        raise Refused(DELEGATION_NOT_OWN)
