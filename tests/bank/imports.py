"""What a bank brings along from the system before (存量迁移)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection, transaction

from yinxin.customers.commands import ImportCustomers
from yinxin.customers.models import Customer
from yinxin.gate.door import Outcome
from yinxin.ledger.commands import ImportAccounts, OpenOwnAccount
from yinxin.ledger.models import Account
from yinxin.transfers.commands import ImportHistory
from yinxin.vault import blobs

from .verbs import Bank

BY = date(2099, 1, 1)
APPROVERS = ("王芳", "何静")  # manager, and risk
CUSTOMERS = (
    "原客户号,类别,状态,姓名或名称,证件类型,证件号码,证件有效期至,联系电话,地址,职业,经营范围"
)
XUE = (
    "A-1,个人,正常,欧阳雪,居民身份证,110101199003071233,长期,13800138000,江州市和平路 8 号,"
    "专业技术人员,"
)
FIRM = "A-2,单位,已登记,清河商贸有限公司,uscc,91110000600037341L,,010-12345678,江州市,,批发"
ACCOUNTS = "客户号,账号,账户性质,账户用途,余额,状态"
HISTORY = (
    "付款账号,凭证编号,凭证号码,收款人名称,收款人账号,收款人开户行,金额,用途,签发日期,付款日期,"
    "清算方式"
)


def table(head: str, *rows: str) -> bytes:
    return "\n".join((head, *rows)).encode("gb18030")


def customers(bank: Bank, content: bytes) -> Outcome:
    return bank.do("张敏", ImportCustomers(file=_staged(bank, content), review_by=BY))


def accounts(bank: Bank, content: bytes, own: Account) -> Outcome:
    return bank.do("张敏", ImportAccounts(file=_staged(bank, content), own_account_id=own.id))


def history(bank: Bank, content: bytes) -> Outcome:
    return bank.do("张敏", ImportHistory(file=_staged(bank, content)))


def approved(bank: Bank, outcome: Outcome) -> None:
    assert outcome.status == "pending", outcome
    for approver in APPROVERS:
        answer = bank.approve(outcome.request_id, approver)
        assert answer.status == "done", answer


def xue(bank: Bank) -> Customer:
    """欧阳雪, brought along as an active customer."""
    approved(bank, customers(bank, table(CUSTOMERS, XUE)))
    return Customer.objects.get(former_number="A-1")


def transit(bank: Bank) -> Account:
    """迁移过渡户."""
    command = OpenOwnAccount(kind="other", currency="CNY", title="迁移过渡户")
    bank.done("王芳", command, "李强")
    return Account.objects.get(title="迁移过渡户")


@contextmanager
def past_the_gate() -> Iterator[Any]:
    """A cursor inside the guards, as a fault of the code would have it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yinxin.command', gen_random_uuid()::text, true)")
        yield cursor


def _staged(bank: Bank, content: bytes) -> str:
    return str(blobs.stage(bank.staff_id("张敏"), content, "text/csv"))
