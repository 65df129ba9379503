"""Limits, and that several transfers at once never break one."""

from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.bank.kept import once
from tests.bank.verbs import Bank, code

from yinxin.customers.commands import SuspendCustomer
from yinxin.customers.tests.pages import page
from yinxin.gate import door
from yinxin.ledger.tests.accounts import cny
from yinxin.transfers import batch_views
from yinxin.transfers.commands import LiftLimit, SetLimit
from yinxin.transfers.models import Limit, Transfer

from .desk import Desk


@pytest.fixture
@once
def desk(bank: Bank) -> Desk:
    return Desk.of(bank)


def limit(desk: Desk, per: str, amount: int, of: str = "account") -> None:
    subject = (
        {"account_id": desk.account.id}
        if of == "account"
        else {"customer_id": desk.account.customer_id}
    )
    desk.bank.done("张敏", SetLimit(per=per, money=cny(amount), **subject), "王芳")


def test_a_limit_of_one_transfer(desk: Desk) -> None:
    limit(desk, "transfer", 1000)
    assert desk.checked(1000).checks.get(name="limits").verdict == "passed"
    over = desk.checked(1001, instruction_number="2")
    check = over.checks.get(name="limits")
    assert (check.verdict, "单笔限额 1,000.00 CNY" in check.zh) == ("failed", True)
    assert code(desk.submit(over)) == "checks_failed"


def test_a_limit_of_a_day_counts_what_was_submitted(desk: Desk) -> None:
    limit(desk, "day", 1500, of="customer")
    first = desk.submitted(1000)
    second = desk.checked(600, instruction_number="2")
    assert second.checks.get(name="limits").verdict == "attention"
    refused = desk.submit(second)
    assert code(refused) == "limit_exceeded"
    assert "已用 1,000.00 CNY" in refused.refused.sentence.zh
    desk.reject(first)
    assert desk.submit(second).status == "done"


def test_what_a_rating_allows_limits_too(desk: Desk) -> None:
    """A normal customer's single transfer online ends at five million."""
    over = desk.checked(5_000_001)
    check = over.checks.get(name="limits")
    assert (check.verdict, "风险等级单笔限额 5,000,000.00 CNY" in check.zh) == ("failed", True)


def test_a_customer_who_is_suspended_meanwhile_pays_nothing(desk: Desk) -> None:
    transfer = desk.checked(1000)
    suspend = SuspendCustomer(customer_id=desk.account.customer_id, reason="可疑，待核实")
    desk.bank.done("王芳", suspend)
    refused = desk.submit(transfer)
    assert code(refused) == "product_stopped"
    assert "中止" in refused.refused.sentence.zh


def test_a_limit_is_replaced_lifted_and_shown(desk: Desk) -> None:
    limit(desk, "day", 100)
    limit(desk, "day", 200)
    row = Limit.objects.get(ended_at=None)
    shown = page(desk.bank, "张敏", batch_views.limits)
    assert "200.00" in shown
    assert row.subject_number in shown
    lift = LiftLimit(limit_id=row.id, reason="客户升级")
    desk.bank.done("张敏", lift, "王芳")
    assert code(desk.bank.do("张敏", lift)) == "limit_ended"
    assert code(desk.bank.do("李强", lift)) == "duty_missing"


def test_a_limit_is_of_one_thing(desk: Desk) -> None:
    with pytest.raises(ValueError, match="客户或账户之一"):
        SetLimit(per="day", money=cny(1))
    with pytest.raises(ValueError, match="不得为负"):
        SetLimit(per="day", money=cny(-1), account_id=desk.account.id)
    nostro = SetLimit(per="day", money=cny(1), account_id=desk.nostro.id)
    assert code(desk.bank.do("张敏", nostro)) == "not_customer_account"


def test_eight_at_once_never_break_a_limit_of_a_day(desk: Desk) -> None:
    limit(desk, "day", 2500)
    rows = [desk.checked(1000, instruction_number=str(n)) for n in range(8)]
    assert _at_once(desk, rows) == ["done"] * 2 + ["limit_exceeded"] * 6
    assert desk.funds()[1] == 2000


def test_several_at_once_never_hold_more_than_there_is(desk: Desk) -> None:
    rows = [desk.checked(600_000, instruction_number=str(n)) for n in range(6)]
    assert _at_once(desk, rows) == ["done"] * 3 + ["insufficient_funds"] * 3
    assert desk.funds() == (2_000_000, 1_800_000)


def test_whatever_is_submitted_and_rejected_holds_add_up(desk: Desk) -> None:
    numbers = iter(range(1, 10_000))

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.integers(1, 900_000), st.booleans()), min_size=1, max_size=4))
    def always(steps: list[tuple[int, bool]]) -> None:
        for amount, rejected in steps:
            row = desk.checked(amount, instruction_number=f"P{next(numbers)}")
            before = desk.funds()
            answer = code(desk.submit(row))
            fits = before[1] + amount <= before[0]
            assert answer == ("done" if fits else "insufficient_funds")
            if rejected or not fits:
                desk.reject(row)
        held = Transfer.objects.filter(state="submitted").values_list("amount", flat=True)
        assert desk.funds() == (2_000_000, sum(held))

    always()


def _at_once(desk: Desk, rows: list[Transfer]) -> list[str]:
    barrier, answers = Barrier(len(rows)), []

    def run(row: Transfer) -> None:
        try:
            barrier.wait()
            answers.append(code(desk.submit(row)))
        finally:
            connection.close()

    threads = [Thread(target=run, args=[row]) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


BROKEN = {
    "two in force": (
        "transfers_limit_one_in_force",
        "UPDATE transfers_limit SET ended_at = NULL",
    ),
    "below nothing": ("transfers_limit_sane", "UPDATE transfers_limit SET amount = -1"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_database_refuses(desk: Desk, broken: str) -> None:
    constraint, sql = BROKEN[broken]
    limit(desk, "day", 100)
    limit(desk, "day", 200)
    with transaction.atomic(), connection.cursor() as cursor:
        door._enter(desk.account.id, desk.bank.actor("张敏"), "")
        with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
            cursor.execute(sql)
