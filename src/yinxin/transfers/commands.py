from datetime import date
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from yinxin.kernel.actor import Channel, Duty
from yinxin.kernel.command import Command, Upload, command
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.seals.commands import SealExamination

from .batchfile import MOST_ROWS
from .rules import CheckName, CheckResult

CLERKS = (Duty.CLERK,)
TRANSFER, BATCH = Field(title="转账"), Field(title="批次")
AGENT = Field(None, title="代理人（由代理人办理时）")
OVERRIDE = Field("", max_length=500, title="存疑核验的处理理由")
RETURN_REASON = Field(min_length=1, max_length=500, title="退票理由")


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
    agent_id: UUID | None = AGENT
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
    override_reason: str = OVERRIDE


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
    reason: str = RETURN_REASON


@command("transfers.receive_batch", "4006", "受理批量转账", "Receive a batch", makers=CLERKS)
class ReceiveBatch(Command):
    """`file` is CSV or XLSX, one instruction a row; `page` the scan of the sealed covering page,
    which only the API may leave out."""

    account_id: UUID = Field(title="付款账户")
    file: Upload = Field(title="批量文件")
    issued_on: date = Field(title="签发日期")
    amount_in_words: str = Field("", max_length=100, title="大写合计金额")
    agent_id: UUID | None = AGENT
    page: Upload | None = Field(None, title="凭证影像")
    page_dpi: int | None = Field(None, ge=100, le=2400, title="分辨率（影像未注明时填写）")


class RowChecks(BaseModel):
    """The checks of one row that did not simply pass."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    transfer_id: UUID
    results: tuple[CheckResult, ...]


@command(
    "transfers.record_batch_checks",
    "4007",
    "登记批次核验结果",
    "Record the checks of a batch",
    channels=frozenset({Channel.JOB}),
)
class RecordBatchChecks(Command):
    """Checks of the batch as a whole, and those of rows that found something."""

    batch_id: UUID = BATCH
    results: tuple[CheckResult, ...] = Field(max_length=len(CheckName) - 1)
    rows: tuple[RowChecks, ...] = Field((), max_length=MOST_ROWS)
    examination: SealExamination | None = None


@command("transfers.submit_batch", "4008", "提交批次", "Submit a batch", makers=CLERKS)
class SubmitBatch(Command):
    """The rows whose checks failed are rejected, the others go on together."""

    batch_id: UUID = BATCH
    override_reason: str = OVERRIDE


@command("transfers.release_batch", "4009", "批次付款", "Release a batch", makers=CLERKS)
class ReleaseBatch(Command):
    batch_id: UUID = BATCH


@command(
    "transfers.reject_batch",
    "4010",
    "批次退票",
    "Reject a batch",
    makers=(Duty.CLERK, Duty.REVIEWER),
)
class RejectBatch(Command):
    batch_id: UUID = BATCH
    reason: str = RETURN_REASON


@command("transfers.print_voucher", "4011", "打印凭证", "Print a voucher")
class PrintVoucher(Command):
    """The voucher of a released transfer, the notice (退票通知书) of a rejected one; again, it is
    marked 补打."""

    transfer_id: UUID = TRANSFER


@command("transfers.set_limit", "4012", "设置限额", "Set a limit", makers=CLERKS)
class SetLimit(Command):
    """Of a customer, or of one account: it replaces the one in force."""

    customer_id: UUID | None = Field(None, title="客户")
    account_id: UUID | None = Field(None, title="账户")
    per: Literal["transfer", "day"] = Field(title="限额口径")
    money: Money = Field(title="限额")

    @model_validator(mode="after")
    def one_subject(self) -> Self:
        if (self.customer_id is None) is (self.account_id is None):
            raise ValueError(
                Text("请选择客户或账户之一。", "Choose either a customer or an account.")
            )
        if self.money.amount < 0:
            raise ValueError(Text("限额不得为负。", "A limit is not negative."))
        return self


@command("transfers.lift_limit", "4013", "取消限额", "Lift a limit", makers=CLERKS)
class LiftLimit(Command):
    limit_id: UUID = Field(title="限额")
    reason: str = Field(min_length=1, max_length=500, title="事由")


@command(
    "transfers.dispatch",
    "4014",
    "发送付款报文",
    "Dispatch payments",
    channels=frozenset({Channel.JOB}),
)
class DispatchPayments(Command):
    """`file` is the pain.001 that tells another bank to pay these, under its message id."""

    account_id: UUID
    transfer_ids: tuple[UUID, ...] = Field(min_length=1, max_length=MOST_ROWS)
    message_id: str = Field(pattern=r"^[0-9A-Za-z-]{1,35}$")
    file: Upload


@command(
    "transfers.take_answer",
    "4015",
    "接收清算回执",
    "Take in an answer of a bank",
    channels=frozenset({Channel.JOB}),
)
class TakeAnswer(Command):
    """A pain.002 or camt.054 that came over the rail; what it returns (退汇) is booked back."""

    file: Upload


@command(
    "transfers.import_answer", "4016", "导入清算回执", "Import an answer of a bank", makers=CLERKS
)
class ImportAnswer(Command):
    """The same, brought as a file by a person."""

    file: Upload = Field(title="回执报文")


@command(
    "transfers.set_aside",
    "4018",
    "搁置清算回执",
    "Set an answer aside",
    channels=frozenset({Channel.JOB}),
)
class SetAnswerAside(Command):
    """What came over the rail and cannot be taken in waits for a person, who is told why."""

    file: Upload
    why: Text


@command(
    "transfers.close_stray", "4019", "办结搁置回执", "Close an answer set aside", makers=CLERKS
)
class CloseStrayAnswer(Command):
    stray_id: UUID = Field(title="搁置回执")
    remark: str = Field(min_length=2, max_length=500, title="处理情况")


@command(
    "transfers.fetch_stray", "4020", "下载搁置回执", "Download an answer set aside", makers=CLERKS
)
class FetchStrayAnswer(Command):
    """For some minutes its file is there for whoever asked."""

    stray_id: UUID = Field(title="搁置回执")


@command(
    "transfers.import_history",
    "4017",
    "历史转账迁移",
    "Import past transfers",
    makers=(*CLERKS, Duty.MANAGER),
)
class ImportHistory(Command):
    """Transfers that the system before paid; no money moves."""

    file: Upload = Field(title="迁移文件")
