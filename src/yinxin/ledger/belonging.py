"""What the ledger adds to customers, who know no accounts: nobody leaves with one still open."""

from datetime import datetime

from yinxin.customers.commands import CloseCustomer
from yinxin.gate.registry import authorises
from yinxin.kernel.actor import Actor
from yinxin.kernel.command import Command
from yinxin.kernel.refusals import Refused, refusal

from . import queries
from .models import Account

ACCOUNTS_OPEN = refusal(
    "accounts_open",
    "客户名下还有未销账户 {number}，请先结清余额并销户。",
    "The customer still has account {number}; settle and close it first.",
    "人民币银行结算账户管理办法",
)


@authorises
def customer_has_no_account(command: Command, actor: Actor, now: datetime) -> None:
    if isinstance(command, CloseCustomer):
        rows = queries.accounts_for(actor).exclude(state=Account.State.CLOSED)
        for account in rows.filter(customer_id=command.customer_id).order_by("number")[:1]:
            raise Refused(ACCOUNTS_OPEN, number=account.number)
