"""Registering and opening customers, in the bank's words."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction
from tests.bank.verbs import Bank, code

from yinxin.customers import queries
from yinxin.customers.commands import AdjustRating, OpenCustomer, RevealNumber
from yinxin.customers.documents import SWAPPED, DocumentType
from yinxin.customers.models import Customer
from yinxin.customers.particulars import Item
from yinxin.customers.personal import document_digest
from yinxin.customers.profile import profile
from yinxin.customers.rules import DOCUMENT_OF_OTHER_KIND, Rating
from yinxin.gate import door
from yinxin.gate.models import Execution
from yinxin.kernel import clock
from yinxin.kernel.refusals import Invalid, Refused
from yinxin.vault.sealing import destroy_key

from .cast import COMPANY, NUMBER, again, opened, person, registered
from .races import in_thread, tamper, wait_until_blocked


def test_a_registered_customer_waits_to_be_opened(bank: Bank) -> None:
    outcome = bank.done("张敏", person())
    customer = profile(bank.actor("张敏"), outcome.subjects[0].id)
    assert customer.brief.number == outcome.subjects[0].number
    assert customer.brief.number.startswith("CU")
    assert (customer.brief.name, customer.brief.state) == ("欧阳雪", "registered")
    assert customer.values[Item.DOCUMENT_NUMBER].zh == "110***********1233"
    assert NUMBER not in str(outcome.facts)
    with pytest.raises(Refused, match="customer_not_active"):
        queries.active(bank.actor("张敏"), customer.brief.id)


def test_nothing_personal_lies_in_the_database_in_plain(
    bank: Bank, owner: psycopg.Connection
) -> None:
    registered(bank)
    tables = ("customers_customer", "vault_searchtoken", "gate_execution", "evidence_outbox")
    stored = "".join(str(owner.execute(f"SELECT * FROM {table}").fetchall()) for table in tables)
    for secret in ("欧阳雪", NUMBER, "13800138000", "和平路"):
        assert secret not in stored
        assert str(secret.encode())[2:-1] not in stored


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {"document_number": "110101199003071323"},
            "document_number",
            SWAPPED.format(first=16, second=17),
        ),
        ({"document_type": "uscc"}, "document_type", DOCUMENT_OF_OTHER_KIND),
        (
            {"kind": "organisation", "occupation": None},
            "document_type",
            DOCUMENT_OF_OTHER_KIND,
        ),
    ],
)
def test_a_malformed_document_is_invalid_and_leaves_nothing(
    bank: Bank, changes: dict[str, object], field: str, sentence: object
) -> None:
    before = Execution.objects.count()
    with pytest.raises(Invalid) as raised:
        bank.do("张敏", person(**changes))
    assert raised.value.errors == ((field, sentence),)
    assert (Execution.objects.count(), Customer.objects.count()) == (before, 0)


def test_a_number_registers_once_however_it_is_typed(bank: Bank) -> None:
    first = bank.done("张敏", person())
    twice = bank.do("张敏", person(name="欧阳 雪", document_number="110101-19900307-1233"))
    assert code(twice) == "customer_exists"
    assert twice.refused
    assert first.subjects[0].number in twice.refused.sentence.zh


def test_of_two_clerks_at_once_one_registers_and_the_other_is_told(bank: Bank) -> None:
    actor = bank.actor("张敏")

    def register(_: int) -> str:
        return code(in_thread(lambda: door.submit(person(), actor, uuid4().hex)))

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(register, range(4)))
    assert answers.count("done") == 1
    assert set(answers) <= {"done", "customer_exists", "customer_just_registered"}


def test_a_lost_race_is_told_in_words(bank: Bank, owner: psycopg.Connection) -> None:
    registered(bank, document_number="110101199001010015")
    actor, digest = bank.actor("张敏"), document_digest(DocumentType.ID_CARD, NUMBER)
    with ThreadPoolExecutor(1) as pool:
        with owner.transaction():
            owner.execute("SELECT set_config('yinxin.command', gen_random_uuid()::text, true)")
            owner.execute("UPDATE customers_customer SET document_digest = %s", [digest])
            answer = pool.submit(in_thread, lambda: door.submit(person(), actor, "race"))
            wait_until_blocked(owner)
        outcome = answer.result()
    assert code(outcome) == "customer_just_registered"
    assert outcome.refused
    assert outcome.refused.sentence.zh


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        ("张敏", "done"),
        ("李强", "duty_missing"),
        ("赵六", "duty_missing"),
        ("吴刚", "duty_missing"),
    ],
)
def test_clerks_register(bank: Bank, who: str, answer: str) -> None:
    assert code(bank.do(who, person())) == answer


@pytest.mark.parametrize(
    ("rating", "approvers"),
    [(Rating.LOW, ["李强"]), (Rating.NORMAL, ["李强"]), (Rating.HIGH, ["李强", "王芳"])],
)
def test_the_rating_decides_who_must_agree(
    bank: Bank, rating: Rating, approvers: list[str]
) -> None:
    customer_id = registered(bank)
    bank.done("王芳", again(customer_id))
    lower = ("王芳",) if rating is Rating.LOW else ()
    adjust = AdjustRating(customer_id=customer_id, rating=rating, reason="尽职调查结论")
    bank.done("张敏", adjust, *lower)
    outcome = bank.do("张敏", OpenCustomer(customer_id=customer_id))
    assert [sorted(level.duties) for level in outcome.levels] == [
        [{"李强": "reviewer", "王芳": "manager"}[who]] for who in approvers
    ]
    for who in approvers:
        assert queries.brief(bank.actor("张敏"), customer_id).state == "registered"
        assert code(bank.approve(outcome.request_id, who)) == "done"
    assert queries.active(bank.actor("张敏"), customer_id).rating == rating
    row = Customer.objects.get(id=customer_id)
    assert (row.opened_by_name, row.registered_by_name) == ("张敏", "张敏")


def test_a_customer_is_opened_once(bank: Bank) -> None:
    customer_id = opened(bank)
    twice = bank.do("张敏", OpenCustomer(customer_id=customer_id))
    assert code(twice) == "customer_not_registered"
    assert twice.refused
    assert "正常" in twice.refused.sentence.zh


def test_other_branches_see_nothing(bank: Bank) -> None:
    customer_id = registered(bank)
    elsewhere = bank.actor("陈立")
    assert list(queries.customers_for(elsewhere, "欧阳雪")) == []
    assert queries.briefs(elsewhere, [customer_id]) == {}
    for read in (profile, queries.brief, queries.active):
        with pytest.raises(Refused, match="not_found"):
            read(elsewhere, customer_id)
    look = RevealNumber(customer_id=customer_id, reason="核对证件")
    assert code(bank.do("陈立", look)) == "not_found"


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("欧阳雪", {"欧阳雪"}),
        ("阳雪", {"欧阳雪"}),
        ("oyx", {"欧阳雪"}),
        (NUMBER, {"欧阳雪"}),
        ("1233", {"欧阳雪"}),
        ("1990", set()),  # a document number is not found by its middle
        ("商贸", {"清河商贸有限公司"}),
        ("CU", {"欧阳雪", "清河商贸有限公司"}),
        ("0002", {"清河商贸有限公司"}),  # the end of a customer number
        ("", {"欧阳雪", "清河商贸有限公司"}),
        ("王小明", set()),
    ],
)
def test_customers_are_found_by_what_people_type(bank: Bank, search: str, names: set[str]) -> None:
    registered(bank)
    bank.done("张敏", COMPANY)
    found = queries.customers_for(bank.actor("张敏"), search)
    assert {row.name for row in found} == names


def test_a_full_number_is_shown_for_a_while_to_whoever_gave_a_reason(bank: Bank) -> None:
    customer_id = registered(bank)
    look = RevealNumber(customer_id=customer_id, reason="核对客户来电身份")
    door.preview(look, bank.actor("李强"))
    assert shown(bank, "李强", customer_id) == "110***********1233"
    outcome = bank.done("李强", look)
    assert NUMBER not in str(outcome.facts)
    assert shown(bank, "李强", customer_id) == NUMBER
    assert shown(bank, "王芳", customer_id) == "110***********1233"
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert shown(bank, "李强", customer_id) == "110***********1233"


def shown(bank: Bank, who: str, customer_id: UUID) -> str:
    return profile(bank.actor(who), customer_id).values[Item.DOCUMENT_NUMBER].zh


def test_a_reason_must_be_given(bank: Bank) -> None:
    with pytest.raises(ValueError):
        RevealNumber(customer_id=registered(bank), reason=" ")


def test_erasure_ends_every_way_to_the_person(bank: Bank) -> None:
    customer_id = registered(bank)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yinxin.command', gen_random_uuid()::text, true)")
        destroy_key(customer_id)
    with pytest.raises(Refused, match="content_erased"):
        profile(bank.actor("张敏"), customer_id)
    assert list(queries.customers_for(bank.actor("张敏"), "欧阳雪")) == []


@pytest.mark.parametrize(
    ("tampering", "constraint"),
    [
        ("state = 'sleeping'", "customers_customer_known_values"),
        ("rating = 'none'", "customers_customer_known_values"),
        ("kind = 'robot'", "customers_customer_known_values"),
        ("document_type = 'licence'", "customers_customer_known_values"),
        ("state = 'active'", "customers_customer_opened_by_somebody"),
        ("opened_at = now(), opened_by_id = id", "customers_customer_opened_by_somebody"),
    ],
)
def test_the_database_refuses(
    bank: Bank, owner: psycopg.Connection, tampering: str, constraint: str
) -> None:
    registered(bank)
    with pytest.raises(psycopg.errors.CheckViolation, match=constraint):
        tamper(owner, f"UPDATE customers_customer SET {tampering}")


def test_the_database_keeps_a_document_for_one_customer(
    bank: Bank, owner: psycopg.Connection
) -> None:
    registered(bank)
    bank.done("张敏", COMPANY)
    with pytest.raises(psycopg.errors.UniqueViolation, match="customers_customer_document_once"):
        tamper(owner, "UPDATE customers_customer SET document_digest = '\\x00'")


@pytest.mark.parametrize("statement", ["UPDATE {} SET until = now()", "DELETE FROM {}"])
def test_that_somebody_looked_is_never_unsaid(
    bank: Bank, owner: psycopg.Connection, statement: str
) -> None:
    bank.done("李强", RevealNumber(customer_id=registered(bank), reason="核对证件"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never allowed"):
        tamper(owner, statement.format("customers_revelation"))
