"""Customers of the tests, as they come to the counter."""

from uuid import UUID

from tests.bank import customers
from tests.bank.kept import once
from tests.bank.verbs import Bank

from yinxin.customers.commands import EnterAgain, RegisterCustomer
from yinxin.customers.documents import DocumentType
from yinxin.customers.rules import Kind

NUMBER = "110101199003071233"


def person(**changes: object) -> RegisterCustomer:
    fields: dict[str, object] = {
        "kind": Kind.PERSON,
        "name": "欧阳雪",
        "document_type": DocumentType.ID_CARD,
        "document_number": NUMBER,
        "valid_until": "2035-03-07",
        "phone": "13800138000",
        "address": "江州市城东区和平路 8 号",
        "occupation": "professional",
    }
    return RegisterCustomer.model_validate(fields | changes)


COMPANY = person(
    kind=Kind.ORGANISATION,
    name="清河商贸有限公司",
    document_type=DocumentType.USCC,
    document_number="91110000600037341L",
    occupation=None,
    business_scope="日用百货批发、零售",
    industry="trade",
)


@once
def registered(bank: Bank, **changes: object) -> UUID:
    return customers.registered(bank, person(**changes))


@once
def opened(bank: Bank, **changes: object) -> UUID:
    return customers.opened(bank, person(**changes))


def again(customer_id: UUID, **changes: object) -> EnterAgain:
    """What the second person types from the same card."""
    fields: dict[str, object] = {
        "customer_id": customer_id,
        "name": "欧阳雪",
        "document_number": NUMBER,
        "valid_until": "2035.03.07",
    }
    return EnterAgain.model_validate(fields | changes)
