"""What customers bring to the counter: a seal card and a sealed instruction, drawn and scanned."""

from datetime import date
from functools import cache

import numpy as np

from yinxin.kernel.money import Money
from yinxin.kernel.words import in_words
from yinxin.seals.bench import sheets
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
PAYEE, PAYEE_ACCOUNT, PAYEE_BANK = "南山物资有限公司", "6222020200012345678", "工商银行南山支行"
REAL_SEAL = "1-3"
SEAL_AT_MM = (52.0, 106.0)


@cache
def face(company: str) -> np.ndarray:
    return draw_seal(company_seal(company), 600)


def seal_card(company: str, seed: int, angle: float) -> bytes:
    paper = np.full((CARD_PX, CARD_PX, 3), 248, np.uint8)
    imprint = stamp(face(company), seed, angle=angle, pressure=1.0)
    return encode_png(put(paper, imprint, (CARD_PX // 2, CARD_PX // 2)), DPI)


def instruction(
    payer: str, account: str, money: Money, number: str, on: date, imprint: np.ndarray | None = None
) -> bytes:
    """Sealed with the payer's drawn seal, or with an imprint that is at hand."""
    form = Instruction(
        number=number,
        on=on,
        payer=payer,
        payer_account=account,
        payer_bank="清河银行总行营业部",
        payee=PAYEE,
        payee_account=PAYEE_ACCOUNT,
        payee_bank=PAYEE_BANK,
        amount=str(money.amount),
        amount_words=in_words(money),
    )
    if imprint is None:
        drawn = Placed(stamp(face(payer), 51, angle=7, pressure=0.95), *SEAL_AT_MM)
        return encode_png(draw_instruction(form, [drawn], seed=51, dpi=DPI), DPI)
    page = draw_instruction(form, [], seed=51, dpi=DPI)
    left, top = (round(mm / 25.4 * DPI) for mm in SEAL_AT_MM)
    height, width = imprint.shape[:2]
    place = page[top : top + height, left : left + width]
    np.minimum(place, imprint, out=place)
    return encode_png(page, DPI)


def real_imprints() -> list[np.ndarray]:
    """Of one real name seal, where the sheets are beside the checkout: for a card, for its check
    and for an instruction."""
    if not sheets.present():
        return []
    labelled = [each for each in sheets.labelled() if each.seal == REAL_SEAL]
    golden = next(each for each in labelled if each.kind == "golden")
    first, second = [each for each in labelled if each.kind == "test"][:2]
    return [
        sheets.crop(
            sheets.read(each.sheet),
            each.box,
            [other.box for other in labelled if other.sheet == each.sheet and other != each],
        )
        for each in (golden, first, second)
    ]
