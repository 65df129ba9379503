"""Customers at every step, and a valid body for every command about them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.bank import customers
from tests.bank.verbs import Bank
from yinxin.customers import jobs
from yinxin.customers.commands import (
    EnterAgain,
    RegisterCustomer,
    ReportOnCustomer,
    SuspendCustomer,
    VerifyReport,
)
from yinxin.customers.models import Document, Party, Report
from yinxin.people.queries import bank_today

Body = dict[str, Any]
NUMBERS = (
    "110101199003071233", "11010119900307002X", "110104197001010015", "110101199003070011",
    "110101202601050015",
)  # fmt: skip


@dataclass(frozen=True)
class Customers:
    """One ready to be opened, one entered once, one entered differently, one suspended."""

    ready: UUID
    entered: UUID
    differing: UUID
    suspended: UUID
    company: UUID
    document: UUID
    party: UUID
    reported: UUID
    confirmed: UUID

    @classmethod
    def of(cls, bank: Bank) -> "Customers":
        ready, entered, differing, suspended = (
            RegisterCustomer.model_validate(person(number)) for number in NUMBERS[:4]
        )
        ready_id, entered_id, differing_id = (
            customers.registered(bank, each) for each in (ready, entered, differing)
        )
        customers.confirmed(bank, ready_id, ready)
        bank.done("李强", EnterAgain.model_validate(again(differing_id) | {"name": "欧阳雷"}))
        suspended_id = customers.opened(bank, suspended)
        bank.done("张敏", SuspendCustomer(customer_id=suspended_id, reason="证件到期"))
        company = RegisterCustomer.model_validate(COMPANY)
        company_id = customers.opened(bank, company)
        document = Document.objects.get(customer_id=ready_id)
        jobs.record(document.id, [])
        reported, confirmed = (_report(bank, company_id) for _ in range(2))
        verify = VerifyReport(report_id=confirmed.id, confirmed=True, finding="已实地核实")
        bank.done("李强", verify)
        return cls(
            ready_id, entered_id, differing_id, suspended_id, company_id, document.id,
            Party.objects.filter(customer_id=company_id).latest("id").id, reported.id, confirmed.id,
        )  # fmt: skip


def person(document_number: str) -> Body:
    return {
        "kind": "person",
        "name": "欧阳雪",
        "document_type": "id_card",
        "document_number": document_number,
        "valid_until": "长期",
        "phone": "13800138000",
        "address": "江州市城东区和平路 8 号",
        "occupation": "professional",
    }


COMPANY: Body = {
    "kind": "organisation",
    "name": "北岭机械有限公司",
    "document_type": "uscc",
    "document_number": "91110000600037341L",
    "phone": "010-65550100",
    "address": "北京市海淀区清河路 1 号",
}


def again(customer_id: UUID) -> Body:
    return {
        "customer_id": customer_id,
        "name": "欧阳雪",
        "document_number": NUMBERS[2],
        "valid_until": "长期",
    }


def _report(bank: Bank, customer_id: UUID) -> Report:
    report = ReportOnCustomer(
        customer_id=customer_id, event="field", happened_on=bank_today(), account="厂房已经停工"
    )
    bank.done("张敏", report)
    return Report.objects.latest("number")


def _party(customer_id: UUID, **more: object) -> Body:
    """Somebody behind a customer, besides those who are on record."""
    return {**customers.BEHIND, "customer_id": customer_id, "begins_on": bank_today(), **more}


def _score(**more: object) -> Body:
    return {"effective_on": bank_today() + timedelta(days=1), **more}


def _reasoned(customer_id: UUID) -> Body:
    return {"customer_id": customer_id, "reason": "客户来函说明"}


# Who sends the command, and its body, of the customers and of all that lies on the desks.
BODIES: dict[str, tuple[str, Callable[[Customers, Any], Body]]] = {
    "customers.add_document": (
        "张敏",
        lambda of, work: {
            "customer_id": of.ready,
            "paper": "back",
            "image": work.upload("张敏", customers.photograph(), "image/png"),
        },
    ),
    "customers.adjust_rating": (
        "张敏", lambda of, work: {**_reasoned(of.company), "rating": "high"},
    ),
    "customers.answer_report": (
        "李强", lambda of, work: {"report_id": of.confirmed, "answer": "已上调风险等级"},
    ),
    "customers.appoint_agent": (
        "张敏",
        lambda of, work: _party(
            of.company,
            scope=["transfers"],
            ends_on=bank_today(),
            mandate=work.upload("张敏", customers.photograph(), "image/png"),
        ),
    ),
    "customers.change": (
        "张敏", lambda of, work: {**_reasoned(of.company), "phone": "010-1234567"},
    ),
    "customers.close": ("张敏", lambda of, work: _reasoned(of.company)),
    "customers.confirm_reading": (
        "李强", lambda of, work: {"document_id": of.document, "reason": "核对原件"},
    ),
    "customers.decline": ("张敏", lambda of, work: _reasoned(of.entered)),
    "customers.end_party": (
        "张敏",
        lambda of, work: {"party_id": of.party, "ends_on": bank_today(), "reason": "已离任"},
    ),
    "customers.enter_again": (
        "李强", lambda of, work: again(of.entered) | {"document_number": NUMBERS[1]},
    ),
    "customers.open": ("张敏", lambda of, work: {"customer_id": of.ready}),
    "customers.rate": ("张敏", lambda of, work: {"customer_id": of.company}),
    "customers.record_officer": (
        "张敏", lambda of, work: _party(of.company, role="person_in_charge"),
    ),
    "customers.record_owner": (
        "张敏", lambda of, work: _party(of.company, criteria=["control"]),
    ),
    "customers.register": ("张敏", lambda of, work: person(NUMBERS[4])),
    "customers.report": (
        "周洁",
        lambda of, work: {
            "customer_id": of.company,
            "event": "operations",
            "happened_on": bank_today(),
            "account": "厂房已经停工",
        },
    ),
    "customers.resolve_entry": ("王芳", lambda of, work: _reasoned(of.differing)),
    "customers.reveal_number": ("李强", lambda of, work: _reasoned(of.ready)),
    "customers.revive": ("张敏", lambda of, work: _reasoned(of.suspended)),
    "customers.set_allowance": (
        "何静", lambda of, work: _score(rating="high", product="cash", allowed=False),
    ),
    "customers.set_item_rule": (
        "何静", lambda of, work: _score(item="phone", alone=True, proof=False),
    ),
    "customers.set_score": (
        "何静",
        lambda of, work: _score(
            factor="agent", value="present", points=5, reason="代理", reason_en="An agent"
        ),
    ),
    "customers.suspend": ("张敏", lambda of, work: _reasoned(of.company)),
    "customers.verify_report": (
        "李强",
        lambda of, work: {"report_id": of.reported, "confirmed": True, "finding": "已实地核实"},
    ),
    "customers.view_document": (
        "李强", lambda of, work: {"document_id": of.document, "reason": "核对证件"},
    ),
}  # fmt: skip
