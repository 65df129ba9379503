"""The customers of the day: five are opened, one of them after it was sent back, one is refused."""

from dataclasses import dataclass, field
from uuid import UUID

from stdnum.cn import uscc
from tests.bank import customers
from tests.bank.verbs import Bank

from yinxin.customers.commands import (
    ChangeCustomer,
    DeclineCustomer,
    EnterAgain,
    OpenCustomer,
    RegisterCustomer,
)
from yinxin.customers.tests import card
from yinxin.ledger.commands import OpenAccount
from yinxin.ledger.models import Account
from yinxin.seals.drawing import Face, company_seal, personal_seal

from .telling import show, tell

ADDRESS = "江州市城东区和平路8号"


@dataclass
class Customer:
    """Somebody in the story: the ids in the bank, and the seals on the desk at home."""

    name: str
    id: UUID
    account_id: UUID
    account_number: str
    faces: dict[str, Face] = field(default_factory=dict)


def open_all(bank: Bank) -> dict[str, Customer]:
    """By a short name each."""
    made = {
        "清河": _company(bank, "清河商贸有限公司", "01234567"[:7]),
        "北岭": _company(bank, "北岭机械有限公司", "07654321"[:7]),
        "南山": _company(bank, "南山物资有限公司", "0246810"),
        "东湖": _sent_back(bank, "东湖食品有限公司", "0135791"),
        "刘洋": _person(bank, "刘洋", "110101199003071233"),
    }
    _refused(bank, "何晓", "110101199003070011")
    made["清河"].faces["legal_representative"] = personal_seal("周宁之印")
    return made


def _company(bank: Bank, name: str, serial: str) -> Customer:
    command = _licensed(name, serial)
    customer_id = customers.opened(bank, command, image=card.licence(name, command.document_number))
    tell(f"{name}：登记、双人录入、影像识读、评级、开户", f"{name} opened")
    return _with_account(bank, name, customer_id)


def _person(bank: Bank, name: str, number: str) -> Customer:
    command = RegisterCustomer(
        kind="person", name=name, document_type="id_card", document_number=number,
        phone="13800138000", address=ADDRESS, sex="male",
    )  # fmt: skip
    customer_id = customers.opened(bank, command, image=card.front(name, number))
    tell(f"{name}：个人客户开户", f"{name}, a person, opened")
    return _with_account(bank, name, customer_id)


def _sent_back(bank: Bank, name: str, serial: str) -> Customer:
    """The reviewer sends the opening back; the clerk mends the record and asks again."""
    command = _licensed(name, serial).model_copy(update={"phone": "13900139000"})
    image = card.licence(name, command.document_number)
    customer_id = customers.registered(bank, command, image)
    customers.confirmed(bank, customer_id, command)
    asked = bank.do("张敏", OpenCustomer(customer_id=customer_id))
    show(bank.return_to_maker(asked.request_id, "李强", f"{name}的联系电话回访无人接听"))
    mended = ChangeCustomer(
        customer_id=customer_id, phone="13800138000", reason="按客户回函更正联系电话"
    )
    bank.done("张敏", mended)
    show(bank.done("张敏", OpenCustomer(customer_id=customer_id), "李强"))
    return _with_account(bank, name, customer_id)


def _refused(bank: Bank, name: str, number: str) -> None:
    """Two persons read different numbers on the document: it is not what it claims to be."""
    command = RegisterCustomer(
        kind="person", name=name, document_type="id_card", document_number=number,
        phone="13800138001", address=ADDRESS, sex="male",
    )  # fmt: skip
    customer_id = customers.registered(bank, command, card.front(name, number))
    again = EnterAgain(
        customer_id=customer_id, name=name, document_number="11010119900307002X",
        valid_until="长期",
    )  # fmt: skip
    show(bank.done("李强", again))
    declined = DeclineCustomer(customer_id=customer_id, reason="证件与本人不符，涉嫌冒名")
    show(bank.done("张敏", declined, "李强"))


def _licensed(name: str, serial: str) -> RegisterCustomer:
    body = "91110108MA" + serial
    return RegisterCustomer(
        kind="organisation",
        name=name,
        document_type="uscc",
        document_number=body + uscc.calc_check_digit(body),
        phone="010-65550100",
        address=ADDRESS,
    )


def _with_account(bank: Bank, name: str, customer_id: UUID) -> Customer:
    command = OpenAccount(customer_id=customer_id, currency="CNY", title="结算账户")
    bank.done("张敏", command, "李强")
    account = Account.objects.get(customer_id=customer_id)
    faces = {"finance": company_seal(name)} if name.endswith("公司") else {}
    return Customer(name, customer_id, account.id, account.number, faces)
