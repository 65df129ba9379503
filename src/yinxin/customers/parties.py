"""关系人: who stands behind a customer and who acts for one."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum

from yinxin.kernel.refusals import Invalid, Refused, refusal
from yinxin.kernel.text import Text

from .rules import Kind

OWNER_SHARE = Decimal(25)  # per cent


class Role(StrEnum):
    LEGAL_REPRESENTATIVE = "legal_representative"
    PERSON_IN_CHARGE = "person_in_charge"
    CONTROLLER = "controller"
    OWNER = "owner"
    AGENT = "agent"


class Criterion(StrEnum):
    """The criteria hold in parallel (受益所有人信息管理办法, order 〔2025〕12)."""

    EQUITY = "equity"
    INCOME_OR_VOTES = "income_or_votes"
    CONTROL = "control"
    DAILY_MANAGER = "daily_manager"


class Scope(StrEnum):
    """What a mandate covers (授权范围)."""

    ACCOUNTS = "accounts"
    TRANSFERS = "transfers"
    SEALS = "seals"
    ENQUIRIES = "enquiries"
    DOCUMENTS = "documents"


ROLE_TITLES = {
    Role.LEGAL_REPRESENTATIVE: Text("法定代表人", "Legal representative"),
    Role.PERSON_IN_CHARGE: Text("负责人", "Person in charge"),
    Role.CONTROLLER: Text("控股股东或实际控制人", "Controlling shareholder or controller"),
    Role.OWNER: Text("受益所有人", "Beneficial owner"),
    Role.AGENT: Text("代理人", "Agent"),
}
CRITERION_TITLES = {
    Criterion.EQUITY: Text("直接或间接持有 25% 以上股权", "25 % or more of the equity"),
    Criterion.INCOME_OR_VOTES: Text(
        "享有 25% 以上收益权或表决权", "25 % or more of income or votes"
    ),
    Criterion.CONTROL: Text("单独或联合进行实际控制", "Control, alone or jointly"),
    Criterion.DAILY_MANAGER: Text("负责日常经营管理", "Daily management"),
}
SCOPE_TITLES = {
    Scope.ACCOUNTS: Text("开户、变更、销户", "Accounts"),
    Scope.TRANSFERS: Text("办理转账", "Transfers"),
    Scope.SEALS: Text("办理印鉴", "Seals"),
    Scope.ENQUIRIES: Text("查询、领取回单", "Enquiries"),
    Scope.DOCUMENTS: Text("递交、领取资料", "Documents"),
}
OF_ORGANISATIONS = frozenset(Role) - {Role.AGENT}

SHARE_MISSING = Text(
    "按股权、收益权或表决权认定的，须填写比例。",
    "Enter the share of equity, income or votes on which this rests.",
)
SHARE_TOO_SMALL = Text(
    "比例应达到 25%；不足 25% 但实际控制的，请选择“实际控制”。",
    "The share must be 25 % at least; whoever controls with less is an owner by control.",
)
MANAGER_ALONE = Text(
    "“日常经营管理”只在其他标准都不成立时适用，不能与其他标准并选。",
    "Daily management counts only where no other criterion does; choose it alone.",
)
NO_OFFICER = Text(
    "请选择法定代表人、负责人或控股股东；受益所有人和代理人另行登记。",
    "Choose legal representative, person in charge or controller; owners and agents have "
    "commands of their own.",
)
NATURAL_PERSON = Text(
    "须为自然人，请填写身份证件；只有控股股东可以是单位。",
    "This must be a natural person with an identity document; only a controller may be an "
    "organisation.",
)
ENDS_BEFORE_IT_BEGINS = Text("截止日期早于开始日期，请核对。", "It would end before it begins.")

PARTY_OF_PERSON = refusal(
    "party_of_person",
    "客户 {number} 是个人，没有“{role_zh}”；个人客户只登记代理人。",
    "Customer {number} is a person and has no {role_en}; only agents are recorded.",
)
OWNER_BY_OTHER_CRITERION = refusal(
    "owner_by_other_criterion",
    "已有按股权、收益权、表决权或控制认定的受益所有人，不再以日常经营管理人员认定。",
    "There are owners by equity, income, votes or control, so that the daily manager is none.",
    "受益所有人信息管理办法 〔2025〕12",
)
MANAGER_IS_OWNER = refusal(
    "manager_is_owner",
    "现以日常经营管理人员为受益所有人，请先终止该记录，再登记新的受益所有人。",
    "The daily manager is on record as owner; end that record first.",
    "受益所有人信息管理办法 〔2025〕12",
)
PARTY_ENDED = refusal("party_ended", "该关系人已终止。", "This party's record has ended already.")


def require_criteria(criteria: Collection[Criterion], share: Decimal | None) -> None:
    """Raises Invalid where the criteria do not fit the share or each other."""
    if Criterion.DAILY_MANAGER in criteria and len(criteria) > 1:
        raise Invalid(("criteria", MANAGER_ALONE))
    if {Criterion.EQUITY, Criterion.INCOME_OR_VOTES} & set(criteria):
        if share is None:
            raise Invalid(("share", SHARE_MISSING))
        if share < OWNER_SHARE:
            raise Invalid(("share", SHARE_TOO_SMALL))


def require_parallel(criteria: Collection[Criterion], others: Iterable[Collection[str]]) -> None:
    """The daily manager is an owner only where nobody is by another criterion."""
    held = set().union(*others)
    if Criterion.DAILY_MANAGER in criteria and held - {Criterion.DAILY_MANAGER}:
        raise Refused(OWNER_BY_OTHER_CRITERION)
    if Criterion.DAILY_MANAGER not in criteria and Criterion.DAILY_MANAGER in held:
        raise Refused(MANAGER_IS_OWNER)


def require_role_fits(kind: Kind, role: Role, number: str) -> None:
    if kind is Kind.PERSON and role in OF_ORGANISATIONS:
        title = ROLE_TITLES[role]
        raise Refused(PARTY_OF_PERSON, number=number, role_zh=title.zh, role_en=title.en.lower())


def require_period(begins_on: date, ends_on: date | None, field: str) -> None:
    if ends_on is not None and ends_on < begins_on:
        raise Invalid((field, ENDS_BEFORE_IT_BEGINS))


def require_officer(role: Role) -> None:
    if role in (Role.OWNER, Role.AGENT):
        raise Invalid(("role", NO_OFFICER))


def require_may_be_organisation(role: Role) -> None:
    """A beneficial owner is always a natural person (反洗钱法 (2024) art. 19)."""
    if role is not Role.CONTROLLER:
        raise Invalid(("document_type", NATURAL_PERSON))
