"""The steps of the story, each a few commands by the people whose work they are."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np
from stdnum.cn import uscc
from tests.bank.verbs import Bank

from yinxin.customers.commands import OpenCustomer, RegisterCustomer
from yinxin.gate.door import Outcome
from yinxin.kernel.money import Money
from yinxin.kernel.words import in_words
from yinxin.ledger.commands import OpenAccount, OpenOwnAccount, PayIn
from yinxin.ledger.models import Account
from yinxin.seals.commands import CheckSeals, EnterSeal
from yinxin.seals.drawing import (
    Instruction,
    Placed,
    company_seal,
    draw_instruction,
    draw_seal,
    encode_png,
    put,
    stamp,
)
from yinxin.transfers.commands import ReceiveTransfer
from yinxin.vault import blobs

DPI = 300
FACE_DPI = 600
CARD_PX = 700
SEAL_AT_MM = (52.0, 106.0)


@dataclass
class Company:
    """A customer of the story: its own seal face, and its ids in the bank."""

    name: str
    registration: str
    face: np.ndarray
    id: UUID
    account_id: UUID
    account_number: str


def company(bank: Bank, name: str, serial: str) -> Company:
    """开户: registered and opened with approval, with one account."""
    body = "91110108MA" + serial
    registration = body + uscc.calc_check_digit(body)
    registered = bank.done(
        "张敏",
        RegisterCustomer(
            kind="organisation",
            name=name,
            document_type="uscc",
            document_number=registration,
            phone="010-65550100",
            address="北京市海淀区清河路 1 号",
        ),
    )
    customer_id = id_of(registered, "customers.customer")
    bank.done("张敏", OpenCustomer(customer_id=customer_id), "李强")
    bank.done(
        "张敏", OpenAccount(customer_id=customer_id, currency="CNY", title="结算账户"), "李强"
    )
    account = Account.objects.get(customer_id=customer_id)
    face = draw_seal(company_seal(name), FACE_DPI)
    return Company(name, registration, face, customer_id, account.id, account.number)


def nostro(bank: Bank) -> Account:
    """The bank's own account at another bank, through which transfers leave and arrive."""
    bank.done("王芳", OpenOwnAccount(kind="nostro", currency="CNY", title="存放同业清算户"), "李强")
    return Account.objects.get(customer_id=None)


def pay_in(bank: Bank, to: Company, own: Account, money: Money, reference: str) -> None:
    bank.done(
        "张敏",
        PayIn(
            account_id=to.account_id,
            own_account_id=own.id,
            money=money,
            payer="北方贸易集团",
            reference=reference,
        ),
        "李强",
    )


def register_seal(bank: Bank, of: Company, seed: int) -> Outcome:
    """双人建库: one registrar enters the seal, another checks it by a second scan."""
    card = bank.done(
        "孙梅",
        EnterSeal(
            customer_id=of.id,
            account_id=of.account_id,
            account_number=of.account_number,
            kind="finance",
            name="财务专用章",
            scan=_upload(bank, "孙梅", _card(of, seed, 3)),
        ),
    )
    return bank.done(
        "何静",
        CheckSeals(
            card_id=id_of(card, "seals.sealcard"),
            scan=_upload(bank, "何静", _card(of, seed + 1, -8)),
        ),
    )


def receive(
    bank: Bank, payer: Company, sealed_by: Company, money: Money, number: str, on: date, seed: int
) -> UUID:
    """受理: a sealed instruction comes over the counter; returns the transfer's id."""
    form = Instruction(
        number=number,
        on=on,
        payer=payer.name,
        payer_account=payer.account_number,
        payer_bank="清河银行总行营业部",
        payee="南山物资有限公司",
        payee_account="6222020200012345678",
        payee_bank="工商银行南山支行",
        amount=str(money.amount),
        amount_words=in_words(money),
    )
    imprint = stamp(sealed_by.face, seed, angle=(seed * 7) % 25 - 12, pressure=0.95)
    page = draw_instruction(form, [Placed(imprint, *SEAL_AT_MM)], seed=seed, dpi=DPI)
    received = bank.done(
        "张敏",
        ReceiveTransfer(
            account_id=payer.account_id,
            payee_name=form.payee,
            payee_account=form.payee_account,
            payee_bank=form.payee_bank,
            money=money,
            amount_in_words=in_words(money),
            purpose=form.purpose,
            instruction_number=number,
            issued_on=on,
            page=_upload(bank, "张敏", encode_png(page, DPI)),
        ),
    )
    return id_of(received, "transfers.transfer")


def _card(of: Company, seed: int, angle: float) -> bytes:
    """A scan of the part of a seal card that bears the seal."""
    paper = np.full((CARD_PX, CARD_PX, 3), 248, np.uint8)
    imprint = stamp(of.face, seed, angle=angle, pressure=1.0)
    return encode_png(put(paper, imprint, (CARD_PX // 2, CARD_PX // 2)), DPI)


def id_of(outcome: Outcome, kind: str) -> UUID:
    return next(each.id for each in outcome.subjects if each.kind == kind)


def _upload(bank: Bank, who: str, picture: bytes) -> UUID:
    return blobs.stage(bank.staff_id(who), picture, "image/png")
