"""Bodies that no schema thinks of: each gets a clear no, in both languages, and nothing is kept."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
from conftest import clone
from django.http import HttpResponse
from django.test import Client

from tests.bank.verbs import Bank
from yinxin.customers.models import Customer
from yinxin.gate.models import Execution
from yinxin.people.models import Login

from .clerk import send, signed_on

PERSON = {
    "kind": "person",
    "name": "欧阳雪",
    "document_type": "id_card",
    "document_number": "110101199003071233",
    "phone": "13800138000",
    "address": "江州市城东区和平路 8 号",
}
MONEY = {
    "account_id": str(uuid4()),
    "own_account_id": str(uuid4()),
    "money": {"amount": "12.34", "currency": "CNY"},
    "payer": "周宁",
    "reference": "CORE-9",
}
REGISTER, PAY_IN, SET_POLICY = "customers.register", "ledger.pay_in", "gate.set_policy"


@pytest.fixture(scope="module")
def bank() -> Iterator[Bank]:
    """One for all tests: none of them gets to change it."""
    with clone("bank"):
        yield Bank()


@pytest.fixture
def clerk(bank: Bank) -> Client:
    return signed_on("zhangmin")


def refused(answer: HttpResponse, status: int, code: str, field: str = "") -> None:
    """Nothing but the one clear no."""
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"].startswith("application/json")
    told = answer.json()
    assert told["code"] == code
    sentences = [told]
    if code == "invalid":
        assert [each["field"] for each in told["fields"]] == [field]
        sentences += told["fields"]
    for sentence in sentences:
        assert any("\u4e00" <= char <= "\u9fff" for char in sentence["zh"])
        assert sentence["en"].isascii()
    assert not Customer.objects.exists()
    assert not Execution.objects.filter(command__in=(REGISTER, PAY_IN)).exists()


def with_amount(amount: str) -> str:
    return json.dumps(MONEY).replace('"12.34"', amount)


# Whatever is wrong with one field of an otherwise valid body: name of the field, JSON of its value.
FIELDS = {
    "a NUL": ("name", r'"欧\u0000阳"', "body"),
    "a lone surrogate": ("name", r'"欧\ud800阳"', "body"),
    "markup": ("name", '"<script>alert(1)</script>"', "name"),
    "a name of blanks": ("name", '"   "', "body.name"),
    "a name of a million letters": ("name", '"' + "雪" * 1_000_000 + '"', "body.name"),
    "a list for a name": ("name", '["欧阳雪"]', "body.name"),
    "null": ("name", "null", "body.name"),
    "an unknown field": ("rank", '"vip"', "body.rank"),
    "a field with a surrogate": (r"\udc00", '"vip"', "body"),
    "a prototype": ("__proto__", "{}", "body.__proto__"),
    "a kind that is none": ("kind", '"robot"', "body.kind"),
    "a phone in full-width digits": ("phone", '"１３８００１３８０００"', "body.phone"),
    "SQL": ("phone", '"1; DROP TABLE customers_customer"', "body.phone"),
}


@pytest.mark.parametrize("case", FIELDS)
def test_a_wrong_field(clerk: Client, case: str) -> None:
    name, value, field = FIELDS[case]
    right = {each: text for each, text in PERSON.items() if each != name}
    content = json.dumps(right, ensure_ascii=False)[:-1] + f', "{name}": {value}}}'
    refused(send(clerk, REGISTER, content), 422, "invalid", field)


@pytest.mark.parametrize(
    "amount",
    ["12.34", "1e3", "1234", '"1e3"', '"12.345"', '"0"', '"-1"', '"1,234.00"', '"１２"', '" 12"']
    + ['"' + "9" * 400 + '"', "9" * 400, '"Infinity"', '"NaN"', "true", "null", '""', "{}"],
)
def test_a_wrong_amount(clerk: Client, amount: str) -> None:
    answer = send(clerk, PAY_IN, with_amount(amount))
    at = answer.json()["fields"][0]["field"]
    assert at in ("body.money", "body.money.amount")
    refused(answer, 422, "invalid", at)


MALFORMED = {
    "no JSON": "{name: 欧阳雪}",
    "half of it": '{"kind": "person", "name": "欧阳',
    "a key twice": json.dumps(PERSON)[:-1] + ', "name": "李鬼"}',
    "a key twice, inside": json.dumps(MONEY).replace('{"amount"', '{"amount": "1", "amount"'),
    "NaN": with_amount("NaN"),
    "Infinity": with_amount("-Infinity"),
    "a number of 5,000 digits": with_amount("9" * 5000),
    "nested 100,000 deep": "[" * 100_000 + "]" * 100_000,
    "bytes that are no UTF-8": b'{"name": "\xff\xfe"}',
}


@pytest.mark.parametrize("case", MALFORMED)
def test_what_is_no_json(clerk: Client, case: str) -> None:
    refused(send(clerk, REGISTER, MALFORMED[case]), 400, "malformed")


@pytest.mark.parametrize("body", ["", "null", "[]", '"text"', "7"])
def test_what_is_no_object(clerk: Client, body: str) -> None:
    refused(send(clerk, REGISTER, body), 422, "invalid", "body")


def test_what_is_around_the_body(clerk: Client) -> None:
    refused(send(clerk, REGISTER, PERSON, content_type="text/plain"), 415, "not_json")
    form = "application/x-www-form-urlencoded"
    refused(send(clerk, REGISTER, "kind=person", content_type=form), 415, "not_json")
    six = json.dumps(PERSON | {"name": "x" * (6 * 2**20)})
    refused(send(clerk, REGISTER, six), 413, "too_large")
    refused(send(clerk, REGISTER, PERSON, headers={}), 422, "invalid", "Idempotency-Key")
    for key in ("short", "k" * 101, "with a blank", "含中文的流水号吗"):
        answer = send(clerk, REGISTER, PERSON, headers={"Idempotency-Key": key})
        refused(answer, 422, "invalid", "Idempotency-Key")


def test_who_may_not_speak(clerk: Client, bank: Bank) -> None:
    refused(send(Client(HTTP_HOST="localhost"), REGISTER, PERSON), 401, "unauthenticated")
    clerk.cookies["csrftoken"] = "x" * 32
    refused(send(clerk, REGISTER, PERSON), 403, "forged")
    wrong = clerk.get("/api/commands/customers.register")
    refused(wrong, 405, "wrong_method")
    assert wrong["Allow"] == "POST"
    refused(clerk.get("/api/commands/customers.unheard"), 404, "not_found")


def test_a_one_time_password_is_changed_on_the_pages(bank: Bank) -> None:
    registrar = signed_on("sunmei")
    Login.objects.filter(username="sunmei").update(must_change_password=True)
    refused(send(registrar, REGISTER, PERSON), 403, "sign_on_incomplete")


def test_a_broken_upload(clerk: Client) -> None:
    boundary = "multipart/form-data; boundary=x"
    for content, status, code, field in (
        ("--x\r\nContent-Disposition: form-data", 422, "invalid", "file"),
        ("--x--", 422, "invalid", "file"),
    ):
        answer = clerk.post("/api/uploads", content, content_type=boundary)
        refused(answer, status, code, field)
    answer = clerk.post("/api/uploads", "x", content_type="multipart/form-data")
    refused(answer, 400, "malformed")
