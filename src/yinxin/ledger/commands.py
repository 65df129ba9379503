from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field, field_validator

from yinxin.kernel.actor import Duty
from yinxin.kernel.command import Command, Upload, command
from yinxin.kernel.money import MINOR_UNITS, Money
from yinxin.kernel.text import Text

from .rules import Nature

CLERKS = (Duty.CLERK,)
TITLE = Field(min_length=1, max_length=100, title="账户用途")
CURRENCY = Field(pattern=f"^({'|'.join(sorted(MINOR_UNITS))})$", title="币种")
REASON = Field(min_length=1, max_length=500, title="事由")


@command("ledger.open_account", "2001", "开立账户", "Open an account", makers=CLERKS)
class OpenAccount(Command):
    """`nature` is by default the plainest that the kind of customer may have."""

    customer_id: UUID = Field(title="客户")
    nature: Nature | None = Field(None, title="账户性质")
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
    """An account of the institution itself, at the branch of whoever opens it. `bank` and
    `bank_account` say where a nostro account is kept."""

    kind: Literal["cash", "nostro", "other"] = Field(title="种类")
    currency: str = CURRENCY
    title: str = TITLE
    bank: str = Field("", max_length=100, title="开户行")
    bank_account: str = Field("", pattern=r"^[0-9A-Za-z-]{0,40}$", title="在该行的账号")
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


@command("ledger.set_credit_only", "2006", "账户只收不付", "Set to credits only", makers=CLERKS)
class SetCreditOnly(Command):
    """止付: money comes in, none goes out."""

    account_id: UUID = Field(title="账户")
    reason: str = REASON


@command("ledger.lift_credit_only", "2007", "解除只收不付", "Lift credits only", makers=CLERKS)
class LiftCreditOnly(Command):
    account_id: UUID = Field(title="账户")
    reason: str = REASON


@command("ledger.close_account", "2008", "销户", "Close an account", makers=CLERKS)
class CloseAccount(Command):
    """Only with nothing on it and nothing held; the account is kept for ever."""

    account_id: UUID = Field(title="账户")
    reason: str = REASON


@command("ledger.hold_money", "2009", "冻结金额", "Hold money", makers=CLERKS)
class HoldMoney(Command):
    """Part of a balance, such as a court asks for."""

    account_id: UUID = Field(title="账户")
    money: Money = Field(title="金额")
    reference: str = Field(min_length=1, max_length=60, title="依据文号")
    reason: str = REASON

    @field_validator("money")
    @classmethod
    def positive(cls, money: Money) -> Money:
        if money.amount <= 0:
            raise ValueError(Text("冻结金额须大于零。", "The amount must be more than zero."))
        return money


@command("ledger.release_hold", "2010", "解除冻结金额", "Release held money", makers=CLERKS)
class ReleaseHeldMoney(Command):
    hold_id: UUID = Field(title="冻结")
    reason: str = REASON


@command("ledger.reverse", "2011", "冲正", "Reverse a posting", makers=CLERKS)
class ReversePosting(Command):
    """冲正: by a new posting, linked to the one that it takes back whole."""

    posting_id: UUID = Field(title="分录")
    reason: str = REASON


@command("ledger.close_day", "2012", "日切", "Close the business day", makers=(Duty.MANAGER,))
class CloseDay(Command):
    """Close the open business day with its trial balance, and open the next."""

    on: date = Field(title="营业日")


@command("ledger.print_statement", "2013", "打印对账单", "Print a statement of account")
class PrintStatement(Command):
    """对账单 of an account, from one bank date to another, both included."""

    account_id: UUID = Field(title="账户")
    since: date = Field(title="起日")
    until: date = Field(title="止日")


@command(
    "ledger.register_outside_account",
    "2014",
    "登记行外账户",
    "Register an outside account",
    makers=CLERKS,
)
class RegisterOutsideAccount(Command):
    """A customer's own account at another bank."""

    customer_id: UUID = Field(title="客户")
    bank: str = Field(min_length=1, max_length=100, title="开户行")
    account_number: str = Field(pattern=r"^[0-9A-Za-z-]{4,40}$", title="账号")
    nature: Nature = Field(title="账户性质")
    currency: str = CURRENCY


@command(
    "ledger.close_outside_account",
    "2015",
    "注销行外账户",
    "Close an outside account",
    makers=CLERKS,
)
class CloseOutsideAccount(Command):
    outside_account_id: UUID = Field(title="行外账户")
    reason: str = REASON


@command(
    "ledger.import_accounts",
    "2016",
    "存量账户迁移",
    "Import accounts",
    makers=(*CLERKS, Duty.MANAGER),
)
class ImportAccounts(Command):
    """The accounts of the system before with their balances, in one currency. What they hold is
    debited to an own account (迁移过渡户), so that no money is made."""

    file: Upload = Field(title="迁移文件")
    own_account_id: UUID = Field(title="迁移过渡户")
