"""Two hundred requests at once: submitted double, approved twice, overdrawn.

They go over HTTP to the real web processes. What is left is judged by SQL of its own, and by the
verifier.
"""

import os
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.bank.caller import Answer, Caller, session_of
from tests.bank.cast import CAST
from tests.bank.site import free_address, running
from tests.bank.verbs import Bank
from yinxin.evidence.sequencer import Sequencer
from yinxin.evidence.verifier import verify
from yinxin.gate.commands import Approve, Reject, Withdraw
from yinxin.gate.guards import evidence_bearing
from yinxin.gate.models import Request
from yinxin.kernel.actor import Duty
from yinxin.kernel.command import Command
from yinxin.kernel.refusals import REFUSALS
from yinxin.ledger.models import Account
from yinxin.ledger.tests.accounts import account, cny, pay_in
from yinxin.people.commands import GrantDuty
from yinxin.transfers.commands import ReceiveTransfer, ReleaseTransfer, SubmitTransfer
from yinxin.transfers.models import Transfer
from yinxin.transfers.tests.desk import REASON, Desk
from yinxin.web import signing

REQUESTS, THREADS = 200, 20
SEED = 20260105
SMALL, LARGE = 1_000, 60_000  # one level, two levels
POOR, EACH = 10_000, 3_000  # three transfers of EACH fit


@dataclass(frozen=True)
class Shot:
    """One request, and the contest that it is part of."""

    contest: str
    who: str
    command: Command
    key: str


@dataclass(frozen=True)
class Hit:
    shot: Shot
    answer: Answer


@pytest.fixture
def callers(bank: Bank) -> Iterator[dict[str, Caller]]:
    """Two web processes, and members of the cast signed on there."""
    listen = free_address()
    with running("web", listen=listen, env=os.environ | {"YINXIN_WEB_WORKERS": "2"}):
        names = ("张敏", "李强", "王芳")
        yield {name: Caller(listen, session_of(CAST[name].login)) for name in names}


def test_two_hundred_at_once_leave_the_books_right(
    bank: Bank, callers: dict[str, Caller], owner: psycopg.Connection
) -> None:
    shots = list(_contests(bank))
    random.Random(SEED).shuffle(shots)
    assert len(shots) == REQUESTS

    def fire(shot: Shot) -> Hit:
        body = shot.command.model_dump(mode="json")
        return Hit(shot, callers[shot.who].send(shot.command.meta.name, body, shot.key))

    with ThreadPoolExecutor(THREADS) as pool:
        hits = list(pool.map(fire, shots))

    _each_contest_has_its_winners(hits)
    _each_no_is_explained(hits)
    _each_key_was_done_once(hits, owner)
    _nobody_decided_twice_or_their_own(owner)
    _the_books_are_right(owner)
    _the_log_agrees(owner)


def _contests(bank: Bank) -> Iterator[Shot]:
    desk = Desk.of(bank)
    # Two persons who may each give the first approval.
    bank.done("吴刚", GrantDuty(staff_id=bank.staff_id("王芳"), duty=Duty.REVIEWER), "郑凯")
    yield from _instructions(desk)
    yield from _small_releases(desk)
    yield from _large_releases(desk)
    yield from _overdraft(desk)


def _instructions(desk: Desk) -> Iterator[Shot]:
    """Received double: 60 requests."""
    for n in range(10):
        one, other = _instruction(desk.account, f"A{n}"), _instruction(desk.account, f"B{n}")
        yield from _shots("the same twice", "张敏", one, f"the-same-{n}", f"the-same-{n}")
        yield Shot("other content", "张敏", other, f"content-{n}")
        yield Shot("other content", "张敏", _instruction(desk.account, f"C{n}"), f"content-{n}")
        duplicate = _instruction(desk.account, f"D{n}")
        yield from _shots("duplicate", "张敏", duplicate, f"duplicate-{n}-1", f"duplicate-{n}-2")


def _small_releases(desk: Desk) -> Iterator[Shot]:
    """One approval is enough; the maker tries too, and takes some back: 65 requests."""
    for n in range(10):
        request = _asked(desk, SMALL, f"S{n}")
        approve = _approval(request)
        yield from _shots("own", "张敏", approve, f"small-{n}-zhang")
        once, again = f"small-{n}-li-1", f"small-{n}-li-2"
        yield from _shots("small", "李强", approve, once, once, again)
        yield from _shots("small", "王芳", approve, f"small-{n}-wang")
        if n < 5:
            withdraw = Withdraw(request_id=request.pk, reason="客户来电取消")
            yield from _shots("small", "张敏", withdraw, f"withdraw-{n}")
    for n in range(5):
        transfer = desk.submitted(SMALL, instruction_number=f"T{n}")
        release = ReleaseTransfer(transfer_id=transfer.id)
        yield from _shots("asked twice", "张敏", release, f"release-{n}-1", f"release-{n}-2")


def _large_releases(desk: Desk) -> Iterator[Shot]:
    """Two approvals in order; somebody rejects, somebody saw something else: 35 requests."""
    for n in range(5):
        request = _asked(desk, LARGE, f"L{n}")
        approve, blind = _approval(request), Approve(request_id=request.pk, shown="0" * 64)
        yield from _shots("own", "张敏", approve, f"large-{n}-zhang")
        yield from _shots("large", "李强", approve, f"large-{n}-li-1", f"large-{n}-li-2")
        yield from _shots("large", "王芳", approve, f"large-{n}-wang-1", f"large-{n}-wang-2")
        yield from _shots("not as shown", "李强", blind, f"large-{n}-blind")
        reject = Reject(request_id=request.pk, reason="用途与合同不符")
        yield from _shots("large", "王芳", reject, f"large-{n}-reject")


def _overdraft(desk: Desk) -> Iterator[Shot]:
    """Ten transfers for which the money suffices three times, each submitted four times: 40."""
    poor = account(desk.bank, desk.account.customer_id)
    desk.bank.done("张敏", pay_in(desk.nostro, poor, cny(POOR), "CORE-2"), "李强")
    for n in range(10):
        checked = desk.checked(EACH, account_id=poor.id, instruction_number=f"O{n}")
        submit = SubmitTransfer(transfer_id=checked.id, override_reason=REASON)
        keys = [f"overdraw-{n}-{time}" for time in range(4)]
        yield from _shots("overdraft", "张敏", submit, *keys)


def _shots(contest: str, who: str, command: Command, *keys: str) -> Iterator[Shot]:
    for key in keys:
        yield Shot(contest, who, command, key)


def _instruction(payer: Account, number: str) -> ReceiveTransfer:
    return ReceiveTransfer(
        account_id=payer.id,
        payee_name="王秀英",
        payee_account="6222020000000000018",
        payee_bank="工商银行海淀支行",
        money=cny(SMALL),
        purpose="货款",
        instruction_number=number,
        issued_on=date(2026, 1, 5),
    )


def _asked(desk: Desk, amount: int, number: str) -> Request:
    transfer = desk.submitted(amount, instruction_number=number)
    outcome = desk.release(transfer)
    assert outcome.status == "pending"
    return Request.objects.get(pk=outcome.request_id)


def _approval(request: Request) -> Approve:
    return Approve(request_id=request.pk, shown=bytes(request.shown).hex())


def _each_contest_has_its_winners(hits: list[Hit]) -> None:
    codes: dict[str, Counter[str]] = defaultdict(Counter)
    for hit in hits:
        codes[hit.shot.contest][hit.answer.code] += 1
    assert codes["the same twice"] == {"done": 20}
    assert codes["other content"] == {"done": 10, "key_reused": 10}
    assert codes["duplicate"]["done"] == 10
    assert set(codes["duplicate"]) <= {"done", "duplicate_instruction", "duplicate_just_received"}
    assert set(codes["own"]) <= {"own_request", "request_closed"}
    assert set(codes["not as shown"]) <= {"shown_differs", "request_closed"}
    assert codes["asked twice"] == {"pending": 5, "request_open_already": 5}
    assert codes["overdraft"]["done"] == POOR // EACH
    assert set(codes["overdraft"]) == {"done", "insufficient_funds", "transfer_not_checked"}
    for contest in ("small", "large"):
        decided = {"done", "request_closed", "decided_already", "not_an_approver"}
        assert set(codes[contest]) <= decided, codes
    small = Request.objects.filter(amount=SMALL).exclude(state="open")
    assert small.count() == 10  # each was approved by one of two, or taken back
    assert Transfer.objects.filter(state="released").count() >= 5


def _each_no_is_explained(hits: list[Hit]) -> None:
    for hit in hits:
        body: dict[str, Any] = hit.answer.body
        if hit.answer.status in (200, 202):
            continue
        assert hit.answer.status in (403, 404, 409), body
        assert body["code"] in REFUSALS, body
        for sentence in (body["zh"], body["en"]):
            assert len(sentence) > 5, body
            assert "{" not in sentence, body


def _each_key_was_done_once(hits: list[Hit], owner: psycopg.Connection) -> None:
    """And everybody who sent it with this content was told the same."""
    kept = owner.execute("SELECT actor_name, key, count(*) FROM gate_execution GROUP BY 1, 2")
    counts = {(who, key): count for who, key, count in kept}
    told: dict[tuple[str, str], set[tuple[str, UUID | None]]] = defaultdict(set)
    for hit in hits:
        sender = (hit.shot.who, hit.shot.key)
        assert counts[sender] == 1, sender
        if hit.answer.code != "key_reused":
            told[sender].add((hit.answer.code, hit.answer.body.get("execution_id")))
    assert all(len(answers) == 1 for answers in told.values())


def _nobody_decided_twice_or_their_own(owner: psycopg.Connection) -> None:
    _none(owner, "SELECT 1 FROM gate_decision GROUP BY request_id, actor_id HAVING count(*) > 1")
    _none(
        owner, "SELECT 1 FROM gate_decision GROUP BY request_id, authority_id HAVING count(*) > 1"
    )
    _none(
        owner,
        "SELECT 1 FROM gate_decision d JOIN gate_request r ON r.execution_id = d.request_id "
        "WHERE r.maker_id IN (d.actor_id, d.authority_id)",
    )
    # Whatever was released had as many approvals as its amount asks for.
    _none(
        owner,
        "SELECT 1 FROM transfers_transfer t WHERE t.state = 'released' AND NOT EXISTS ("
        "SELECT 1 FROM gate_request r JOIN gate_decision d ON d.request_id = r.execution_id "
        "WHERE r.subject_id = t.id AND r.command = 'transfers.release' AND r.state = 'approved' "
        "AND d.verdict = 'approve' GROUP BY r.execution_id "
        f"HAVING count(DISTINCT d.actor_id) = CASE WHEN t.amount < {LARGE} THEN 1 ELSE 2 END)",
    )


def _the_books_are_right(owner: psycopg.Connection) -> None:
    assert owner.execute("SELECT sum(balance) FROM ledger_account").fetchone() == (0,)
    _none(owner, "SELECT 1 FROM ledger_account WHERE kind = 'customer' AND balance < 0")
    _none(owner, "SELECT 1 FROM ledger_account WHERE kind = 'customer' AND balance < held")
    _none(
        owner,
        "SELECT a.number FROM ledger_account a WHERE balance <> "
        "(SELECT coalesce(sum(amount), 0) FROM ledger_posting WHERE credit_id = a.id) - "
        "(SELECT coalesce(sum(amount), 0) FROM ledger_posting WHERE debit_id = a.id)",
    )
    _none(
        owner,
        "SELECT a.number FROM ledger_account a WHERE held <> (SELECT coalesce(sum(amount), 0) "
        "FROM ledger_hold WHERE account_id = a.id AND state = 'open')",
    )
    # Money left once for each transfer released, and for no other.
    _none(
        owner,
        "SELECT t.number FROM transfers_transfer t WHERE (SELECT count(*) FROM ledger_posting p "
        "WHERE p.cause = t.id AND p.amount = t.amount AND p.debit_id = t.account_id) "
        "<> (t.state = 'released')::int",
    )


def _the_log_agrees(owner: psycopg.Connection) -> None:
    sequencer = Sequencer(signing.signer())
    while sequencer.step():
        pass
    sequencer.close()
    _none(
        owner,
        "SELECT id FROM gate_execution e WHERE (SELECT count(*) FROM evidence_leaf l "
        "WHERE l.command = e.id) <> 1",
    )
    assert list(verify([signing.verifier()], evidence_bearing())) == []


def _none(owner: psycopg.Connection, query: str) -> None:
    assert owner.execute(query).fetchall() == []
