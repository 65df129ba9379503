"""A transfer from its paper to its voucher, and every way it does not get there."""

from collections import Counter
from datetime import date, timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.bank.customers import photograph
from tests.bank.kept import once
from tests.bank.rows import row_again
from tests.bank.verbs import Bank, code

from yinxin.customers.models import Party
from yinxin.customers.tests.pages import page
from yinxin.customers.tests.test_parties import agent_of
from yinxin.gate import door
from yinxin.gate.models import Execution, Request
from yinxin.kernel import clock
from yinxin.kernel.actor import Channel
from yinxin.kernel.refusals import Invalid, Refused
from yinxin.ledger import checks
from yinxin.ledger import queries as ledger
from yinxin.ledger.commands import FreezeAccount
from yinxin.ledger.models import Account, Hold, Posting
from yinxin.ledger.tests.accounts import account, cny, customer
from yinxin.people.queries import bank_today
from yinxin.seals import queries as seals
from yinxin.seals.commands import FreezeCard
from yinxin.seals.tests import cards
from yinxin.transfers import jobs, queries, views
from yinxin.transfers.commands import ReleaseTransfer
from yinxin.transfers.models import Transfer
from yinxin.vault import blobs

from .desk import Desk, state


@pytest.fixture
@once
def desk(bank: Bank) -> Desk:
    return Desk.of(bank)


def test_from_instruction_to_voucher(desk: Desk) -> None:
    transfer = desk.received(1000)
    assert transfer.state == "received"
    queued = ProcrastinateJob.objects.get(task_name="transfers.check")
    assert queued.args == {"transfer_id": str(transfer.id)}
    jobs.check(transfer_id=str(transfer.id))
    assert state(transfer.id) == "checked"
    assert code(desk.submit(transfer, "")) == "override_needed"
    assert desk.submit(transfer).status == "done"
    assert desk.funds() == (2_000_000, 1000)
    asked = desk.release(transfer)
    assert asked.status == "pending"
    assert desk.funds() == (2_000_000, 1000)
    approval = desk.bank.approve(asked.request_id, "李强")
    assert approval.status == "done", approval
    transfer.refresh_from_db()
    assert desk.funds() == (1_999_000, 0)
    assert transfer.voucher.startswith("VO")
    steps = queries.transfer(desk.bank.actor("张敏"), transfer.id).steps
    assert [each.state for each in steps] == ["received", "checked", "submitted", "released"]
    assert [each.actor_name for each in steps] == ["张敏", "自动核验", "张敏", "张敏"]
    assert steps[-1].execution_id == approval.execution_id
    assert Execution.objects.get(id=steps[-1].execution_id).command == "gate.approve"
    lines = ledger.postings_of(
        desk.bank.actor("张敏"), desk.account.id, bank_today(), bank_today() + timedelta(1)
    )
    line = lines[-1]
    assert (line.amount, line.reference) == (-1000, transfer.number)
    assert (line.counterparty, line.narrative) == ("王秀英", "货款")
    assert list(checks.balances_are_their_postings()) == []


def test_what_is_stored_names_nobody(desk: Desk) -> None:
    desk.released()
    with connection.cursor() as cursor:
        for table in ("transfers_transfer", "ledger_posting", "gate_execution", "transfers_check"):
            cursor.execute(f"SELECT string_agg(t::text, '') FROM {table} t")
            stored = cursor.fetchone()[0]
            for personal in ("王秀英", "6222020000000000018", "货款"):
                assert personal not in stored
                assert personal.encode().hex() not in stored


LEVELS = """
49999.99    reviewer
50000       reviewer manager
999999.99   reviewer manager
1000000     reviewer manager+manager
"""


@pytest.mark.parametrize("line", LEVELS.strip().splitlines())
def test_the_more_money_the_more_people(desk: Desk, line: str) -> None:
    amount, *levels = line.split()
    transfer = desk.submitted(money=cny(amount))
    asked = desk.release(transfer)
    assert ["+".join([*level.duties] * level.count) for level in asked.levels] == levels
    approved = desk.bank.approve(asked.request_id, "李强")
    assert approved.status == "done"
    assert state(transfer.id) == ("released" if len(levels) == 1 else "submitted")
    if len(levels) == 1:
        return
    assert code(desk.bank.approve(asked.request_id, "李强")) == "decided_already"
    assert code(desk.bank.approve(asked.request_id, "张敏")) == "own_request"
    assert code(desk.bank.approve(asked.request_id, "陈立")) == "not_an_approver"
    desk.bank.approve(asked.request_id, "王芳")
    assert state(transfer.id) == ("released" if "+" not in line else "submitted")


def test_an_instruction_is_carried_out_once(desk: Desk) -> None:
    transfer = desk.released()
    again = desk.receive()
    assert code(again) == "duplicate_instruction"
    assert transfer.number in again.refused.sentence.zh
    assert desk.receive(instruction_number="10012346").status == "done"
    assert desk.receive(issued_on=date(2026, 1, 6)).status == "done"
    assert desk.receive(payee_account="6222020000000000026").status == "done"
    assert desk.receive(1001).status == "done"


def test_a_rejected_instruction_may_come_again(desk: Desk) -> None:
    assert desk.reject(desk.received()).status == "done"
    assert desk.receive().status == "done"


def test_eight_who_bring_the_same_instruction_at_once(desk: Desk) -> None:
    barrier, answers = Barrier(8), Counter[str]()

    def bring() -> None:
        try:
            barrier.wait()
            answers[code(desk.receive())] += 1
        finally:
            connection.close()

    threads = [Thread(target=bring) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.pop("done") == 1
    assert set(answers) <= {"duplicate_instruction", "duplicate_just_received"}
    assert Transfer.objects.count() == 1


def test_at_the_counter_the_page_is_needed_and_kept(desk: Desk) -> None:
    assert code(desk.receive(channel=Channel.WEB)) == "page_missing"
    clerk = desk.bank.actor("张敏")
    letter = blobs.stage(clerk.id, b"a page", "image/png")
    with pytest.raises(Invalid) as invalid:
        desk.receive(channel=Channel.WEB, page=letter)
    assert [field for field, _ in invalid.value.errors] == ["page"]
    page = blobs.stage(clerk.id, photograph(), "image/png")
    transfer = desk.received(channel=Channel.WEB, page=page)
    assert transfer.page_id == page
    assert blobs.read(blobs.Blob.objects.get(id=page)) == photograph()


def test_what_cannot_be_received(desk: Desk) -> None:
    assert code(desk.receive(issued_on=bank_today() + timedelta(1))) == "instruction_postdated"
    assert code(desk.receive(account_id=desk.nostro.id)) == "not_customer_account"
    dollars = account(desk.bank, desk.account.customer_id, "USD")
    assert code(desk.receive(account_id=dollars.id)) == "currency_differs"
    assert code(desk.bank.do("李强", _release_of_nothing())) == "duty_missing"
    assert code(desk.bank.do("张敏", _release_of_nothing())) == "not_found"


def _release_of_nothing() -> ReleaseTransfer:
    return ReleaseTransfer(transfer_id=uuid4())


def test_words_that_differ_from_figures_can_only_be_returned(desk: Desk) -> None:
    transfer = desk.checked(1000, amount_in_words="壹万元整")
    assert code(desk.submit(transfer)) == "checks_failed"
    assert code(desk.reject(transfer, "identity")) == "reason_passed"
    assert desk.reject(transfer, "amount").status == "done"
    detail = queries.transfer(desk.bank.actor("张敏"), transfer.id)
    assert [reason.zh for reason in detail.reasons] == ["大小写金额不一致，应为人民币壹仟元整"]
    assert detail.steps[-1].state == "rejected"


def test_money_that_is_not_there_is_not_held(desk: Desk) -> None:
    transfer = desk.checked(2_000_001)
    balance = transfer.checks.get(name="balance")
    assert balance.verdict == "attention"
    assert "1.00 CNY" in balance.zh
    assert code(desk.submit(transfer)) == "insufficient_funds"
    assert state(transfer.id) == "checked"


def test_money_held_for_one_is_not_there_for_another(desk: Desk) -> None:
    desk.submitted(1_500_000)
    other = desk.checked(600_000, instruction_number="2")
    assert code(desk.submit(other)) == "insufficient_funds"


def test_the_same_again_soon_is_in_doubt(desk: Desk) -> None:
    first = desk.released()
    second = desk.checked(instruction_number="2")
    assert first.number in second.checks.get(name="duplicate").zh


def test_a_frozen_account_fails_its_check_and_stops_a_release(desk: Desk) -> None:
    waiting = desk.submitted()
    asked = desk.release(waiting)
    freeze = FreezeAccount(account_id=desk.account.id, reason="法院协助冻结")
    desk.bank.done("张敏", freeze, "王芳")
    late = desk.checked(instruction_number="2")
    assert late.checks.get(name="account").verdict == "failed"
    assert code(desk.bank.approve(asked.request_id, "李强")) == "account_frozen"
    assert Request.objects.get(pk=asked.request_id).state == "returned"
    assert desk.funds() == (2_000_000, 1000)
    assert desk.reject(waiting).status == "done"
    assert desk.funds() == (2_000_000, 0)


def test_a_rejected_approval_leaves_it_submitted_and_reject_frees_the_money(desk: Desk) -> None:
    transfer = desk.submitted()
    asked = desk.release(transfer)
    assert desk.bank.reject(asked.request_id, "李强", "收款人存疑").status == "done"
    assert state(transfer.id) == "submitted"
    assert desk.funds() == (2_000_000, 1000)
    assert desk.reject(transfer, who="李强").status == "done"
    assert desk.funds() == (2_000_000, 0)
    assert Hold.objects.get().state == Hold.State.RELEASED
    assert code(desk.release(transfer)) == "transfer_not_submitted"


def test_no_step_is_taken_twice_or_out_of_turn(desk: Desk) -> None:
    transfer = desk.received()
    assert code(desk.submit(transfer)) == "transfer_not_checked"
    assert code(desk.release(transfer)) == "transfer_not_submitted"
    jobs.check(transfer_id=str(transfer.id))
    jobs.check(transfer_id=str(transfer.id))
    assert transfer.checks.count() == 10
    assert desk.submit(transfer).status == "done"
    assert code(desk.submit(transfer)) == "transfer_not_checked"
    first, second = desk.release(transfer, "k"), desk.release(transfer, "k")
    assert second.replayed
    assert first.request_id == second.request_id
    assert code(desk.release(transfer)) == "request_open_already"
    desk.bank.approve(first.request_id, "李强")
    assert code(desk.bank.approve(first.request_id, "李强")) == "request_closed"
    assert code(desk.release(transfer)) == "transfer_not_submitted"
    assert code(desk.reject(transfer)) == "transfer_ended"
    assert Posting.objects.filter(cause=transfer.id).count() == 1


def test_results_come_from_the_job_alone(desk: Desk) -> None:
    transfer = desk.received()
    results = jobs.results_for(desk.bank.actor("张敏"), transfer)
    forged = jobs.RecordChecks(transfer_id=transfer.id, results=results)
    assert code(desk.bank.do("张敏", forged)) == "channel_closed"


def test_without_a_clearing_account_nothing_leaves(desk: Desk) -> None:
    transfer = desk.submitted()
    with transaction.atomic():
        door._enter(transfer.id, desk.bank.actor("王芳"), "")
        Account.objects.filter(id=desk.nostro.id).update(state="frozen")
    assert code(desk.release(transfer)) == "no_clearing_account"


def test_another_branch_sees_and_does_nothing(desk: Desk) -> None:
    transfer = desk.received()
    stranger = desk.bank.actor("陈立")
    assert not queries.transfers_for(stranger).exists()
    with pytest.raises(Refused, match="not_found"):
        queries.transfer(stranger, transfer.id)


SEALS = {
    "the registered seal": (cards.PERSON, "passed"),
    "another's seal": (cards.OTHER_PERSON, "failed"),
}


@pytest.mark.parametrize("seal", SEALS)
def test_the_seal_on_the_page_decides(desk: Desk, seal: str) -> None:
    face, verdict = SEALS[seal]
    registered(desk)
    page = cards.upload(desk.bank, "张敏", cards.scan(face, seed=3))
    transfer = desk.checked(channel=Channel.WEB, page=page, issued_on=bank_today())
    check = transfer.checks.get(name="seal")
    assert check.verdict == verdict, check.zh
    viewer = desk.bank.actor("张敏")
    [examined] = seals.verifications_of(viewer, "transfers.transfer", transfer.id)
    assert examined.line.item_number == transfer.number
    assert examined.findings[0].has_overlay
    if verdict == "failed":
        assert code(desk.submit(transfer)) == "checks_failed"


def test_a_card_lost_while_the_page_was_examined_blocks_at_once(desk: Desk) -> None:
    card_id = registered(desk)
    page = cards.upload(desk.bank, "张敏", cards.scan(cards.PERSON, seed=3))
    transfer = desk.received(channel=Channel.WEB, page=page, issued_on=bank_today())
    examined = jobs._examined(transfer)
    desk.bank.done("张敏", FreezeCard(card_id=card_id, reason="印鉴挂失"))
    results = jobs.results_for(jobs.CHECKER, transfer)
    command = jobs.RecordChecks(transfer_id=transfer.id, results=results, examination=examined)
    assert desk.bank.do(jobs.CHECKER, command).status == "done"
    assert transfer.checks.get(name="seal").verdict == "failed"


def registered(desk: Desk) -> UUID:
    """The card of the account's seal, checked by a second person."""
    customer_id, account_id = desk.account.customer_id, desk.account.id
    scan = cards.scan(cards.PERSON)
    outcome = desk.bank.done("孙梅", cards.enter(desk.bank, customer_id, account_id, scan))
    card = cards.Card(outcome.subjects[1].id, customer_id, account_id)
    desk.bank.done("何静", cards.check(desk.bank, card, cards.scan(cards.PERSON, seed=2)))
    return card.id


BROKEN = {
    "released without a voucher": (
        "transfers_transfer_released_has_voucher",
        "UPDATE transfers_transfer SET state = 'released'",
    ),
    "rejected without a reason": (
        "transfers_transfer_rejected_has_reason",
        "UPDATE transfers_transfer SET state = 'rejected'",
    ),
    "nothing to pay": ("transfers_transfer_positive", "UPDATE transfers_transfer SET amount = 0"),
    "no page at the counter": (
        "transfers_transfer_has_page",
        "UPDATE transfers_transfer SET channel = 'web'",
    ),
    "an instruction twice": (
        "transfers_transfer_claim_once",
        "UPDATE transfers_transfer SET instruction_number = '1'",
    ),
    "a voucher twice": (
        "transfers_transfer_voucher_once",
        "UPDATE transfers_transfer SET state = 'released', voucher = 'VO1'",
    ),
    "a step twice": (
        "transfers_step_once",
        row_again("transfers_step"),
    ),
    "a check twice": (
        "transfers_check_once",
        row_again("transfers_check"),
    ),
    "a step rewritten": ("permission denied", "UPDATE transfers_step SET actor_name = ''"),
    "a check rewritten": ("permission denied", "UPDATE transfers_check SET verdict = 'passed'"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_database_refuses(desk: Desk, broken: str) -> None:
    constraint, sql = BROKEN[broken]
    first = desk.checked()
    desk.received(instruction_number="2")
    with transaction.atomic(), connection.cursor() as cursor:
        door._enter(first.id, desk.bank.actor("张敏"), "")
        with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
            cursor.execute(sql)


MANDATES = {
    "the customer's own coming": (None, 0, "passed", "客户本人办理"),
    "a mandate for transfers": (("transfers",), 0, "passed", "含办理转账"),
    "a mandate for other things": (("enquiries",), 0, "failed", "不含办理转账"),
    "a mandate that has run out": (("transfers",), 40, "failed", "不在本客户"),
}


@pytest.mark.parametrize("case", MANDATES)
def test_whoever_brings_it_has_a_mandate(desk: Desk, case: str) -> None:
    scope, days, verdict, said = MANDATES[case]
    agent_id = None
    if scope:
        appoint = agent_of(desk.bank, desk.account.customer_id, scope=scope)
        desk.bank.done("张敏", appoint, "李强")
        agent_id = Party.objects.get(role="agent").id
    with clock.at(clock.now() + timedelta(days)):
        transfer = desk.checked(agent_id=agent_id)
        check = transfer.checks.get(name="agent")
        assert (check.verdict, said in check.zh) == (verdict, True)
        shown = page(desk.bank, "张敏", views.transfer, id=transfer.id)
        assert ("高远" in shown) is bool(scope)
        assert code(desk.submit(transfer)) == ("done" if verdict == "passed" else "checks_failed")


def test_another_customers_agent_has_none(desk: Desk) -> None:
    other = customer(desk.bank, 2)
    desk.bank.done("张敏", agent_of(desk.bank, other), "李强")
    transfer = desk.checked(agent_id=Party.objects.get(role="agent").id)
    assert transfer.checks.get(name="agent").verdict == "failed"
