from typing import Literal
from uuid import UUID

from pydantic import Field, field_validator

from yinxin.kernel.actor import Duty
from yinxin.kernel.command import Command, command
from yinxin.kernel.money import MINOR_UNITS, Money
from yinxin.kernel.text import Text

CLERKS = (Duty.CLERK,)
TITLE = Field(min_length=1, max_length=100, title="账户用途")
CURRENCY = Field(pattern=f"^({'|'.join(sorted(MINOR_UNITS))})$", title="币种")
REASON = Field(min_length=1, max_length=500, title="事由")


@command("ledger.open_account", "2001", "开立账户", "Open an account", makers=CLERKS)
class OpenAccount(Command):
    customer_id: UUID = Field(title="客户")
    currency: str = CURRENCY
    title: str = TITLE


@command(
    "ledger.open_own_account",
    "2002",
    "开立内部账户",
    "Open an own account",
    makers=(Duty.MANAGER,),
)
class OpenOwnAccount(Command):
    """An account of the institution itself, at the branch of whoever opens it."""

    kind: Literal["cash", "nostro", "other"] = Field(title="种类")
    currency: str = CURRENCY
    title: str = TITLE
    may_overdraw: bool = Field(True, title="余额可为负")


@command("ledger.pay_in", "2003", "来账入账", "Pay in", makers=CLERKS)
class PayIn(Command):
    """来账 or 现金存入: money that reached an own account goes to a customer's."""

    account_id: UUID = Field(title="收款账户")
    own_account_id: UUID = Field(title="内部账户")
    money: Money = Field(title="金额")
    payer: str = Field(min_length=1, max_length=100, title="付款人")
    reference: str = Field(min_length=1, max_length=60, title="来账流水号")

    @field_validator("money")
    @classmethod
    def positive(cls, money: Money) -> Money:
        if money.amount <= 0:
            raise ValueError(Text("入账金额须大于零。", "The amount must be more than zero."))
        return money


@command("ledger.freeze", "2004", "冻结账户", "Freeze an account", makers=CLERKS)
class FreezeAccount(Command):
    """不收不付, until it is unfrozen."""

    account_id: UUID = Field(title="账户")
    reason: str = REASON


@command("ledger.unfreeze", "2005", "解冻账户", "Unfreeze an account", makers=CLERKS)
class UnfreezeAccount(Command):
    account_id: UUID = Field(title="账户")
    reason: str = REASON
