"""What customers bring to the counter: a seal card and a sealed instruction, drawn and scanned."""

from datetime import date
from functools import cache

import numpy as np

from yinxin.kernel.money import Money
from yinxin.kernel.words import in_words
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

DPI, CARD_PX = 300, 700
SEAL_AT_MM = (52.0, 106.0)


@cache
def face(company: str) -> np.ndarray:
    return draw_seal(company_seal(company), 600)


def seal_card(company: str, seed: int, angle: float) -> bytes:
    paper = np.full((CARD_PX, CARD_PX, 3), 248, np.uint8)
    imprint = stamp(face(company), seed, angle=angle, pressure=1.0)
    return encode_png(put(paper, imprint, (CARD_PX // 2, CARD_PX // 2)), DPI)


def instruction(payer: str, account: str, money: Money, number: str, on: date) -> bytes:
    form = Instruction(
        number=number,
        on=on,
        payer=payer,
        payer_account=account,
        payer_bank="清河银行总行营业部",
        payee="南山物资有限公司",
        payee_account="6222020200012345678",
        payee_bank="工商银行南山支行",
        amount=str(money.amount),
        amount_words=in_words(money),
    )
    imprint = stamp(face(payer), 51, angle=7, pressure=0.95)
    page = draw_instruction(form, [Placed(imprint, *SEAL_AT_MM)], seed=51, dpi=DPI)
    return encode_png(page, DPI)
