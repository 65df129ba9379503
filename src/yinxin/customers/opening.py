"""开户核验: what must be in order before a customer is opened, each with its result."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text

from . import rules
from .particulars import ITEM_TITLES, Item, Values, expires_on, missing
from .parties import Role
from .rules import MAIN_PAPER, PAPER_TITLES, Kind


class Verdict(StrEnum):
    PASSED = "passed"
    ATTENTION = "attention"
    FAILED = "failed"


class ReadVerdict(StrEnum):
    """识读: what two engines read on an image, against what was typed."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNSURE = "unsure"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Check:
    title: Text
    verdict: Verdict
    reason: Text


@dataclass(frozen=True, slots=True)
class Standing:
    """All that the checks look at. `readings` are the verdicts of the images' readings, those
    that a person confirmed left out; `second_entry` is blank where there was none."""

    kind: Kind
    values: Values
    second_entry: str
    papers: Collection[str]
    readings: Collection[str]
    roles: Collection[str]


COMPLETE = Text("登记项目", "Items")
NUMBER = Text("证件号码", "Document number")
VALIDITY = Text("证件有效期", "Validity")
ENTRY = Text("双人录入", "Second entry")
PAPERS = Text("证件影像", "Images")
READING = Text("影像识读", "Reading")
PEOPLE = Text("关系人", "Parties")
OWNERS = Text("受益所有人", "Beneficial owners")


def checks(of: Standing, today: date) -> tuple[Check, ...]:
    """Every check with its result; 反洗钱法 (2024) art. 29: identify and verify."""
    found = [
        _items(of),
        Check(NUMBER, Verdict.PASSED, Text("符合国家标准的校验规则", "It passes its standard")),
        _validity(of, today),
        _second_entry(of),
        _papers(of),
        _readings(of),
    ]
    if of.kind is Kind.ORGANISATION:
        found += [_people(of), _owners(of)]
    return tuple(found)


def require_met(found: Collection[Check], number: str) -> None:
    """Raises Refused with everything that is lacking, in one sentence."""
    failed = [each for each in found if each.verdict is Verdict.FAILED]
    if failed:
        raise Refused(
            rules.OPENING_BELOW_REQUIREMENTS,
            number=number,
            missing_zh="；".join(each.reason.zh for each in failed),
            missing_en="; ".join(each.reason.en for each in failed),
        )


def _items(of: Standing) -> Check:
    lacking = [ITEM_TITLES[item] for item in missing(of.kind, of.values)]
    if not lacking:
        return Check(COMPLETE, Verdict.PASSED, Text("必填项目齐全", "All required items are there"))
    zh, en = "、".join(each.zh for each in lacking), ", ".join(each.en for each in lacking)
    return Check(COMPLETE, Verdict.FAILED, Text(f"缺少{zh}", f"lacking {en}"))


def _validity(of: Standing, today: date) -> Check:
    until = expires_on(of.values)
    if until is None:
        title = ITEM_TITLES[Item.VALID_UNTIL]
        return Check(VALIDITY, Verdict.FAILED, Text(f"未登记{title.zh}", f"no {title.en} given"))
    if not rules.valid_on(until, today):
        return Check(
            VALIDITY,
            Verdict.FAILED,
            Text(f"证件已于 {until} 到期", f"the document ran out on {until}"),
        )
    return Check(VALIDITY, Verdict.PASSED, Text("在有效期内", "It is in force"))


def _second_entry(of: Standing) -> Check:
    verdict, reason = {
        "agreed": (Verdict.PASSED, Text("两次录入一致", "Both entries agree")),
        "resolved": (Verdict.PASSED, Text("录入差异已核对处理", "Differences were resolved")),
        "differs": (Verdict.FAILED, Text("两次录入有差异，尚未处理", "the entries differ")),
        "": (Verdict.FAILED, Text("尚未由第二人录入", "nobody entered it a second time")),
    }[of.second_entry]
    return Check(ENTRY, verdict, reason)


def _papers(of: Standing) -> Check:
    paper = MAIN_PAPER[of.kind]
    if paper in of.papers:
        return Check(PAPERS, Verdict.PASSED, Text("已留存证件影像", "The document is on file"))
    title = PAPER_TITLES[paper]
    return Check(
        PAPERS, Verdict.FAILED, Text(f"未留存{title.zh}影像", f"no image: {title.en.lower()}")
    )


def _readings(of: Standing) -> Check:
    if ReadVerdict.DIFFERS in of.readings:
        return Check(
            READING, Verdict.FAILED,
            Text("影像识读与录入不符，须人工核对", "the image reads otherwise than what was typed"),
        )  # fmt: skip
    if {ReadVerdict.UNSURE, ReadVerdict.UNREADABLE} & set(of.readings):
        return Check(
            READING, Verdict.ATTENTION, Text("识读存疑，请人工核对", "The reading is in doubt")
        )
    if ReadVerdict.AGREES in of.readings:
        return Check(READING, Verdict.PASSED, Text("影像识读与录入一致", "The image agrees"))
    return Check(READING, Verdict.ATTENTION, Text("尚无识读结果", "Nothing has been read yet"))


def _people(of: Standing) -> Check:
    if {Role.LEGAL_REPRESENTATIVE, Role.PERSON_IN_CHARGE} & set(of.roles):
        return Check(PEOPLE, Verdict.PASSED, Text("已登记法定代表人或负责人", "On record"))
    return Check(
        PEOPLE, Verdict.FAILED,
        Text("未登记法定代表人或负责人", "no legal representative or person in charge"),
    )  # fmt: skip


def _owners(of: Standing) -> Check:
    if Role.OWNER in of.roles:
        return Check(OWNERS, Verdict.PASSED, Text("已识别受益所有人", "Identified"))
    return Check(OWNERS, Verdict.FAILED, Text("未识别受益所有人", "no beneficial owner identified"))
