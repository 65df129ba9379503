"""Bodies for what a bank brings along from the system before; each prepares what it acts on."""

from collections.abc import Callable
from uuid import UUID

from tests.bank import customers, imports
from yinxin.customers.commands import AddDocument, EnterAgain
from yinxin.customers.models import Customer
from yinxin.ledger.models import Account

from .work import Body, Work

BY = imports.BY.isoformat()
ACCOUNT = "6217000000000000001"
PAST = "V-1,I-1,王秀英,6222020000000000018,工商银行,3000,房租,2025-03-01,2025-03-02,跨行"


def former(number: str, document_number: str) -> bytes:
    row = imports.XUE.replace("A-1", number).replace("110101199003071233", document_number)
    return imports.table(imports.CUSTOMERS, row)


def customer(work: Work) -> Body:
    file = work.upload("张敏", former("A-2", "110101198808080028"), "text/csv")
    return {"file": file, "review_by": BY}


def brought(work: Work, number: str, document_number: str) -> UUID:
    imports.approved(work.bank, imports.customers(work.bank, former(number, document_number)))
    return Customer.objects.get(former_number=number).id


def under_review(work: Work) -> UUID:
    """One who has since brought what was missing."""
    document_number = "11010119880808001X"
    customer_id = brought(work, "A-1", document_number)
    again = EnterAgain(
        customer_id=customer_id, name="欧阳雪", document_number=document_number, valid_until="长期"
    )
    work.bank.done("李强", again)
    image = customers.staged(work.bank)
    work.bank.done("张敏", AddDocument(customer_id=customer_id, paper="front", image=image))
    return customer_id


def account(work: Work) -> Body:
    brought(work, "A-3", "110101198808080036")
    content = imports.table(imports.ACCOUNTS, f"A-3,{ACCOUNT},个人结算账户,工资,100.50,正常")
    own = imports.transit(work.bank).id
    return {"file": work.upload("张敏", content, "text/csv"), "own_account_id": own}


def history(work: Work) -> Body:
    payer = Account.objects.get(id=work.account.id).number
    content = imports.table(imports.HISTORY, f"{payer},{PAST}")
    return {"file": work.upload("张敏", content, "text/csv")}


# Who sends the command, and its body.
BODIES: dict[str, tuple[str, Callable[[Work], Body]]] = {
    "customers.import_customers": ("张敏", customer),
    "customers.review": ("张敏", lambda work: {"customer_id": under_review(work)}),
    "ledger.import_accounts": ("张敏", account),
    "transfers.import_history": ("张敏", history),
}
