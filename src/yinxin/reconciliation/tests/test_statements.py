"""From the bank's file to the manager's signature, and every way it does not get there."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from tests.bank.kept import once
from tests.bank.rows import row_again
from tests.bank.verbs import Bank, code

from yinxin.gate import queries as gate
from yinxin.gate.door import Outcome
from yinxin.ledger.models import Posting
from yinxin.ledger.tests.accounts import cny, nostro, pay_in
from yinxin.people.queries import bank_today
from yinxin.reconciliation import queries, rules
from yinxin.reconciliation.commands import ImportStatement
from yinxin.reconciliation.models import BankStatement, Match, OpenItem, StatementLine
from yinxin.reconciliation.pairing import Paired, transfers_of
from yinxin.transfers.tests.desk import Desk as TransferDesk
from yinxin.vault import blobs

from .desk import Desk, open_items

KIND = "reconciliation.bankstatement"


@pytest.fixture
@once
def desk(bank: Bank) -> Desk:
    return Desk.of(bank)


def told(outcome: Outcome) -> dict[str, object]:
    (fact,) = outcome.facts
    fields: dict[str, object] = fact["fields"]
    return fields


def test_from_file_to_signature(desk: Desk) -> None:
    content = desk.file(
        desk.line(1000, counterparty="周宁", remittance="来账 core20261"),
        desk.line(20, "CORE-2026-3"),
        desk.line(20, "CORE-2026-2"),
        desk.line(-3, remittance="账户管理费", bank_reference="FEE-1"),
    )
    brought = desk.bring(content)
    statement = BankStatement.objects.get()
    assert told(brought)["lines"] == 4
    assert told(brought)["closing"] == {"amount": "1037.00", "currency": "CNY"}
    assert told(brought)["file_digest"] == bytes(statement.file.digest).hex()
    assert blobs.read(statement.file) == content
    assert statement.number.startswith("RS")

    fields = told(desk.match(statement))
    assert (fields["matched"], fields["open_lines"], fields["open_postings"]) == (3, 1, 0)
    assert open_items(statement) == [("theirs", -3, "no_counterpart")]
    matches = Match.objects.order_by("line__position").values_list("reference", "rule")
    assert list(matches) == [
        ("CORE-2026-1", "reference"),
        ("CORE-2026-3", "reference"),
        ("CORE-2026-2", "reference"),
    ]

    assert code(desk.sign_off(statement)) == "open_items_unexplained"
    assert desk.explain(OpenItem.objects.get(), "季度管理费，已补记").status == "done"
    asked = desk.sign_off(statement)
    assert asked.status == "pending"
    assert code(desk.bank.approve(asked.request_id, "李强")) == "not_an_approver"
    assert desk.bank.approve(asked.request_id, "王芳").status == "done"
    statement.refresh_from_db()
    assert statement.state == "signed_off"
    commands = [each.command.zh for each in gate.trail(desk.bank.actor("周洁"), KIND, statement.id)]
    assert commands[:2] == ["导入对账单", "执行对账"]


def test_what_is_signed_off_changes_no_more(desk: Desk) -> None:
    statement = desk.matched(desk.line(7))
    items = list(statement.open_items.all())
    for item in items:
        desk.explain(item)
    asked = desk.sign_off(statement)
    assert desk.bank.approve(asked.request_id, "王芳").status == "done"
    assert code(desk.match(statement)) == "statement_signed_off"
    assert code(desk.explain(items[0])) == "statement_signed_off"
    assert code(desk.sign_off(statement)) == "statement_signed_off"


def test_a_statement_is_matched_before_it_is_signed_off(desk: Desk) -> None:
    assert code(desk.sign_off(desk.imported())) == "statement_not_matched"


def test_what_changed_while_the_manager_thought_is_not_signed(desk: Desk) -> None:
    statement = desk.matched(desk.line(1000, "CORE-2026-1"))
    for item in statement.open_items.all():
        desk.explain(item)
    asked = desk.sign_off(statement)
    desk.bank.done("张敏", pay_in(desk.nostro, desk.account, cny(5), "CORE-2026-9"), "李强")
    desk.match(statement)
    answer = desk.bank.approve(asked.request_id, "王芳")
    assert code(answer) == "open_items_unexplained"
    statement.refresh_from_db()
    assert statement.state == "matched"


def test_equal_amounts_stay_open_on_both_sides(desk: Desk) -> None:
    statement = desk.matched(desk.line(20), desk.line(20), desk.line(1000))
    assert [each.reference for each in Match.objects.all()] == ["CORE-2026-1"]
    assert Match.objects.get().rule == "amount_date"
    ambiguous = [("ours", 20, "ambiguous")] * 2 + [("theirs", 20, "ambiguous")] * 2
    assert sorted(open_items(statement)) == ambiguous


def test_matching_again_takes_what_was_posted_meanwhile(desk: Desk) -> None:
    statement = desk.matched(desk.line(55, "CORE-2026-9"), desk.line(8))
    explained = statement.open_items.get(amount=8)
    desk.explain(explained, "他行手续费返还")
    desk.bank.done("张敏", pay_in(desk.nostro, desk.account, cny(55), "CORE-2026-9"), "李强")
    assert told(desk.match(statement))["matched"] == 1
    assert not statement.open_items.filter(amount=55).exists()
    again = statement.open_items.get(amount=8)
    assert (again.id, again.explained_by) == (explained.id, "张敏")


def test_an_explanation_falls_with_its_reason(desk: Desk) -> None:
    statement = desk.matched(desk.line(55, "CORE-2026-9"))
    desk.explain(statement.open_items.get(amount=55))
    desk.bank.done("张敏", pay_in(desk.nostro, desk.account, cny(50), "CORE-2026-9"), "李强")
    desk.match(statement)
    item = statement.open_items.get(amount=55)
    assert (item.reason, item.explanation) == ("amount_differs", None)


def test_a_released_transfer_learns_that_it_reached_the_bank(bank: Bank) -> None:
    counter = TransferDesk.of(bank)
    transfer = counter.released(1000)
    desk = Desk(bank, counter.nostro, counter.account)
    statement = desk.matched(desk.line(-1000, transfer.number, counterparty="王秀英"), opening=5000)
    assert Match.objects.get().reference == transfer.number
    trail = gate.trail(bank.actor("张敏"), "transfers.transfer", transfer.id)
    assert (trail[-1].command.zh, statement.number in trail[-1].sentences[0].zh) == (
        "执行对账",
        True,
    )


def test_many_transfers_are_not_mentioned_one_by_one(bank: Bank) -> None:
    number = TransferDesk.of(bank).received(1000).number
    viewer = bank.actor("张敏")
    few, many = (Paired((number, *["CORE"] * more), 0, 0, 0) for more in (49, 50))
    assert [each.number for each in transfers_of(few, viewer)] == [number]
    assert list(transfers_of(many, viewer)) == []


def test_money_into_the_nostro_is_credit_on_the_statement(desk: Desk) -> None:
    statement = desk.matched(desk.line(-1000, "CORE-2026-1"))
    assert ("theirs", -1000, "amount_differs") in open_items(statement)


def test_a_posting_outside_the_period_is_not_its_open_item(desk: Desk) -> None:
    tomorrow = bank_today() + timedelta(days=1)
    statement = desk.matched(from_on=tomorrow, to_on=tomorrow)
    assert open_items(statement) == []


def test_refused_files_and_accounts(desk: Desk) -> None:
    good = desk.file(desk.line(1000, "CORE-2026-1"))
    assert code(desk.bring(good[:-9])) == "statement_unreadable"
    unreadable = desk.bring(good.replace(b"1000", b"1001", 1)).refused
    assert unreadable
    assert "期末余额" in unreadable.sentence.zh
    assert code(desk.bring(good, account=desk.account)) == "account_not_nostro"
    assert code(desk.bring(desk.file(currency="USD"))) == "statement_of_other_currency"
    assert desk.bring(good).status == "done"
    assert code(desk.bring(good)) == "statement_imported_already"
    other = desk.file(statement_id="STMT-2").replace(b"6001 2345", b"6001 9999")
    assert code(desk.bring(other)) == "statement_of_other_account"
    assert BankStatement.objects.count() == 1


def test_an_upload_is_its_owners(desk: Desk) -> None:
    upload = blobs.stage(desk.bank.staff_id("李强"), desk.file(), "application/xml")
    command = ImportStatement(account_id=desk.nostro.id, file=upload)
    assert code(desk.bank.do("张敏", command)) == "upload_unknown"


def test_duties_and_branches(desk: Desk) -> None:
    statement = desk.matched(desk.line(7))
    assert code(desk.match(statement, "李强")) == "duty_missing"
    stranger = desk.bank.actor("陈立")
    assert not queries.statements_for(stranger).exists()
    assert not queries.lines_of(stranger, statement).exists()
    with pytest.raises(rules.Refused) as caught:
        queries.statement(stranger, statement.id)
    assert caught.value.code == "not_found"
    unknown = OpenItem(id=uuid4())
    assert code(desk.explain(unknown)) == "not_found"


def test_texts_are_sealed_and_found_by_reference(desk: Desk, owner: psycopg.Connection) -> None:
    statement = desk.imported(
        desk.line(1000, "CORE-2026-1", counterparty="周宁", remittance="货款")
    )
    (stored,) = owner.execute("SELECT texts FROM reconciliation_statementline").fetchone() or ()
    assert "周宁".encode() not in bytes(stored)
    viewer = desk.bank.actor("张敏")
    (line,) = map(queries.shown, queries.lines_of(viewer, statement))
    assert line.texts == ("CORE-2026-1", "周宁", "货款")
    everything = queries.statements_for(viewer)
    assert queries.with_reference(everything, "core 20261").get() == statement
    assert not queries.with_reference(everything, "CORE-2026").exists()


def test_totals(desk: Desk) -> None:
    statement = desk.matched(desk.line(1000, "CORE-2026-1"), desk.line(-3))
    totals = queries.totals(desk.bank.actor("张敏"), statement)
    assert (totals.matched, totals.open_lines, totals.open_postings) == (1, 1, 2)
    assert (totals.open_lines_sum, totals.open_postings_sum) == (cny(-3), cny(40))
    assert totals.unexplained == 3


def test_two_runs_at_once_match_a_posting_once(desk: Desk) -> None:
    """Two statements, as a bank sends by mistake, have the same line."""
    statements = [
        desk.imported(desk.line(1000, "CORE-2026-1"), statement_id=each) for each in ("A", "B")
    ]
    start, outcomes = Barrier(2), []

    def run(statement: BankStatement) -> None:
        try:
            start.wait()
            outcomes.append(code(desk.match(statement)))
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[each]) for each in statements]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(outcomes) <= {"done", "matched_meanwhile"}
    assert "done" in outcomes
    assert Match.objects.count() == 1


def rows(desk: Desk) -> tuple[Match, StatementLine, Posting]:
    """A match, and a line and a posting without one."""
    statement = desk.matched(desk.line(1000, "CORE-2026-1"), desk.line(7))
    return (
        Match.objects.get(),
        statement.lines.get(amount=7),
        Posting.objects.filter(reference="CORE-2026-2").get(),
    )


MATCH_SQL = (
    "INSERT INTO reconciliation_match (id, line_id, posting_id, reference, rule, actor_id, "
    "actor_name, at) VALUES (gen_random_uuid(), %s, %s, '', 'reference', gen_random_uuid(), '', "
    "now())"
)


def in_command(sql: str, *values: object) -> None:
    """As the application, in a command."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yinxin.command', %s, true)", [str(uuid4())])
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_database_matches_neither_side_twice(desk: Desk) -> None:
    match, line, posting = rows(desk)
    with pytest.raises(DatabaseError, match="reconciliation_match_line_once"):
        in_command(MATCH_SQL, match.line_id, posting.id)
    with pytest.raises(DatabaseError, match="reconciliation_match_posting_once"):
        in_command(MATCH_SQL, line.id, match.posting_id)
    in_command(MATCH_SQL, line.id, posting.id)


@pytest.mark.parametrize("table", ["match", "statementline"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_rewrites_no_line_and_no_match(desk: Desk, table: str, sql: str) -> None:
    rows(desk)
    with pytest.raises(DatabaseError, match="permission denied"):
        in_command(sql.format(f"reconciliation_{table}"))


@pytest.mark.parametrize("table", ["match", "statementline"])
def test_not_even_the_owner_rewrites_them(
    desk: Desk, owner: psycopg.Connection, table: str
) -> None:
    rows(desk)
    with pytest.raises(psycopg.Error, match="never allowed"):
        owner.execute(f"UPDATE reconciliation_{table} SET id = id")


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        (
            row_again("reconciliation_bankstatement", number="'RS9'"),
            "reconciliation_statement_once",
        ),
        (
            "UPDATE reconciliation_bankstatement SET from_on = to_on + 1",
            "reconciliation_statement_period",
        ),
        (
            "INSERT INTO reconciliation_statementline (id, statement_id, position, bank_id, "
            "booked_on, amount, currency, texts, reference_digest) SELECT gen_random_uuid(), "
            "statement_id, position, 'X' || bank_id, booked_on, amount, currency, texts, "
            "reference_digest FROM reconciliation_statementline",
            "reconciliation_line_position_once",
        ),
        (
            "INSERT INTO reconciliation_statementline (id, statement_id, position, bank_id, "
            "booked_on, amount, currency, texts, reference_digest) SELECT gen_random_uuid(), "
            "statement_id, position + 9, bank_id, booked_on, amount, currency, texts, "
            "reference_digest FROM reconciliation_statementline",
            "reconciliation_line_once",
        ),
        (
            "UPDATE reconciliation_openitem SET line_id = NULL, posting_id = NULL",
            "reconciliation_openitem_one_side",
        ),
        (
            "UPDATE reconciliation_openitem SET explanation = 'x'",
            "reconciliation_openitem_explained_by_somebody",
        ),
    ],
)
def test_the_database_keeps_statements_sane(desk: Desk, sql: str, constraint: str) -> None:
    rows(desk)
    with pytest.raises(DatabaseError, match=constraint):
        in_command(sql)


def test_an_item_is_open_once(desk: Desk) -> None:
    _, line, posting = rows(desk)
    sql = (
        "INSERT INTO reconciliation_openitem (id, statement_id, line_id, posting_id, booked_on, "
        "amount, reference, reason, explained_by, owner_name) "
        "VALUES (gen_random_uuid(), %s, %s, %s, now(), 1, '', 'ambiguous', '', '')"
    )
    with pytest.raises(DatabaseError, match="reconciliation_openitem_line_once"):
        in_command(sql, line.statement_id, line.id, None)
    with pytest.raises(DatabaseError, match="reconciliation_openitem_posting_once"):
        in_command(sql, line.statement_id, None, posting.id)


@pytest.mark.parametrize(
    "table",
    [
        *("bankstatement", "statementline", "match", "openitem", "contact", "proposedfee"),
        *("agreement", "duerun", "reportprint"),
    ],
)
def test_nothing_changes_outside_a_command(desk: Desk, table: str) -> None:
    sql = f"INSERT INTO reconciliation_{table} SELECT * FROM reconciliation_{table}"
    with pytest.raises(DatabaseError, match="outside a command"), connection.cursor() as cursor:
        cursor.execute(sql)


def test_two_nostro_accounts_do_not_mix(desk: Desk) -> None:
    """A statement is matched with the postings of its own account."""
    other = nostro(desk.bank)
    assert desk.bring(desk.file(desk.line(1000, "CORE-2026-1")), account=other).status == "done"
    statement = BankStatement.objects.get()
    desk.match(statement)
    assert open_items(statement) == [("theirs", 1000, "no_counterpart")]
