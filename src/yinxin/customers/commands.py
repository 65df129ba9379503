from uuid import UUID

from pydantic import Field

from yinxin.kernel.actor import Duty
from yinxin.kernel.command import Command, command

from .documents import DocumentType
from .rules import Kind, Rating

CUSTOMER = Field(title="客户")
REVEALERS = (
    Duty.CLERK, Duty.REVIEWER, Duty.MANAGER, Duty.RISK, Duty.COMPLIANCE, Duty.AUDITOR,
)  # fmt: skip


@command("customers.register", "1001", "登记客户", "Register a customer", makers=(Duty.CLERK,))
class RegisterCustomer(Command):
    """The customer belongs to the branch of whoever registers it."""

    kind: Kind = Field(title="客户类别")
    name: str = Field(min_length=1, max_length=100, title="姓名或名称")
    document_type: DocumentType = Field(title="证件类型")
    document_number: str = Field(min_length=1, max_length=40, title="证件号码")
    phone: str = Field(pattern=r"^\+?[0-9][0-9 -]{4,19}$", title="联系电话")
    address: str = Field(min_length=1, max_length=200, title="地址")
    rating: Rating = Field(Rating.NORMAL, title="风险等级")


@command("customers.open", "1002", "客户开户", "Open a customer", makers=(Duty.CLERK,))
class OpenCustomer(Command):
    customer_id: UUID = CUSTOMER


@command(
    "customers.reveal_number", "1003", "查看完整证件号码", "Reveal a document number",
    makers=REVEALERS,
)  # fmt: skip
class RevealNumber(Command):
    """For some minutes the customer's page shows the number to whoever gave the reason."""

    customer_id: UUID = CUSTOMER
    reason: str = Field(min_length=2, max_length=200, title="事由")
