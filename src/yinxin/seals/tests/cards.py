"""Seals that the bank's customers leave, and the cards they are put on."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from tests.bank import customers
from tests.bank.kept import once
from tests.bank.verbs import Bank

from yinxin.customers.commands import RegisterCustomer
from yinxin.customers.documents import DocumentType
from yinxin.customers.models import Customer
from yinxin.customers.rules import Kind as CustomerKind
from yinxin.gate.context import Subject
from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text
from yinxin.ledger.models import Account
from yinxin.ledger.tests import accounts
from yinxin.people.queries import bank_today, service
from yinxin.seals import pictures
from yinxin.seals.commands import CheckSeals, EnterSeal
from yinxin.seals.drawing import (
    Face,
    company_seal,
    draw_seal,
    encode_png,
    personal_seal,
    put,
    stamp,
)
from yinxin.seals.models import SealCard, Specimen
from yinxin.seals.rules import Kind
from yinxin.seals.verification import Examination, examine
from yinxin.vault import blobs

Image = NDArray[np.uint8]

PERSON = personal_seal("张三之印")
OTHER_PERSON = personal_seal("李四之印")
COMPANY = company_seal("清河商贸有限公司", diameter_mm=30)
ITEM = Subject("tests.cheque", UUID(int=7), "CHQ-7", branch="/0001/")
MACHINE = service("tests.checks", Text("自动核验", "Automatic checks"))


@dataclass(frozen=True)
class Card:
    id: UUID
    customer_id: UUID
    account_id: UUID


@lru_cache(maxsize=8)
def cut(face: Face) -> Image:
    return draw_seal(face)


@lru_cache(maxsize=32)
def scan(*faces: Face, seed: int = 1, pressure: float = 1.0, dpi: float | None = 300) -> bytes:
    """Paper with an imprint of each face, side by side, as a scanner sends it."""
    page: Image = np.full((480, 480 * max(len(faces), 1), 3), 248, np.uint8)
    for place, face in enumerate(faces):
        imprint = stamp(cut(face), seed + place, 7.0 * seed, pressure)
        page = put(page, imprint, (240 + 480 * place, 240))
    return encode_png(page, dpi or 0)


def upload(bank: Bank, who: str, content: bytes) -> UUID:
    return blobs.stage(bank.staff_id(who), content, "image/png")


@once
def customer(bank: Bank) -> UUID:
    company = RegisterCustomer(
        kind=CustomerKind.ORGANISATION,
        name="清河商贸有限公司",
        document_type=DocumentType.USCC,
        document_number="91110000600037341L",
        phone="010-88886666",
        address="江州市城东区和平路 8 号",
    )
    return customers.opened(bank, company)


def account(bank: Bank, customer_id: UUID) -> UUID:
    found: UUID = accounts.account(bank, customer_id).id
    return found


def number_of(account_id: UUID) -> str:
    return Account.objects.get(id=account_id).number


def enter(
    bank: Bank, customer_id: UUID, account_id: UUID, content: bytes, who: str = "孙梅",
    kind: Kind = Kind.LEGAL_REPRESENTATIVE, dpi: int | None = None, **more: Any,
) -> EnterSeal:  # fmt: skip
    """The command, with its scan staged by whoever will send it."""
    return EnterSeal(
        customer_id=customer_id,
        account_id=account_id,
        account_number=number_of(account_id),
        kind=kind,
        scan=upload(bank, who, content),
        dpi=dpi,
        **more,
    )


def check(bank: Bank, card: Card, content: bytes, who: str = "何静", **told: Any) -> CheckSeals:
    """With what an honest checker reads from the card, unless told otherwise."""
    waiting = Specimen.objects.filter(seal__card_id=card.id, state="entered").count()
    read = {
        "account_number": SealCard.objects.get(id=card.id).account_number,
        "holder": Customer.objects.get(id=card.customer_id).name,
        "seal_count": max(waiting, 1),
    }
    return CheckSeals(card_id=card.id, scan=upload(bank, who, content), **(read | told))


@once
def entered(bank: Bank, *more: tuple[Kind, Face]) -> Card:
    """A card with the legal representative's seal, and more, that waits for its check."""
    customer_id = customer(bank)
    account_id = account(bank, customer_id)
    outcome = bank.done("孙梅", enter(bank, customer_id, account_id, scan(PERSON)))
    for kind, face in more:
        bank.done("孙梅", enter(bank, customer_id, account_id, scan(face), kind=kind))
    return Card(outcome.subjects[1].id, customer_id, account_id)


@once
def active(bank: Bank) -> Card:
    card = entered(bank)
    bank.done("何静", check(bank, card, scan(PERSON, seed=2)))
    return card


def look(viewer: Actor, kind: pictures.Kind, id: UUID) -> bytes:
    """An image as the viewer gets it, by a ticket of their own."""
    return pictures.picture(viewer, pictures.ticket(viewer, kind, id))


def seen(card: Card, content: bytes, on: date | None = None) -> Examination:
    return examine(MACHINE, card.account_id, content, None, on or bank_today())
