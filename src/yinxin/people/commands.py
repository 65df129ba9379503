from datetime import date
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from yinxin.kernel.actor import Channel, Duty
from yinxin.kernel.command import Command, command

ADMINISTRATORS = (Duty.ADMINISTRATOR,)
LOGIN = Field(pattern=r"^[a-z][a-z0-9._-]{2,39}$", title="登录名")
NUMBER = Field(pattern=r"^[A-Za-z0-9-]{1,20}$", title="工号")
NAME = Field(min_length=1, max_length=100, title="姓名")
# A form draws the one-time password, shows it once and carries its argon2 hash.
PASSWORD_HASH = Field(pattern=r"^argon2\$", json_schema_extra={"hidden": True})


class Founder(BaseModel):
    """`password_hash` is the argon2 hash of a one-time password."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str = NUMBER
    name: str = NAME
    login: str = LOGIN
    password_hash: str = Field(pattern=r"^argon2\$")


@command(
    "people.establish", "0100", "建立机构", "Establish the institution",
    channels=frozenset({Channel.CLI}),
)  # fmt: skip
class EstablishInstitution(Command):
    """The first command of an empty house, leaf 0 of its log."""

    name: str = Field(min_length=1, max_length=100)
    name_en: str = Field(min_length=1, max_length=100)
    time_zone: str = "Asia/Shanghai"
    branch_code: str = Field("0001", pattern=r"^[0-9A-Za-z]{1,10}$")
    branch_name: str = Field("总行营业部", min_length=1, max_length=100)
    branch_name_en: str = Field("Head office", min_length=1, max_length=100)
    administrators: tuple[Founder, Founder]


@command("people.open_branch", "0101", "设立网点", "Open a branch", makers=ADMINISTRATORS)
class OpenBranch(Command):
    parent_id: UUID = Field(title="上级网点")
    code: str = Field(pattern=r"^[0-9A-Za-z]{1,10}$", title="网点号")
    name: str = Field(min_length=1, max_length=100, title="网点名称")
    name_en: str = Field(min_length=1, max_length=100, title="英文名称")


@command("people.hire", "0102", "新增员工", "Add a member of staff", makers=ADMINISTRATORS)
class HireStaff(Command):
    branch_id: UUID = Field(title="网点")
    number: str = NUMBER
    name: str = NAME
    login: str = LOGIN
    password_hash: str = PASSWORD_HASH


@command("people.grant_duty", "0103", "授予岗位", "Grant a duty", makers=ADMINISTRATORS)
class GrantDuty(Command):
    staff_id: UUID = Field(title="员工")
    duty: Duty = Field(title="岗位")


@command("people.end_duty", "0104", "解除岗位", "End a duty", makers=ADMINISTRATORS)
class EndDuty(Command):
    staff_id: UUID = Field(title="员工")
    duty: Duty = Field(title="岗位")


@command("people.delegate", "0105", "转授权", "Delegate authority", second_factor=True)
class Delegate(Command):
    """Lend duties of one's own to another person for a time."""

    borrower_id: UUID = Field(title="受权人")
    duties: tuple[Duty, ...] = Field(min_length=1, title="岗位")
    starts_at: AwareDatetime = Field(title="开始时间")
    ends_at: AwareDatetime = Field(title="结束时间")
    reason: str = Field(min_length=1, max_length=500, title="事由")


@command("people.end_delegation", "0106", "终止转授权", "End a delegation")
class EndDelegation(Command):
    delegation_id: UUID = Field(title="转授权")


@command("people.reset_password", "0107", "重置口令", "Reset a password", makers=ADMINISTRATORS)
class ResetPassword(Command):
    """Set a one-time password; the second factor is enrolled anew where `second_factor`."""

    staff_id: UUID = Field(title="员工")
    password_hash: str = PASSWORD_HASH
    second_factor: bool = Field(False, title="同时重置动态口令")


@command("people.dismiss", "0108", "员工离职", "Dismiss a member of staff", makers=ADMINISTRATORS)
class DismissStaff(Command):
    staff_id: UUID = Field(title="员工")


@command(
    "people.set_calendar", "0109", "维护银行日历", "Set the bank calendar", makers=ADMINISTRATORS
)
class SetCalendar(Command):
    on: date = Field(title="日期")
    worked: bool = Field(title="是否工作日")
    source: str = Field(min_length=1, max_length=100, title="依据")
