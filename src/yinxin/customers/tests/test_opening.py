"""From the counter to an open customer: entered twice, checked, sent back, declined."""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from tests.bank import customers
from tests.bank.verbs import Bank, code

from yinxin.customers import queries
from yinxin.customers.commands import (
    ChangeCustomer,
    DeclineCustomer,
    OpenCustomer,
    RecordOfficer,
    RecordOwner,
    ResolveEntry,
    ReviveCustomer,
)
from yinxin.customers.models import Customer, SecondEntry
from yinxin.customers.particulars import Item
from yinxin.customers.profile import profile
from yinxin.gate import queries as gate
from yinxin.kernel import clock
from yinxin.kernel.refusals import Invalid

from .cast import COMPANY, NUMBER, again, opened, person, registered
from .races import tamper

PASSPORT = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F3504152ZE184226B<<<<<16"
)


def lacking(bank: Bank, customer_id: UUID) -> str:
    """What opening is refused for, in Chinese."""
    outcome = bank.do("张敏", OpenCustomer(customer_id=customer_id))
    assert code(outcome) == "opening_below_requirements"
    assert outcome.refused
    assert outcome.refused.sentence.en
    return outcome.refused.sentence.zh


def test_a_person_below_the_requirements_is_not_opened(bank: Bank) -> None:
    bare = person(occupation=None, valid_until="")
    customer_id = bank.done("张敏", bare).subjects[0].id
    told = lacking(bank, customer_id)
    for words in ("缺少证件有效期至、职业", "未登记证件有效期至", "尚未由第二人录入", "未留存"):
        assert words in told
    assert queries.brief(bank.actor("张敏"), customer_id).state == "registered"


def test_a_company_needs_its_representative_and_its_owners(bank: Bank) -> None:
    customer_id = customers.registered(bank, COMPANY)
    bank.done("李强", again(customer_id, name=COMPANY.name, document_number="91110000600037341L"))
    told = lacking(bank, customer_id)
    assert told.count("；") == 1
    assert "未登记法定代表人或负责人；未识别受益所有人" in told
    officer = {"customer_id": customer_id, **customers.BEHIND}
    bank.done("张敏", RecordOfficer(role="legal_representative", **officer))
    bank.done("张敏", RecordOwner(criteria=("control",), **officer))
    bank.done("张敏", OpenCustomer(customer_id=customer_id), "李强")
    assert queries.active(bank.actor("张敏"), customer_id).kind == "organisation"


def test_a_document_that_ran_out_meanwhile_stops_the_opening(bank: Bank) -> None:
    customer_id = registered(bank)
    bank.done("李强", again(customer_id))
    with clock.at(clock.now() + timedelta(days=4000)):
        assert "证件已于 2035-03-07 到期" in lacking(bank, customer_id)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"valid_until": "2020-01-01"}, "valid_until", "证件已于 2020-01-01 到期"),
        ({"valid_until": "2035-02-30"}, "valid_until", "请按 2035-03-07 的格式"),
        ({"valid_until": "下个月"}, "valid_until", "请按 2035-03-07 的格式"),
        ({"sex": "female"}, "sex", "第 17 位表明应为“男”"),
        ({"born_on": "1990-03-08"}, "born_on", "第 7–14 位表明应为“1990-03-07”"),
        ({"nationality": "XYZ"}, "nationality", "不是 ISO 3166"),
        ({"nationality": "USA"}, "nationality", "应为中国公民"),
        ({"industry": "trade"}, "industry", "不适用于此类客户"),
        ({"name": "<script>"}, "name", "不能出现在姓名"),
        ({"name": "13800138000"}, "name", "没有文字"),
        ({"mrz": PASSPORT}, "mrz", "只有护照和通行证有机读码"),
    ],
)
def test_what_does_not_fit_together_is_said(
    bank: Bank, changes: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(Invalid) as raised:
        bank.do("张敏", person(**changes))
    found = dict(raised.value.errors)
    assert words in found[field].zh
    assert found[field].en
    assert not Customer.objects.exists()


def test_a_citizen_s_number_fills_in_sex_and_birth(bank: Bank) -> None:
    values = Customer.objects.get(id=registered(bank)).values
    assert (values[Item.SEX], values[Item.BORN_ON]) == ("male", "1990-03-07")
    assert values[Item.NATIONALITY] == "CHN"


def foreigner(**changes: object) -> object:
    passport = {"document_type": "passport", "document_number": "L898902C3", "mrz": PASSPORT}
    return person(
        name="Anna Maria Eriksson", nationality="SWE", valid_until="", **passport | changes
    )


def test_a_passport_is_read_from_its_zone(bank: Bank) -> None:
    customer_id = bank.done("张敏", foreigner()).subjects[0].id  # type: ignore[arg-type]
    values = Customer.objects.get(id=customer_id).values
    assert values[Item.VALID_UNTIL] == "2035-04-15"
    assert (values[Item.SEX], values[Item.BORN_ON]) == ("female", "1974-08-12")


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"document_number": "L898902C4"}, "document_number", "机读码为“L898902C3”"),
        ({"sex": "male"}, "sex", "机读码为“female”"),
        ({"mrz": PASSPORT.replace("C36", "C35")}, "mrz", "第 10 位是证件号码的校验位"),
    ],
)
def test_a_passport_that_differs_from_its_zone_is_turned_back(
    bank: Bank, changes: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(Invalid) as raised:
        bank.do("张敏", foreigner(**changes))  # type: ignore[arg-type]
    assert words in dict(raised.value.errors)[field].zh


def test_the_second_entry_is_another_person_s(bank: Bank) -> None:
    customer_id = registered(bank)
    assert code(bank.do("张敏", again(customer_id))) == "entry_by_same_person"
    bank.done("李强", again(customer_id, name="欧阳 雪", document_number="110101-19900307-1233"))
    assert code(bank.do("王芳", again(customer_id))) == "entry_done_already"
    row = Customer.objects.get(id=customer_id)
    assert (row.registered_by_name, row.confirmed_by_name) == ("张敏", "李强")


@pytest.mark.parametrize(
    ("right", "name", "number"),
    [
        ((), "欧阳雪", NUMBER),
        (("name",), "欧阳雷", NUMBER),
        (("name", "document_number"), "欧阳雷", "11010119900307002X"),
    ],
)
def test_a_difference_is_shown_and_resolved_by_a_third(
    bank: Bank, right: tuple[str, ...], name: str, number: str
) -> None:
    customer_id = registered(bank)
    bank.done("李强", again(customer_id, name="欧阳雷", document_number="11010119900307002X"))
    shown = {
        each.item: each.places for each in profile(bank.actor("王芳"), customer_id).differences
    }
    assert shown == {Item.NAME: (3,), Item.DOCUMENT_NUMBER: (15, 16, 17, 18)}
    assert "两次录入有差异" in lacking(bank, customer_id)
    resolve = ResolveEntry(customer_id=customer_id, second_is_right=right, reason="核对原件")
    assert code(bank.do("李强", resolve)) == "resolved_by_enterer"
    bank.done("王芳", resolve)
    row = Customer.objects.get(id=customer_id)
    assert (row.name, row.document_number, row.confirmed_by_name) == (name, number, "王芳")
    bank.done("张敏", OpenCustomer(customer_id=customer_id), "李强")
    assert queries.customers_for(bank.actor("张敏"), number).count() == 1
    assert code(bank.do("王芳", resolve)) == "customer_not_registered"


def test_a_correction_must_be_entered_again_by_another(bank: Bank) -> None:
    customer_id = registered(bank)
    bank.done("李强", again(customer_id))
    bank.done("张敏", ChangeCustomer(customer_id=customer_id, name="欧阳雷", reason="录入笔误"))
    assert "尚未由第二人录入" in lacking(bank, customer_id)
    assert code(bank.do("张敏", again(customer_id, name="欧阳雷"))) == "entry_by_same_person"
    bank.done("李强", again(customer_id, name="欧阳雷"))
    bank.done("张敏", OpenCustomer(customer_id=customer_id), "李强")
    assert SecondEntry.objects.filter(state="void").count() == 1


def test_an_opening_is_sent_back_corrected_and_asked_for_again(bank: Bank) -> None:
    customer_id = registered(bank)
    bank.done("李强", again(customer_id))
    asked = bank.do("张敏", OpenCustomer(customer_id=customer_id))
    bank.return_to_maker(asked.request_id, "李强", "地址不完整，请补到门牌号")
    correct = ChangeCustomer(customer_id=customer_id, address="和平路 8 号 502 室", reason="补全")
    bank.done("张敏", correct)
    bank.done("张敏", OpenCustomer(customer_id=customer_id), "李强")
    told = gate.trail(bank.actor("张敏"), "customers.customer", customer_id)
    assert any("请补到门牌号" in text.zh for entry in told for text in entry.sentences)
    assert gate.trail(bank.actor("张敏"), "customers.customer", customer_id, limit=2) == told[-2:]


def test_a_customer_is_declined_with_the_reason_and_may_come_again(bank: Bank) -> None:
    customer_id = registered(bank)
    decline = DeclineCustomer(customer_id=customer_id, reason="拒绝提供受益所有人信息")
    bank.done("张敏", decline, "李强")
    found = profile(bank.actor("张敏"), customer_id)
    assert (found.brief.state, found.state_reason) == ("declined", "拒绝提供受益所有人信息")
    assert code(bank.do("张敏", OpenCustomer(customer_id=customer_id))) == "customer_not_registered"
    assert code(bank.do("张敏", person())) == "customer_exists"
    bank.done("张敏", ReviveCustomer(customer_id=customer_id, reason="已补齐资料"), "李强")
    bank.done("李强", again(customer_id))
    bank.done("张敏", OpenCustomer(customer_id=customer_id), "李强")
    assert queries.active(bank.actor("张敏"), customer_id).number


def test_one_person_is_one_customer_by_whichever_document(bank: Bank) -> None:
    opened(bank)
    assert code(bank.do("张敏", person(document_type="household"))) == "customer_exists"


@pytest.mark.parametrize(
    ("tampering", "constraint"),
    [
        ("second_id = first_id", "customers_secondentry_two_persons"),
        (
            "state = 'resolved', resolved_at = now(), resolved_by_id = second_id",
            "customers_secondentry_resolved_by_third",
        ),
        ("state = 'resolved'", "customers_secondentry_state"),
        ("state = 'agreed', resolved_by_id = id", "customers_secondentry_state"),
    ],
)
def test_the_database_keeps_the_entries_apart(
    bank: Bank, owner: psycopg.Connection, tampering: str, constraint: str
) -> None:
    customer_id = registered(bank)
    bank.done("李强", again(customer_id, name="欧阳雷"))
    with pytest.raises(psycopg.errors.CheckViolation, match=constraint):
        tamper(owner, f"UPDATE customers_secondentry SET {tampering}")


def test_the_database_keeps_one_open_difference(bank: Bank, owner: psycopg.Connection) -> None:
    bank.done("李强", again(registered(bank), name="欧阳雷"))
    copy = (
        "INSERT INTO customers_secondentry SELECT gen_random_uuid(), first_id, second_id, "
        "second_name, sealed_values, differing, state, entered_at, resolved_by_id, "
        "resolved_by_name, resolved_at, customer_id FROM customers_secondentry"
    )
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_difference"):
        tamper(owner, copy)


def test_the_database_lets_nobody_confirm_their_own_entry(
    bank: Bank, owner: psycopg.Connection
) -> None:
    registered(bank)
    with pytest.raises(psycopg.errors.CheckViolation, match="customers_customer_entered_by_two"):
        tamper(owner, "UPDATE customers_customer SET confirmed_by_id = entered_by_id")
