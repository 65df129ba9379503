"""Printing: each print recorded, the second one marked, and for whoever printed it alone."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from tests.bank.kept import once
from tests.bank.verbs import Bank, code

from yinxin.customers.tests.pages import page
from yinxin.gate import door
from yinxin.kernel.refusals import Refused
from yinxin.ledger import queries as ledger
from yinxin.ledger.commands import ReversePosting
from yinxin.transfers import papers, print_views, queries, views
from yinxin.transfers.commands import PrintVoucher
from yinxin.transfers.models import Print, Transfer
from yinxin.uikit import paper

from .desk import Desk


@pytest.fixture
@once
def desk(bank: Bank) -> Desk:
    return Desk.of(bank)


def request(desk: Desk, who: str):
    made = RequestFactory().post("/", HTTP_HOST="localhost")
    made.actor = desk.bank.actor(who)
    return made


def told(desk: Desk, printed: Print, monkeypatch: pytest.MonkeyPatch) -> dict:
    """What the paper says, and that it can be typeset."""
    detail = queries.transfer(desk.bank.actor("张敏"), printed.transfer_id)
    seen = {}
    monkeypatch.setattr(papers, "pdf", lambda each: seen.update(paper._told(each)) or b"")
    papers.as_pdf(detail, printed, "清河银行", "http://localhost/proof")
    return seen


def test_the_second_print_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    transfer = desk.released()
    answer = print_views.print_voucher(request(desk, "张敏"), id=transfer.id)
    assert answer.status_code == 302
    desk.bank.done("李强", PrintVoucher(transfer_id=transfer.id))
    first, second = Print.objects.order_by("ordinal")
    made = request(desk, "张敏")
    made.method = "GET"
    pdf = print_views.printed(made, id=first.id)
    assert pdf.content.startswith(b"%PDF")
    with pytest.raises(Refused, match="not_found"):
        print_views.printed(made, id=second.id)
    says = told(desk, first, monkeypatch)
    assert (says["mark"], says["number"], says["code"][:4]) == ("", transfer.voucher, "<svg")
    flat = str(says)
    for expected in ("人民币壹仟元整", "张敏", "李强", "王秀英", "审批 1"):
        assert expected in flat
    assert told(desk, second, monkeypatch)["mark"] == "补打 第 2 次"
    shown = page(desk.bank, "张敏", print_views.voucher, id=transfer.id)
    assert shown.count("/transfers/prints/") == 1


def test_a_rejected_one_has_its_notice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    transfer = desk.checked(amount_in_words="壹万元整")
    refused = desk.bank.do("张敏", PrintVoucher(transfer_id=transfer.id))
    assert code(refused) == "transfer_not_ended"
    desk.reject(transfer, "amount")
    desk.bank.done("张敏", PrintVoucher(transfer_id=transfer.id))
    says = told(desk, Print.objects.get(), monkeypatch)
    assert says["title"] == "退票通知书"
    assert "大小写金额不一致，应为人民币壹仟元整" in str(says)
    assert "退票通知书" in page(desk.bank, "张敏", print_views.voucher, id=transfer.id)


def test_a_letter_without_a_glyph_is_not_printed(desk: Desk) -> None:
    transfer = desk.released(payee_name="𠮷野家")
    desk.bank.done("张敏", PrintVoucher(transfer_id=transfer.id))
    made = request(desk, "张敏")
    made.method = "GET"
    with pytest.raises(Refused, match="glyph_missing") as refused:
        print_views.printed(made, id=Print.objects.get().id)
    assert "𠮷" in refused.value.sentence.zh


BROKEN = {
    "a print twice": (
        "transfers_print_once",
        "INSERT INTO transfers_print SELECT gen_random_uuid(), kind, ordinal, actor_id, "
        "actor_name, execution_id, at, transfer_id FROM transfers_print",
    ),
    "a print forgotten": ("permission denied", "DELETE FROM transfers_print"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_database_refuses(desk: Desk, broken: str) -> None:
    constraint, sql = BROKEN[broken]
    transfer: Transfer = desk.released()
    desk.bank.done("张敏", PrintVoucher(transfer_id=transfer.id))
    with transaction.atomic(), connection.cursor() as cursor:
        door._enter(desk.account.id, desk.bank.actor("张敏"), "")
        with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
            cursor.execute(sql)


def reversed_by_hand(desk: Desk, transfer: Transfer) -> None:
    posting = ledger.posting_of(transfer.id)
    assert posting
    command = ReversePosting(posting_id=posting.id, reason="重复付款")
    desk.bank.done("张敏", command, "李强", "王芳")


def test_what_was_reversed_by_hand_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, transfer = desk.released(instruction_number="1"), desk.released(instruction_number="2")
    reversed_by_hand(desk, transfer)
    for view in (views.transfer, print_views.voucher):
        shown = page(desk.bank, "张敏", view, id=transfer.id)
        assert ">已冲正<" in shown
        assert ">已付款</span>" not in shown
        assert ">已冲正<" not in page(desk.bank, "张敏", view, id=kept.id)
    statement = f"/ledger/{desk.account.id}/statement/?since="
    assert statement in page(desk.bank, "张敏", views.transfer, id=transfer.id)
    assert page(desk.bank, "张敏", views.transfers).count(">已冲正<") == 1
    for mark in ("已冲正", "补打 第 2 次　已冲正"):
        desk.bank.done("张敏", PrintVoucher(transfer_id=transfer.id))
        assert told(desk, Print.objects.latest("ordinal"), monkeypatch)["mark"] == mark
