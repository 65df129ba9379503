"""What happens at the same time: each race has one winner and no other trace."""

from threading import Barrier, Event

import psycopg
import pytest
from django.db import OperationalError, connection
from tests.bank.verbs import Bank, code

from yinxin.gate import door, registry
from yinxin.gate.context import Context
from yinxin.gate.models import Decision, Execution, Request
from yinxin.kernel.actor import Duty
from yinxin.kernel.command import Command
from yinxin.people.commands import EndDuty, GrantDuty
from yinxin.people.models import DutyGrant

from .acts import MANAGER, REVIEWER, RISK, MoveMoney, at_once, leaves, moved, notices, rule


def test_one_open_request_a_subject_and_command(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    move, actor, before = MoveMoney(), bank.actor("张敏"), leaves()
    outcomes = at_once(5, lambda n: bank.do(actor, move, f"k{n}"))
    assert sorted(map(code, outcomes)) == ["pending"] + ["request_open_already"] * 4
    assert Request.objects.filter(subject_id=move.account).count() == 1
    assert leaves() == before + 5


def test_approvers_at_once_execute_once(bank: Bank) -> None:
    rule(bank, (REVIEWER, MANAGER, RISK))
    move = MoveMoney()
    asked = bank.do("张敏", move)
    outcomes = at_once(3, lambda n: bank.approve(asked.request_id, ("李强", "王芳", "何静")[n]))
    assert sorted(map(code, outcomes)) == ["done", "request_closed", "request_closed"]
    assert (moved(move), notices()) == (1, 1)
    assert Decision.objects.filter(request_id=asked.request_id).count() == 1


def test_one_person_who_clicks_twice_counts_once(bank: Bank) -> None:
    rule(bank, (2, (REVIEWER, MANAGER, RISK)))
    asked = bank.do("张敏", MoveMoney())
    outcomes = at_once(4, lambda _: bank.approve(asked.request_id, "李强"))
    assert sorted(map(code, outcomes)) == ["decided_already"] * 3 + ["done"]
    assert Request.objects.get(execution_id=asked.request_id).state == "open"


def test_approval_and_withdrawal_at_once(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    move = MoveMoney()
    asked = bank.do("张敏", move)
    acts = (
        lambda: bank.approve(asked.request_id, "李强"),
        lambda: bank.withdraw(asked.request_id, "张敏", "重做"),
    )
    outcomes = at_once(2, lambda n: acts[n]())
    assert sorted(map(code, outcomes)) == ["done", "request_closed"]
    state = Request.objects.get(execution_id=asked.request_id).state
    assert moved(move) == (state == "approved")


def test_two_administrators_do_not_leave_together(bank: Bank) -> None:
    """Three are there: each of two ends would leave two, both would leave one."""
    third = GrantDuty(staff_id=bank.staff_id("赵六"), duty=Duty.ADMINISTRATOR)
    bank.done("吴刚", third, "郑凯")
    asked = [
        bank.do("吴刚", EndDuty(staff_id=bank.staff_id(who), duty=Duty.ADMINISTRATOR))
        for who in ("郑凯", "赵六")
    ]
    outcomes = at_once(2, lambda n: bank.approve(asked[n].request_id, ("赵六", "郑凯")[n]))
    assert sorted(map(code, outcomes))[0] == "done"
    assert sorted(map(code, outcomes))[1] in ("last_administrator", "not_an_approver")
    remaining = DutyGrant.objects.filter(duty=Duty.ADMINISTRATOR, ended_at=None)
    assert remaining.count() == 2


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> object:
    """Puts another handler in the place of the real one, around which it may run it."""
    real = registry.HANDLERS[MoveMoney]

    def put(wrapped: object) -> None:
        monkeypatch.setitem(registry.HANDLERS, MoveMoney, wrapped(real))  # type: ignore[operator]

    return put


def test_a_deadlock_is_tried_again(bank: Bank, handler: object) -> None:
    locked, together = Barrier(2), Event()
    order = {"one": (1, 2), "two": (2, 1)}
    runs: list[str] = []

    def wrap(real: object) -> object:
        def locks(command: Command, context: Context) -> object:
            runs.append(command.kind)
            first, second = order[command.kind]
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [first])
                if not together.is_set():
                    locked.wait(10)
                    together.set()
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [second])
            return real(command, context)

        return locks

    handler(wrap)
    moves = [MoveMoney(kind=kind) for kind in order]
    before = leaves()
    outcomes = at_once(2, lambda n: bank.do("张敏", moves[n]))
    assert [outcome.status for outcome in outcomes] == ["done", "done"]
    assert sorted(runs) in (["one", "one", "two"], ["one", "two", "two"])
    assert [moved(each) for each in moves] == [1, 1]
    assert leaves() == before + 2


def test_a_serialization_failure_is_tried_three_times(bank: Bank, handler: object) -> None:
    runs: list[int] = []

    def fails(times: int) -> None:
        def wrap(real: object) -> object:
            def flaky(command: Command, context: Context) -> object:
                runs.append(1)
                if len(runs) <= times:
                    with connection.cursor() as cursor:
                        cursor.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")
                return real(command, context)

            return flaky

        runs.clear()
        handler(wrap)

    fails(2)
    move, before = MoveMoney(), leaves()
    assert bank.do("张敏", move, "k1").status == "done"
    assert (len(runs), moved(move), leaves()) == (3, 1, before + 1)


def test_after_three_failures_nothing_is_kept(bank: Bank, handler: object) -> None:
    def wrap(real: object) -> object:
        def broken(command: Command, context: Context) -> object:
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$")

        return broken

    handler(wrap)
    before = leaves()
    with pytest.raises(OperationalError):
        bank.do("张敏", MoveMoney(), "k1")
    assert not Execution.objects.filter(key="k1").exists()
    assert leaves() == before


def test_the_door_does_not_open_inside_a_transaction(bank: Bank) -> None:
    from django.db import transaction

    actor = bank.actor("张敏")
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        door.submit(MoveMoney(), actor, "k1")


def test_a_crash_before_the_commit_leaves_nothing(
    bank: Bank, handler: object, owner: psycopg.Connection
) -> None:
    def wrap(real: object) -> object:
        def killed(command: Command, context: Context) -> object:
            facts = list(real(command, context))
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                owner.execute("SELECT pg_terminate_backend(%s, 5000)", cursor.fetchone())
            return facts

        return killed

    actor, move, before = bank.actor("张敏"), MoveMoney(), leaves()
    handler(wrap)
    with pytest.raises(OperationalError):
        bank.do(actor, move, "k1")
    connection.close()
    assert (moved(move), leaves()) == (0, before)
