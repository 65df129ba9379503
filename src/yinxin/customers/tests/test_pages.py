"""The pages of customers, as the counter sees them."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests.bank import customers
from tests.bank.verbs import Bank

from yinxin.customers import jobs
from yinxin.customers.commands import (
    AppointAgent,
    ChangeCustomer,
    ReportOnCustomer,
    RevealNumber,
    ViewDocument,
)
from yinxin.customers.documents import _mod_11_2
from yinxin.customers.models import Document, Report
from yinxin.customers.opening import ReadVerdict
from yinxin.customers.particulars import Item
from yinxin.customers.readings import Answer
from yinxin.customers.views import customer, listed, reports, standards
from yinxin.kernel.actor import Actor
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.people.queries import bank_today
from yinxin.uikit import sections
from yinxin.uikit.choices import offered
from yinxin.uikit.page import Grid
from yinxin.vault import sealing

from .cast import COMPANY, NUMBER, again, opened, person, registered
from .pages import answer, page

LIST_QUERIES = 12
CUSTOMER_QUERIES = 25


def lived_in(bank: Bank) -> UUID:
    """A company with everything on its page."""
    customer_id = customers.opened(bank, COMPANY)
    agent = AppointAgent(
        customer_id=customer_id, scope=("transfers",), ends_on=bank_today(),
        mandate=customers.staged(bank), **customers.BEHIND,
    )  # fmt: skip
    bank.done("张敏", agent, "李强")
    bank.done("张敏", ChangeCustomer(customer_id=customer_id, phone="010-1234567", reason="更换"))
    report = ReportOnCustomer(
        customer_id=customer_id,
        event="litigation",
        happened_on=bank_today(),
        account="法院立案执行",
    )
    bank.done("张敏", report)
    return customer_id


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_everything_of_a_customer_is_on_one_page(bank: Bank, language: str) -> None:
    customer_id = lived_in(bank)
    document = Document.objects.filter(customer_id=customer_id).earliest("id")
    doubt = Answer(Item.NAME, ReadVerdict.UNSURE, ("清河商货有限公司", "清河商贸有限公司"), "")
    jobs.record(document.id, [doubt])
    with translation.override(language):
        html = page(bank, "张敏", customer.customer, id=customer_id)
    zh = ["清河商贸有限公司", "受益所有人", "60 %", "存疑", "清河商货",
          "柜面转账", "信息变更记录", "信息上报",
          "新建立业务关系", "办理轨迹"]  # fmt: skip
    en = ["Beneficial owner", "In doubt", "Transfers at the counter", "Changes", "Reports"]
    for words in zh if language == "zh-hans" else en:
        assert words in html, words
    assert "91110000600037341L" not in html
    assert "911***********341L" in html


def test_a_waiting_customer_s_page_says_what_is_lacking(bank: Bank) -> None:
    customer_id = registered(bank)
    bank.done("李强", again(customer_id, name="欧阳雷"))
    html = page(bank, "王芳", customer.customer, id=customer_id)
    for words in ("两次录入有差异", "欧阳雷", "第 3 位", "处理录入差异", "尚无识读结果"):
        assert words in html, words


def test_a_revealed_number_is_on_the_page_of_whoever_asked(bank: Bank) -> None:
    customer_id = registered(bank)
    bank.done("李强", RevealNumber(customer_id=customer_id, reason="核对证件"))
    assert NUMBER in page(bank, "李强", customer.customer, id=customer_id)
    assert NUMBER not in page(bank, "王芳", customer.customer, id=customer_id)


def test_markup_in_an_address_is_text(bank: Bank) -> None:
    html = page(bank, "张敏", customer.customer, id=registered(bank, address="<script>alert(1)"))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_an_image_is_streamed_to_whoever_holds_a_ticket(bank: Bank) -> None:
    document = Document.objects.get(customer_id=registered(bank))
    with pytest.raises(Refused, match="ticket_needed"):
        answer(bank, "李强", customer.document, id=document.id)
    bank.done("李强", ViewDocument(document_id=document.id, reason="核对证件"))
    response = answer(bank, "李强", customer.document, id=document.id)
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "no-store"
    assert response.content == customers.photograph()


def test_higher_rooms_bring_sections(bank: Bank) -> None:
    customer_id, titles = registered(bank), [Text("账户", "Accounts")]
    known = sections._SECTIONS.setdefault("customers.customer", [])

    @sections.section("customers.customer")
    def accounts(viewer: Actor, subject_id: UUID) -> Grid | None:
        assert (viewer.name, subject_id) == ("张敏", customer_id)
        return Grid(Text("名下账户", "Accounts"), titles, [["6222 0001"]])

    try:
        html = page(bank, "张敏", customer.customer, id=customer_id)
    finally:
        known.remove(accounts)
    assert "名下账户" in html
    assert "6222 0001" in html


def test_the_list_shows_names_and_no_document_numbers(bank: Bank) -> None:
    registered(bank)
    bank.done("张敏", COMPANY)
    shown = page(bank, "李强", listed.customers)
    assert "欧阳雪" in shown
    assert "清河商贸有限公司" in shown
    assert NUMBER not in shown
    assert "欧阳雪" not in page(bank, "陈立", listed.customers)


def test_a_page_offers_what_its_reader_may_do(bank: Bank) -> None:
    customer_id = registered(bank)
    clerk, auditor = (
        page(bank, who, customer.customer, id=customer_id) for who in ("张敏", "周洁")
    )
    assert "/do/1002/" in clerk
    assert "/do/1002/" not in auditor
    with pytest.raises(Refused, match="not_found"):
        page(bank, "陈立", customer.customer, id=customer_id)


def test_choices_are_named_in_words(bank: Bank) -> None:
    bank.done("张敏", person())
    offers = offered("customers.open", bank.actor("张敏"))
    assert [text.zh.split()[1] for _, text in offers["customer_id"]] == ["欧阳雪"]
    assert not list(offered("customers.suspend", bank.actor("张敏"))["customer_id"])
    assert offered("customers.register", bank.actor("张敏"))["kind"][0][1].zh == "个人"


@pytest.mark.parametrize("rows", [1, 6])
def test_a_list_costs_the_same_however_long_it_is(bank: Bank, rows: int) -> None:
    for serial in range(rows):
        bank.done("张敏", person(document_number=_number(serial)))
    sealing._opened.clear()
    with CaptureQueriesContext(connection) as found:
        html = page(bank, "张敏", listed.customers)
    assert html.count("欧阳雪") == rows
    assert len(found) <= LIST_QUERIES, [each["sql"][:100] for each in found]


def test_a_customer_s_page_costs_a_fixed_number_of_queries(bank: Bank) -> None:
    customer_id = lived_in(bank)
    sealing._opened.clear()
    with CaptureQueriesContext(connection) as found:
        page(bank, "张敏", customer.customer, id=customer_id)
    assert len(found) <= CUSTOMER_QUERIES, [each["sql"][:100] for each in found]


def _number(serial: int) -> str:
    body = f"11010119900307{serial:03}"
    return body + _mod_11_2(body)


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=欧阳雪", True), ("q=oyx", True), ("q=王", False), ("kind=organisation", False),
     ("state=registered", True), ("expires=2030-01-01", False), ("expires=2040-01-01", True)],
)  # fmt: skip
def test_the_list_is_filtered(bank: Bank, query: str, found: bool) -> None:
    customer_id = registered(bank)
    html = page(bank, "张敏", listed.customers, f"/?{query}")
    assert (str(customer_id) in html) is found


def test_reports_have_their_list_and_page(bank: Bank) -> None:
    lived_in(bank)
    html = page(bank, "李强", reports.reports)
    assert "诉讼、处罚" in html
    assert "清河商贸有限公司" in html
    html = page(bank, "李强", reports.report, id=Report.objects.get().id)
    assert "法院立案执行" in html
    assert "核实上报" in html
    with pytest.raises(Refused, match="not_found"):
        answer(bank, "陈立", reports.report, id=Report.objects.get().id)


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "外国政要及其关系人（foreign_official）"), ("en", "(foreign_official)")],
)
def test_the_standards_are_shown(bank: Bank, language: str, words: str) -> None:
    opened(bank)
    with translation.override(language):
        html = page(bank, "何静", standards.standards)
    assert words in html
    assert {"zh-hans": "不限", "en": "No limit"}[language] in html
