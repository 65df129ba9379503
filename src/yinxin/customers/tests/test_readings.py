"""识读: two engines against what was typed, on drawn documents and on lines of text."""

from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.bank import customers
from tests.bank.verbs import Bank, code

from yinxin.customers import jobs, ocr, queries
from yinxin.customers.commands import (
    AddDocument,
    ChangeCustomer,
    ConfirmReading,
    OpenCustomer,
    ViewDocument,
)
from yinxin.customers.images import Unreadable, opened
from yinxin.customers.models import Change, Document, Reading
from yinxin.customers.opening import ReadVerdict
from yinxin.customers.particulars import Item
from yinxin.customers.profile import profile
from yinxin.customers.readings import Answer, Engine, compared, verdict_of
from yinxin.customers.rules import Kind, Paper
from yinxin.kernel.refusals import Invalid, Refused

from . import card
from .cast import again, person
from .races import tamper

ALPHABET = frozenset("欧阳雪吉田江州市城东区和平路8号")
FRONT = ["姓名 欧阳雪", "性别 男 民族 汉", "出生", "1990年3月7日", "住址", "江州市城东区和平路8号",
         "公民身份号码 110101199003071233"]  # fmt: skip
VALUES = {
    Item.NAME: "欧阳雪",
    Item.SEX: "male",
    Item.BORN_ON: "1990-03-07",
    Item.DOCUMENT_NUMBER: "110101199003071233",
    Item.ADDRESS: "江州市城东区和平路 8 号",
}


def answers(*engines: list[str], **typed: str) -> dict[str, Answer]:
    values = VALUES | {Item(item): text for item, text in typed.items()}
    found = compared(
        Paper.FRONT, Kind.PERSON, values, [Engine(lines, ALPHABET) for lines in engines]
    )
    return {each.item: each for each in found}


def test_both_engines_agree_with_what_was_typed() -> None:
    found = answers(FRONT, [line.replace(" ", "\n") for line in FRONT])
    assert {each.verdict for each in found.values()} == {ReadVerdict.AGREES}


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ("欧阳雷", "欧阳雷", "differs"),
        ("欧阳雷", "欧阳雪", "unsure"),
        ("欧阳雷", "欧阳霞", "unsure"),
        ("欧阳雪", "欧阳雪", "agrees"),
    ],
)
def test_two_engines_must_agree(first: str, second: str, verdict: str) -> None:
    lines = [[line.replace("欧阳雪", name) for line in FRONT] for name in (first, second)]
    assert answers(*lines)["name"].verdict == verdict


def test_a_rare_glyph_is_unsure_and_never_wrong() -> None:
    found = answers(*[[line.replace("欧阳雪", "吉田") for line in FRONT]] * 2, name="𠮷田")
    assert (found["name"].verdict, found["name"].rare) == (ReadVerdict.UNSURE, "𠮷")
    wrong = answers(FRONT, FRONT, name="吉田")
    assert (wrong["name"].verdict, wrong["name"].rare) == (ReadVerdict.DIFFERS, "")


@pytest.mark.parametrize(
    ("line", "until", "verdict"),
    [
        ("有效期限 2015.03.07-2035.03.07", "2035-03-07", "agrees"),
        ("有效期限 2015.03.07-长期", "9999-12-31", "agrees"),
        ("有效期限 2015.03.07-2035.03.07", "2035-03-08", "differs"),
        ("签发机关 江州市公安局", "2035-03-07", "unreadable"),
    ],
)
def test_the_back_of_a_card(line: str, until: str, verdict: str) -> None:
    engines = [Engine(["居民身份证", line], ALPHABET)] * 2
    values = {Item.VALID_UNTIL: until}
    (answer,) = compared(Paper.BACK, Kind.PERSON, values, engines)
    assert answer.verdict == verdict


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        ([], "unreadable"),
        (["unreadable", "unreadable"], "unreadable"),
        (["agrees", "agrees"], "agrees"),
        (["agrees", "unreadable"], "unsure"),
        (["agrees", "unsure"], "unsure"),
        (["unsure", "differs"], "differs"),
    ],
)
def test_the_whole_image(verdicts: list[str], whole: str) -> None:
    assert verdict_of([ReadVerdict(each) for each in verdicts]) == whole


@given(st.lists(st.text(max_size=30), max_size=8), st.sampled_from(Paper), st.sampled_from(Kind))
def test_any_lines_are_answered(lines: list[str], paper: Paper, kind: Kind) -> None:
    values = VALUES | {Item.VALID_UNTIL: "2035-03-07"}
    for each in compared(paper, kind, values, [Engine(lines, ALPHABET)] * 2):
        assert each.verdict in ReadVerdict


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200) | st.integers(0, 400).map(lambda at: customers.photograph()[:at]))
def test_any_bytes_are_an_image_or_are_not(content: bytes) -> None:
    try:
        assert opened(content).width > 0
    except Unreadable as wrong:
        assert wrong.sentence.zh  # noqa: PT017


def image_of(bank: Bank, content: bytes, **changes: object) -> Document:
    customer_id = customers.registered(bank, person(**changes), content)
    return Document.objects.get(customer_id=customer_id)


def test_a_drawn_card_is_read_by_both_engines(bank: Bank) -> None:
    """The one test of this file that loads the models."""
    right = image_of(bank, card.front(), address="江州市城东区和平路8号")
    jobs.read_document(str(right.id))
    reading = Reading.objects.get(document=right)
    assert reading.verdict == "agrees", profile(bank.actor("张敏"), right.customer_id).papers
    jobs.read_document(str(right.id))  # again, after a crash
    assert Reading.objects.count() == 1
    engines = ocr.read(card.licence())
    values = {Item.NAME: "清河贸易有限公司", Item.DOCUMENT_NUMBER: "91110000600037341L"}
    name, number = compared(Paper.LICENCE, Kind.ORGANISATION, values, engines)
    assert (name.verdict, name.read) == (ReadVerdict.DIFFERS, ("清河商贸有限公司",) * 2)
    assert number.verdict is not ReadVerdict.DIFFERS  # one engine takes the last L for a 1
    assert all(len(engine.alphabet) > 6000 for engine in engines)


def read(document: Document, *found: Answer) -> None:
    assert jobs.record(document.id, found).status == "done"


WRONG = Answer(Item.NAME, ReadVerdict.DIFFERS, ("欧阳雷", "欧阳雷"))


def test_what_is_read_otherwise_stops_the_opening_until_a_person_looked(bank: Bank) -> None:
    document = image_of(bank, card.front())
    customer_id = document.customer_id
    bank.done("李强", again(customer_id))
    read(document, WRONG)
    refused = bank.do("张敏", OpenCustomer(customer_id=customer_id))
    assert code(refused) == "opening_below_requirements"
    confirm = ConfirmReading(document_id=document.id, reason="核对原件，系统误读")
    bank.done("李强", confirm)
    assert code(bank.do("李强", confirm)) == "reading_not_in_doubt"
    bank.done("张敏", OpenCustomer(customer_id=customer_id), "李强")
    (paper,) = profile(bank.actor("张敏"), customer_id).papers
    assert (paper.verdict, paper.confirmed_by, paper.doubtful) == ("differs", "李强", (WRONG,))


def test_a_correction_is_judged_anew_without_being_asked(bank: Bank) -> None:
    """Nor does it rest on what a person confirmed of what was typed before."""
    document = image_of(bank, card.front(), name="欧阳雷")
    customer_id, reading = document.customer_id, Reading.objects.filter(document=document)
    read(document, Answer(Item.NAME, ReadVerdict.DIFFERS, ("欧阳雪", "欧阳雪")))
    bank.done("李强", ConfirmReading(document_id=document.id, reason="系统误读"))
    moved = ChangeCustomer(customer_id=customer_id, phone="13900139000", reason="客户换号")
    bank.done("张敏", moved)
    assert reading.get().confirmed_at
    right = ChangeCustomer(customer_id=customer_id, name="欧阳雪", reason="录入有误")
    bank.done("张敏", right)
    assert not reading.exists()
    asked = ProcrastinateJob.objects.filter(task_name="customers.read_document").latest("id").args
    assert (asked["document_id"], asked["change_id"]) == (
        str(document.id), str(Change.objects.latest("id").id),
    )  # fmt: skip
    found = Answer(Item.NAME, ReadVerdict.AGREES, ("欧阳雪", "欧阳雪"))
    assert jobs.record(document.id, [found], asked["change_id"]).status == "done"
    assert (reading.get().verdict, reading.get().confirmed_at) == ("agrees", None)


def test_a_better_image_takes_the_place_of_a_doubtful_one(bank: Bank) -> None:
    document = image_of(bank, card.front())
    read(document, WRONG)
    more = AddDocument(
        customer_id=document.customer_id, paper="front", image=customers.staged(bank)
    )
    bank.done("张敏", more)
    standing = queries.standing_of(document.customer)
    assert (standing.papers, standing.readings) == (["front"], [])


def test_a_broken_image_is_read_as_nothing(bank: Bank) -> None:
    document = image_of(bank, customers.photograph())
    read(document)
    assert Reading.objects.get().verdict == "unreadable"


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"GIF89a", b"", card.front()[:5000]])
def test_what_is_no_image_is_turned_back(bank: Bank, content: bytes) -> None:
    upload = customers.staged(bank, content=content) if content else customers.staged(
        bank, content=b"\x00"
    )  # fmt: skip
    with pytest.raises(Invalid) as raised:
        bank.do("张敏", person(front=upload))
    assert [field for field, _ in raised.value.errors] == ["front"]


def test_an_image_is_shown_for_a_while_to_whoever_gave_a_reason(bank: Bank) -> None:
    document = image_of(bank, card.front())

    def look(who: str, document_id: UUID) -> tuple[bytes, str]:
        return queries.document_image(bank.actor(who), document_id)

    with pytest.raises(Refused, match="ticket_needed"):
        look("李强", document.id)
    bank.done("李强", ViewDocument(document_id=document.id, reason="核对客户身份"))
    assert look("李强", document.id) == (card.front(), "image/png")
    with pytest.raises(Refused, match="ticket_needed"):
        look("王芳", document.id)
    with pytest.raises(Refused, match="not_found"):
        look("陈立", document.id)
    assert code(bank.do("赵六", ViewDocument(document_id=document.id, reason="看看"))) == (
        "duty_missing"
    )


@pytest.mark.parametrize(
    ("table", "tampering", "constraint"),
    [
        ("reading", "verdict = 'fine'", "customers_reading_known_values"),
        ("reading", "confirmed_at = now()", "customers_reading_confirmed_by_somebody"),
        ("reading", "confirmed_by_id = document_id", "customers_reading_confirmed_by_somebody"),
    ],
)
def test_the_database_refuses(
    bank: Bank, owner: psycopg.Connection, table: str, tampering: str, constraint: str
) -> None:
    read(image_of(bank, card.front()), WRONG)
    with pytest.raises(psycopg.errors.CheckViolation, match=constraint):
        tamper(owner, f"UPDATE customers_{table} SET {tampering}")


def test_a_document_stays_as_it_was_filed(bank: Bank, owner: psycopg.Connection) -> None:
    image_of(bank, card.front())
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never allowed"):
        tamper(owner, "DELETE FROM customers_document")
    with pytest.raises(psycopg.errors.CheckViolation, match="customers_document_known_values"):
        tamper(
            owner,
            "INSERT INTO customers_document SELECT gen_random_uuid(), 'poem', gen_random_uuid(), "
            "added_by_name, added_at, customer_id FROM customers_document",
        )


def test_an_image_that_shows_nothing_is_read_as_nothing() -> None:
    engines = ocr.read(customers.photograph())
    assert [engine.lines for engine in engines] == [[], []]
    (answer,) = compared(Paper.LICENCE, Kind.ORGANISATION, {Item.NAME: "清河商贸有限公司"}, engines)
    assert answer.verdict is ReadVerdict.UNREADABLE
