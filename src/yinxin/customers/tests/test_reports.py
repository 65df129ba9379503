"""信息上报: reported by one, verified by another, the file updated, the reporter answered."""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from tests.bank.verbs import Bank, code

from yinxin.customers import queries
from yinxin.customers.commands import (
    AnswerReport,
    ChangeCustomer,
    RateCustomer,
    ReportOnCustomer,
    VerifyReport,
)
from yinxin.customers.models import Change, Report
from yinxin.customers.profile import profile
from yinxin.kernel.refusals import Invalid
from yinxin.people.queries import bank_today

from .cast import opened
from .races import tamper


def report(bank: Bank, who: str = "张敏", event: str = "litigation") -> UUID:
    customer_id = opened(bank)
    command = ReportOnCustomer(
        customer_id=customer_id, event=event, happened_on=bank_today(), account="法院立案，涉诉"
    )
    return next(
        each.id for each in bank.done(who, command).subjects if each.kind == "customers.report"
    )


def verify(report_id: UUID, confirmed: bool = True) -> VerifyReport:
    return VerifyReport(report_id=report_id, confirmed=confirmed, finding="查询裁判文书网")


def test_a_report_is_verified_acted_on_and_answered(bank: Bank) -> None:
    report_id = report(bank)
    customer_id = Report.objects.get().customer_id
    early = AnswerReport(report_id=report_id, answer="已处理")
    assert code(bank.do("张敏", early)) == "report_not_waiting"
    assert code(bank.do("张敏", verify(report_id))) == "verified_by_reporter"
    bank.done("李强", verify(report_id))
    assert code(bank.do("王芳", verify(report_id))) == "report_not_waiting"
    update = ChangeCustomer(
        customer_id=customer_id, phone="13900139000", reason="据上报更新", report_id=report_id
    )
    bank.done("张敏", update)
    assert Change.objects.get().report_id == report_id
    bank.done("张敏", RateCustomer(customer_id=customer_id))
    assert "涉及诉讼或处罚" in {
        each.zh for each in profile(bank.actor("张敏"), customer_id).rates.reasons
    }
    bank.done("王芳", AnswerReport(report_id=report_id, answer="已上调风险并更新资料"))
    row = queries.reports_for(bank.actor("张敏")).get()
    assert (row.state, row.text("answer")) == ("answered", "已上调风险并更新资料")
    assert row.text("account") == "法院立案，涉诉"


def test_what_is_unfounded_changes_no_rating(bank: Bank) -> None:
    report_id = report(bank)
    bank.done("李强", verify(report_id, confirmed=False))
    row = Report.objects.get()
    assert row.state == "unfounded"
    assert queries.rating_of(row.customer).points == 10
    update = ChangeCustomer(
        customer_id=row.customer_id, phone="13900139000", reason="据上报", report_id=report_id
    )
    assert code(bank.do("张敏", update)) == "not_found"


def test_anybody_of_the_branch_reports_and_nobody_else(bank: Bank) -> None:
    report_id = report(bank, who="周洁")
    assert queries.reports_for(bank.actor("陈立")).count() == 0
    assert code(bank.do("陈立", verify(report_id))) == "not_found"


def test_a_day_that_has_not_come_is_invalid(bank: Bank) -> None:
    command = ReportOnCustomer(
        customer_id=opened(bank), event="field", account="厂房已经停工",
        happened_on=bank_today() + timedelta(days=1),
    )  # fmt: skip
    with pytest.raises(Invalid):
        bank.do("张敏", command)


@pytest.mark.parametrize(
    ("tampering", "constraint"),
    [
        ("event = 'gossip'", "customers_report_known_values"),
        ("state = 'lost'", "customers_report_known_values"),
        ("state = 'answered'", "customers_report_verified_before_answer"),
        (
            "state = 'confirmed', verified_by_id = reported_by_id",
            "customers_report_verified_by_other",
        ),
    ],
)
def test_the_database_refuses(
    bank: Bank, owner: psycopg.Connection, tampering: str, constraint: str
) -> None:
    report(bank)
    with pytest.raises(psycopg.errors.CheckViolation, match=constraint):
        tamper(owner, f"UPDATE customers_report SET {tampering}")
