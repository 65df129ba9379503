"""Accounts and what may move on them, reversals, and the business day."""

from dataclasses import asdict, replace
from datetime import date
from uuid import UUID

from yinxin.customers import queries as customers
from yinxin.gate.context import Context, Subject
from yinxin.gate.execution import THIS_EXECUTION
from yinxin.gate.numbers import draw
from yinxin.gate.registry import explains, handles
from yinxin.gate.rules import NOT_FOUND, Measure
from yinxin.kernel.fact import Fact
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.people.queries import bank_calendar, bank_today

from . import days, outside, queries, rules
from . import importing as importing
from .commands import (
    CloseAccount,
    CloseDay,
    CloseOutsideAccount,
    FreezeAccount,
    HoldMoney,
    LiftCreditOnly,
    OpenAccount,
    OpenOwnAccount,
    PayIn,
    PrintStatement,
    RegisterOutsideAccount,
    ReleaseHeldMoney,
    ReversePosting,
    SetCreditOnly,
    UnfreezeAccount,
)
from .facts import (
    AccountClosed,
    AccountFrozen,
    AccountOpened,
    AccountUnfrozen,
    CreditOnlyLifted,
    CreditOnlySet,
    DayClosed,
    HeldMoneyReleased,
    MoneyHeld,
    OutsideAccountClosed,
    OutsideAccountRegistered,
    OwnAccountOpened,
    PaidIn,
    PostingReversed,
    StatementPrinted,
)
from .models import (
    Account,
    BusinessDay,
    Hold,
    OutsideAccount,
    Posting,
    StatementPrint,
    TrialBalance,
)
from .posting import Entry, place_hold, post, release_hold, reverse, subject_of

State = Account.State
PRINT = "ledger.statementprint"
RUNNING = date(2000, 1, 1)  # account numbers run on, whatever the day

explains("ledger_outsideaccount_once", rules.OUTSIDE_ACCOUNT_ALREADY)


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
        nature=rules.nature_for(customer.kind, command.nature),
        currency=command.currency,
        branch=customer.branch,
        opened_at=context.now,
    )
    context.about(subject_of(account))
    return AccountOpened(
        number=account.number,
        customer=customer.name,
        nature=rules.Nature(account.nature),
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
    rules.require_moves(account.number, account.state, pays=False)
    _enter(account, State.FROZEN)
    return AccountFrozen(number=account.number, reason=command.reason)


@handles(UnfreezeAccount)
def unfreeze_account(command: UnfreezeAccount, context: Context) -> Fact:
    account = _seen(command.account_id, context, lock=True)
    if account.state != State.FROZEN:
        raise Refused(rules.ACCOUNT_NOT_FROZEN, number=account.number)
    _enter(account, State.OPEN)
    return AccountUnfrozen(number=account.number, reason=command.reason)


@handles(SetCreditOnly)
def set_credit_only(command: SetCreditOnly, context: Context) -> Fact:
    account = _seen(command.account_id, context, lock=True)
    rules.require_moves(account.number, account.state, pays=True)
    _enter(account, State.CREDIT_ONLY)
    return CreditOnlySet(number=account.number, reason=command.reason)


@handles(LiftCreditOnly)
def lift_credit_only(command: LiftCreditOnly, context: Context) -> Fact:
    account = _seen(command.account_id, context, lock=True)
    if account.state != State.CREDIT_ONLY:
        raise Refused(rules.ACCOUNT_NOT_CREDIT_ONLY, number=account.number)
    _enter(account, State.OPEN)
    return CreditOnlyLifted(number=account.number, reason=command.reason)


@handles(CloseAccount)
def close_account(command: CloseAccount, context: Context) -> Fact:
    account = _seen(command.account_id, context, lock=True)
    rules.require_moves(account.number, account.state, pays=False)
    account.closed_at = context.now
    _enter(account, State.CLOSED)
    return AccountClosed(number=account.number, reason=command.reason)


@handles(HoldMoney)
def hold_money(command: HoldMoney, context: Context) -> Fact:
    account = _seen(command.account_id, context)
    rules.require_currency(account.number, account.currency, command.money.currency)
    cause = context.new_id()
    place_hold(context, account.id, command.money, cause, command.reference, by_hand=True)
    return MoneyHeld(account=account.number, **command.model_dump(exclude={"account_id"}))


@handles(ReleaseHeldMoney)
def release_held_money(command: ReleaseHeldMoney, context: Context) -> Fact:
    hold = Hold.objects.filter(id=command.hold_id).first()
    if hold is None:
        raise Refused(NOT_FOUND)
    account = _seen(hold.account_id, context)
    if not hold.by_hand:
        raise Refused(rules.HOLD_OF_BUSINESS, reference=hold.reference)
    release_hold(context, hold.cause)
    return HeldMoneyReleased(
        account=account.number,
        money=Money(hold.amount, hold.currency),
        reference=hold.reference,
        reason=command.reason,
    )


@handles(ReversePosting)
def reverse_posting(command: ReversePosting, context: Context) -> Fact:
    posting = (
        Posting.objects.select_related("debit", "credit").filter(id=command.posting_id).first()
    )
    sides = [posting.credit, posting.debit] if posting else []
    seen = [each for each in sides if context.actor.oversees(each.branch)]
    if posting is None or not seen:
        raise Refused(NOT_FOUND)
    context.about(*map(subject_of, sorted(seen, key=lambda each: each.customer_id is None)))
    money = Money(posting.amount, posting.currency)
    context.measure(Measure(money=money, branch=seen[0].branch))
    reverse(context, posting, posting.reference, command.reason)
    return PostingReversed(
        reference=posting.reference,
        debited=posting.credit.number,
        credited=posting.debit.number,
        money=money,
        reason=command.reason,
    )


@handles(CloseDay)
def close_day(command: CloseDay, context: Context) -> Fact:
    days.hold_postings()
    today = bank_today()
    day = BusinessDay.objects.filter(state=BusinessDay.State.OPEN).first()
    if day is None or day.on != command.on:
        raise Refused(rules.DAY_NOT_OPEN, on=command.on, open=day.on if day else today)
    context.about(_day_subject(day))
    rules.require_begun(day.on, today)
    rows = days.trial_balance(day.on)
    rules.require_balanced(rows, days.carried_into(day))
    TrialBalance.objects.bulk_create(
        TrialBalance(id=context.new_id(), day=day, **asdict(row)) for row in rows
    )
    day.state, day.closed_at, day.closed_by = (
        BusinessDay.State.CLOSED,
        context.now,
        context.actor.name,
    )
    day.digest = days.digest_of(day.on, rows)
    day.save(update_fields=["state", "closed_at", "closed_by", "digest"])
    next_on = rules.next_business_day(day.on, today, bank_calendar())
    BusinessDay.objects.create(id=context.new_id(), on=next_on, opened_at=context.now)
    return DayClosed(on=day.on, next_on=next_on, rows=tuple(rows), digest=day.digest.hex())


@handles(PrintStatement)
def print_statement(command: PrintStatement, context: Context) -> Fact:
    rules.require_period(command.since, command.until)
    account = _seen(command.account_id, context)
    opening, closing = queries.balances_of(account, command.since, command.until)
    printed = StatementPrint.objects.create(
        id=context.new_id(),
        number=context.draw_number("ST", bank_today()),
        account=account,
        since=command.since,
        until=command.until,
        opening=opening.amount,
        closing=closing.amount,
        actor_id=context.actor.id,
        actor_name=context.actor.name,
        execution_id=THIS_EXECUTION,  # type: ignore[misc]  # an expression
        at=context.now,
    )
    context.about(replace(subject_of(account), kind=PRINT, id=printed.id, number=printed.number))
    return StatementPrinted(
        number=printed.number,
        account=account.number,
        since=command.since,
        until=command.until,
        opening=opening,
        closing=closing,
    )


@handles(RegisterOutsideAccount)
def register_outside_account(command: RegisterOutsideAccount, context: Context) -> Fact:
    customer = customers.active(context.actor, command.customer_id)
    context.about(
        Subject("customers.customer", customer.id, customer.number, customer.id, customer.branch)
    )
    nature = rules.nature_for(customer.kind, command.nature)
    row = OutsideAccount(
        id=context.new_id(),
        number=context.draw_number("OA", bank_today()),
        customer_id=customer.id,
        branch=customer.branch,
        bank=command.bank,
        nature=nature,
        currency=command.currency,
        digest=outside.number_digest(command.account_number),
        registered_at=context.now,
    )
    row.account_number = outside.seal_number(row, command.account_number)
    row.save(force_insert=True)
    context.about(_outside_subject(row))
    return OutsideAccountRegistered(
        number=row.number, customer=customer.name, **command.model_dump(exclude={"customer_id"})
    )


@handles(CloseOutsideAccount)
def close_outside_account(command: CloseOutsideAccount, context: Context) -> Fact:
    rows = OutsideAccount.objects.select_for_update(no_key=True)
    row = rows.filter(
        id=command.outside_account_id, branch__startswith=context.actor.branch
    ).first()
    if row is None:
        raise Refused(NOT_FOUND)
    context.about(_outside_subject(row))
    if row.state == OutsideAccount.State.CLOSED:
        raise Refused(rules.OUTSIDE_ACCOUNT_CLOSED, number=row.number)
    row.state, row.closed_at = OutsideAccount.State.CLOSED, context.now
    row.save(update_fields=["state", "closed_at"])
    return OutsideAccountClosed(number=row.number, reason=command.reason)


def _enter(account: Account, state: State) -> None:
    account.state = state
    account.save(update_fields=["state", "closed_at"])


def _day_subject(day: BusinessDay) -> Subject:
    return Subject("ledger.businessday", day.id, day.on.isoformat(), branch="/")


def _outside_subject(row: OutsideAccount) -> Subject:
    return Subject("ledger.outsideaccount", row.id, row.number, row.customer_id, row.branch)


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
    """The next number that no imported account has."""
    code = branch.rstrip("/").rpartition("/")[2]
    while True:
        number = rules.account_number(code, draw("AC", RUNNING))
        if not Account.objects.filter(number=number).exists():
            return number
