"""Pure decisions about customers."""

from datetime import timedelta
from enum import StrEnum

from yinxin.kernel.refusals import Invalid, Refused, refusal
from yinxin.kernel.text import Text

from .documents import DocumentType

REVEALED_FOR = timedelta(minutes=10)


class Kind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


class State(StrEnum):
    REGISTERED = "registered"
    ACTIVE = "active"
    CLOSED = "closed"


class Rating(StrEnum):
    """客户风险等级."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


DOCUMENTS_OF = {
    Kind.PERSON: frozenset({DocumentType.ID_CARD, DocumentType.PASSPORT}),
    Kind.ORGANISATION: frozenset({DocumentType.USCC}),
}

KIND_TITLES = {
    Kind.PERSON: Text("个人", "Person"),
    Kind.ORGANISATION: Text("单位", "Organisation"),
}
DOCUMENT_TITLES = {
    DocumentType.ID_CARD: Text("居民身份证", "Identity card"),
    DocumentType.USCC: Text("统一社会信用代码", "Social credit code"),
    DocumentType.PASSPORT: Text("护照", "Passport"),
}
STATE_TITLES = {
    State.REGISTERED: Text("已登记", "Registered"),
    State.ACTIVE: Text("正常", "Active"),
    State.CLOSED: Text("已销户", "Closed"),
}
RATING_TITLES = {
    Rating.LOW: Text("低", "Low"),
    Rating.NORMAL: Text("中", "Normal"),
    Rating.HIGH: Text("高", "High"),
}

DOCUMENT_OF_OTHER_KIND = Text(
    "该证件类型不适用于此类客户：个人用居民身份证或护照，单位用统一社会信用代码。",
    "This document does not fit: persons have an identity card or a passport, organisations "
    "a social credit code.",
)

CUSTOMER_EXISTS = refusal(
    "customer_exists",
    "该证件号码已登记为客户 {number}，不能重复登记，请直接使用该客户。",
    "This document number is registered already as customer {number}; use that customer.",
    "客户唯一性",
)
CUSTOMER_JUST_REGISTERED = refusal(
    "customer_just_registered",
    "该证件号码刚刚由他人登记，请查询该客户后继续办理。",
    "Somebody else registered this document number a moment ago; search for the customer.",
    "客户唯一性",
)
CUSTOMER_NOT_REGISTERED = refusal(
    "customer_not_registered",
    "客户 {number} 当前状态为“{state_zh}”，只有已登记的客户可以开户。",
    "Customer {number} is {state_en}; only a registered one can be opened.",
)
CUSTOMER_NOT_ACTIVE = refusal(
    "customer_not_active",
    "客户 {number} 当前状态为“{state_zh}”，须先完成实名开户才能办理。",
    "Customer {number} is {state_en}; real-name opening must be completed first.",
    "反洗钱法 (2024) art. 28",
)


def require_document_fits(kind: Kind, document: DocumentType) -> None:
    """Raises Invalid: a person has no social credit code, an organisation no passport."""
    if document not in DOCUMENTS_OF[kind]:
        raise Invalid(("document_type", DOCUMENT_OF_OTHER_KIND))


def require_state(actual: str, needed: State, code: str, number: str) -> None:
    if actual != needed:
        title = STATE_TITLES[State(actual)]
        raise Refused(code, number=number, state_zh=title.zh, state_en=title.en.lower())
