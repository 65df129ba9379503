"""信息上报: what staff learn of a customer in the field, and major events; pure decisions."""

from enum import StrEnum
from uuid import UUID

from yinxin.kernel.refusals import Refused, refusal
from yinxin.kernel.text import Text


class Event(StrEnum):
    FIELD = "field"
    PERSON_IN_CHARGE = "person_in_charge"
    RESTRUCTURING = "restructuring"
    LITIGATION = "litigation"
    OPERATIONS = "operations"


class ReportState(StrEnum):
    REPORTED = "reported"
    CONFIRMED = "confirmed"
    UNFOUNDED = "unfounded"
    ANSWERED = "answered"


EVENT_TITLES = {
    Event.FIELD: Text("走访所见", "Seen in the field"),
    Event.PERSON_IN_CHARGE: Text("负责人变动", "Change of the person in charge"),
    Event.RESTRUCTURING: Text("改制、重组、合并、分立", "Restructuring"),
    Event.LITIGATION: Text("诉讼、处罚", "Litigation or penalty"),
    Event.OPERATIONS: Text("经营情况重大变化", "Great change of operations"),
}
REPORT_STATE_TITLES = {
    ReportState.REPORTED: Text("待核实", "To be verified"),
    ReportState.CONFIRMED: Text("已核实，待处理", "Confirmed"),
    ReportState.UNFOUNDED: Text("核实不属实", "Unfounded"),
    ReportState.ANSWERED: Text("已答复", "Answered"),
}
MAJOR = frozenset(Event) - {Event.FIELD}

VERIFIED_BY_REPORTER = refusal(
    "verified_by_reporter",
    "上报的信息须由上报人以外的人核实。",
    "A report is verified by somebody other than who made it.",
    "双人分离",
)
REPORT_NOT_WAITING = refusal(
    "report_not_waiting",
    "上报 {number} 当前状态为“{state_zh}”，不能这样办理。",
    "Report {number} is in the state “{state_en}” and cannot be dealt with so.",
)


def require_other_person(reporter_id: UUID, actor_id: UUID) -> None:
    if reporter_id == actor_id:
        raise Refused(VERIFIED_BY_REPORTER)


def require_report_state(actual: str, needed: set[ReportState], number: str) -> None:
    if actual not in needed:
        title = REPORT_STATE_TITLES[ReportState(actual)]
        raise Refused(REPORT_NOT_WAITING, number=number, state_zh=title.zh, state_en=title.en)


IN_FUTURE = Text("发生日期晚于今天，请核对。", "That day is in the future; check it.")
