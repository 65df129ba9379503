"""Bodies for transfers and their batches; each prepares what it acts on."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

from yinxin.kernel.actor import Channel
from yinxin.kernel.text import Text
from yinxin.people.queries import bank_today
from yinxin.transfers import jobs
from yinxin.transfers.commands import ReceiveBatch, SetAnswerAside, SetLimit, SubmitBatch
from yinxin.transfers.models import Batch, Limit, StrayAnswer
from yinxin.transfers.rails.simulator import notification
from yinxin.transfers.tests.desk import REASON
from yinxin.transfers.tests.files import csv_file, row
from yinxin.vault import blobs

from .work import Body, Work

LIMIT: Body = {"per": "day", "money": {"amount": "500000.00", "currency": "CNY"}}


def batch(work: Work, *rows: int) -> Body:
    file = work.upload("张敏", csv_file([row(n) for n in rows]), "text/csv")
    return {"account_id": work.account.id, "file": file, "issued_on": bank_today()}


def received(work: Work, *rows: int) -> UUID:
    clerk = work.bank.actor("张敏", Channel.API)
    work.bank.done(clerk, ReceiveBatch.model_validate(batch(work, *rows)))
    return Batch.objects.latest("number").id


def checked(work: Work, *rows: int) -> UUID:
    batch_id = received(work, *rows)
    jobs.check_batch(batch_id=str(batch_id))
    return batch_id


def submitted(work: Work, *rows: int) -> UUID:
    batch_id = checked(work, *rows)
    work.bank.done("张敏", SubmitBatch(batch_id=batch_id, override_reason=REASON))
    return batch_id


def limited(work: Work) -> UUID:
    limit = SetLimit.model_validate({"account_id": work.account.id, **LIMIT})
    work.bank.done("张敏", limit, "王芳")
    return Limit.objects.latest("id").id


def answer(work: Work) -> Body:
    settled = notification("OTHER-1", [("TR-NOWHERE", Decimal(1), "CNY")], "DBIT")
    return {"file": work.upload("张敏", settled, "application/xml")}


def set_aside(work: Work) -> UUID:
    if not StrayAnswer.objects.exists():
        file = blobs.stage(jobs.COURIER.id, b"<Document", "application/xml")
        why = Text("报文不完整。", "It is cut off.")
        work.bank.done(jobs.COURIER, SetAnswerAside(file=file, why=why))
    return StrayAnswer.objects.latest("number").id


# Who sends the command, and its body.
BODIES: dict[str, tuple[str, Callable[[Work], Body]]] = {
    "transfers.close_stray": (
        "张敏",
        lambda work: {"stray_id": set_aside(work), "remark": "已请对方行重发"},
    ),
    "transfers.fetch_stray": ("张敏", lambda work: {"stray_id": set_aside(work)}),
    "transfers.import_answer": ("张敏", answer),
    "transfers.lift_limit": (
        "张敏",
        lambda work: {"limit_id": limited(work), "reason": "客户申请"},
    ),
    "transfers.print_voucher": (
        "张敏",
        lambda work: {"transfer_id": work.desk.released(instruction_number="5").id},
    ),
    "transfers.receive": (
        "张敏",
        lambda work: {
            "account_id": work.account.id,
            "payee_name": "王秀英",
            "payee_account": "6222020000000000018",
            "payee_bank": "工商银行海淀支行",
            "money": {"amount": "1000.00", "currency": "CNY"},
            "amount_in_words": "壹仟元整",
            "purpose": "货款",
            "instruction_number": "9",
            "issued_on": "2026-01-05",
        },
    ),
    "transfers.receive_batch": ("张敏", lambda work: batch(work, 1, 2)),
    "transfers.reject": (
        "张敏",
        lambda work: {"transfer_id": work.received.id, "checks": [], "reason": "客户要求退票"},
    ),
    "transfers.reject_batch": (
        "张敏",
        lambda work: {"batch_id": received(work, 11, 12), "reason": "客户撤回"},
    ),
    "transfers.release": ("张敏", lambda work: {"transfer_id": work.submitted.id}),
    "transfers.release_batch": ("张敏", lambda work: {"batch_id": submitted(work, 21, 22)}),
    "transfers.set_limit": (
        "张敏",
        lambda work: {"customer_id": work.account.customer_id, **LIMIT},
    ),
    "transfers.submit": (
        "张敏",
        lambda work: {"transfer_id": work.checked.id, "override_reason": "已电话核实"},
    ),
    "transfers.submit_batch": (
        "张敏",
        lambda work: {"batch_id": checked(work, 31, 32), "override_reason": "已电话核实"},
    ),
}
