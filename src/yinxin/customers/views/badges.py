"""States and verdicts of this domain as badges, and the links that its pages share."""

from django.urls import reverse

from yinxin.kernel.text import Text
from yinxin.uikit.page import Link, Tone
from yinxin.uikit.page import State as Badge

from ..models import Customer
from ..opening import ReadVerdict, Verdict
from ..reports import REPORT_STATE_TITLES, ReportState
from ..rules import RATING_TITLES, STATE_TITLES, Rating, State

STATES = {
    State.REGISTERED: Badge(STATE_TITLES[State.REGISTERED], Tone.ACTIVE),
    State.DECLINED: Badge(STATE_TITLES[State.DECLINED], Tone.BAD),
    State.ACTIVE: Badge(STATE_TITLES[State.ACTIVE], Tone.GOOD),
    State.SUSPENDED: Badge(STATE_TITLES[State.SUSPENDED], Tone.WARN),
    State.CLOSED: Badge(STATE_TITLES[State.CLOSED], Tone.PLAIN),
}
RATINGS = {
    Rating.LOW: Badge(RATING_TITLES[Rating.LOW], Tone.PLAIN),
    Rating.NORMAL: Badge(RATING_TITLES[Rating.NORMAL], Tone.PLAIN),
    Rating.HIGH: Badge(RATING_TITLES[Rating.HIGH], Tone.WARN),
}
VERDICTS = {
    Verdict.PASSED: Badge(Text("通过", "Passed"), Tone.GOOD),
    Verdict.ATTENTION: Badge(Text("请注意", "Attention"), Tone.WARN),
    Verdict.FAILED: Badge(Text("未达到", "Not met"), Tone.BAD),
}
READINGS = {
    None: Badge(Text("未识读", "Not read"), Tone.PLAIN),
    ReadVerdict.AGREES: Badge(Text("与录入一致", "Agrees"), Tone.GOOD),
    ReadVerdict.DIFFERS: Badge(Text("与录入不符", "Differs"), Tone.BAD),
    ReadVerdict.UNSURE: Badge(Text("存疑", "In doubt"), Tone.WARN),
    ReadVerdict.UNREADABLE: Badge(Text("未能识读", "Unreadable"), Tone.WARN),
}
REPORT_STATES = {
    ReportState.REPORTED: Badge(REPORT_STATE_TITLES[ReportState.REPORTED], Tone.ACTIVE),
    ReportState.CONFIRMED: Badge(REPORT_STATE_TITLES[ReportState.CONFIRMED], Tone.WARN),
    ReportState.UNFOUNDED: Badge(REPORT_STATE_TITLES[ReportState.UNFOUNDED], Tone.PLAIN),
    ReportState.ANSWERED: Badge(REPORT_STATE_TITLES[ReportState.ANSWERED], Tone.GOOD),
}
UNLIMITED = Text("不限", "No limit")
DESK = Link(Text("工作台", "Desk"), "/")


def both(text: str) -> Text:
    return Text(text, text)


def joined(texts: list[Text]) -> Text:
    return Text("、".join(each.zh for each in texts), ", ".join(each.en for each in texts))


def customers_link() -> Link:
    return Link(Text("客户", "Customers"), reverse("customers:customers"))


def customer_link(row: Customer) -> Link:
    return Link(row.number, reverse("customers:customer", args=[row.id]))
