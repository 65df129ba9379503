"""Files over HTTP: each upload command refuses what is wrong in words and keeps nothing of it; of a
batch the rows that make sense go on."""

import io
from collections.abc import Callable
from decimal import Decimal
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils.html import strip_tags
from python_calamine import load_workbook

from tests.bank.cast import CAST
from tests.bank.kept import once
from tests.bank.statements import Movement, camt053
from tests.bank.verbs import Bank
from yinxin.gate.guards import evidence_bearing
from yinxin.ledger.tests.accounts import cny, pay_in
from yinxin.people.queries import bank_today
from yinxin.transfers.models import Batch
from yinxin.transfers.rails.simulator import notification
from yinxin.transfers.tests.files import csv_file, row

from . import bad_files
from .bodies import BODIES
from .clerk import send, signed_on
from .work import Work

# What each command reads: its field, and files that are none.
READ = {
    "transfers.receive_batch": ("file", bad_files.TABLES),
    "transfers.import_answer": ("file", bad_files.MESSAGES),
    "reconciliation.import_statement": ("file", bad_files.TABLES | bad_files.MESSAGES),
    "customers.import_customers": ("file", bad_files.TABLES),
    "ledger.import_accounts": ("file", bad_files.TABLES),
    "transfers.import_history": ("file", bad_files.TABLES),
    "customers.add_document": ("image", bad_files.IMAGES),
    "customers.register": ("front", bad_files.IMAGES),
    "customers.appoint_agent": ("mandate", bad_files.IMAGES),
    "seals.enter": ("scan", bad_files.IMAGES),
}
BESIDES = ("gate_execution", "gate_mention")  # each no is on record


@pytest.fixture
@once
def work(bank: Bank) -> Work:
    return Work.of(bank)


def upload(client: Client, content: bytes, name: str = "file") -> str:
    answer = client.post("/api/uploads", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 201, answer.content.decode()
    found: str = answer.json()["upload_id"]
    return found


def rows_kept() -> dict[str, int]:
    tables = [table for table, _ in evidence_bearing() if table not in BESIDES]
    counts = ", ".join(f'(SELECT count(*) FROM "{table}")' for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return dict(zip(tables, cursor.fetchone(), strict=True))


def refused(answer: HttpResponse) -> str:
    """A no in both languages; its Chinese, that of the first field where there is one."""
    assert answer.status_code in (409, 422), answer.content.decode()
    told = answer.json()
    for sentence in (told, *told.get("fields", ())):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence["zh"]), told
        assert sentence["en"], told
        assert "{" not in sentence["zh"] + sentence["en"], told
    assert told["code"] not in ("upload_unknown", "not_found"), told
    return str(told["fields"][0]["zh"] if told.get("fields") else told["zh"])


@pytest.mark.parametrize("command", READ)
def test_what_is_no_such_file(work: Work, command: str) -> None:
    field, files = READ[command]
    who, body = BODIES[command]
    client, given = signed_on(CAST[who].login), body(work)
    for name, content in files.items():
        before = rows_kept()
        answer = send(client, command, given | {field: upload(client, content())})
        assert refused(answer), name
        assert rows_kept() == before, name


def test_a_file_that_is_too_large(work: Work) -> None:
    content = SimpleUploadedFile("big.csv", bytes(21 * 2**20))
    answer = signed_on("zhangmin").post("/api/uploads", {"file": content})
    assert refused(answer) == "文件不能超过 20 MB。"


BATCH_ROWS = """
NaN      | 金额 | 不是有效金额
inf      | 金额 | 不是有效金额
-100.00  | 金额 | 须大于零
１００   | 金额 | 含全角数字或符号，请改用半角
1e5      | 金额 | 不是有效金额
=1+1     | 金额 | 以 = + - @ 开头，疑似公式
1.005    | 金额 | 小数位数超过该币种，或金额过大
99999999999999999999 | 金额 | 不是有效金额
         | 金额 | 未填写
"""
NAMES = {
    "<b>王</b>": "含有尖括号，不是名称的写法",
    "=cmd|' /C calc'!A0": "以 = + - @ 开头，疑似公式",
    "@SUM(A1)": "以 = + - @ 开头，疑似公式",
    "王\u202e秀英": "含有不可见字符",
    "王" * 101: "过长",
}


def test_a_batch_is_received_without_the_rows_that_make_no_sense(work: Work) -> None:
    clerk = signed_on("zhangmin")
    cases = [
        [cell.strip() for cell in line.split("|")] for line in BATCH_ROWS.strip("\n").splitlines()
    ]
    bad = [row(101 + n, amount) for n, (amount, _, _) in enumerate(cases)]
    bad += [row(201 + n, name=name) for n, name in enumerate(NAMES)]
    bad += [row(1), row(301, account="６２２２")]
    told = [(field, reason) for _, field, reason in cases]
    told += [("收款人名称", reason) for reason in NAMES.values()]
    told += [("编号", "与第 2 行的编号重复"), ("收款人账号", "含全角数字或符号，请改用半角")]
    file = upload(clerk, csv_file([row(1), *bad, row(2)], encoding="gb18030"))
    body = {"account_id": work.account.id, "file": file, "issued_on": bank_today()}
    answer = send(clerk, "transfers.receive_batch", body)
    assert answer.status_code == 200, answer.content.decode()
    batch = Batch.objects.latest("number")
    assert (batch.accepted, batch.refused, batch.total) == (2, len(bad), 200)
    page = clerk.get(f"/transfers/batches/{batch.id}/").content.decode()
    flat = "".join(strip_tags(page).split())
    for number, (field, reason) in enumerate(told, start=3):
        assert f"{number}{field}{reason}".replace(" ", "") in flat
    assert send(clerk, "transfers.receive_batch", body).json()["code"] == "upload_unknown"


def test_a_batch_of_which_no_row_makes_sense(work: Work) -> None:
    clerk, before = signed_on("zhangmin"), rows_kept()
    file = upload(clerk, csv_file([row(401, "NaN"), row(402, "0")]))
    body = {"account_id": work.account.id, "file": file, "issued_on": bank_today()}
    told = refused(send(clerk, "transfers.receive_batch", body))
    assert "第 2 行金额不是有效金额" in told
    assert rows_kept() == before


def _statement(work: Work, old: str, new: str) -> bytes:
    whole = camt053(
        "6001 2345",
        Decimal(2_000_007),
        [Movement(bank_today(), Decimal(985), "CORE-8")],
        statement_id="STMT-9",
        from_on=bank_today(),
        to_on=bank_today(),
    )
    assert old.encode() in whole
    return whole.replace(old.encode(), new.encode())


def _answer(work: Work, old: str, new: str) -> bytes:
    whole = notification("OTHER-9", [("TR-NOWHERE", Decimal("985.00"), "CNY")], "DBIT")
    assert old.encode() in whole
    return whole.replace(old.encode(), new.encode())


MONEY = [">NaN<", ">-985<", ">９８５<", ">9e2<", ">Infinity<", "><", ">9,85<"]
MESSAGE: dict[str, tuple[Callable[[Work, str, str], bytes], str]] = {
    "reconciliation.import_statement": (_statement, ">985<"),
    "transfers.import_answer": (_answer, ">985.00<"),
}


@pytest.mark.parametrize("command", MESSAGE)
def test_amounts_that_are_none_in_a_message(work: Work, command: str) -> None:
    content, amount = MESSAGE[command]
    clerk, given = signed_on("zhangmin"), BODIES[command][1](work)
    for wrong in MONEY:
        before = rows_kept()
        body = given | {"file": upload(clerk, content(work, amount, wrong))}
        assert refused(send(clerk, command, body)), wrong
        assert rows_kept() == before, wrong


def test_an_exported_cell_is_text_whatever_it_begins_with(work: Work) -> None:
    """A payer at another bank may call themselves anything."""
    clerk = signed_on("zhangmin")
    hostile = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "https://a.example"]
    for number, name in enumerate(hostile):
        paid = pay_in(work.nostro, work.account, cny(10), f"X-{number}")
        work.bank.done("张敏", paid.model_copy(update={"payer": name}), "李强")
    body = BODIES["ledger.print_statement"][1](work)
    subjects = send(clerk, "ledger.print_statement", body).json()["subjects"]
    printed = next(each["id"] for each in subjects if each["kind"] == "ledger.statementprint")
    book = clerk.get(f"/ledger/statements/{printed}/file.xlsx")
    assert book.status_code == 200
    names = {
        cell
        for line in load_workbook(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
        for cell in line
    }
    assert names >= set(hostile)
    with ZipFile(io.BytesIO(book.content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
