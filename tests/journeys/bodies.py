"""One valid body for every command that the API takes, on a small bank with work to do."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.hashers import make_password

from tests.bank.jobs import given_up
from yinxin.kernel import clock

from . import (
    customers,
    import_bodies,
    ledger_bodies,
    reconciliation_bodies,
    seal_bodies,
    transfer_bodies,
)
from .work import Body, Work


def _hash() -> str:
    return make_password("founding-day-only")


# Who sends the command, and its body.
BODIES: dict[str, tuple[str, Callable[[Work], Body]]] = {
    **{
        name: (who, lambda work, body=body: body(work.customers, work))
        for name, (who, body) in customers.BODIES.items()
    },
    "gate.approve": (
        "李强",
        lambda work: {"request_id": work.request.pk, "shown": bytes(work.request.shown).hex()},
    ),
    "gate.break_glass": (
        "王芳",
        lambda work: {"request_id": work.request.pk, "reason": "复核人员全部离岗，客户急付"},
    ),
    "gate.reject": ("李强", lambda work: {"request_id": work.request.pk, "reason": "用途不符"}),
    "gate.return": ("李强", lambda work: {"request_id": work.request.pk, "reason": "请补合同"}),
    "gate.retry_job": ("吴刚", lambda work: {"job_id": given_up()}),
    "gate.set_policy": (
        "吴刚",
        lambda work: {
            "command": "transfers.release",
            "levels": [{"duties": ["reviewer", "manager"], "count": 2}],
            "currency": "CNY",
            "from_amount": "250000.00",
        },
    ),
    "gate.withdraw": ("张敏", lambda work: {"request_id": work.request.pk, "reason": "客户取消"}),
    "people.delegate": (
        "王芳",
        lambda work: {
            "borrower_id": work.staff("赵六"),
            "duties": ["manager"],
            "starts_at": clock.now().isoformat(),
            "ends_at": (clock.now() + timedelta(days=1)).isoformat(),
            "reason": "休假",
        },
    ),
    "people.dismiss": ("吴刚", lambda work: {"staff_id": work.staff("赵六")}),
    "people.end_delegation": ("陈立", lambda work: {"delegation_id": work.delegation.id}),
    "people.end_duty": ("吴刚", lambda work: {"staff_id": work.staff("何静"), "duty": "risk"}),
    "people.grant_duty": ("吴刚", lambda work: {"staff_id": work.staff("赵六"), "duty": "risk"}),
    "people.hire": (
        "吴刚",
        lambda work: {
            "branch_id": work.branch.id,
            "number": "1099",
            "name": "钱多",
            "login": "qianduo",
            "password_hash": _hash(),
        },
    ),
    "people.open_branch": (
        "吴刚",
        lambda work: {
            "parent_id": work.branch.id,
            "code": "0003",
            "name": "西城支行",
            "name_en": "Xicheng",
        },
    ),
    "people.reset_password": (
        "吴刚",
        lambda work: {
            "staff_id": work.staff("赵六"),
            "password_hash": _hash(),
            "second_factor": True,
        },
    ),
    "people.set_calendar": (
        "吴刚",
        lambda work: {"on": "2027-02-08", "worked": False, "source": "国务院办公厅通知"},
    ),
    **import_bodies.BODIES,
    **ledger_bodies.BODIES,
    **seal_bodies.BODIES,
    **transfer_bodies.BODIES,
    **reconciliation_bodies.BODIES,
}
