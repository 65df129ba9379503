"""预留印鉴 of the day: cards registered by two persons, and one seal that is lost."""

from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from tests.bank.verbs import Bank

from yinxin.gate.door import Outcome
from yinxin.seals.commands import CheckSeals, EnterSeal, ReportLoss, SetCombination
from yinxin.seals.drawing import Face, carve, encode_png, put, stamp
from yinxin.seals.models import Seal
from yinxin.vault import blobs

from .customers import Customer

Image = NDArray[np.uint8]
DPI = 300
NAMES = {"finance": "财务专用章", "legal_representative": "法人章"}
ROOM_PX = 700  # of one seal on the card


def register(bank: Bank, of: Customer, seed: int) -> Outcome:
    """双人建库: one registrar enters each seal, another checks them all by a scan of their own."""
    card_id: UUID | None = None
    for number, (kind, face) in enumerate(of.faces.items()):
        scan = _upload(bank, "孙梅", _card([face], seed + number, 3))
        entered = bank.done(
            "孙梅",
            EnterSeal(
                customer_id=of.id,
                account_id=of.account_id,
                account_number=of.account_number,
                kind=kind,
                name=NAMES[kind],
                scan=scan,
            ),
        )
        card_id = next(each.id for each in entered.subjects if each.kind == "seals.sealcard")
    assert card_id
    checked = bank.done(
        "何静",
        CheckSeals(
            card_id=card_id,
            account_number=of.account_number,
            holder=of.name,
            seal_count=len(of.faces),
            scan=_upload(bank, "何静", _card(list(of.faces.values()), seed + 10, -4)),
        ),
    )
    if len(of.faces) > 1:
        both = SetCombination(card_id=card_id, expression="财务专用章 且 法人章")
        bank.done("孙梅", both, "李强")
    return checked


def lose(bank: Bank, of: Customer) -> Outcome:
    """挂失 blocks the card at once; its application is reviewed afterwards."""
    seal = Seal.objects.get(card__customer_id=of.id)
    return bank.done(
        "张敏",
        ReportLoss(
            card_id=seal.card_id, seal_id=seal.id, cause="lost", applicant="陆远",
            explanation="搬迁时遗失",
        ),
    )  # fmt: skip


def imprint(face: Face, seed: int, pressure: float = 0.95, maker: int = 7) -> Image:
    """Of the piece that an engraver made of the face; another maker's is another piece."""
    return stamp(carve(face, maker), seed, angle=(seed * 7) % 25 - 12, pressure=pressure)


def _card(faces: list[Face], seed: int, angle: float) -> bytes:
    """A scan of the part of a seal card that bears these seals."""
    paper: Image = np.full((ROOM_PX, ROOM_PX * len(faces), 3), 248, np.uint8)
    for number, face in enumerate(faces):
        mark = stamp(carve(face, 7), seed + number, angle=angle, pressure=1.0)
        paper = put(paper, mark, (ROOM_PX // 2 + ROOM_PX * number, ROOM_PX // 2))
    return encode_png(paper, DPI)


def _upload(bank: Bank, who: str, picture: bytes) -> UUID:
    return blobs.stage(bank.staff_id(who), picture, "image/png")
