"""Who stands behind a customer, and who acts for one."""

from datetime import date, timedelta
from uuid import UUID

import psycopg
import pytest
from tests.bank import customers
from tests.bank.kept import once
from tests.bank.verbs import Bank, code

from yinxin.customers import queries
from yinxin.customers.commands import AppointAgent, EndParty, RecordOfficer, RecordOwner
from yinxin.customers.models import Party
from yinxin.customers.profile import profile
from yinxin.kernel.refusals import Invalid
from yinxin.people.queries import bank_today

from .cast import COMPANY, opened
from .races import tamper

WHO = customers.BEHIND | {"name": "高远", "document_number": "110101199003070011"}


@pytest.fixture
@once
def company(bank: Bank) -> UUID:
    return customers.registered(bank, COMPANY)


def owner_of(company: UUID, *criteria: str, share: str | None = None) -> RecordOwner:
    return RecordOwner(customer_id=company, criteria=criteria, share=share, **WHO)


def agent_of(bank: Bank, customer_id: UUID, **changes: object) -> AppointAgent:
    fields: dict[str, object] = {
        **WHO,
        "customer_id": customer_id,
        "scope": ("transfers", "enquiries"),
        "begins_on": bank_today(),
        "ends_on": bank_today() + timedelta(days=30),
        "mandate": customers.staged(bank),
    }
    return AppointAgent.model_validate(fields | changes)


@pytest.mark.parametrize(
    ("criteria", "share", "answer"),
    [
        (("equity",), "25", ""),
        (("equity", "control"), "40.5", ""),
        (("control",), None, ""),
        (("daily_manager",), None, ""),
        (("equity",), "24.999", "share"),
        (("equity",), None, "share"),
        (("income_or_votes",), None, "share"),
        (("daily_manager", "control"), None, "criteria"),
    ],
)
def test_the_criteria_of_owners(
    bank: Bank, company: UUID, criteria: tuple[str, ...], share: str | None, answer: str
) -> None:
    command = owner_of(company, *criteria, share=share)
    if not answer:
        bank.done("张敏", command)
        (found,) = profile(bank.actor("张敏"), company).people
        assert set(found.criteria) == set(criteria)
        return
    with pytest.raises(Invalid) as raised:
        bank.do("张敏", command)
    assert [field for field, _ in raised.value.errors] == [answer]


def test_the_criteria_hold_in_parallel(bank: Bank, company: UUID) -> None:
    bank.done("张敏", owner_of(company, "daily_manager"))
    assert code(bank.do("张敏", owner_of(company, "control"))) == "manager_is_owner"
    manager = Party.objects.get()
    end = EndParty(party_id=manager.id, ends_on=manager.begins_on, reason="已识别控制人")
    bank.done("张敏", end)
    bank.done("张敏", owner_of(company, "control"))
    bank.done("张敏", owner_of(company, "equity", share="30"))
    refused = bank.do("张敏", owner_of(company, "daily_manager"))
    assert code(refused) == "owner_by_other_criterion"
    assert code(bank.do("张敏", end)) == "party_ended"


def test_an_owner_is_a_natural_person(bank: Bank, company: UUID) -> None:
    firm = {"document_type": "uscc", "document_number": "91110000600037341L"}
    body = {"customer_id": company, **WHO, **firm}
    with pytest.raises(Invalid):
        bank.do("张敏", RecordOwner(criteria=("control",), **body))
    with pytest.raises(Invalid):
        bank.do("张敏", RecordOfficer(role="legal_representative", **body))
    bank.done("张敏", RecordOfficer(role="controller", **body))


def test_a_person_has_agents_alone(bank: Bank) -> None:
    customer_id = opened(bank)
    officer = RecordOfficer(customer_id=customer_id, role="controller", **WHO)
    assert code(bank.do("张敏", officer)) == "party_of_person"
    with pytest.raises(Invalid):
        bank.do("张敏", RecordOfficer(customer_id=customer_id, role="agent", **WHO))
    bank.done("张敏", agent_of(bank, customer_id), "李强")
    assert queries.customers_for(bank.actor("张敏"), "高远").count() == 1


def test_a_mandate_has_its_scope_and_ends(bank: Bank) -> None:
    customer_id, today = opened(bank), bank_today()
    bank.done("张敏", agent_of(bank, customer_id), "李强")
    viewer = bank.actor("张敏")
    (agent,) = queries.agents_of(viewer, customer_id, today)
    assert agent.scope == ["enquiries", "transfers"]
    assert queries.agents_of(viewer, customer_id, today + timedelta(days=31)) == []
    assert queries.agents_of(viewer, customer_id, today - timedelta(days=1)) == []
    bank.done("张敏", EndParty(party_id=agent.id, ends_on=today, reason="撤销授权"), "李强")
    assert queries.agents_of(viewer, customer_id, today) == []
    assert queries.customers_for(viewer, "高远").count() == 0
    (line,) = profile(viewer, customer_id).people
    assert (line.is_current, line.ends_on) == (False, today)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": date(2020, 1, 1)}, "ends_on"),
        ({"document_number": "110101199003070012"}, "document_number"),
        ({"valid_until": "2021-01-01"}, "valid_until"),
        ({"name": "123"}, "name"),
    ],
)
def test_a_bad_mandate_is_turned_back(bank: Bank, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as raised:
        bank.do("张敏", agent_of(bank, opened(bank), **changes))
    assert [each for each, _ in raised.value.errors] == [field]


@pytest.mark.parametrize(
    ("tampering", "constraint"),
    [
        (
            "role = 'friend', scope = '{}', mandate_id = NULL",
            "customers_party_known_values",
        ),
        ("ends_on = begins_on - 1", "customers_party_period"),
        ("scope = '{}'", "customers_party_agents_have_mandates"),
        ("mandate_id = NULL", "customers_party_agents_have_mandates"),
        ("ends_on = NULL", "customers_party_agents_have_mandates"),
        ("criteria = '{equity}'", "customers_party_owners_have_criteria"),
    ],
)
def test_the_database_refuses(
    bank: Bank, owner: psycopg.Connection, tampering: str, constraint: str
) -> None:
    bank.done("张敏", agent_of(bank, opened(bank)), "李强")
    with pytest.raises(psycopg.errors.CheckViolation, match=constraint):
        tamper(owner, f"UPDATE customers_party SET {tampering}")
