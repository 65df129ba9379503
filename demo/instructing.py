"""Forty instructions: sealed pages over the counter, calls of the API, and a file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from tests.bank.verbs import Bank

from yinxin.gate.door import Outcome
from yinxin.kernel.actor import Channel
from yinxin.kernel.money import Money
from yinxin.kernel.words import in_words
from yinxin.seals.drawing import Face, Instruction, Placed, draw_instruction, encode_png
from yinxin.transfers.commands import ReceiveBatch, ReceiveTransfer
from yinxin.transfers.tests.files import csv_file, row
from yinxin.vault import blobs

from .customers import Customer
from .sealing import DPI, imprint

OTHER_MAKER = 8
REFUSED_BY_MANAGER = "主管拒绝"
SEAL_AT_MM, SECOND_AT_MM = (52.0, 106.0), (92.0, 108.0)


@dataclass(frozen=True)
class Sealed:
    """One page: whose account, how much, and whose seals are on it."""

    what: str
    payer: Customer
    amount: str
    by: Customer
    kinds: tuple[str, ...] = ("finance",)
    forged: bool = False
    number: str = ""

    @property
    def genuine(self) -> bool:
        """What two people see who compare it by eye."""
        complete = set(self.kinds) == set(self.payer.faces)
        return complete and self.by is self.payer and not self.forged


def pages(people: dict[str, Customer]) -> list[Sealed]:
    """Everything that a clerk meets at the counter in a week, in one morning."""
    qinghe, beiling, nanshan, donghu = (people[each] for each in ("清河", "北岭", "南山", "东湖"))
    both = ("finance", "legal_representative")
    return [
        Sealed("小额，两枚印章齐全", qinghe, "8800.00", qinghe, both),
        Sealed("须两级审批", qinghe, "120000.00", qinghe, both),
        Sealed("须三人审批", qinghe, "1280000.00", qinghe, both),
        Sealed("缺法人章", qinghe, "6600.00", qinghe),
        Sealed("正常", beiling, "36500.00", beiling),
        Sealed("仿刻印章", beiling, "48000.00", beiling, forged=True),
        Sealed("盖了他人的印章", beiling, "52000.00", donghu),
        Sealed("印章已挂失", nanshan, "15000.00", nanshan),
        Sealed("正常", donghu, "9900.00", donghu),
        Sealed("余额不足", donghu, "760000.00", donghu),
        Sealed("同一凭证再次提交", beiling, "36500.00", beiling, number="000105"),
        Sealed(REFUSED_BY_MANAGER, donghu, "66000.00", donghu),
    ]


def receive(bank: Bank, page: Sealed, place: int, today: date) -> Outcome:
    """受理 at the counter, with the scan of the page."""
    number = page.number or f"0001{place + 1:02d}"
    money = Money(Decimal(page.amount), "CNY")
    form = Instruction(
        number=number,
        on=today,
        payer=page.payer.name,
        payer_account=page.payer.account_number,
        payer_bank="清河银行总行营业部",
        payee="西风物流有限公司",
        payee_account="6222020200012345678",
        payee_bank="工商银行南山支行",
        amount=str(money.amount),
        amount_words=in_words(money),
    )
    places = (SEAL_AT_MM, SECOND_AT_MM)
    marks = [
        Placed(imprint(_face(page, kind), 50 + 3 * place + n, maker=_maker(page)), *at)
        for n, (kind, at) in enumerate(zip(page.kinds, places, strict=False))
    ]
    scan = encode_png(draw_instruction(form, marks, seed=50 + place, dpi=DPI), DPI)
    command = ReceiveTransfer(
        account_id=page.payer.account_id,
        payee_name=form.payee,
        payee_account=form.payee_account,
        payee_bank=form.payee_bank,
        money=money,
        amount_in_words=form.amount_words,
        purpose=form.purpose,
        instruction_number=number,
        issued_on=today,
        page=blobs.stage(bank.staff_id("张敏"), scan, "image/png"),
    )
    return bank.do("张敏", command)


def call(bank: Bank, payers: Sequence[Customer], count: int, today: date) -> list[UUID]:
    """接口指令, in turn for each payer; some to accounts of this bank."""
    actor, made = bank.actor("张敏", Channel.API), []
    for number in range(count):
        payer, payee = payers[number % len(payers)], payers[(number + 1) % len(payers)]
        inside = number % 3 == 0
        command = ReceiveTransfer(
            account_id=payer.account_id,
            payee_name=payee.name if inside else "西风物流有限公司",
            payee_account=payee.account_number if inside else "6222020200012345678",
            payee_bank="清河银行总行营业部" if inside else "工商银行南山支行",
            money=Money(Decimal(1000 + 137 * number), "CNY"),
            purpose="货款",
            instruction_number=f"API{number + 1:04d}",
            issued_on=today,
        )
        made.append(bank.done(actor, command).subjects[0].id)
    return made


def batch(bank: Bank, payer: Customer, today: date) -> Outcome:
    """代发工资: ten rows, one of which makes no sense."""
    rows = [row(n, f"{5000 + 250 * n}.00") for n in range(1, 10)] + [row(10, "-300.00")]
    file = blobs.stage(bank.staff_id("张敏"), csv_file(rows), "text/csv")
    command = ReceiveBatch(account_id=payer.account_id, file=file, issued_on=today)
    return bank.done(bank.actor("张敏", Channel.API), command)


def _face(page: Sealed, kind: str) -> Face:
    """A forger cuts another piece, and sets the star a little larger."""
    face = page.by.faces[kind]
    return replace(face, star_mm=face.star_mm * 1.08) if page.forged else face


def _maker(page: Sealed) -> int:
    return OTHER_MAKER if page.forged else 7
