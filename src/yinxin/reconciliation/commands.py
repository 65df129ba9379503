from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from yinxin.kernel.actor import Channel, Duty
from yinxin.kernel.command import Command, Upload, command

CLERKS = (Duty.CLERK,)
STATEMENT = Field(title="对账单")
ITEM = Field(title="未达账项")
ACCOUNT = Field(title="存放同业账户")

Frequency = Literal["daily", "weekly", "monthly", "quarterly"]


@command(
    "reconciliation.import_statement", "5001", "导入对账单", "Import a statement", makers=CLERKS
)
class ImportStatement(Command):
    """A camt.053, MT940, CSV, XLS or XLSX file, whole or not at all; its format is found."""

    account_id: UUID = ACCOUNT
    file: Upload = Field(title="对账单文件（camt.053、MT940、CSV、XLS、XLSX）")


@command("reconciliation.match", "5002", "执行对账", "Match a statement", makers=CLERKS)
class MatchStatement(Command):
    """Match what is not matched yet; it may be repeated when more was posted."""

    statement_id: UUID = STATEMENT


@command("reconciliation.sign_off", "5003", "签核对账单", "Sign off a statement", makers=CLERKS)
class SignOffStatement(Command):
    statement_id: UUID = STATEMENT


@command("reconciliation.explain", "5004", "说明未达账项", "Explain an open item", makers=CLERKS)
class ExplainOpenItem(Command):
    item_id: UUID = ITEM
    explanation: str = Field(min_length=1, max_length=500, title="原因说明")


@command("reconciliation.agree", "5005", "设定对账约定", "Agree on reconciliation", makers=CLERKS)
class AgreeOnReconciliation(Command):
    """How far amounts and dates may differ, how often the account is due, and from when on."""

    account_id: UUID = ACCOUNT
    frequency: Frequency = Field(title="对账频率")
    first_due_on: date = Field(title="下次到期日")
    tolerance: Decimal = Field(
        default=Decimal(0), ge=0, max_digits=18, decimal_places=3, title="金额容差"
    )
    window_d: int = Field(default=5, ge=0, le=366, title="日期容差（天）")


@command("reconciliation.assign", "5006", "指派未达账项", "Assign an open item", makers=CLERKS)
class AssignOpenItem(Command):
    item_id: UUID = ITEM
    owner_id: UUID = Field(title="责任人")


@command("reconciliation.record_contact", "5007", "登记联系记录", "Record a contact", makers=CLERKS)
class RecordContact(Command):
    """Whom we asked about an open item, and what they said."""

    item_id: UUID = ITEM
    asked_on: date = Field(title="联系日期")
    asked: str = Field(min_length=1, max_length=100, title="联系对象")
    answer: str = Field(default="", max_length=500, title="答复")


@command("reconciliation.accept_fee", "5008", "认可手续费差额", "Accept a fee", makers=CLERKS)
class AcceptFee(Command):
    """Match a line with what it is but for the bank's fee. The fee is proposed, not posted."""

    item_id: UUID = ITEM


@command(
    "reconciliation.open_due_run",
    "5009",
    "登记到期对账",
    "Open a due run",
    channels=frozenset({Channel.JOB}),
)
class OpenDueRun(Command):
    account_id: UUID = ACCOUNT
    due_on: date = Field(title="到期日")


@command("reconciliation.print_report", "5010", "打印对账报告", "Print a report")
class PrintReport(Command):
    statement_id: UUID = STATEMENT


@command("reconciliation.match_by_hand", "5011", "手工对账", "Match by hand", makers=CLERKS)
class MatchByHand(Command):
    """Lines and postings of one statement that matching could not tell to be the same. Their sums
    agree within the tolerance of the account, or the reason says why not."""

    item_ids: tuple[UUID, ...] = Field(min_length=2, max_length=50, title="未达账项")
    reason: str = Field(default="", max_length=500, title="差额原因")
