"""What the ledger adds to seals, which know no accounts: a card goes to an account that is there,
open and the customer's own."""

from datetime import datetime
from uuid import UUID

from yinxin.gate.registry import authorises
from yinxin.kernel.actor import Actor
from yinxin.kernel.command import Command
from yinxin.kernel.refusals import Refused, refusal
from yinxin.seals import queries as seals
from yinxin.seals.commands import ApplySeal, EnterSeal, ShareCard

from . import queries
from .models import Account

ACCOUNT_NOT_THE_CUSTOMERS = refusal(
    "account_not_the_customers",
    "该账户不存在、已销户或不属于此客户，或账号与账户不一致，不能预留印鉴。",
    "The account is not there, closed or another customer's, or its number is another; no seal "
    "can be registered for it.",
    "人民币银行结算账户管理办法",
)


@authorises
def account_takes_seals(command: Command, actor: Actor, now: datetime) -> None:
    if isinstance(command, EnterSeal):
        _require(actor, command.account_id, command.customer_id, command.account_number)
    elif isinstance(command, ApplySeal) and command.account_id:
        _require(actor, command.account_id, command.customer_id)
    elif isinstance(command, ShareCard):
        card = seals.sealcards_for(actor).filter(id=command.card_id).first()
        if card:
            _require(actor, command.account_id, card.customer_id, command.account_number)


def _require(actor: Actor, account_id: UUID, customer_id: UUID, number: str = "") -> None:
    rows = queries.accounts_for(actor).exclude(state=Account.State.CLOSED)
    found = rows.filter(id=account_id, customer_id=customer_id).first()
    if found is None or number not in ("", found.number):
        raise Refused(ACCOUNT_NOT_THE_CUSTOMERS)
