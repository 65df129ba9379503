"""Pure decisions about customers."""

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from yinxin.kernel.refusals import Invalid, Refused, refusal
from yinxin.kernel.text import Text

from .documents import DOCUMENT_TITLES as DOCUMENT_TITLES
from .documents import DocumentType

REVEALED_FOR = timedelta(minutes=10)
LONG_TERM = date.max  # 长期


class Kind(StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


class State(StrEnum):
    REGISTERED = "registered"
    DECLINED = "declined"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Rating(StrEnum):
    """客户风险等级."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class Paper(StrEnum):
    """What an uploaded image shows (证件影像)."""

    FRONT = "front"
    BACK = "back"
    LICENCE = "licence"
    MANDATE = "mandate"
    PROOF = "proof"


KIND_TITLES = {
    Kind.PERSON: Text("个人", "Person"),
    Kind.ORGANISATION: Text("单位", "Organisation"),
}
STATE_TITLES = {
    State.REGISTERED: Text("已登记", "Registered"),
    State.DECLINED: Text("不予开户", "Declined"),
    State.ACTIVE: Text("正常", "Active"),
    State.SUSPENDED: Text("已中止", "Suspended"),
    State.CLOSED: Text("已销户", "Closed"),
}
RATING_TITLES = {
    Rating.LOW: Text("低", "Low"),
    Rating.NORMAL: Text("中", "Normal"),
    Rating.HIGH: Text("高", "High"),
}
PAPER_TITLES = {
    Paper.FRONT: Text("证件正面（人像面）", "Document, front"),
    Paper.BACK: Text("证件背面（国徽面）", "Document, back"),
    Paper.LICENCE: Text("营业执照", "Licence"),
    Paper.MANDATE: Text("授权书", "Mandate"),
    Paper.PROOF: Text("证明材料", "Proof"),
}
DOCUMENTS_OF = {
    Kind.PERSON: frozenset(DocumentType) - {DocumentType.USCC},
    Kind.ORGANISATION: frozenset({DocumentType.USCC}),
}
MAIN_PAPER = {Kind.PERSON: Paper.FRONT, Kind.ORGANISATION: Paper.LICENCE}

DOCUMENT_OF_OTHER_KIND = Text(
    "该证件类型不适用于此类客户：个人用身份证件，单位用统一社会信用代码。",
    "This document does not fit: persons have an identity document, organisations a social "
    "credit code.",
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
    "客户 {number} 当前状态为“{state_zh}”，只有已登记的客户可以这样办理。",
    "Customer {number} is {state_en}; only a registered one can be dealt with so.",
)
CUSTOMER_NOT_ACTIVE = refusal(
    "customer_not_active",
    "客户 {number} 当前状态为“{state_zh}”，须先完成实名开户才能办理。",
    "Customer {number} is {state_en}; real-name opening must be completed first.",
    "反洗钱法 (2024) art. 28",
)
CUSTOMER_NOT_SUSPENDED = refusal(
    "customer_not_suspended",
    "客户 {number} 当前状态为“{state_zh}”，只有已中止或不予开户的客户可以恢复。",
    "Customer {number} is {state_en}; only one that was suspended or declined can be revived.",
)
CUSTOMER_ENDED = refusal(
    "customer_ended",
    "客户 {number} 当前状态为“{state_zh}”，资料不能再变更。",
    "Customer {number} is {state_en}; its record is not changed any more.",
)
OPENING_BELOW_REQUIREMENTS = refusal(
    "opening_below_requirements",
    "客户 {number} 未达到开户要求：{missing_zh}。请补齐后再提交。",
    "Customer {number} does not meet what opening requires: {missing_en}. Complete it first.",
    "反洗钱法 (2024) art. 28, 29",
)
ENTRY_BY_SAME_PERSON = refusal(
    "entry_by_same_person",
    "双人录入须由登记人以外的另一人完成。",
    "The second entry is made by somebody other than who registered the customer.",
    "双人录入",
)
ENTRY_DONE_ALREADY = refusal(
    "entry_done_already",
    "该客户的第二次录入已有结果，无须再录。",
    "This customer was entered a second time already.",
)
ENTRY_NOT_OPEN = refusal(
    "entry_not_open",
    "没有待处理的录入差异。",
    "There is no difference between entries to resolve.",
)
RESOLVED_BY_ENTERER = refusal(
    "resolved_by_enterer",
    "录入差异须由两位录入人以外的人核对证件后处理。",
    "Differences are resolved by somebody who made neither entry, from the document itself.",
    "双人录入",
)
NOTHING_CHANGES = refusal(
    "nothing_changes",
    "所填内容与现有资料相同，没有需要变更的项目。",
    "What was entered is what is on record; nothing would change.",
)
PROOF_NEEDED = refusal(
    "proof_needed",
    "变更“{items_zh}”须上传证明材料。",
    "A change of {items_en} needs proof; upload it.",
    "客户信息变更",
)
TICKET_NEEDED = refusal(
    "ticket_needed",
    "调阅证件影像须先说明事由；凭证已过期的请重新办理。",
    "A document image is shown for some minutes to whoever gave a reason; ask again.",
    "个人信息保护法 art. 6",
)
READING_NOT_IN_DOUBT = refusal(
    "reading_not_in_doubt",
    "该影像没有待人工核对的识读结果。",
    "No reading of this image waits for a person.",
)

IMPORT_UNREADABLE = refusal(
    "import_unreadable",
    "迁移文件不能读取，未导入任何内容：{reason_zh}{place}",
    "The file cannot be read and nothing of it was imported: {reason_en} {place}",
)
IMPORT_ROWS_WRONG = refusal(
    "import_rows_wrong",
    "迁移文件有 {count} 行有误，未导入任何内容。{faults_zh}",
    "{count} rows of the file are wrong and nothing of it was imported. {faults_en}",
)
IMPORT_FILE_TWICE = refusal(
    "import_file_twice",
    "该迁移文件已经导入过，不能重复导入。",
    "This very file was imported before; it is not imported twice.",
)
IMPORT_JUST_CLASHED = refusal(
    "import_just_clashed",
    "文件中的号码刚刚由他人登记，未导入任何内容，请重新提交。",
    "A number in the file was registered a moment ago; nothing was imported, submit it again.",
)
NOT_UNDER_REVIEW = refusal(
    "not_under_review",
    "客户 {number} 没有待补充核实的事项。",
    "Customer {number} has nothing that still has to be verified.",
)


def require_document_fits(kind: Kind, document: DocumentType) -> None:
    """Raises Invalid: a person has no social credit code, an organisation no passport."""
    if document not in DOCUMENTS_OF[kind]:
        raise Invalid(("document_type", DOCUMENT_OF_OTHER_KIND))


def require_state(actual: str, needed: State, code: str, number: str) -> None:
    require_one_of(actual, {needed}, code, number)


def require_one_of(actual: str, needed: Collection[State], code: str, number: str) -> None:
    if actual not in needed:
        title = STATE_TITLES[State(actual)]
        raise Refused(code, number=number, state_zh=title.zh, state_en=title.en.lower())


def require_second_person(first_id: UUID, second_id: UUID) -> None:
    if first_id == second_id:
        raise Refused(ENTRY_BY_SAME_PERSON)


def require_outsider(actor_id: UUID, enterers: Collection[UUID]) -> None:
    if actor_id in enterers:
        raise Refused(RESOLVED_BY_ENTERER)


def valid_on(expires_on: date | None, today: date) -> bool:
    """Whether a document is in force; one whose end nobody recorded is not known to be."""
    return expires_on is not None and expires_on >= today
