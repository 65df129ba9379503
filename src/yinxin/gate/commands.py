from decimal import Decimal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from yinxin.kernel.actor import Channel, Duty
from yinxin.kernel.command import Command, command


@command("gate.approve", "0001", "审批通过", "Approve", second_factor=True)
class Approve(Command):
    """`shown` is the digest of what the approver saw, as the request page gives it."""

    request_id: UUID = Field(title="申请")
    shown: str = Field(pattern="^[0-9a-f]{64}$", title="所见内容的摘要")
    reason: str = Field("", max_length=500, title="理由")


@command("gate.reject", "0002", "审批拒绝", "Reject")
class Reject(Command):
    request_id: UUID = Field(title="申请")
    reason: str = Field(min_length=1, max_length=500, title="理由")


@command("gate.return", "0003", "退回发起人", "Return to maker")
class ReturnToMaker(Command):
    request_id: UUID = Field(title="申请")
    reason: str = Field(min_length=1, max_length=500, title="理由")


@command("gate.withdraw", "0004", "撤回申请", "Withdraw")
class Withdraw(Command):
    request_id: UUID = Field(title="申请")
    reason: str = Field(min_length=1, max_length=500, title="理由")


@command(
    "gate.break_glass",
    "0005",
    "紧急授权",
    "Break glass",
    makers=(Duty.MANAGER, Duty.RISK),
    second_factor=True,
)
class BreakGlass(Command):
    """Execute a request without its remaining levels, by two persons and with a reason."""

    request_id: UUID = Field(title="申请")
    reason: str = Field(min_length=10, max_length=500, title="理由")


@command("gate.expire", "0006", "申请逾期", "Expire a request", channels=frozenset({Channel.JOB}))
class ExpireRequest(Command):
    request_id: UUID = Field(title="申请")


@command("gate.escalate", "0008", "审批逾时升级", "Escalate", channels=frozenset({Channel.JOB}))
class Escalate(Command):
    """The present level is late: those of the next one may decide in its place."""

    request_id: UUID = Field(title="申请")


@command("gate.retry_job", "0009", "重新执行后台任务", "Retry a job", makers=(Duty.ADMINISTRATOR,))
class RetryJob(Command):
    """Once what made it fail has been mended. What it has done already it does not do again."""

    job_id: int = Field(ge=1, lt=2**63, title="任务编号")


class LevelOf(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    duties: tuple[Duty, ...] = Field(min_length=1, title="岗位")
    count: int = Field(1, ge=1, le=9, title="人数")


@command(
    "gate.set_policy",
    "0007",
    "设置审批矩阵",
    "Set the approval matrix",
    makers=(Duty.ADMINISTRATOR, Duty.COMPLIANCE),
    second_factor=True,
)
class SetPolicy(Command):
    """Replace the row of the matrix with the same command, branch, currency, amount, kind and
    rating, or add one; no levels means that no approval is needed.

    It takes effect at once or at `effective_from`, and replaces what was to take effect later.
    """

    command: str = Field(title="交易")
    levels: tuple[LevelOf, ...] = Field(max_length=5, title="审批环节")
    branch: str = Field("/", pattern="^/([0-9A-Za-z]+/)*$", title="网点")
    currency: str = Field("", pattern="^([A-Z]{3})?$", title="币种")
    from_amount: Decimal = Field(
        Decimal(0), ge=0, max_digits=18, decimal_places=3, title="起始金额"
    )
    kind: str = Field("", max_length=40, title="种类")
    rating: str = Field("", max_length=20, title="风险等级")
    expires_after_h: int = Field(72, ge=1, le=2400, title="有效小时数")
    escalates_after_h: int = Field(24, ge=1, le=2400, title="逾时升级小时数")
    effective_from: AwareDatetime | None = Field(None, title="生效时间")
