"""What a branch does all day: customers and accounts are opened, money comes and goes by single
instructions and by files, much of it wrong, and at night the day is closed."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet
from PIL import Image

from tests.bank.verbs import Bank
from yinxin.customers.commands import (
    EnterAgain,
    OpenCustomer,
    RegisterCustomer,
    ReviveCustomer,
    SuspendCustomer,
)
from yinxin.customers.models import Customer
from yinxin.kernel.actor import Channel, Duty
from yinxin.kernel.command import Command
from yinxin.kernel.money import Money
from yinxin.ledger.commands import (
    CloseAccount,
    CloseDay,
    FreezeAccount,
    HoldMoney,
    LiftCreditOnly,
    OpenAccount,
    OpenOwnAccount,
    PayIn,
    ReleaseHeldMoney,
    ReversePosting,
    SetCreditOnly,
    UnfreezeAccount,
)
from yinxin.ledger.models import Account, BusinessDay, Hold, Posting
from yinxin.ledger.tests.accounts import account, cny, customer, nostro
from yinxin.ledger.tests.accounts import pay_in as cash_in
from yinxin.people.models import DutyGrant
from yinxin.people.queries import bank_today
from yinxin.transfers import jobs
from yinxin.transfers.commands import (
    LiftLimit,
    PrintVoucher,
    ReceiveBatch,
    ReceiveTransfer,
    RejectBatch,
    RejectTransfer,
    ReleaseBatch,
    ReleaseTransfer,
    SetLimit,
    SubmitBatch,
    SubmitTransfer,
)
from yinxin.transfers.models import Batch, Limit, Transfer
from yinxin.vault import blobs

from .administration import approve, decide_otherwise, expire, reuse_a_key
from .world import Move, World

REASON = "按客户书面申请办理"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
OUTSIDE = ("6222020000000000018", "1100100100000001", "44050162930100000123")


def holder(world: World, duty: Duty) -> UUID:
    """Mostly one who may; sometimes anybody, who is refused."""
    if world.random.random() < 0.05:
        return world.somebody()
    held = DutyGrant.objects.filter(duty=duty, ended_at=None).order_by("id")
    return world.random.choice(list(held.values_list("staff_id", flat=True)))


def one(world: World, rows: "QuerySet[Any]") -> Any:
    """One of the rows, or None."""
    found = list(rows.order_by("id"))
    return world.random.choice(found) if found else None


def clerk(world: World, command: Command, channel: Channel = Channel.WEB) -> str:
    return world.do(holder(world, Duty.CLERK), command, channel)


def staged(world: World, who: UUID, content: bytes, media_type: str) -> UUID:
    return blobs.stage(who, content, media_type)


def photograph() -> bytes:
    output = BytesIO()
    Image.new("RGB", (64, 40), "white").save(output, "PNG")
    return output.getvalue()


def money(world: World, most: int = 200_000) -> Money:
    return Money(Decimal(world.random.randint(1, most * 100)) / 100, "CNY")


def begin(bank: Bank) -> None:
    """What the branch has on its first morning: three customers with money."""
    own = nostro(bank)
    for number in range(3):
        to = account(bank, customer(bank, number))
        bank.done("张敏", cash_in(own, to, cny(500_000), f"CORE-{number}"), "李强")


# --- customers ---


def identity_number(world: World) -> str:
    born = date(1950, 1, 1) + timedelta(days=world.random.randrange(18_000))
    body = f"110101{born:%Y%m%d}{world.random.randrange(1000):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    wrong = world.random.random() < 0.1
    return body + "10X98765432"[(total + wrong) % 11]


def register(world: World) -> str:
    who = holder(world, Duty.CLERK)
    command = RegisterCustomer(
        kind="person",
        name=world.random.choice("赵钱孙李周吴郑王") + world.random.choice("安宁静远清和明"),
        document_type="id_card",
        document_number=identity_number(world),
        valid_until="长期",
        phone="13800138000",
        address="北京市海淀区清河路 1 号",
        occupation="professional",
        front=staged(world, who, photograph(), "image/png"),
    )
    told = world.do(who, command)
    if told.endswith("invalid"):
        return told
    outcome = world.sent[-1].outcome
    if outcome.status == "done":
        world.known[outcome.subjects[0].id] = command
    return told


def enter_again(world: World) -> str:
    """By another person, who sometimes reads a digit wrong."""
    if not world.known:
        return ""
    customer_id = world.random.choice(list(world.known))
    first = world.known[customer_id]
    number = first.document_number
    if world.random.random() < 0.1:
        number = identity_number(world)
    command = EnterAgain(
        customer_id=customer_id, name=first.name, document_number=number, valid_until="长期"
    )
    return world.do(holder(world, Duty.REVIEWER), command)


def open_customer(world: World) -> str:
    row = one(world, Customer.objects.filter(state="registered")) or one(world, customers())
    return clerk(world, OpenCustomer(customer_id=row.id)) if row else ""


def suspend_or_revive(world: World) -> str:
    row = one(world, customers())
    if row is None:
        return ""
    cls = SuspendCustomer if row.state == "active" else ReviveCustomer
    return clerk(world, cls(customer_id=row.id, reason=REASON))


def customers() -> "QuerySet[Customer]":
    return Customer.objects.all()


# --- accounts ---


def accounts(**filters: object) -> "QuerySet[Account]":
    return Account.objects.filter(kind="customer", **filters)


def own_account(world: World) -> Account | None:
    return one(world, Account.objects.filter(kind="nostro"))


def open_own_account(world: World) -> str:
    if Account.objects.filter(kind="nostro").count() > 1:
        return ""
    command = OpenOwnAccount(kind="nostro", currency="CNY", title="存放同业清算户")
    return world.do(holder(world, Duty.MANAGER), command)


def open_account(world: World) -> str:
    row = one(world, Customer.objects.filter(state="active")) or one(world, customers())
    if row is None:
        return ""
    command = OpenAccount(customer_id=row.id, currency="CNY", title="结算账户")
    return clerk(world, command)


def pay_in(world: World) -> str:
    own, to = own_account(world), one(world, accounts())
    if own is None or to is None:
        return ""
    command = PayIn(
        account_id=to.id, own_account_id=own.id, money=money(world), payer="北方贸易集团",
        reference=f"CORE{world.random.randrange(10**9):09d}",
    )  # fmt: skip
    return clerk(world, command)


def restrain(world: World) -> str:
    """Freeze, stop, close an account, or lift it again."""
    row = one(world, accounts())
    if row is None:
        return ""
    cls = world.random.choice(
        (FreezeAccount, UnfreezeAccount, SetCreditOnly, LiftCreditOnly, CloseAccount)
    )
    return clerk(world, cls(account_id=row.id, reason=REASON))


def hold_or_release(world: World) -> str:
    hold = one(world, Hold.objects.filter(state="open"))
    if hold and world.random.random() < 0.5:
        return clerk(world, ReleaseHeldMoney(hold_id=hold.id, reason=REASON))
    row = one(world, accounts())
    if row is None:
        return ""
    command = HoldMoney(
        account_id=row.id, money=money(world, 5_000), reference="（2026）京01执7号", reason=REASON
    )
    return clerk(world, command)


def reverse(world: World) -> str:
    posting = one(world, Posting.objects.all())
    return clerk(world, ReversePosting(posting_id=posting.id, reason=REASON)) if posting else ""


# --- transfers ---


def receive(world: World) -> str:
    """By the API, which may leave out the sealed page; now and then the same once more."""
    row = one(world, accounts())
    if row is None:
        return ""
    inside = one(world, accounts())
    payee = inside.number if world.random.random() < 0.4 else world.random.choice(OUTSIDE)
    command = ReceiveTransfer(
        account_id=row.id,
        payee_name="王秀英",
        payee_account=payee,
        payee_bank="清河银行" if payee == inside.number else "工商银行海淀支行",
        money=money(world, max(1, int(row.balance))),
        purpose="货款",
        instruction_number=f"{world.random.randint(1, 400):06d}",
        issued_on=bank_today(),
    )
    told = clerk(world, command, Channel.API)
    if world.random.random() < 0.1:  # as by somebody who is not sure that it went through
        told += "; " + clerk(world, command, Channel.API)
    return told


def receive_batch(world: World) -> str:
    row = one(world, accounts())
    if row is None:
        return ""
    lines = ["编号,收款人名称,收款人账号,收款人开户行,金额,用途"]
    for number in range(world.random.randint(1, 8)):
        amount = world.random.choice(
            ("12.50", "880.00", "-1", "1e5", f"{money(world, 900).amount}")
        )
        lines.append(f"B{number},王秀英,{OUTSIDE[0]},工商银行海淀支行,{amount},工资")
    who = holder(world, Duty.CLERK)
    file = staged(world, who, "\n".join(lines).encode(), "text/csv")
    return world.do(
        who, ReceiveBatch(account_id=row.id, file=file, issued_on=bank_today()), Channel.API
    )


def check(world: World) -> str:
    """The worker looks at what came in."""
    waiting = Transfer.objects.filter(state="received", batch=None).order_by("id")
    for row in list(waiting)[:5]:
        jobs.check(transfer_id=str(row.id))
    for batch in Batch.objects.filter(state="received").order_by("id"):
        jobs.check_batch(batch_id=str(batch.id))
    return "checked"


def carry_on(world: World) -> str:
    """The next step of an instruction, or one that is not its turn."""
    row = one(world, Transfer.objects.filter(batch=None, state__in=("checked", "submitted")))
    row = row or one(world, Transfer.objects.all())
    if row is None:
        return ""
    step: Command = ReleaseTransfer(transfer_id=row.id)
    if row.state == "checked":
        step = SubmitTransfer(transfer_id=row.id, override_reason="已与客户核实")
    return clerk(world, step)


def carry_batch_on(world: World) -> str:
    row = one(world, Batch.objects.all())
    if row is None:
        return ""
    steps: dict[str, Command] = {
        "checked": SubmitBatch(batch_id=row.id, override_reason="已与客户核实"),
        "submitted": ReleaseBatch(batch_id=row.id),
    }
    return clerk(world, steps.get(row.state) or RejectBatch(batch_id=row.id, reason=REASON))


def reject(world: World) -> str:
    row = one(world, Transfer.objects.filter(batch=None))
    return clerk(world, RejectTransfer(transfer_id=row.id, reason=REASON)) if row else ""


def print_voucher(world: World) -> str:
    row = one(world, Transfer.objects.all())
    return clerk(world, PrintVoucher(transfer_id=row.id)) if row else ""


def limit(world: World) -> str:
    row = one(world, Limit.objects.filter(ended_at=None))
    if row and world.random.random() < 0.5:
        return clerk(world, LiftLimit(limit_id=row.id, reason=REASON))
    account_row = one(world, accounts())
    if account_row is None:
        return ""
    per = world.random.choice(("transfer", "day"))
    return clerk(world, SetLimit(account_id=account_row.id, per=per, money=money(world, 100_000)))


def close_day(world: World) -> str:
    """日切, then the next morning of the bank."""
    day: Model | None = BusinessDay.objects.filter(state="open").first()
    told = ""
    if day is not None:
        told = world.do(holder(world, Duty.MANAGER), CloseDay(on=day.on))
    return told


BANKING = (
    Move(4, register),
    Move(4, enter_again),
    Move(5, open_customer),
    Move(1, suspend_or_revive),
    Move(2, open_own_account),
    Move(5, open_account),
    Move(8, pay_in),
    Move(2, restrain),
    Move(2, hold_or_release),
    Move(2, reverse),
    Move(12, receive),
    Move(3, receive_batch),
    Move(8, check),
    Move(20, carry_on),
    Move(4, carry_batch_on),
    Move(2, reject),
    Move(2, print_voucher),
    Move(1, limit),
    Move(1, close_day),
    Move(36, approve),
    Move(3, decide_otherwise),
    Move(1, expire),
    Move(1, reuse_a_key),
)
