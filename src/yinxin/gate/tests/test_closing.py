"""Rejecting, returning, withdrawing and expiring."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.bank.verbs import Bank, code

from yinxin.gate import jobs
from yinxin.gate.commands import Approve, ExpireRequest
from yinxin.gate.door import Outcome
from yinxin.gate.models import Decision, Request
from yinxin.gate.registry import service
from yinxin.kernel import clock
from yinxin.kernel.text import Text
from yinxin.vault import blobs

from .acts import REVIEWER, MoveMoney, answers, moved, rule, steps

Close = Callable[[Bank, Outcome], Outcome]

CLOSINGS: dict[str, Close] = {
    "rejected": lambda bank, asked: bank.reject(asked.request_id, "李强", "不合规"),
    "returned": lambda bank, asked: bank.return_to_maker(asked.request_id, "李强", "缺附件"),
    "withdrawn": lambda bank, asked: bank.withdraw(asked.request_id, "张敏", "重做"),
}


@pytest.mark.parametrize("state", CLOSINGS)
def test_a_closed_request_stays_closed_and_frees_its_subject(bank: Bank, state: str) -> None:
    rule(bank, (REVIEWER,))
    move = MoveMoney()
    asked = bank.do("张敏", move)
    assert code(bank.do("张敏", move)) == "request_open_already"
    closed = CLOSINGS[state](bank, asked)
    request = Request.objects.get(execution_id=asked.request_id)
    assert (closed.status, request.state) == ("done", state)
    assert request.closed_at
    for close in (*CLOSINGS.values(), lambda bank, asked: bank.approve(asked.request_id, "李强")):
        assert code(close(bank, asked)) in ("request_closed", "not_the_maker")
    again = bank.do("张敏", move)
    assert steps(bank, again, "李强") == ["executed"]
    assert moved(move) == 1


def test_who_may_close(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    asked = bank.do("张敏", MoveMoney())
    for close in (bank.reject, bank.return_to_maker):
        assert code(close(asked.request_id, "张敏", "本人")) == "own_request"
        assert code(close(asked.request_id, "王芳", "他级")) == "not_an_approver"
    assert code(bank.withdraw(asked.request_id, "李强", "他人")) == "not_the_maker"
    assert code(bank.withdraw(uuid4(), "张敏", "没有")) == "not_found"
    assert code(bank.reject(uuid4(), "李强", "没有")) == "not_found"
    assert not Decision.objects.filter(request_id=asked.request_id).exists()
    assert Request.objects.get(execution_id=asked.request_id).state == "open"


def test_a_reason_is_given() -> None:
    from pydantic import ValidationError

    from yinxin.gate.commands import Reject, ReturnToMaker, Withdraw

    for command in (Reject, ReturnToMaker, Withdraw):
        with pytest.raises(ValidationError):
            command(request_id=uuid4(), reason="  ")
    assert Approve(request_id=uuid4(), shown="0" * 64).reason == ""


def test_an_expired_request_is_not_approved_but_withdrawn(bank: Bank) -> None:
    rule(bank, (REVIEWER,), expires_after_h=2)
    move = MoveMoney()
    asked = bank.do("张敏", move)
    late = clock.now() + timedelta(hours=2, seconds=1)
    with clock.at(late - timedelta(minutes=1)):
        assert ExpireRequest.meta.name == "gate.expire"
        jobs.expire_requests(0)
        assert Request.objects.get(execution_id=asked.request_id).state == "open"
    with clock.at(late):
        assert steps(bank, asked, "李强") == ["request_expired"]
        assert code(bank.reject(asked.request_id, "李强", "晚")) == "request_expired"
        assert bank.withdraw(asked.request_id, "张敏", "重做").status == "done"
        assert steps(bank, bank.do("张敏", move), "李强") == ["executed"]


def test_the_job_expires_what_waited_too_long(bank: Bank) -> None:
    rule(bank, (REVIEWER,), expires_after_h=2)
    move = MoveMoney()
    asked, fresh = bank.do("张敏", move), None
    with clock.at(clock.now() + timedelta(hours=3)):
        fresh = bank.do("张敏", MoveMoney())
        jobs.expire_requests(0)
        before = answers()
        jobs.expire_requests(0)  # again, with nothing left
        assert answers() == before
        assert Request.objects.get(execution_id=asked.request_id).state == "expired"
        assert Request.objects.get(execution_id=fresh.request_id).state == "open"
        assert bank.do("张敏", move).status == "pending"
        late = bank.do(
            service("gate.clock", Text("系统时钟", "System clock")),
            ExpireRequest(request_id=fresh.request_id),
        )
        assert (late.status, late.facts) == ("done", ())
        assert Request.objects.get(execution_id=fresh.request_id).state == "open"


def test_a_waiting_request_holds_its_uploads(bank: Bank, tmp_path: object) -> None:
    from django.test import override_settings

    rule(bank, (REVIEWER,), expires_after_h=100)
    with override_settings(YINXIN_BLOBS=tmp_path):
        upload = blobs.stage(bank.staff_id("张敏"), b"a slip", "image/png")
        asked = bank.do("张敏", MoveMoney(slip=upload))
        with clock.at(clock.now() + timedelta(days=3)):
            assert blobs.sweep() == 0
            assert steps(bank, asked, "李强") == ["executed"]
        assert blobs.read(blobs.Blob.objects.get(id=upload)) == b"a slip"


def test_another_s_upload_is_refused(bank: Bank, tmp_path: object) -> None:
    from django.test import override_settings

    with override_settings(YINXIN_BLOBS=tmp_path):
        upload = blobs.stage(bank.staff_id("李强"), b"a slip", "image/png")
        assert code(bank.do("张敏", MoveMoney(slip=upload))) == "upload_unknown"
