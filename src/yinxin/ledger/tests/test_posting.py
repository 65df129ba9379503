"""Money is never made, lost or overdrawn, whatever is posted and whoever races."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from decimal import Decimal
from threading import Barrier, Thread
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.bank.kept import once
from tests.bank.rows import row_again
from tests.bank.verbs import Bank

from yinxin.gate import door
from yinxin.gate.context import Context
from yinxin.kernel import clock
from yinxin.kernel.ids import IdSource
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.ledger import checks
from yinxin.ledger.models import Account, Hold, Posting
from yinxin.ledger.posting import Entry, place_hold, post, release_hold

from .accounts import account, cny, customer, funded, nostro

CAUSE = UUID(int=1)


@contextmanager
def command(bank: Bank) -> Iterator[Context]:
    """A command's transaction, as the door opens it for a handler."""
    execution_id = uuid4()
    with transaction.atomic():
        door._enter(execution_id, bank.actor("张敏"), "")
        yield Context(bank.actor("张敏"), clock.now(), IdSource(execution_id.bytes))


def entry(debit: Account, credit: Account, amount: int, cause: UUID = CAUSE) -> Entry:
    return Entry(debit.id, credit.id, Money(Decimal(amount), debit.currency), cause, "TEST-1")


def balances() -> dict[UUID, Decimal]:
    return dict(Account.objects.values_list("id", "balance"))


@dataclass
class Book:
    """Three customers' accounts with 100 each, and the nostro it came from."""

    bank: Bank
    accounts: list[Account]


@pytest.fixture
@once
def book(bank: Bank) -> Book:
    own, owner = nostro(bank), customer(bank)
    theirs = [account(bank, owner) for _ in range(3)]
    with command(bank) as context:
        post(context, [entry(own, each, 100) for each in theirs])
    return Book(bank, [own, *theirs])


def test_no_batch_makes_loses_or_overdraws_money(book: Book) -> None:
    moves = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 150))
    batches = st.lists(moves.filter(lambda m: m[0] != m[1]), min_size=1, max_size=8)

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(batches)
    def never(batch: list[tuple[int, int, int]]) -> None:
        before = balances()
        expected = dict(before)
        for debit, credit, amount in batch:
            expected[book.accounts[debit].id] -= amount
            expected[book.accounts[credit].id] += amount
        overdrawn = any(expected[each.id] < 0 for each in book.accounts[1:])
        refused = pytest.raises(IntegrityError, match="ledger_account_not_overdrawn")
        with refused if overdrawn else nullcontext(), command(book.bank) as context:
            post(context, [entry(*_two(book, d, c), a) for d, c, a in batch])
        assert balances() == (before if overdrawn else expected)
        assert sum(balances().values()) == 0
        assert list(checks.balances_are_their_postings()) == []

    never()


def _two(book: Book, debit: int, credit: int) -> tuple[Account, Account]:
    return book.accounts[debit], book.accounts[credit]


def test_eight_who_race_for_the_last_money_get_it_once(book: Book) -> None:
    own, theirs = book.accounts[:2]
    barrier, answers = Barrier(8), []

    def withdraw() -> None:
        try:
            barrier.wait()
            with command(book.bank) as context:
                post(context, [entry(theirs, own, 60)])
            answers.append("done")
        except IntegrityError:
            answers.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=withdraw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["done"] + ["refused"] * 7
    assert balances()[theirs.id] == 40


def test_held_money_is_there_but_not_free(book: Book) -> None:
    own, theirs = book.accounts[:2]
    with command(book.bank) as context:
        place_hold(context, theirs.id, cny(70), CAUSE, "TR-1")
    with pytest.raises(IntegrityError, match="not_overdrawn"), command(book.bank) as context:
        post(context, [entry(theirs, own, 31)])
    with pytest.raises(IntegrityError, match="not_overdrawn"), command(book.bank) as context:
        place_hold(context, theirs.id, cny(31), UUID(int=2), "TR-2")
    with pytest.raises(IntegrityError, match="hold_cause_once"), command(book.bank) as context:
        place_hold(context, theirs.id, cny(1), CAUSE, "TR-1")
    with command(book.bank) as context:
        post(context, [entry(theirs, own, 70)], consuming=[CAUSE])
    theirs.refresh_from_db()
    assert (theirs.balance, theirs.held) == (30, 0)
    assert Hold.objects.get().state == Hold.State.CONSUMED


def test_a_hold_is_released_once(book: Book) -> None:
    theirs = book.accounts[1]
    with command(book.bank) as context:
        place_hold(context, theirs.id, cny(70), CAUSE, "TR-1")
        release_hold(context, CAUSE)
    theirs.refresh_from_db()
    assert theirs.held == 0
    with pytest.raises(Refused, match="hold_missing"), command(book.bank) as context:
        release_hold(context, CAUSE)


def test_a_hold_serves_the_account_it_was_placed_on(book: Book) -> None:
    own, theirs, other = book.accounts[:3]
    with command(book.bank) as context:
        place_hold(context, theirs.id, cny(70), CAUSE, "TR-1")
    with pytest.raises(Refused, match="hold_missing"), command(book.bank) as context:
        post(context, [entry(other, own, 70)], consuming=[CAUSE])
    with pytest.raises(Refused, match="hold_missing"), command(book.bank) as context:
        post(context, [entry(theirs, own, 1)], consuming=[UUID(int=9)])


def test_an_account_that_is_not_there(book: Book) -> None:
    missing = pytest.raises(IntegrityError, match="ledger_posting_credit_currency")
    with missing, command(book.bank) as context:
        post(context, [Entry(book.accounts[0].id, uuid4(), cny(1), CAUSE, "TEST-1")])
    with pytest.raises(Refused, match="not_found"), command(book.bank) as context:
        place_hold(context, uuid4(), cny(1), CAUSE, "TR-1")


def test_a_reference_is_kept_as_it_is(book: Book) -> None:
    odd = 'a "b" \\ {c}, NULL'
    own, theirs = book.accounts[:2]
    with command(book.bank) as context:
        post(context, [Entry(own.id, theirs.id, cny(1), UUID(int=7), odd)])
    assert Posting.objects.get(cause=UUID(int=7)).reference == odd


BROKEN = {
    "one account on both sides": (
        "ledger_posting_two_accounts",
        row_again("ledger_posting", credit_id="debit_id"),
    ),
    "an amount of nothing": (
        "ledger_posting_positive",
        row_again("ledger_posting", amount="0"),
    ),
    "another currency": (
        "ledger_posting_(debit|credit)_currency",
        row_again("ledger_posting", currency="'USD'"),
    ),
    "an account that changes its currency": (
        "ledger_posting_(debit|credit)_currency",
        "UPDATE ledger_account SET currency = 'USD'",
    ),
    "an overdraft": (
        "ledger_account_not_overdrawn",
        "UPDATE ledger_account SET balance = -1 WHERE kind = 'customer'",
    ),
    "less than nothing held": ("ledger_account_held_sane", "UPDATE ledger_account SET held = -1"),
    "a customer who may overdraw": (
        "ledger_account_whose",
        "UPDATE ledger_account SET may_overdraw = true",
    ),
    "an own account with a customer": (
        "ledger_account_whose",
        "UPDATE ledger_account SET customer_id = gen_random_uuid()",
    ),
    "a number twice": ("ledger_account_number_once", "UPDATE ledger_account SET number = '1'"),
    "a posting changed": ("permission denied", "UPDATE ledger_posting SET amount = 1"),
    "a posting deleted": ("permission denied", "DELETE FROM ledger_posting"),
    "a hold without an end": (
        "ledger_hold_ended_has_time",
        "UPDATE ledger_hold SET state = 'released'",
    ),
    "a hold of nothing": ("ledger_hold_positive", "UPDATE ledger_hold SET amount = 0"),
    "a hold of another currency": (
        "ledger_hold_currency",
        "UPDATE ledger_hold SET currency = 'USD'",
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_database_refuses(book: Book, broken: str) -> None:
    constraint, sql = BROKEN[broken]
    with command(book.bank) as context:
        place_hold(context, book.accounts[1].id, cny(1), CAUSE, "TR-1")
    with (
        pytest.raises(DatabaseError, match=constraint),
        command(book.bank),
        connection.cursor() as cur,
    ):
        cur.execute(sql)


def test_the_verifier_names_a_balance_that_was_edited(
    bank: Bank, owner: psycopg.Connection
) -> None:
    theirs, _ = funded(bank, 1000)
    assert list(checks.balances_are_their_postings()) == []
    owner.execute("SET session_replication_role = replica")
    owner.execute("UPDATE ledger_account SET balance = 9, held = 2 WHERE id = %s", [theirs.id])
    found = list(checks.balances_are_their_postings())
    assert [(each.code, each.id) for each in found] == [
        ("balance_differs", str(theirs.id)),
        ("held_differs", str(theirs.id)),
    ]
    assert "1000" in found[0].sentence.zh


def test_one_statement_a_kind_for_a_thousand_entries(book: Book) -> None:
    from django.test.utils import CaptureQueriesContext

    own, theirs = book.accounts[:2]
    counts = []
    for size in (1, 1000):
        with command(book.bank) as context, CaptureQueriesContext(connection) as captured:
            post(context, [entry(own, theirs, 1)] * size)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 5
    total = Posting.objects.filter(reference="TEST-1").aggregate(total=Sum("amount"))["total"]
    assert total == 300 + 1001
