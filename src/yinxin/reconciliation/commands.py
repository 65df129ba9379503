from uuid import UUID

from pydantic import Field

from yinxin.kernel.actor import Duty
from yinxin.kernel.command import Command, Upload, command

CLERKS = (Duty.CLERK,)
STATEMENT = Field(title="对账单")


@command(
    "reconciliation.import_statement", "5001", "导入对账单", "Import a statement", makers=CLERKS
)
class ImportStatement(Command):
    """A camt.053 file, whole or not at all."""

    account_id: UUID = Field(title="存放同业账户")
    file: Upload = Field(title="对账单文件（camt.053）")


@command("reconciliation.match", "5002", "执行对账", "Match a statement", makers=CLERKS)
class MatchStatement(Command):
    """Match what is not matched yet; it may be repeated when more was posted."""

    statement_id: UUID = STATEMENT


@command("reconciliation.sign_off", "5003", "签核对账单", "Sign off a statement", makers=CLERKS)
class SignOffStatement(Command):
    statement_id: UUID = STATEMENT


@command("reconciliation.explain", "5004", "说明未达账项", "Explain an open item", makers=CLERKS)
class ExplainOpenItem(Command):
    item_id: UUID = Field(title="未达账项")
    explanation: str = Field(min_length=1, max_length=500, title="原因说明")
