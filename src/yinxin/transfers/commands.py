from datetime import date
from uuid import UUID

from pydantic import Field, field_validator

from yinxin.kernel.actor import Channel, Duty
from yinxin.kernel.command import Command, Upload, command
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.seals.commands import SealExamination

from .rules import CheckName, CheckResult

CLERKS = (Duty.CLERK,)
TRANSFER = Field(title="转账")


@command("transfers.receive", "4001", "受理转账", "Receive a transfer", makers=CLERKS)
class ReceiveTransfer(Command):
    """`page` is the scan of the sealed instruction; only the API may leave it out."""

    account_id: UUID = Field(title="付款账户")
    payee_name: str = Field(min_length=1, max_length=100, title="收款人名称")
    payee_account: str = Field(pattern=r"^[0-9A-Za-z-]{4,40}$", title="收款人账号")
    payee_bank: str = Field(min_length=1, max_length=100, title="收款人开户行")
    money: Money = Field(title="金额")
    amount_in_words: str = Field("", max_length=100, title="大写金额")
    purpose: str = Field(min_length=1, max_length=100, title="用途")
    instruction_number: str = Field(pattern=r"^[0-9A-Za-z-]{1,40}$", title="凭证号码")
    issued_on: date = Field(title="签发日期")
    page: Upload | None = Field(None, title="凭证影像")
    page_dpi: int | None = Field(None, ge=100, le=2400, title="分辨率（影像未注明时填写）")

    @field_validator("money")
    @classmethod
    def positive(cls, money: Money) -> Money:
        if money.amount <= 0:
            raise ValueError(Text("转账金额须大于零。", "The amount must be more than zero."))
        return money


@command(
    "transfers.record_checks",
    "4002",
    "登记核验结果",
    "Record the results of checks",
    channels=frozenset({Channel.JOB}),
)
class RecordChecks(Command):
    """Every check but that of the seal, whose examination comes as it was found."""

    transfer_id: UUID = TRANSFER
    results: tuple[CheckResult, ...] = Field(max_length=len(CheckName) - 1)
    examination: SealExamination | None = None


@command("transfers.submit", "4003", "提交转账", "Submit a transfer", makers=CLERKS)
class SubmitTransfer(Command):
    transfer_id: UUID = TRANSFER
    override_reason: str = Field("", max_length=500, title="存疑核验的处理理由")


@command("transfers.release", "4004", "转账付款", "Release a transfer", makers=CLERKS)
class ReleaseTransfer(Command):
    transfer_id: UUID = TRANSFER


@command(
    "transfers.reject",
    "4005",
    "转账退票",
    "Reject a transfer",
    makers=(Duty.CLERK, Duty.REVIEWER),
)
class RejectTransfer(Command):
    """退票: the checks that are its reasons, and a sentence."""

    transfer_id: UUID = TRANSFER
    checks: tuple[CheckName, ...] = Field((), title="未通过的核验")
    reason: str = Field(min_length=1, max_length=500, title="退票理由")
