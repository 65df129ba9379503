"""信息上报: reported by anybody, verified by another, answered."""

from uuid import UUID

from yinxin.gate.context import Context, Subject
from yinxin.gate.registry import explains, handles
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Invalid, Refused
from yinxin.people.queries import bank_today

from .. import reports
from ..commands import AnswerReport, ReportOnCustomer, VerifyReport
from ..facts import FindingReported, ReportAnswered, ReportVerified
from ..models import Report
from ..personal import kept_under
from ..reports import ReportState
from .subjects import locked, subject

explains("customers_report_verified_by_other", reports.VERIFIED_BY_REPORTER)


@handles(ReportOnCustomer)
def report_on_customer(command: ReportOnCustomer, context: Context) -> Fact:
    customer, today = locked(command.customer_id, context), bank_today()
    if command.happened_on > today:
        raise Invalid(("happened_on", reports.IN_FUTURE))
    report_id = context.new_id()
    report = Report.objects.create(
        id=report_id,
        number=context.draw_number("RP", today),
        customer=customer,
        branch=customer.branch,
        event=command.event,
        happened_on=command.happened_on,
        sealed_account=kept_under(customer.id, f"report.account:{report_id}", command.account),
        state=ReportState.REPORTED,
        reported_by_id=context.actor.id,
        reported_by_name=context.actor.name,
        reported_at=context.now,
    )
    context.about(_subject(report))
    return FindingReported(
        number=report.number,
        customer=customer.number,
        event=command.event,
        happened_on=command.happened_on,
        account=command.account,
    )


@handles(VerifyReport)
def verify_report(command: VerifyReport, context: Context) -> Fact:
    report = _locked(command.report_id, context)
    reports.require_report_state(report.state, {ReportState.REPORTED}, report.number)
    reports.require_other_person(report.reported_by_id, context.actor.id)
    report.state = ReportState.CONFIRMED if command.confirmed else ReportState.UNFOUNDED
    report.verified_by_id, report.verified_by_name = context.actor.id, context.actor.name
    report.verified_at = context.now
    report.sealed_finding = kept_under(
        report.customer_id, f"report.finding:{report.id}", command.finding
    )
    report.save()
    return ReportVerified(
        number=report.number, confirmed=command.confirmed, finding=command.finding
    )


@handles(AnswerReport)
def answer_report(command: AnswerReport, context: Context) -> Fact:
    report = _locked(command.report_id, context)
    verified = {ReportState.CONFIRMED, ReportState.UNFOUNDED}
    reports.require_report_state(report.state, verified, report.number)
    report.state = ReportState.ANSWERED
    report.answered_by_name, report.answered_at = context.actor.name, context.now
    report.sealed_answer = kept_under(
        report.customer_id, f"report.answer:{report.id}", command.answer
    )
    report.save()
    return ReportAnswered(number=report.number, answer=command.answer)


def _locked(report_id: UUID, context: Context) -> Report:
    rows = Report.objects.select_for_update(of=("self",)).select_related("customer")
    report = rows.filter(id=report_id).first()
    if report is None or not context.actor.oversees(report.branch):
        raise Refused(NOT_FOUND)
    context.about(_subject(report), subject(report.customer))
    return report


def _subject(report: Report) -> Subject:
    return Subject("customers.report", report.id, report.number, report.customer_id, report.branch)
