"""A batch from its file to its vouchers, and every way it does not get there."""

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from tests.bank.kept import once
from tests.bank.verbs import Bank, code

from yinxin.customers.tests.pages import page
from yinxin.gate import door, queries
from yinxin.gate.door import Outcome
from yinxin.kernel.actor import Channel
from yinxin.ledger import checks
from yinxin.ledger.models import Hold, Posting
from yinxin.people.queries import bank_today
from yinxin.transfers import batch_views, jobs, views
from yinxin.transfers.commands import (
    ReceiveBatch,
    RejectBatch,
    RejectTransfer,
    ReleaseBatch,
    ReleaseTransfer,
    SubmitBatch,
    SubmitTransfer,
)
from yinxin.transfers.models import Batch, Check, RefusedRow, Step, Transfer
from yinxin.vault import blobs

from .desk import REASON, Desk
from .files import csv_file, row


@pytest.fixture
@once
def desk(bank: Bank) -> Desk:
    return Desk.of(bank)


def receive(desk: Desk, content: bytes, channel: Channel = Channel.API, **more: Any) -> Outcome:
    clerk = desk.bank.actor("张敏", channel)
    file = blobs.stage(clerk.id, content, "text/csv")
    command = ReceiveBatch(account_id=desk.account.id, file=file, issued_on=bank_today(), **more)
    return desk.bank.do(clerk, command)


def received(desk: Desk, content: bytes) -> Batch:
    outcome = receive(desk, content)
    assert outcome.status == "done", outcome
    return Batch.objects.latest("number")


def checked(desk: Desk, content: bytes) -> Batch:
    batch = received(desk, content)
    jobs.check_batch(batch_id=str(batch.id))
    batch.refresh_from_db()
    return batch


def submit(desk: Desk, batch: Batch, reason: str = REASON) -> Outcome:
    return desk.bank.do("张敏", SubmitBatch(batch_id=batch.id, override_reason=reason))


def states(batch: Batch) -> list[str]:
    return list(batch.transfers.order_by("row").values_list("state", flat=True))


def test_from_file_to_vouchers(desk: Desk) -> None:
    batch = received(desk, csv_file([row(1), row(2, "NaN"), row(3, "250.50"), row(4, "30000")]))
    assert (batch.accepted, batch.refused, batch.total, batch.biggest) == (
        3, 1, pytest.approx(30350.5), 30000,
    )  # fmt: skip
    [fault] = RefusedRow.objects.all()
    assert (fault.row, fault.field, fault.zh) == (3, "amount", "不是有效金额")
    jobs.check_batch(batch_id=str(batch.id))
    jobs.check_batch(batch_id=str(batch.id))
    assert code(submit(desk, batch, "")) == "override_needed"
    assert submit(desk, batch).status == "done"
    assert desk.funds() == (2_000_000, 30350)
    asked = desk.bank.do("张敏", ReleaseBatch(batch_id=batch.id))
    assert asked.status == "pending"
    [told] = queries.request_for(desk.bank.actor("李强"), asked.request_id).facts
    largest = "金额最大的 3 笔：第 5 行 王秀英（622202000000000004）30,000.00 CNY；第 4 行"
    assert largest in told.zh
    assert desk.bank.approve(asked.request_id, "李强").status == "done"
    batch.refresh_from_db()
    assert (batch.state, states(batch)) == ("released", ["released"] * 3)
    vouchers = set(batch.transfers.values_list("voucher", flat=True))
    assert len(vouchers) == 3
    assert Posting.objects.filter(reference__startswith="TR").count() == 3
    assert Hold.objects.get().state == "consumed"
    desk.account.refresh_from_db()
    assert (desk.account.held, float(desk.account.balance)) == (0, 2_000_000 - 30350.5)
    assert list(checks.balances_are_their_postings()) == []
    steps = Step.objects.filter(transfer__batch=batch)
    assert steps.count() == 3 * 4
    shown = page(desk.bank, "张敏", batch_views.batch, id=batch.id)
    for expected in (batch.number, "不是有效金额", "30,000.00", *sorted(vouchers)):
        assert expected in shown
    one = batch.transfers.earliest("row")
    detail = page(desk.bank, "张敏", views.transfer, id=one.id)
    for expected in ("审批：李强", batch.number, "资金来源", "限额"):
        assert expected in detail
    assert batch.number in page(desk.bank, "张敏", batch_views.batches)
    assert batch.number not in page(desk.bank, "陈立", batch_views.batches)


def test_approval_goes_by_the_total(desk: Desk) -> None:
    batch = checked(desk, csv_file([row(n, "9000") for n in range(6)]))
    submit(desk, batch)
    asked = desk.bank.do("张敏", ReleaseBatch(batch_id=batch.id))
    assert [set(level.duties) for level in asked.levels] == [{"reviewer"}, {"manager"}]


def test_nothing_of_a_broken_file_is_received(desk: Desk) -> None:
    refused = receive(desk, csv_file([row(1)]) + b'"')
    assert code(refused) == "batch_unreadable"
    assert "引号没有闭合" in refused.refused.sentence.zh
    assert code(receive(desk, csv_file([row(1, "NaN")]))) == "batch_rows_refused"
    assert code(receive(desk, csv_file([row(1)]), Channel.WEB)) == "page_missing"
    assert not Batch.objects.exists()
    assert not Transfer.objects.exists()


def test_the_same_file_or_row_is_received_once(desk: Desk) -> None:
    content = csv_file([row(1), row(2)])
    first = received(desk, content)
    assert code(receive(desk, content)) == "batch_rows_refused"
    again = received(desk, csv_file([row(2), row(3)]))
    assert (again.accepted, again.refused) == (1, 1)
    assert first.transfers.get(row=3).number in RefusedRow.objects.get().zh
    desk.bank.done("张敏", RejectBatch(batch_id=first.id, reason="客户撤回"))
    assert receive(desk, content).status == "done"


def test_rows_that_fail_are_rejected_and_the_rest_goes_on(desk: Desk) -> None:
    rows = [row(1), row(2, account=desk.account.number), row(3)]
    batch = checked(desk, csv_file(rows))
    failed = Check.objects.get(transfer__batch=batch, name="payee", verdict="failed")
    assert failed.zh == "收付款账号相同"
    outcome = submit(desk, batch)
    assert outcome.status == "done", outcome
    assert states(batch) == ["submitted", "rejected", "submitted"]
    assert desk.funds()[1] == 200
    desk.bank.done("张敏", RejectBatch(batch_id=batch.id, reason="客户撤回"))
    assert states(batch) == ["rejected"] * 3
    assert desk.funds()[1] == 0
    assert code(desk.bank.do("张敏", RejectBatch(batch_id=batch.id, reason="x"))) == "batch_ended"


def test_a_batch_of_which_nothing_is_left(desk: Desk) -> None:
    batch = checked(desk, csv_file([row(1, account=desk.account.number)]))
    assert code(submit(desk, batch)) == "batch_empty"
    assert states(batch) == ["checked"]


def test_a_row_goes_with_its_batch_but_may_be_rejected_alone(desk: Desk) -> None:
    batch = checked(desk, csv_file([row(1), row(2)]))
    first, second = batch.transfers.order_by("row")
    alone = SubmitTransfer(transfer_id=first.id, override_reason=REASON)
    assert code(desk.bank.do("张敏", alone)) == "transfer_of_batch"
    reject = RejectTransfer(transfer_id=first.id, reason="客户要求")
    desk.bank.done("张敏", reject)
    assert code(submit(desk, batch)) == "done"
    assert states(batch) == ["rejected", "submitted"]
    for command in (
        RejectTransfer(transfer_id=second.id, reason="x"),
        ReleaseTransfer(transfer_id=second.id),
    ):
        assert code(desk.bank.do("张敏", command)) == "transfer_of_batch"


def test_the_same_payment_twice_in_a_batch_is_in_doubt(desk: Desk) -> None:
    batch = checked(desk, csv_file([row(1, account="6222"), row(2, account="6222"), row(3)]))
    doubtful = Check.objects.filter(transfer__batch=batch, name="duplicate", verdict="attention")
    assert doubtful.count() == 2


def test_batches_that_race_never_hold_more_than_there_is(desk: Desk) -> None:
    batches = [
        checked(desk, csv_file([row(n, "700000"), row(n + 100, "100000")])) for n in range(4)
    ]
    barrier, answers = Barrier(4), []

    def run(batch: Batch) -> None:
        try:
            barrier.wait()
            answers.append(code(submit(desk, batch)))
        finally:
            connection.close()

    threads = [Thread(target=run, args=[batch]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["done", "done", "insufficient_funds", "insufficient_funds"]
    assert desk.funds() == (2_000_000, 1_600_000)


def test_a_few_statements_however_many_rows(desk: Desk) -> None:
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size, start in ((2, 0), (300, 1000)):
        batch = checked(desk, csv_file([row(start + n, "10") for n in range(size)]))
        submit(desk, batch)
        asked = desk.bank.do("张敏", ReleaseBatch(batch_id=batch.id))
        with CaptureQueriesContext(connection) as captured:
            assert desk.bank.approve(asked.request_id, "李强").status == "done"
        counts.append(len(captured))
    assert counts[0] == counts[1]


BROKEN = {
    "a file twice": (
        "transfers_batch_file_once",
        "UPDATE transfers_batch SET file_digest = '\\x00'",
    ),
    "a number twice": ("transfers_batch_number_once", "UPDATE transfers_batch SET number = '1'"),
    "no rows": ("transfers_batch_has_rows", "UPDATE transfers_batch SET accepted = 0"),
    "rejected for nothing": (
        "transfers_batch_rejected_has_reason",
        "UPDATE transfers_batch SET state = 'rejected'",
    ),
    "no page at the counter": (
        "transfers_batch_has_page",
        "UPDATE transfers_batch SET channel = 'web'",
    ),
    "a row twice": (
        "transfers_transfer_row_once",
        "UPDATE transfers_transfer SET row = 1, batch_id = (SELECT min(id::text)::uuid "
        "FROM transfers_batch)",
    ),
    "a check of two things": (
        "transfers_check_of_one",
        "INSERT INTO transfers_check SELECT gen_random_uuid(), 'x', verdict, zh, en, detail, at, "
        "transfer_id, (SELECT min(id::text)::uuid FROM transfers_batch) FROM transfers_check "
        "WHERE batch_id IS NULL LIMIT 1",
    ),
    "a check of nothing": (
        "transfers_check_of_one",
        "INSERT INTO transfers_check SELECT gen_random_uuid(), 'x', verdict, zh, en, detail, at, "
        "NULL, NULL FROM transfers_check LIMIT 1",
    ),
    "a refused row rewritten": ("permission denied", "UPDATE transfers_refusedrow SET zh = ''"),
    "settled before it was released": (
        "transfers_transfer_released_settles",
        "UPDATE transfers_transfer SET settlement = 'settled'",
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_database_refuses(desk: Desk, broken: str) -> None:
    constraint, sql = BROKEN[broken]
    checked(desk, csv_file([row(1), row(2)]))
    received(desk, csv_file([row(3)]))
    with transaction.atomic(), connection.cursor() as cursor:
        door._enter(desk.account.id, desk.bank.actor("张敏"), "")
        with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
            cursor.execute(sql)
