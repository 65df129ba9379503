"""Customers with accounts and money in them, made by commands alone."""

from decimal import Decimal
from uuid import UUID

from tests.bank import customers
from tests.bank.kept import once
from tests.bank.verbs import Bank

from yinxin.customers.commands import RegisterCustomer
from yinxin.customers.documents import DocumentType
from yinxin.customers.rules import Kind, Rating
from yinxin.kernel.money import Money
from yinxin.ledger.commands import OpenAccount, OpenOwnAccount, PayIn
from yinxin.ledger.models import Account

ID_CARDS = ("11010519491231002X", "110101199003070011", "11010119900307002X")


def cny(amount: int | str) -> Money:
    return Money(Decimal(amount), "CNY")


@once
def customer(bank: Bank, which: int = 0, rating: Rating = Rating.NORMAL) -> UUID:
    """An active customer, 刘洋 by name."""
    person = RegisterCustomer(
        kind=Kind.PERSON,
        name="刘洋",
        document_type=DocumentType.ID_CARD,
        document_number=ID_CARDS[which],
        phone="13800138000",
        address="北京市海淀区清河路 1 号",
    )
    approvers = ("李强", "王芳") if rating is Rating.HIGH else ("李强",)
    high = rating if rating is Rating.HIGH else None
    return customers.opened(bank, person, *approvers, rating=high)


@once
def nostro(bank: Bank, currency: str = "CNY", may_overdraw: bool = True) -> Account:
    command = OpenOwnAccount(
        kind="nostro", currency=currency, title="存放同业清算户", may_overdraw=may_overdraw
    )
    bank.done("王芳", command, "李强")
    return Account.objects.latest("number")


def account(bank: Bank, customer_id: UUID, currency: str = "CNY") -> Account:
    command = OpenAccount(customer_id=customer_id, currency=currency, title="基本存款账户")
    bank.done("张敏", command, "李强")
    return Account.objects.latest("number")


def pay_in(own: Account, to: Account, money: Money, reference: str = "CORE-1") -> PayIn:
    return PayIn(
        account_id=to.id, own_account_id=own.id, money=money, payer="周宁", reference=reference
    )


@once
def funded(bank: Bank, amount: int) -> tuple[Account, Account]:
    """A customer's account with money in it, and the nostro that it came through."""
    own, to = nostro(bank), account(bank, customer(bank))
    bank.done("张敏", pay_in(own, to, cny(amount)), "李强")
    to.refresh_from_db()
    own.refresh_from_db()
    return to, own
