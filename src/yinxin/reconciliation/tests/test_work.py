"""What people do with open items, agreed terms and the calendar; groups of several lines."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError
from tests.bank.kept import once
from tests.bank.verbs import Bank, code

from yinxin.customers.tests.pages import page
from yinxin.gate import door
from yinxin.kernel.calendar import BankCalendar
from yinxin.ledger.models import Posting
from yinxin.ledger.tests.accounts import cny, pay_in
from yinxin.people.queries import bank_today
from yinxin.reconciliation import item_views, jobs, queries, report_views, rules
from yinxin.reconciliation.commands import (
    AcceptFee,
    AgreeOnReconciliation,
    AssignOpenItem,
    MatchByHand,
    OpenDueRun,
    PrintReport,
    RecordContact,
)
from yinxin.reconciliation.models import (
    Agreement,
    BankStatement,
    Contact,
    DueRun,
    Match,
    OpenItem,
    ProposedFee,
    ReportPrint,
)
from yinxin.uikit.choices import offered

from .desk import Desk, open_items
from .test_statements import in_command, told

BOC = "中国银行交易流水明细单\n记账日期,币别,金额,余额,交易名称,附言,对方账户名,借记卡号\n"
CALENDAR = BankCalendar({}, date(2099, 12, 31))

# how often | due on | next, and the working day that it falls on
DUE = """
daily     | 2026-11-20 | 2026-11-21 | 2026-11-23
weekly    | 2026-11-20 | 2026-11-27 | 2026-11-27
monthly   | 2026-11-20 | 2026-12-20 | 2026-12-21
monthly   | 2026-01-31 | 2026-02-28 | 2026-03-02
monthly   | 2026-12-31 | 2027-01-31 | 2027-02-01
quarterly | 2026-11-30 | 2027-02-28 | 2027-03-01
"""


@pytest.fixture
@once
def desk(bank: Bank) -> Desk:
    return Desk.of(bank)


def agreed(desk: Desk, **terms: Any) -> AgreeOnReconciliation:
    given = {"frequency": "monthly", "first_due_on": bank_today()} | terms
    return AgreeOnReconciliation(account_id=desk.nostro.id, **given)


@pytest.mark.parametrize(
    ("often", "on", "expected", "worked"),
    [tuple(map(str.strip, line.split("|"))) for line in DUE.strip().splitlines()],
)
def test_when_an_account_is_due_next(often: str, on: str, expected: str, worked: str) -> None:
    found = rules.next_due(often, date.fromisoformat(on))
    assert (str(found), str(rules.due_day(found, CALENDAR))) == (expected, worked)


def test_an_export_of_a_bank_is_recognised(desk: Desk) -> None:
    day = bank_today()
    content = f'{BOC}{day},人民币,"1,000.00",1000,来账,CORE-2026-1,周宁,3167\n'.encode("gb18030")
    fields = told(desk.bring(content))
    assert (fields["format"], fields["opening"], fields["lines"]) == ("boc_debit", None, 1)
    statement = BankStatement.objects.get()
    assert told(desk.match(statement))["matched"] == 1
    assert code(desk.bring(content)) == "statement_imported_already"
    refused = desk.bring(content.replace(b"1,000.00", b"1,000.0x")).refused
    assert refused
    assert "4:金额" not in refused.sentence.zh
    assert "3:金额" in refused.sentence.zh


def test_real_exports_come_in(desk: Desk, shared_data: Path) -> None:
    for each in sorted((shared_data / "statements").glob("boc_debit*")):
        outcome = desk.bring(each.read_bytes())
        assert outcome.status == "done"
        statement = BankStatement.objects.latest("number")
        assert told(desk.match(statement))["open_lines"] == statement.line_count


def test_one_line_for_several_postings(desk: Desk, owner: psycopg.Connection) -> None:
    statement = desk.matched(desk.line(40, remittance="CORE-2026-2 CORE-2026-3"))
    rows = Match.objects.order_by("id")
    assert {each.reference for each in rows} == {"CORE-2026-2", "CORE-2026-3"}
    assert sorted(each.line is None for each in rows) == [False, True]
    assert len({each.group for each in rows}) == 1
    assert rows[0].rule == "reference_sum"
    assert open_items(statement) == [("ours", 1000, "no_counterpart")]
    viewer = desk.bank.actor("张敏")
    assert queries.totals(viewer, statement).matched == 1
    (line,) = map(queries.shown, queries.lines_of(viewer, statement))
    assert line.match
    (references,) = queries.references_of(viewer, [line.match]).values()
    assert sorted(references.split("、")) == ["CORE-2026-2", "CORE-2026-3"]
    again = desk.matched(desk.line(20, "CORE-2026-3"), statement_id="AGAIN")
    assert Match.objects.count() == 2, "a posting of a group is taken"
    assert ("theirs", 20, "no_counterpart") in open_items(again)


def test_what_matching_cannot_tell_is_matched_by_hand(desk: Desk) -> None:
    statement = desk.matched(desk.line(990, "别的编号"), desk.line(50))
    items = {int(item.amount): item for item in statement.open_items.exclude(amount=20)}
    theirs, ours, other = items[990], items[1000], items[50]

    def by_hand(*chosen: OpenItem, reason: str = "") -> MatchByHand:
        return MatchByHand(item_ids=[item.id for item in chosen], reason=reason)

    assert code(desk.bank.do("张敏", by_hand(theirs, other))) == "one_side_only"
    apart = desk.bank.do("张敏", by_hand(theirs, ours))
    assert apart.refused
    assert (apart.refused.code, "10" in apart.refused.sentence.zh) == ("sums_apart", True)
    done = desk.bank.done("张敏", by_hand(theirs, ours, reason="他行扣收电报费"), "李强")
    assert "他行扣收电报费" in str(done.facts)
    match = Match.objects.get()
    assert (match.line_id, match.posting_id) == (theirs.line_id, ours.posting_id)
    assert (match.rule, match.group, match.reference) == ("by_hand", None, "CORE-2026-1")
    assert code(desk.bank.do("张敏", by_hand(theirs, ours))) == "not_found"
    left = list(statement.open_items.all())
    assert sorted(int(item.amount) for item in left) == [20, 20, 50]
    desk.bank.done("张敏", by_hand(*left, reason="合并入账，差额待查"), "李强")
    assert len(set(Match.objects.exclude(group=None).values_list("group"))) == 1
    assert not statement.open_items.exists()
    assert told(desk.match(statement))["open_lines"] == 0


def test_only_the_same_reviewed_choice_is_matched_by_hand(desk: Desk) -> None:
    """Within the tolerance no reason is asked for; who made it does not review it."""
    desk.bank.done("张敏", agreed(desk, tolerance=Decimal(10)), "王芳")
    statement = desk.matched(desk.line(1005, "甲"), desk.line(995, "乙"))
    items = list(statement.open_items.filter(amount__in=(995, 1000)))
    outcome = desk.bank.do("张敏", MatchByHand(item_ids=[item.id for item in items]))
    assert outcome.status == "pending", outcome
    assert not Match.objects.exists()
    assert code(desk.bank.approve(outcome.request_id, "张敏")) != "done"
    assert code(desk.bank.approve(outcome.request_id, "李强")) == "done"
    viewer = desk.bank.actor("张敏")
    assert len(list(offered("reconciliation.match_by_hand", viewer)["item_ids"])) == 3


SIDES_SQL = (
    "INSERT INTO reconciliation_match (id, posting_id, {group} reference, rule, actor_id, "
    "actor_name, at) SELECT gen_random_uuid(), id, {value} '', 'sum', gen_random_uuid(), '', "
    "now() FROM ledger_posting WHERE reference = %s"
)


def test_the_database_wants_both_sides_or_a_group(desk: Desk) -> None:
    desk.matched(desk.line(40, remittance="CORE-2026-2 CORE-2026-3"))
    alone = SIDES_SQL.format(group="", value="")
    with pytest.raises(DatabaseError, match="reconciliation_match_has_sides"):
        in_command(alone, "CORE-2026-1")
    grouped = SIDES_SQL.format(group='"group",', value="gen_random_uuid(),")
    with pytest.raises(DatabaseError, match="reconciliation_match_posting_once"):
        in_command(grouped, "CORE-2026-2")
    in_command(grouped, "CORE-2026-1")


def test_somebody_follows_an_item_up(desk: Desk) -> None:
    statement = desk.matched(desk.line(7, counterparty="某公司"))
    item = statement.open_items.get(amount=7)
    given = AssignOpenItem(item_id=item.id, owner_id=desk.bank.staff_id("李强"))
    assert told(desk.bank.do("张敏", given))["owner"] == "李强"
    asked = {"item_id": item.id, "asked": "中行清算部", "answer": "次日补发回单"}
    tomorrow = bank_today() + timedelta(days=1)
    early = RecordContact(asked_on=tomorrow, **asked)
    assert code(desk.bank.do("张敏", early)) == "contact_in_future"
    assert desk.bank.do("张敏", RecordContact(asked_on=bank_today(), **asked)).status == "done"
    view = queries.item(desk.bank.actor("周洁"), item.id)
    ((contact, words),) = view.contacts
    assert (words.asked, words.answer, contact.actor_name) == ("中行清算部", "次日补发回单", "张敏")
    assert (view.item.owner_name, view.age_d) == ("李强", 0)
    shown = page(desk.bank, "张敏", item_views.openitem, id=item.id)
    assert "次日补发回单" in shown
    assert all(f"/do/{each}/" in shown for each in ("5004", "5006", "5007"))
    assert "/do/5008/" not in shown
    assert "李强" in page(desk.bank, "周洁", item_views.openitems, "/?owner=李强")
    desk.match(statement)
    assert statement.open_items.get(amount=7).owner_name == "李强", "matching again keeps it"


def test_only_staff_follow_up(desk: Desk) -> None:
    item = desk.matched(desk.line(7)).open_items.get(amount=7)
    given = AssignOpenItem(item_id=item.id, owner_id=uuid4())
    assert code(desk.bank.do("张敏", given)) == "owner_unknown"
    assert code(desk.bank.do("李强", given)) == "duty_missing"


def test_contacts_are_sealed(desk: Desk, owner: psycopg.Connection) -> None:
    item = desk.matched(desk.line(7)).open_items.get(amount=7)
    given = RecordContact(item_id=item.id, asked_on=bank_today(), asked="王经理")
    assert desk.bank.do("张敏", given).status == "done"
    (stored,) = owner.execute("SELECT words FROM reconciliation_contact").fetchone() or ()
    assert "王经理".encode() not in bytes(stored)


def test_a_fee_is_proposed_and_accepted_by_management(desk: Desk) -> None:
    statement = desk.matched(desk.line(985, "CORE-2026-1"))
    item = statement.open_items.get(amount=985)
    assert (item.reason, item.fee) == ("net_of_fee", Decimal(15))
    assert not Match.objects.exists()
    before = Posting.objects.count()
    asked = desk.bank.do("张敏", AcceptFee(item_id=item.id))
    assert asked.status == "pending"
    assert code(desk.bank.approve(asked.request_id, "李强")) == "not_an_approver"
    assert desk.bank.approve(asked.request_id, "王芳").status == "done"
    match, fee = Match.objects.get(), ProposedFee.objects.get()
    assert (match.reference, match.rule) == ("CORE-2026-1", "net_of_fee")
    assert (fee.amount, fee.line_id) == (15, match.line_id)
    assert Posting.objects.count() == before, "nothing is posted"
    assert not statement.open_items.filter(amount__in=(985, 1000)).exists()


def test_without_a_proposal_there_is_no_fee(desk: Desk) -> None:
    item = desk.matched(desk.line(7)).open_items.get(amount=7)
    assert code(desk.bank.do("张敏", AcceptFee(item_id=item.id))) == "item_without_fee"


def test_agreed_terms_decide_what_matches(desk: Desk) -> None:
    line = desk.line("1000.03", "CORE-2026-1")
    statement = desk.matched(line)
    assert not Match.objects.exists()
    desk.bank.done("张敏", agreed(desk, tolerance=Decimal("0.05"), window_d=0), "王芳")
    assert told(desk.match(statement))["matched"] == 1
    late = bank_today() - timedelta(days=1)
    assert code(desk.bank.do("张敏", agreed(desk, first_due_on=late))) == "due_in_past"
    desk.bank.done("张敏", agreed(desk, frequency="daily"), "王芳")
    assert Agreement.objects.get().frequency == "daily"


def test_the_calendar_opens_what_is_due_and_signing_closes_it(desk: Desk) -> None:
    calendar_today = bank_today()
    desk.bank.done("张敏", agreed(desk, first_due_on=calendar_today), "王芳")
    for _ in range(2):
        jobs.open_due_runs.func(timestamp=0)
    run, terms = DueRun.objects.get(), Agreement.objects.get()
    assert terms.next_due_on == rules.next_due("monthly", calendar_today)
    viewer = desk.bank.actor("张敏")
    shown = page(desk.bank, "张敏", item_views.dueruns)
    assert "待对账" in shown
    assert desk.nostro.number in shown
    assert not queries.due_state(queries.due_runs_for(viewer), "overdue").exists()
    again = OpenDueRun(account_id=desk.nostro.id, due_on=run.due_on)
    assert code(door.submit(again, jobs.CALENDAR, "again")) == "not_due"
    if run.due_on == calendar_today:
        statement = desk.matched()
        for item in statement.open_items.all():
            desk.explain(item)
        desk.bank.approve(desk.sign_off(statement).request_id, "王芳")
        run.refresh_from_db()
        assert run.statement == statement


def test_another_branch_sees_nothing(desk: Desk) -> None:
    desk.bank.done("张敏", agreed(desk), "王芳")
    jobs.open_due_runs.func(timestamp=0)
    statement = desk.matched(desk.line(7))
    stranger = desk.bank.actor("陈立")
    assert not queries.due_runs_for(stranger).exists()
    assert not queries.agreements_for(stranger).exists()
    assert not queries.items_for(stranger).exists()
    item = statement.open_items.get(amount=7)
    for read in (
        lambda: queries.item(stranger, item.id),
        lambda: queries.report(stranger, statement.id),
    ):
        with pytest.raises(rules.Refused, match="not_found"):
            read()


def test_the_report(desk: Desk) -> None:
    statement = desk.matched(desk.line(1000, "CORE-2026-1"), desk.line(-3, remittance="管理费"))
    desk.explain(statement.open_items.get(amount=-3), "季度管理费")
    report = queries.report(desk.bank.actor("张敏"), statement.id)
    assert (report.theirs, report.adjusted, report.ours) == (cny(997), cny(1040), cny(1040))
    shown = page(desk.bank, "周洁", report_views.report, id=statement.id)
    assert "季度管理费" in shown
    assert "1,040.00" in shown
    assert desk.bank.do("张敏", PrintReport(statement_id=statement.id)).status == "done"
    printed = ReportPrint.objects.get()
    shown = page(desk.bank, "张敏", report_views.report_print, id=printed.id)
    assert "file.pdf" in shown
    with pytest.raises(rules.Refused, match="not_found"):
        queries.printed(desk.bank.actor("周洁"), printed.id)


@pytest.mark.parametrize(("form", "starts"), [("pdf", b"%PDF"), ("xlsx", b"PK")])
def test_the_report_as_a_file(desk: Desk, form: str, starts: bytes) -> None:
    from django.test import RequestFactory

    statement = desk.matched(desk.line(1000, "CORE-2026-1"), desk.line(-3, "=cmd|' /C calc'!A0"))
    desk.bank.do("张敏", PrintReport(statement_id=statement.id))
    request = RequestFactory(HTTP_HOST="localhost").get("/")
    request.actor = desk.bank.actor("张敏")  # type: ignore[attr-defined]
    answer = report_views.report_file(request, id=ReportPrint.objects.get().id, form=form)
    assert answer.content.startswith(starts)


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        (
            "UPDATE reconciliation_openitem SET owner_name = 'x'",
            "reconciliation_openitem_owner_named",
        ),
        ("UPDATE reconciliation_openitem SET fee = 1", "reconciliation_openitem_fee_of_line"),
        (
            "UPDATE reconciliation_bankstatement SET closing = NULL",
            "reconciliation_statement_balances",
        ),
        ("UPDATE reconciliation_agreement SET tolerance = -1", "reconciliation_agreement_sane"),
        (
            "INSERT INTO reconciliation_agreement SELECT gen_random_uuid(), frequency, "
            "next_due_on, tolerance, window_d, account_id FROM reconciliation_agreement",
            "reconciliation_agreement_once",
        ),
        (
            "INSERT INTO reconciliation_duerun SELECT gen_random_uuid(), due_on, account_id, "
            "statement_id FROM reconciliation_duerun",
            "reconciliation_due_once",
        ),
        (
            "INSERT INTO reconciliation_contact (id, statement_id, asked_on, words, actor_name, "
            "at) SELECT gen_random_uuid(), id, now(), '', '', now() "
            "FROM reconciliation_bankstatement",
            "reconciliation_contact_one_side",
        ),
        (
            "INSERT INTO reconciliation_proposedfee (id, line_id, amount, currency, actor_name, "
            "at) SELECT gen_random_uuid(), id, 0, 'CNY', '', now() "
            "FROM reconciliation_statementline",
            "reconciliation_fee_positive",
        ),
        (
            "INSERT INTO reconciliation_proposedfee (id, line_id, amount, currency, actor_name, "
            "at) SELECT gen_random_uuid(), id, 1, 'CNY', '', now() "
            "FROM reconciliation_statementline, generate_series(1, 2)",
            "reconciliation_fee_line_once",
        ),
    ],
)
def test_the_database_keeps_the_work_sane(desk: Desk, sql: str, constraint: str) -> None:
    desk.bank.done("张敏", agreed(desk), "王芳")
    jobs.open_due_runs.func(timestamp=0)
    desk.matched(desk.line(7))
    with pytest.raises(DatabaseError, match=constraint):
        in_command(sql)


@pytest.mark.parametrize("model", [Contact, ProposedFee, ReportPrint])
def test_records_are_never_rewritten(desk: Desk, model: type[Contact]) -> None:
    with pytest.raises(DatabaseError, match="permission denied"):
        in_command(f"UPDATE {model._meta.db_table} SET id = id")
    with pytest.raises(DatabaseError, match="permission denied"):
        in_command(f"DELETE FROM {model._meta.db_table}")


def test_the_list_of_items_asks_the_same_number_of_queries(desk: Desk) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(desk.bank, "周洁", item_views.openitems)
        return len(captured)

    desk.matched(desk.line(1))
    few = asked()
    desk.matched(*(desk.line(each) for each in range(100, 130)), statement_id="MANY")
    assert OpenItem.objects.count() > 30
    assert asked() <= few


def test_a_posting_paid_in_later_closes_a_group(desk: Desk) -> None:
    statement = desk.matched(desk.line(70, remittance="CORE-2026-8 CORE-2026-9"))
    for amount, reference in ((30, "CORE-2026-8"), (40, "CORE-2026-9")):
        paid = pay_in(desk.nostro, desk.account, cny(amount), reference)
        desk.bank.done("张敏", paid, "李强")
    assert told(desk.match(statement))["matched"] == 1
    assert not statement.open_items.filter(amount__in=(70, 30, 40)).exists()
