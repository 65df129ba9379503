"""The business day: what it books, how it closes, and that a closed one is closed."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Thread
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import DatabaseError, connection
from tests.bank.kept import once
from tests.bank.rows import row_again
from tests.bank.verbs import Bank, code

from yinxin.customers.tests.pages import page
from yinxin.kernel import clock
from yinxin.ledger import checks, queries, register_views
from yinxin.ledger.commands import CloseDay
from yinxin.ledger.models import BusinessDay, Posting, TrialBalance
from yinxin.ledger.posting import post

from .accounts import account, cny, customer, funded, nostro, pay_in
from .test_posting import command, entry

FRIDAY = datetime(2031, 3, 7, 17, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_the_first_posting_opens_the_first_day_and_the_calendar_the_next(bank: Bank) -> None:
    assert queries.open_business_day(bank.actor("张敏")) is None
    with clock.at(FRIDAY):
        theirs, own = funded(bank, 1000)
        assert Posting.objects.get().booked_on == FRIDAY.date()
        assert code(bank.do("张敏", CloseDay(on=FRIDAY.date()))) == "duty_missing"
        assert code(bank.do("王芳", CloseDay(on=date(2031, 3, 6)))) == "day_not_open"
        bank.done("王芳", CloseDay(on=FRIDAY.date()))
        bank.done("张敏", pay_in(own, theirs, cny(5), "CORE-2"), "李强")
        monday = date(2031, 3, 10)
        assert Posting.objects.latest("booked_on").booked_on == monday
        assert code(bank.do("王芳", CloseDay(on=monday))) == "day_not_begun"


def test_a_day_nobody_closed_in_time_is_followed_by_today(bank: Bank) -> None:
    with clock.at(FRIDAY):
        funded(bank, 1000)
    with clock.at(FRIDAY + timedelta(days=12)):
        bank.done("王芳", CloseDay(on=FRIDAY.date()))
    assert BusinessDay.objects.get(state="open").on == date(2031, 3, 19)


def test_the_trial_balance_is_zero_by_currency_and_kept(bank: Bank) -> None:
    funded(bank, 1000)
    dollars = nostro(bank, "USD")
    on = BusinessDay.objects.get().on
    bank.done("王芳", CloseDay(on=on))
    day = BusinessDay.objects.get(on=on)
    rows = {(row.currency, row.kind): row for row in day.rows.all()}
    assert rows["CNY", "customer"].closing == Decimal(1000)
    assert rows["CNY", "nostro"].closing == Decimal(-1000)
    assert (rows["CNY", "customer"].credits, rows["CNY", "nostro"].debits) == (1000, 1000)
    assert rows["USD", "nostro"].closing == 0
    assert list(checks.closed_days_are_as_they_closed()) == []
    shown = page(bank, "张敏", register_views.business_day, id=day.id)
    for expected in ("试算平衡", "1,000.000", bytes(day.digest or b"").hex()):
        assert expected in shown
    assert str(on) in page(bank, "张敏", register_views.business_days)
    assert dollars.balance == 0


def test_the_verifier_finds_a_trial_balance_that_was_edited(
    closed: Bank, owner: psycopg.Connection
) -> None:
    owner.execute("SET session_replication_role = replica")
    owner.execute("UPDATE ledger_trialbalance SET accounts = accounts + 1")
    [found] = checks.closed_days_are_as_they_closed()
    assert (found.code, found.table) == ("day_differs", "ledger_businessday")


def test_a_day_that_does_not_balance_stays_open(bank: Bank, owner: psycopg.Connection) -> None:
    theirs, _ = funded(bank, 1000)
    owner.execute("SET session_replication_role = replica")
    owner.execute("UPDATE ledger_account SET balance = 1001 WHERE id = %s", [theirs.id])
    refused = bank.do("王芳", CloseDay(on=BusinessDay.objects.get().on))
    assert code(refused) == "trial_balance_off"
    assert BusinessDay.objects.get().state == "open"


def test_closing_waits_for_who_posts_and_none_is_left_out(bank: Bank) -> None:
    own, owner_id = nostro(bank), customer(bank)
    theirs = account(bank, owner_id)
    with command(bank) as context:
        post(context, [entry(own, theirs, 1)])
    on = BusinessDay.objects.get().on
    closed: list[str] = []

    def close() -> None:
        closed.append(code(bank.do("王芳", CloseDay(on=on))))
        connection.close()

    closing = Thread(target=close)
    with command(bank) as context:
        post(context, [entry(own, theirs, 2)])
        closing.start()
        closing.join(0.4)
        assert not closed
    closing.join()
    assert closed == ["done"]
    assert TrialBalance.objects.get(kind="customer").closing == 3
    assert set(Posting.objects.values_list("booked_on", flat=True)) == {on}


CLOSED = {
    "a posting on a closed day": (
        "ledger_posting_day_open",
        row_again("ledger_posting"),
    ),
    "a closed day opened": (
        "ledger_businessday_stays_closed",
        "UPDATE ledger_businessday SET state = 'open', closed_at = NULL, digest = NULL "
        "WHERE state = 'closed'",
    ),
    "a closed day deleted": (
        "ledger_businessday_stays_closed",
        "DELETE FROM ledger_businessday WHERE state = 'closed'",
    ),
    "a second open day": (
        "ledger_businessday_one_open",
        'INSERT INTO ledger_businessday (id, "on", state, opened_at, closed_by) '
        "VALUES (gen_random_uuid(), '2030-01-01', 'open', now(), '')",
    ),
    "a day twice": (
        "ledger_businessday_once",
        'UPDATE ledger_businessday SET "on" = (SELECT min("on") FROM ledger_businessday) '
        "WHERE state = 'open'",
    ),
    "a day closed without its digest": (
        "ledger_businessday_closed_whole",
        "UPDATE ledger_businessday SET state = 'closed', closed_at = now() WHERE state = 'open'",
    ),
    "a trial balance changed": ("permission denied", "UPDATE ledger_trialbalance SET closing = 0"),
    "a trial balance that is off": (
        "ledger_trialbalance_zero",
        "INSERT INTO ledger_trialbalance (id, currency, kind, accounts, opening, debits, credits, "
        "closing, day_id) SELECT gen_random_uuid(), 'EUR', 'cash', 1, 0, 0, 1, 1, id "
        "FROM ledger_businessday LIMIT 1",
    ),
    "a trial balance that does not add up": (
        "ledger_trialbalance_adds_up",
        "INSERT INTO ledger_trialbalance (id, currency, kind, accounts, opening, debits, credits, "
        "closing, day_id) SELECT gen_random_uuid(), 'EUR', 'cash', 1, 0, 0, 1, 2, id "
        "FROM ledger_businessday LIMIT 1",
    ),
    "a class twice": (
        "ledger_trialbalance_once",
        "INSERT INTO ledger_trialbalance (id, currency, kind, accounts, opening, debits, credits, "
        "closing, day_id) SELECT gen_random_uuid(), currency, kind, 1, 0, 0, 0, 0, day_id "
        "FROM ledger_trialbalance LIMIT 1",
    ),
}


@pytest.fixture
@once
def closed(bank: Bank) -> Bank:
    own, theirs = nostro(bank), account(bank, customer(bank))
    with command(bank) as context:
        post(context, [entry(own, theirs, 1)])
    bank.done("王芳", CloseDay(on=BusinessDay.objects.get().on))
    return bank


@pytest.mark.parametrize("broken", CLOSED)
def test_the_database_keeps_what_is_closed(closed: Bank, broken: str) -> None:
    constraint, sql = CLOSED[broken]
    with (
        pytest.raises(DatabaseError, match=constraint),
        command(closed),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_the_door_explains_a_day_that_closed_meanwhile(bank: Bank) -> None:
    from yinxin.gate.registry import CONSTRAINTS

    assert CONSTRAINTS["ledger_posting_day_open"] == "day_just_closed"
