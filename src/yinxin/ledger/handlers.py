"""Opening accounts, paying in, freezing."""

from datetime import date
from uuid import UUID

from yinxin.customers import queries as customers
from yinxin.gate.context import Context, Subject
from yinxin.gate.numbers import draw
from yinxin.gate.registry import handles
from yinxin.gate.rules import NOT_FOUND, Measure
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused

from . import rules
from .commands import FreezeAccount, OpenAccount, OpenOwnAccount, PayIn, UnfreezeAccount
from .facts import AccountFrozen, AccountOpened, AccountUnfrozen, OwnAccountOpened, PaidIn
from .models import Account
from .posting import Entry, post, subject_of

RUNNING = date(2000, 1, 1)  # account numbers run on, whatever the day


@handles(OpenAccount)
def open_account(command: OpenAccount, context: Context) -> Fact:
    customer = customers.active(context.actor, command.customer_id)
    context.about(
        Subject("customers.customer", customer.id, customer.number, customer.id, customer.branch)
    )
    context.measure(Measure(rating=customer.rating, branch=customer.branch))
    account = Account.objects.create(
        id=context.new_id(),
        number=_number(customer.branch),
        kind=Account.Kind.CUSTOMER,
        customer_id=customer.id,
        title=command.title,
        currency=command.currency,
        branch=customer.branch,
        opened_at=context.now,
    )
    context.about(subject_of(account))
    return AccountOpened(
        number=account.number,
        customer=customer.name,
        currency=account.currency,
        title=account.title,
    )


@handles(OpenOwnAccount)
def open_own_account(command: OpenOwnAccount, context: Context) -> Fact:
    account = Account.objects.create(
        id=context.new_id(),
        number=_number(context.actor.branch),
        branch=context.actor.branch,
        opened_at=context.now,
        **command.model_dump(),
    )
    context.about(subject_of(account))
    return OwnAccountOpened(number=account.number, **command.model_dump())


@handles(PayIn)
def pay_in(command: PayIn, context: Context) -> Fact:
    account = _seen(command.account_id, context)
    if account.customer_id is None:
        raise Refused(rules.NOT_CUSTOMER_ACCOUNT, number=account.number)
    own = Account.objects.filter(id=command.own_account_id).first()
    if own is None:
        raise Refused(NOT_FOUND)
    if own.kind == Account.Kind.CUSTOMER:
        raise Refused(rules.NOT_OWN_ACCOUNT, number=own.number)
    for each in (account, own):
        rules.require_currency(each.number, each.currency, command.money.currency)
    context.measure(Measure(money=command.money, branch=account.branch))
    entry = Entry(
        debit=own.id,
        credit=account.id,
        money=command.money,
        cause=context.new_id(),
        reference=command.reference,
        counterparty=command.payer,
        owner=account.customer_id,
    )
    post(context, [entry])
    return PaidIn(
        account=account.number,
        own_account=own.number,
        money=command.money,
        payer=command.payer,
        reference=command.reference,
    )


@handles(FreezeAccount)
def freeze_account(command: FreezeAccount, context: Context) -> Fact:
    account = _seen(command.account_id, context, lock=True)
    rules.require_open(account.number, account.state)
    account.state = Account.State.FROZEN
    account.save(update_fields=["state"])
    return AccountFrozen(number=account.number, reason=command.reason)


@handles(UnfreezeAccount)
def unfreeze_account(command: UnfreezeAccount, context: Context) -> Fact:
    account = _seen(command.account_id, context, lock=True)
    if account.state != Account.State.FROZEN:
        raise Refused(rules.ACCOUNT_NOT_FROZEN, number=account.number)
    account.state = Account.State.OPEN
    account.save(update_fields=["state"])
    return AccountUnfrozen(number=account.number, reason=command.reason)


def _seen(account_id: UUID, context: Context, *, lock: bool = False) -> Account:
    """An account below the actor's branch."""
    accounts = Account.objects.select_for_update(no_key=True) if lock else Account.objects.all()
    account = accounts.filter(id=account_id, branch__startswith=context.actor.branch).first()
    if account is None:
        raise Refused(NOT_FOUND)
    context.about(subject_of(account))
    context.measure(Measure(branch=account.branch))
    return account


def _number(branch: str) -> str:
    return rules.account_number(branch.rstrip("/").rpartition("/")[2], draw("AC", RUNNING))
