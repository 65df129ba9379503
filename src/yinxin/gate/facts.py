from datetime import datetime
from decimal import Decimal

from yinxin.kernel.actor import DUTY_TITLES, Duty
from yinxin.kernel.fact import Fact
from yinxin.kernel.text import Text


class ApprovalGiven(Fact):
    approver: str
    authority: str
    level: int
    of_levels: int
    executed: bool

    def sentence(self) -> Text:
        lent_zh = f"（代{self.authority}）" if self.authority != self.approver else ""
        lent_en = f" for {self.authority}" if self.authority != self.approver else ""
        done_zh = "，申请已执行" if self.executed else ""
        done_en = "; the request was executed" if self.executed else ""
        return Text(
            f"{self.approver}{lent_zh}通过第{self.level}级审批（共{self.of_levels}级）{done_zh}",
            f"{self.approver}{lent_en} approved level {self.level} of {self.of_levels}{done_en}",
        )


class RequestRejected(Fact):
    approver: str
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"{self.approver}拒绝了申请：{self.reason}",
            f"{self.approver} rejected the request: {self.reason}",
        )


class RequestReturned(Fact):
    returned_by: str  # blank for the gate itself
    reason: Text

    def sentence(self) -> Text:
        return Text(
            f"申请由{self.returned_by or '系统'}退回发起人：{self.reason.zh}",
            f"The request was returned to its maker by {self.returned_by or 'the gate'}: "
            f"{self.reason.en}",
        )


class RequestWithdrawn(Fact):
    maker: str
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"{self.maker}撤回了申请：{self.reason}",
            f"{self.maker} withdrew the request: {self.reason}",
        )


class RequestExpired(Fact):
    number: str

    def sentence(self) -> Text:
        return Text(f"{self.number} 的申请逾期失效", f"The request on {self.number} expired")


class RequestEscalated(Fact):
    number: str
    level: int
    open_to: tuple[str, ...]

    def sentence(self) -> Text:
        duties = [DUTY_TITLES[Duty(each)] for each in self.open_to]
        return Text(
            f"{self.number} 的第 {self.level} 级审批逾时，"
            f"现由{'、'.join(duty.zh for duty in duties)}办理",
            f"Level {self.level} of the request on {self.number} is late; "
            f"{', '.join(duty.en for duty in duties)} may now decide",
        )


class GlassBroken(Fact):
    number: str
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"紧急授权执行 {self.number}：{self.reason}",
            f"{self.number} was executed by break-glass: {self.reason}",
        )


class JobRetried(Fact):
    number: str
    job: Text

    def sentence(self) -> Text:
        return Text(
            f"后台任务 {self.number}（{self.job.zh}）重新执行",
            f"Job {self.number} ({self.job.en}) starts again",
        )


class PolicySet(Fact):
    command: str
    levels: str
    branch: str
    currency: str
    from_amount: Decimal
    kind: str
    rating: str
    expires_after_h: int
    escalates_after_h: int
    effective_from: datetime | None

    def sentence(self) -> Text:
        start = self.effective_from
        from_zh = f"，{start:%Y-%m-%d %H:%M} 起生效" if start else ""
        from_en = f", in force from {start:%Y-%m-%d %H:%M}" if start else ""
        cell = " ".join(filter(None, (self.branch, self.kind, self.rating, self.currency)))
        return Text(
            f"审批矩阵已更新：{self.command}（{cell}）自 {self.from_amount} 起，"
            f"{self.levels or '无须审批'}，{self.expires_after_h} 小时内有效，"
            f"{self.escalates_after_h} 小时后升级{from_zh}",
            f"The approval matrix was set: {self.command} ({cell}) from {self.from_amount}, "
            f"{self.levels or 'no approval'}, open for {self.expires_after_h} h, late after "
            f"{self.escalates_after_h} h{from_en}",
        )
