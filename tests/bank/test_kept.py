"""A test finds nothing of another one's, and every test may begin where others began."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from conftest import _on_database, clone
from django.db import connection

from yinxin.gate.models import Execution
from yinxin.ledger.models import Account
from yinxin.ledger.tests.accounts import cny, customer, funded, nostro, pay_in

from .customers import staged
from .kept import Kept
from .verbs import Bank


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    with clone("bank") as name:
        kept = Kept(_on_database(os.environ["TEST_ADMIN_URL"], name))
        monkeypatch.setattr(Kept, "lent", kept)
        yield kept
        kept.close()


def mine() -> list[int]:
    connection.ensure_connection()
    return [connection.connection.info.backend_pid]


def test_what_was_written_altered_and_taken_out_is_put_back(
    kept: Kept, owner: psycopg.Connection
) -> None:
    def rows() -> list[tuple[object, ...]]:
        return [
            owner.execute(f"SELECT count(*), sum(hashtext(t::text)) FROM {table} t").fetchone()
            for table in ("gate_execution", "people_staff", "evidence_outbox", "ledger_account")
        ]

    owner.execute("SET session_replication_role = replica")
    before = rows()
    nostro(Bank())
    owner.execute("UPDATE people_staff SET name = 'X'")
    owner.execute("DELETE FROM gate_execution")
    assert rows() != before
    assert kept.restore([*mine(), owner.info.backend_pid])
    assert rows() == before


def test_what_many_begin_with_is_made_once(kept: Kept) -> None:
    theirs, own = funded(Bank(), 1000)
    done = Execution.objects.count()
    Bank().done("张敏", pay_in(own, theirs, cny(5), "CORE-2"), "李强")
    assert kept.restore(mine())
    assert not Account.objects.exists()
    again, _ = funded(Bank(), 1000)
    assert (again.id, again.balance) == (theirs.id, 1000)
    assert Execution.objects.count() == done
    Bank().done("张敏", pay_in(own, theirs, cny(5), "CORE-2"), "李强")
    assert kept.restore(mine())
    assert funded(Bank(), 2000)[0].id != theirs.id


def test_where_something_happened_before_it_is_made_anew(kept: Kept) -> None:
    first = customer(Bank())
    assert kept.restore(mine())
    staged(Bank())
    assert customer(Bank()) != first


def test_a_stranger_is_sent_away_and_another_schema_is_not_mended(
    kept: Kept, owner: psycopg.Connection
) -> None:
    assert kept.restore(mine())
    with pytest.raises(psycopg.OperationalError):
        owner.execute("SELECT 1")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE more (id int)")
    assert not kept.restore(mine())
