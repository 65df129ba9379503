"""What a bank answers: pain.002 says whether it will pay, camt.054 what it booked.

Versions are told by local names, as for statements. A file that cannot be read whole is
`Unreadable` and nothing of it counts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lxml.etree import QName, _Element

from yinxin.kernel.incoming import Unreadable
from yinxin.kernel.incoming.xml import document, found, text
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

LONGEST_ID = 35
MOST = 100_000
_AMOUNT = re.compile(r"\+?[0-9]{1,15}(\.[0-9]{0,5})?", re.ASCII)

NO_ANSWER = Text("不是 pain.002 或 camt.054 报文。", "This is neither a pain.002 nor a camt.054.")
MISSING = Text("缺少必填内容。", "Something that must be there is missing.")
TOO_LONG = Text("编号过长或过多。", "An identification is too long, or there are too many.")
STATUS_WRONG = Text("状态代码不正确。", "A status code is wrong.")
AMOUNT_WRONG = Text("金额或币种不正确。", "An amount or its currency is wrong.")
DIRECTION_WRONG = Text("借贷标志不正确。", "It says neither CRDT nor DBIT.")
TWICE = Text("同一笔款项出现两次。", "One payment is there twice.")

ACCEPTING = {"ACTC", "ACCP", "ACSP", "ACWC", "PDNG", "RCVD", "PART", "ACSC", "ACCC"}
REFUSING = {"RJCT", "CANC"}


class Came(StrEnum):
    """What became of one payment."""

    ACCEPTED = "accepted"
    SETTLED = "settled"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`money` is what a camt.054 booked, None in a pain.002."""

    end_to_end_id: str
    came: Came
    reason: str = ""
    money: Money | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`of` is the message of ours that a pain.002 answers."""

    kind: str
    message_id: str
    outcomes: tuple[Outcome, ...]
    of: str = ""
    all_refused: str = ""


def read(content: bytes) -> Answer:
    """Raises Unreadable."""
    root = document(content)
    report = next(found(root, "CstmrPmtStsRpt"), None)
    if report is not None:
        answer = _status_report(report)
    else:
        notice = next(found(root, "BkToCstmrDbtCdtNtfctn"), None)
        if notice is None or QName(root).localname != "Document":
            raise Unreadable("no_answer", NO_ANSWER)
        answer = Answer("camt.054", _id(text(notice, "GrpHdr/MsgId")), tuple(_booked(notice)))
    ids = [(each.end_to_end_id, each.came) for each in answer.outcomes]
    if len(ids) > MOST:
        raise Unreadable("too_long", TOO_LONG)
    if len(set(ids)) < len(ids):
        raise Unreadable("twice", TWICE)
    return answer


def _status_report(report: _Element) -> Answer:
    group = text(report, "OrgnlGrpInfAndSts/GrpSts")
    outcomes = []
    for payment in found(report, "OrgnlPmtInfAndSts/TxInfAndSts"):
        status = text(payment, "TxSts") or text(report, "OrgnlPmtInfAndSts/PmtInfSts") or group
        end_to_end = _id(text(payment, "OrgnlEndToEndId"))
        outcomes.append(Outcome(end_to_end, _came(status), _reason(payment, "StsRsnInf")))
    if group and group not in ACCEPTING | REFUSING:
        raise Unreadable("status_wrong", STATUS_WRONG, group[:LONGEST_ID])
    if not outcomes and not group:
        raise Unreadable("missing", MISSING, "GrpSts")
    original = _id(text(report, "OrgnlGrpInfAndSts/OrgnlMsgId"))
    refused = group in REFUSING and not outcomes
    group_status = next(found(report, "OrgnlGrpInfAndSts"), None)
    return Answer(
        "pain.002",
        _id(text(report, "GrpHdr/MsgId")),
        tuple(outcomes),
        original,
        (_reason(group_status, "StsRsnInf") or group) if refused else "",
    )


def _came(status: str) -> Came:
    if status in REFUSING:
        return Came.RETURNED
    if status not in ACCEPTING:
        raise Unreadable("status_wrong", STATUS_WRONG, status[:LONGEST_ID])
    return Came.ACCEPTED


def _booked(notice: _Element) -> Iterator[Outcome]:
    for entry in found(notice, "Ntfctn/Ntry"):
        direction = text(entry, "CdtDbtInd")
        if direction not in ("CRDT", "DBIT"):
            raise Unreadable("direction_wrong", DIRECTION_WRONG)
        if (text(entry, "Sts/Cd") or text(entry, "Sts") or "BOOK") != "BOOK":
            continue
        details = list(found(entry, "NtryDtls/TxDtls"))
        for detail in details:
            end_to_end = text(detail, "Refs/EndToEndId")
            if end_to_end in ("", "NOTPROVIDED"):
                continue
            money = _money(detail if next(found(detail, "Amt"), None) is not None else entry)
            came = Came.SETTLED if direction == "DBIT" else Came.RETURNED
            reason = _reason(detail, "RtrInf") or _reason(entry, "RtrInf")
            yield Outcome(_id(end_to_end), came, reason, money)


def _money(element: _Element) -> Money:
    amount = next(found(element, "Amt"), None)
    told = "" if amount is None else (amount.text or "").strip()
    if amount is None or not _AMOUNT.fullmatch(told):
        raise Unreadable("amount_wrong", AMOUNT_WRONG)
    try:
        return Money(Decimal(told), amount.get("Ccy", ""))
    except ValueError as error:
        raise Unreadable("amount_wrong", AMOUNT_WRONG) from error


def _reason(element: _Element | None, name: str) -> str:
    """A code of the external list, and what the bank adds in words."""
    code = text(element, f"{name}/Rsn/Cd") or text(element, f"{name}/Rsn/Prtry")
    more = text(element, f"{name}/AddtlInf")
    return " ".join(filter(None, (code[:LONGEST_ID], more[:105])))


def _id(told: str) -> str:
    if not told:
        raise Unreadable("missing", MISSING, "Id")
    if len(told) > LONGEST_ID:
        raise Unreadable("too_long", TOO_LONG)
    return told
