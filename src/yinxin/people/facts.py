from datetime import date

from yinxin.kernel.actor import DUTY_TITLES, Duty
from yinxin.kernel.fact import Fact
from yinxin.kernel.text import Text


class InstitutionEstablished(Fact):
    name: str
    name_en: str
    administrators: tuple[str, ...]

    def sentence(self) -> Text:
        return Text(
            f"机构“{self.name}”建立，系统管理员：{'、'.join(self.administrators)}",
            f"{self.name_en} was founded; administrators: {', '.join(self.administrators)}",
        )


class BranchOpened(Fact):
    code: str
    name: str
    name_en: str

    def sentence(self) -> Text:
        return Text(
            f"设立网点 {self.code} {self.name}", f"Branch {self.code} {self.name_en} opened"
        )


class StaffHired(Fact):
    number: str
    name: str

    def sentence(self) -> Text:
        return Text(f"新增员工 {self.number} {self.name}", f"{self.name} ({self.number}) was added")


class DutyGranted(Fact):
    name: str
    duty: Duty

    def sentence(self) -> Text:
        duty = DUTY_TITLES[self.duty]
        return Text(f"{self.name}担任“{duty.zh}”岗位", f"{self.name} was given the duty {duty.en}")


class DutyEnded(Fact):
    name: str
    duty: Duty

    def sentence(self) -> Text:
        duty = DUTY_TITLES[self.duty]
        return Text(
            f"{self.name}不再担任“{duty.zh}”岗位", f"{self.name} no longer holds the duty {duty.en}"
        )


class AuthorityDelegated(Fact):
    lender: str
    borrower: str
    duties: tuple[Duty, ...]
    starts_on: date
    ends_on: date

    def sentence(self) -> Text:
        zh = "、".join(DUTY_TITLES[duty].zh for duty in self.duties)
        en = ", ".join(DUTY_TITLES[duty].en for duty in self.duties)
        return Text(
            f"{self.lender}将“{zh}”权限转授{self.borrower}，{self.starts_on} 至 {self.ends_on}",
            f"{self.lender} lent {en} to {self.borrower} from {self.starts_on} to {self.ends_on}",
        )


class DelegationEnded(Fact):
    lender: str
    borrower: str

    def sentence(self) -> Text:
        return Text(
            f"{self.lender}对{self.borrower}的转授权终止",
            f"The delegation from {self.lender} to {self.borrower} ended",
        )


class PasswordReset(Fact):
    name: str
    second_factor: bool

    def sentence(self) -> Text:
        return Text(
            f"{self.name}的口令已重置" + ("，动态口令须重新绑定" if self.second_factor else ""),
            f"The password of {self.name} was reset"
            + ("; the second factor must be enrolled again" if self.second_factor else ""),
        )


class StaffDismissed(Fact):
    name: str

    def sentence(self) -> Text:
        return Text(
            f"{self.name}离职，岗位与登录已停用", f"{self.name} left; duties and sign-on ended"
        )


class CalendarSet(Fact):
    on: date
    worked: bool

    def sentence(self) -> Text:
        zh, en = ("工作日", "a working day") if self.worked else ("非工作日", "not a working day")
        return Text(f"{self.on} 设为{zh}", f"{self.on} is {en}")
