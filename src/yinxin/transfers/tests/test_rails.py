"""What leaves for another bank, what it answers, and what comes back."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.bank.kept import once
from tests.bank.verbs import Bank, code

from yinxin.customers.tests.pages import answer, page
from yinxin.gate import door
from yinxin.kernel.incoming import Unreadable
from yinxin.kernel.refusals import Refused
from yinxin.ledger import checks
from yinxin.ledger import queries as ledger
from yinxin.ledger.commands import ReversePosting
from yinxin.ledger.models import Posting
from yinxin.ledger.tests.accounts import account
from yinxin.transfers import answer_views, jobs, rails, views
from yinxin.transfers.board import board_for
from yinxin.transfers.commands import CloseStrayAnswer, FetchStrayAnswer, ImportAnswer
from yinxin.transfers.models import Answer, Dispatch, Step, StrayAnswer, Transfer
from yinxin.transfers.rails import answers, pain001
from yinxin.transfers.rails.simulator import SimulatedBank, notification, status_report
from yinxin.vault import blobs

from .desk import Desk
from .test_prints import reversed_by_hand

PAYMENT = pain001.Payment(
    "TR20260105-0001", Decimal("1000.50"), "CNY", "王秀英<&>", "6222020000000000018",
    "工商银行海淀支行", "货款", "刘洋",
)  # fmt: skip
SENDER = pain001.Sender("清河银行", "NOSTRO-1", "中国银行")
MESSAGE = pain001.written(
    "PM20260105-1", datetime(2026, 1, 5, tzinfo=UTC), date(2026, 1, 5), SENDER, [PAYMENT, PAYMENT]
)


@pytest.fixture
@once
def desk(bank: Bank) -> Desk:
    return Desk.of(bank)


@pytest.fixture
def other_bank():
    bank = SimulatedBank()
    rails.connect(bank)
    yield bank
    rails.connect(None)


def exchanged(desk: Desk, transfer: Transfer) -> Transfer:
    jobs.dispatch(account_id=str(desk.nostro.id))
    jobs.fetch_answers(0)
    transfer.refresh_from_db()
    return transfer


def test_paid_sent_and_settled(desk: Desk, other_bank: SimulatedBank) -> None:
    transfer = desk.released()
    assert (transfer.settlement, transfer.credited_id) == ("waiting", desk.nostro.id)
    exchanged(desk, transfer)
    assert transfer.settlement == "settled"
    dispatch = Dispatch.objects.get()
    assert (dispatch.count, dispatch.total, transfer.dispatch) == (1, 1000, dispatch)
    taken = list(Answer.objects.order_by("id").values_list("kind", "applied", "unknown"))
    assert taken == [("pain.002", 1, 0), ("camt.054", 1, 0)]
    steps = list(Step.objects.filter(transfer=transfer).values_list("state", flat=True))
    assert set(steps) > {"sent", "accepted", "settled"}
    shown = page(desk.bank, "张敏", views.transfer, id=transfer.id)
    for expected in ("已清算", "清算通道", "对方已接收"):
        assert expected in shown
    with translation.override("en"):  # on its steps and in its trail
        assert page(desk.bank, "张敏", views.transfer, id=transfer.id).count("Clearing rail") > 2
    exchanged(desk, transfer)
    assert Answer.objects.count() == 2
    assert Posting.objects.filter(cause=transfer.id).count() == 1


def test_a_return_is_booked_back_once(desk: Desk, other_bank: SimulatedBank) -> None:
    other_bank.judge = lambda _: "returned"
    transfer = exchanged(desk, desk.released())
    assert transfer.settlement == "returned"
    assert desk.funds() == (2_000_000, 0)
    back = ledger.reversals_of([transfer.id])[transfer.id]
    assert (back.debit_id, back.credit_id) == (desk.nostro.id, desk.account.id)
    assert "退汇" in page(desk.bank, "张敏", views.transfer, id=transfer.id)
    again = notification("OTHER-C", [(transfer.number, Decimal(1000), "CNY")], "CRDT", "AC04")
    other_bank.waiting.append(again)
    jobs.fetch_answers(0)
    assert Posting.objects.filter(cause=transfer.id).count() == 2
    original = ledger.posting_of(transfer.id)
    assert original
    by_hand = ReversePosting(posting_id=original.id, reason="重复")
    assert code(desk.bank.do("张敏", by_hand)) == "posting_reversed"
    assert list(checks.balances_are_their_postings()) == []


def test_what_was_reversed_by_hand_does_not_leave(desk: Desk, other_bank: SimulatedBank) -> None:
    transfer = desk.released()
    reversed_by_hand(desk, transfer)
    assert exchanged(desk, transfer).settlement == "waiting"
    assert not Dispatch.objects.exists()


def test_a_return_of_what_was_reversed_by_hand_moves_no_money(
    desk: Desk, other_bank: SimulatedBank
) -> None:
    other_bank.judge = lambda _: "returned"
    transfer, other = desk.released(instruction_number="1"), desk.released(instruction_number="2")
    jobs.dispatch(account_id=str(desk.nostro.id))
    reversed_by_hand(desk, transfer)
    jobs.fetch_answers(0)
    for each in (transfer, other):
        each.refresh_from_db()
        assert each.settlement == "returned"
    assert desk.funds() == (2_000_000, 0)
    assert Posting.objects.filter(cause=transfer.id).count() == 2


def test_what_a_bank_refuses_comes_back(desk: Desk, other_bank: SimulatedBank) -> None:
    other_bank.judge = lambda _: "refused"
    transfer = exchanged(desk, desk.released())
    assert transfer.settlement == "returned"
    assert desk.funds() == (2_000_000, 0)


def test_a_message_refused_whole_brings_all_back(desk: Desk, other_bank: SimulatedBank) -> None:
    transfer = desk.released()
    jobs.dispatch(account_id=str(desk.nostro.id))
    number = Dispatch.objects.get().number
    refused = status_report(number, {}).replace(
        b"</OrgnlGrpInfAndSts>", b"<GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts>"
    )
    assert code(take(desk, refused)) == "done"
    transfer.refresh_from_db()
    assert transfer.settlement == "returned"


def test_an_amount_that_differs_is_for_a_person(desk: Desk, other_bank: SimulatedBank) -> None:
    transfer = desk.released()
    jobs.dispatch(account_id=str(desk.nostro.id))
    short = notification("X-C", [(transfer.number, Decimal(990), "CNY")], "CRDT", "AC04")
    refused = take(desk, short)
    assert code(refused) == "return_amount_differs"
    assert not Answer.objects.exists()


def test_what_cannot_be_taken_in_waits_for_a_person(desk: Desk, other_bank: SimulatedBank) -> None:
    """Once, however often the rail brings it; what is wrong and what to do stands on its page."""
    transfer = desk.released()
    jobs.dispatch(account_id=str(desk.nostro.id))
    short = notification("X-C", [(transfer.number, Decimal(990), "CNY")], "CRDT", "AC04")
    other_bank.waiting += [b"<Document", short]
    jobs.fetch_answers(0)
    jobs.fetch_answers(0)
    broken, differs = StrayAnswer.objects.order_by("number")
    assert transfer.number in differs.zh
    transfer.refresh_from_db()
    assert transfer.settlement == "settled"  # the other answers are not held up
    assert board_for(desk.bank.actor("张敏")).strays == 2
    assert board_for(desk.bank.actor("陈立")).strays == 0
    listed = page(desk.bank, "张敏", answer_views.strayanswers)
    assert listed.count("待处理</span>") == 2
    shown = page(desk.bank, "张敏", answer_views.strayanswer, id=broken.id)
    assert broken.zh in shown
    assert "请对方行重发" in shown
    its_file = ("张敏", answer_views.stray_file)
    with pytest.raises(Refused, match="stray_ticket_needed"):
        answer(desk.bank, *its_file, id=broken.id)
    desk.bank.done("张敏", FetchStrayAnswer(stray_id=broken.id))
    assert answer(desk.bank, *its_file, id=broken.id).content == b"<Document"
    with pytest.raises(Refused, match="stray_ticket_needed"):
        answer(desk.bank, "李强", answer_views.stray_file, id=broken.id)
    close = CloseStrayAnswer(stray_id=broken.id, remark="对方行已重发")
    desk.bank.done("张敏", close)
    assert code(desk.bank.do("张敏", close)) == "stray_closed"
    assert "对方行已重发" in page(desk.bank, "张敏", answer_views.strayanswer, id=broken.id)
    assert board_for(desk.bank.actor("张敏")).strays == 1


def test_an_answer_is_taken_once_and_what_is_unknown_is_counted(desk: Desk) -> None:
    strange = notification("X-D", [("TR-NOWHERE", Decimal(1), "CNY")], "DBIT")
    assert code(take(desk, strange)) == "done"
    assert (Answer.objects.get().applied, Answer.objects.get().unknown) == (0, 1)
    assert code(take(desk, strange)) == "answer_taken_already"
    assert code(take(desk, b"<Document/>")) == "answer_unreadable"
    assert code(take(desk, MESSAGE)) == "answer_unreadable"


def test_what_was_sent_is_handed_over_again_until_answered(desk: Desk) -> None:
    class Deaf(SimulatedBank):
        sent = 0

        def send(self, message_id: str, pain001: bytes) -> None:
            self.sent += 1

    deaf = Deaf()
    rails.connect(deaf)
    try:
        transfer = desk.released()
        jobs.dispatch(account_id=str(desk.nostro.id))
        jobs.dispatch(account_id=str(desk.nostro.id))
    finally:
        rails.connect(None)
    assert (deaf.sent, Dispatch.objects.count()) == (2, 1)
    transfer.refresh_from_db()
    assert transfer.settlement == "sent"


def test_money_for_an_account_of_the_house_stays_in_it(desk: Desk) -> None:
    other = account(desk.bank, desk.account.customer_id)
    transfer = desk.released(payee_account=other.number, payee_name="刘洋")
    other.refresh_from_db()
    assert (other.balance, transfer.settlement, transfer.credited_id) == (1000, "book", other.id)
    assert transfer.checks.get(name="payee").zh == "本行账户，户名相符"
    wrong = desk.checked(payee_account=other.number, instruction_number="2")
    assert wrong.checks.get(name="payee").verdict == "failed"


def take(desk: Desk, content: bytes):
    clerk = desk.bank.actor("张敏")
    file = blobs.stage(clerk.id, content, "application/xml")
    return desk.bank.do(clerk, ImportAnswer(file=file))


SCHEMAS = {
    "pain.001.001.09": MESSAGE,
    "pain.002.001.12": status_report("PM-1", {"TR-1": "paid", "TR-2": "refused"}),
    "camt.054.001.08": notification("PM-1-C", [("TR-1", Decimal("5.25"), "CNY")], "CRDT", "AC04"),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_messages_are_valid_by_their_schemas(name: str, shared_data: Path) -> None:
    schema = etree.XMLSchema(etree.parse(str(shared_data / "iso20022" / "xsd" / f"{name}.xsd")))
    schema.assertValid(etree.fromstring(SCHEMAS[name]))


WRONG = {
    "another message": (MESSAGE, "no_answer"),
    "a document type": (b"<!DOCTYPE a><a/>", "doctype"),
    "cut off": (SCHEMAS["pain.002.001.12"][:-30], "broken"),
    "no message id": (SCHEMAS["camt.054.001.08"].replace(b"MsgId", b"MsgNo"), "missing"),
    "an amount": (SCHEMAS["camt.054.001.08"].replace(b"5.25", b"NaN"), "amount_wrong"),
    "a negative one": (SCHEMAS["camt.054.001.08"].replace(b"5.25", b"-5.25"), "amount_wrong"),
    "a currency": (SCHEMAS["camt.054.001.08"].replace(b"CNY", b"XXX"), "amount_wrong"),
    "a direction": (SCHEMAS["camt.054.001.08"].replace(b"CRDT", b"BOTH"), "direction_wrong"),
    "a status": (SCHEMAS["pain.002.001.12"].replace(b"ACSP", b"OKAY"), "status_wrong"),
    "a payment twice": (SCHEMAS["pain.002.001.12"].replace(b"TR-2", b"TR-1"), "done"),
}


@pytest.mark.parametrize("name", WRONG)
def test_an_answer_that_makes_no_sense(name: str) -> None:
    content, expected = WRONG[name]
    if expected == "done":  # one accepted and one refused: two outcomes of one payment
        assert {each.came for each in answers.read(content).outcomes} == {"accepted", "returned"}
        return
    with pytest.raises(Unreadable) as unreadable:
        answers.read(content)
    assert unreadable.value.code == expected


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_a_bank_sends_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(list(SCHEMAS.values()))))
    spots = st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255))
    for at, byte in data.draw(st.lists(spots, max_size=8)):
        content[at] = byte
    whole = bytes(content)
    for each in (whole, whole[: data.draw(st.integers(0, len(whole)))]):
        try:
            answer = answers.read(each)
        except Unreadable:
            continue
        else:
            assert 0 < len(answer.message_id) <= 35
            assert all(each.money is None or each.money.amount >= 0 for each in answer.outcomes)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_no_answer(content: bytes) -> None:
    with pytest.raises(Unreadable):
        answers.read(content)


BROKEN = {
    "an answer twice": (
        "transfers_answer_once",
        "INSERT INTO transfers_answer SELECT gen_random_uuid(), kind, message_id, file_id, "
        "applied, unknown, received_at FROM transfers_answer LIMIT 1",
    ),
    "a message twice": (
        "transfers_dispatch_number_once",
        "INSERT INTO transfers_dispatch SELECT gen_random_uuid(), number, file_id, count, total, "
        "currency, sent_at, account_id FROM transfers_dispatch",
    ),
    "a message of nothing": (
        "transfers_dispatch_has_payments",
        "INSERT INTO transfers_dispatch SELECT gen_random_uuid(), 'X', file_id, 0, total, "
        "currency, sent_at, account_id FROM transfers_dispatch",
    ),
    "a stray twice": (
        "transfers_stray_once",
        "INSERT INTO transfers_strayanswer SELECT gen_random_uuid(), 'RA-2', branch, file_id, "
        "digest, zh, en, came_at, remark, closed_by_name, closed_at FROM transfers_strayanswer",
    ),
    "a stray's number twice": (
        "transfers_stray_number_once",
        "INSERT INTO transfers_strayanswer SELECT gen_random_uuid(), number, branch, file_id, "
        "'x', zh, en, came_at, remark, closed_by_name, closed_at FROM transfers_strayanswer",
    ),
    "a stray closed without a word": (
        "transfers_stray_closed_says_how",
        "UPDATE transfers_strayanswer SET closed_at = now()",
    ),
    "an answer rewritten": ("permission denied", "UPDATE transfers_answer SET applied = 9"),
    "a message rewritten": ("permission denied", "UPDATE transfers_dispatch SET total = 9"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_database_refuses(desk: Desk, other_bank: SimulatedBank, broken: str) -> None:
    constraint, sql = BROKEN[broken]
    other_bank.waiting.append(b"<Document")
    exchanged(desk, desk.released())
    with transaction.atomic(), connection.cursor() as cursor:
        door._enter(desk.account.id, desk.bank.actor("张敏"), "")
        with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
            cursor.execute(sql)
