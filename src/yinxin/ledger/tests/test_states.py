"""What each state of an account lets through, holds by hand, reversal, and outside accounts."""

from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import DatabaseError, connection
from tests.bank.rows import row_again
from tests.bank.verbs import Bank, code

from yinxin.customers.tests.pages import page
from yinxin.ledger import checks, queries, register_views, statement_views, views
from yinxin.ledger.commands import (
    CloseAccount,
    CloseOutsideAccount,
    FreezeAccount,
    HoldMoney,
    LiftCreditOnly,
    OpenAccount,
    PrintStatement,
    RegisterOutsideAccount,
    ReleaseHeldMoney,
    ReversePosting,
    SetCreditOnly,
)
from yinxin.ledger.models import Account, Hold, OutsideAccount, Posting, StatementPrint
from yinxin.ledger.posting import place_hold, post
from yinxin.people.queries import bank_today

from .accounts import account, cny, customer, funded, nostro, pay_in
from .test_posting import command, entry

WHY = "客户申请"
OUTSIDE = {"bank": "工商银行海淀支行", "account_number": "6222020000000000018", "currency": "CNY"}


def test_credits_only_takes_in_and_pays_nothing(bank: Bank) -> None:
    theirs, own = funded(bank, 1000)
    bank.done("张敏", SetCreditOnly(account_id=theirs.id, reason=WHY), "王芳")
    bank.done("张敏", pay_in(own, theirs, cny(1), "CORE-2"), "李强")
    hold = HoldMoney(account_id=theirs.id, money=cny(1), reference="法扣 1 号", reason=WHY)
    assert code(bank.do("张敏", hold)) == "account_credit_only"
    again = SetCreditOnly(account_id=theirs.id, reason=WHY)
    assert code(bank.do("张敏", again)) == "account_credit_only"
    shown = page(bank, "张敏", views.account, id=theirs.id)
    assert "只收不付" in shown
    assert "/do/2007/" in shown
    lift = LiftCreditOnly(account_id=theirs.id, reason=WHY)
    bank.done("张敏", lift, "王芳")
    assert code(bank.do("张敏", lift)) == "account_not_credit_only"
    bank.done("张敏", hold, "王芳")


def test_an_account_closes_only_when_empty_and_stays_closed(bank: Bank) -> None:
    theirs, own = funded(bank, 1000)
    close = CloseAccount(account_id=theirs.id, reason=WHY)
    assert code(bank.do("张敏", close)) == "account_not_empty"
    bank.done(
        "张敏", ReversePosting(posting_id=Posting.objects.get().id, reason=WHY), "李强", "王芳"
    )
    bank.done("张敏", close, "李强", "王芳")
    theirs.refresh_from_db()
    assert (theirs.state, theirs.balance, theirs.closed_at is None) == ("closed", 0, False)
    for again in (
        close,
        pay_in(own, theirs, cny(1)),
        FreezeAccount(account_id=theirs.id, reason=WHY),
    ):
        assert code(bank.do("张敏", again)) == "account_closed"
    assert "销户时间" in page(bank, "张敏", views.account, id=theirs.id)


def test_money_held_by_hand_is_let_go_by_hand_and_no_other(bank: Bank) -> None:
    theirs, _ = funded(bank, 100)
    held = HoldMoney(account_id=theirs.id, money=cny(60), reference="法扣 1 号", reason=WHY)
    bank.done("张敏", held, "王芳")
    with command(bank) as context:
        place_hold(context, theirs.id, cny(10), UUID(int=7), "TR-1")
    too_much = HoldMoney(account_id=theirs.id, money=cny(31), reference="2", reason=WHY)
    assert code(bank.do("张敏", too_much)) == "insufficient_funds"
    shown = page(bank, "张敏", views.account, id=theirs.id)
    assert shown.count("/do/2010/") == 1
    ours = Hold.objects.get(by_hand=False)
    release = ReleaseHeldMoney(hold_id=ours.id, reason=WHY)
    refused = bank.do("张敏", release)
    assert code(refused) == "hold_of_business"
    assert "TR-1" in refused.refused.sentence.zh
    by_hand = Hold.objects.get(by_hand=True)
    bank.done("张敏", ReleaseHeldMoney(hold_id=by_hand.id, reason=WHY), "王芳")
    theirs.refresh_from_db()
    assert theirs.held == 10


def test_a_reversal_mirrors_once_and_is_linked(bank: Bank) -> None:
    theirs, _ = funded(bank, 1000)
    original = Posting.objects.get()
    reverse = ReversePosting(posting_id=original.id, reason="记错户")
    bank.done("张敏", reverse, "李强", "王芳")
    taken_back = Posting.objects.get(reverses=original.id)
    assert (taken_back.debit_id, taken_back.credit_id) == (original.credit_id, original.debit_id)
    theirs.refresh_from_db()
    assert theirs.balance == 0
    assert code(bank.do("张敏", reverse)) == "posting_reversed"
    back = ReversePosting(posting_id=taken_back.id, reason="再冲")
    assert code(bank.do("张敏", back)) == "posting_is_reversal"
    shown = page(bank, "张敏", views.account, id=theirs.id)
    assert "已冲正" in shown
    assert "/do/2011/" not in shown
    assert list(checks.balances_are_their_postings()) == []
    assert code(bank.do("陈立", reverse)) == "duty_missing"


def test_money_already_spent_cannot_be_reversed(bank: Bank) -> None:
    theirs, own = funded(bank, 1000)
    with command(bank) as context:
        post(context, [entry(theirs, own, 1)])
    first = Posting.objects.order_by("booked_at").first()
    assert first
    reverse = ReversePosting(posting_id=first.id, reason="记错户")
    assert code(bank.do("张敏", reverse)) == "insufficient_funds"


def test_eight_who_reverse_the_same_posting_do_it_once(bank: Bank) -> None:
    own, theirs = nostro(bank), account(bank, customer(bank))
    with command(bank) as context:
        post(context, [entry(own, theirs, 100), entry(own, theirs, 900)])
    posting, answers, barrier = Posting.objects.earliest("id"), [], Barrier(8)

    def run() -> None:
        from yinxin.ledger.posting import reverse

        try:
            barrier.wait()
            with command(bank) as context:
                reverse(context, posting, "R-1", "")
            answers.append("done")
        except DatabaseError as error:
            answers.append("reversed_once" if "reversed_once" in str(error) else repr(error))
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["done"] + ["reversed_once"] * 7


def test_one_basic_account_a_customer(bank: Bank) -> None:
    person = customer(bank)
    basic = OpenAccount(customer_id=person, nature="basic", currency="CNY", title="结算")
    assert code(bank.do("张敏", basic)) == "nature_differs"
    account(bank, person)
    assert Account.objects.get(customer_id=person).nature == "personal"


def test_an_outside_account_is_registered_once_and_masked(bank: Bank) -> None:
    person = customer(bank)
    register = RegisterOutsideAccount(customer_id=person, nature="personal", **OUTSIDE)
    bank.done("张敏", register, "李强")
    row = OutsideAccount.objects.get()
    assert b"6222020000000000018" not in bytes(row.account_number)
    number = OUTSIDE["account_number"]
    assert queries.registered_outside(bank.actor("张敏"), person, [number, "1"]) == {number}
    assert code(bank.do("张敏", register)) == "outside_account_already"
    listed = page(bank, "张敏", register_views.outside_accounts)
    assert row.number in listed
    assert "622************0018" in listed
    assert "6222020000000000018" not in page(
        bank, "张敏", register_views.outside_account, id=row.id
    )
    assert row.number not in page(bank, "陈立", register_views.outside_accounts)
    close = CloseOutsideAccount(outside_account_id=row.id, reason=WHY)
    bank.done("张敏", close, "李强")
    assert code(bank.do("张敏", close)) == "outside_account_closed"
    bank.done("张敏", register, "李强")


def test_a_statement_runs_from_opening_to_closing(bank: Bank) -> None:
    theirs, own = funded(bank, 1000)
    bank.done("张敏", pay_in(own, theirs, cny("0.55"), "CORE-2"), "李强")
    today = bank_today()
    found = queries.statement(bank.actor("张敏"), theirs.id, today, today)
    assert (found.opening, found.closing) == (cny(0), cny("1000.55"))
    assert [balance for _, balance in found.lines] == [cny(1000), cny("1000.55")]
    assert (found.came_in, found.went_out) == (cny("1000.55"), cny(0))
    cash = queries.statement(bank.actor("张敏"), own.id, today, today)
    assert cash.closing == cny("1000.55")
    shown = page(bank, "张敏", statement_views.statement, id=theirs.id)
    for expected in ("期初余额", "1,000.55", "CORE-2", "/do/2013/"):
        assert expected in shown


def test_a_printed_statement_is_a_file_for_who_printed_it(bank: Bank) -> None:
    theirs, own = funded(bank, 1000)
    today = bank_today()
    wrong = PrintStatement(account_id=theirs.id, since=today, until=today.replace(year=2000))
    assert code(bank.do("张敏", wrong)) == "period_wrong"
    bank.done("张敏", PrintStatement(account_id=theirs.id, since=today, until=today))
    printed = StatementPrint.objects.get()
    bank.done("张敏", pay_in(own, theirs, cny(5), "LATER"), "李强")
    view = statement_views.statement_file
    pdf = view(_request(bank, "张敏"), id=printed.id, form="pdf")
    assert pdf.content.startswith(b"%PDF")
    workbook = view(_request(bank, "张敏"), id=printed.id, form="xlsx")
    import python_calamine

    [sheet] = python_calamine.load_workbook(_file(workbook.content)).sheet_names
    rows = python_calamine.load_workbook(_file(workbook.content)).get_sheet_by_name(sheet)
    told = str(rows.to_python())
    assert "CORE-1" in told
    assert "LATER" not in told
    with pytest.raises(Exception, match="not_found"):
        view(_request(bank, "李强"), id=printed.id, form="pdf")
    assert printed.number in page(bank, "张敏", statement_views.statement_print, id=printed.id)


def _file(content: bytes):
    import io

    return io.BytesIO(content)


def _request(bank: Bank, who: str):
    from django.test import RequestFactory

    request = RequestFactory().get("/", HTTP_HOST="localhost")
    request.actor = bank.actor(who)
    return request


BROKEN = {
    "an account closed with money": (
        "ledger_account_closed_empty",
        "UPDATE ledger_account SET state = 'closed', closed_at = now() WHERE balance <> 0",
    ),
    "closed without a time": (
        "ledger_account_closed_has_time",
        "UPDATE ledger_account SET state = 'closed' WHERE number = '1'",
    ),
    "a closed account opened again": (
        "ledger_account_stays_closed",
        "UPDATE ledger_account SET state = 'closed', closed_at = now() WHERE number = '1'; "
        "UPDATE ledger_account SET state = 'open', closed_at = NULL WHERE number = '1'",
    ),
    "two basic accounts": (
        "ledger_account_basic_once",
        "UPDATE ledger_account SET nature = 'basic' WHERE kind = 'customer'",
    ),
    "a reversal that is no mirror": (
        "ledger_posting_mirrors",
        row_again(
            "ledger_posting",
            amount="amount + 1",
            debit_id="credit_id",
            credit_id="debit_id",
            reverses="r.id",
        ),
    ),
    "a reversal the same way round": (
        "ledger_posting_mirrors",
        row_again("ledger_posting", reverses="r.id"),
    ),
    "an outside account twice": (
        "ledger_outsideaccount_once",
        "INSERT INTO ledger_outsideaccount SELECT gen_random_uuid(), 'OA2', customer_id, branch, "
        "bank, nature, currency, account_number, digest, state, registered_at, closed_at "
        "FROM ledger_outsideaccount",
    ),
    "an outside account closed without a time": (
        "ledger_outsideaccount_closed_has_time",
        "UPDATE ledger_outsideaccount SET state = 'closed'",
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_the_database_refuses(bank: Bank, broken: str) -> None:
    constraint, sql = BROKEN[broken]
    person = customer(bank)
    own, theirs = nostro(bank), account(bank, person)
    account(bank, person)
    bank.done(
        "张敏", RegisterOutsideAccount(customer_id=person, nature="personal", **OUTSIDE), "李强"
    )
    with command(bank) as context:
        post(context, [entry(own, theirs, 5)])
    with (
        pytest.raises(DatabaseError, match=constraint),
        command(bank),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.replace("number = '1'", f"number = '{_empty()}'"))


def _empty() -> str:
    return Account.objects.filter(balance=0).latest("number").number
