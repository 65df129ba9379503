from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from yinxin.kernel.actor import Channel, Duty
from yinxin.kernel.command import Command, Upload, command
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

from .allowances import Product
from .documents import DocumentType
from .opening import ReadVerdict
from .particulars import Industry, Item, Occupation, Sex
from .parties import Criterion, Role, Scope
from .reports import Event
from .rules import Kind, Paper, Rating
from .scorecard import Factor

CLERKS = (Duty.CLERK,)
COUNTER = (Duty.CLERK, Duty.REVIEWER, Duty.MANAGER)
RULERS = (Duty.RISK, Duty.COMPLIANCE)
READERS = (*COUNTER, *RULERS, Duty.AUDITOR)
CUSTOMER = Field(title="客户")
REASON = Field(min_length=2, max_length=200, title="事由")
EFFECTIVE = Field(title="生效日期")
PHONE = r"\+?[0-9][0-9 -]{4,19}"
NAME = Field(min_length=1, max_length=100, title="姓名或名称")
NUMBER = Field(min_length=1, max_length=40, title="证件号码")


@command("customers.register", "1001", "登记客户", "Register a customer", makers=CLERKS, version=2)
class RegisterCustomer(Command):
    """客户信息登记表. The customer belongs to the branch of whoever registers it."""

    kind: Kind = Field(title="客户类别")
    name: str = NAME
    document_type: DocumentType = Field(title="证件类型")
    document_number: str = NUMBER
    valid_until: str = Field("", max_length=20, title="证件有效期至")
    mrz: str = Field("", max_length=120, title="机读码")
    phone: str = Field(pattern=f"^{PHONE}$", title="联系电话")
    address: str = Field(min_length=1, max_length=200, title="地址")
    sex: Sex | None = Field(None, title="性别")
    born_on: date | None = Field(None, title="出生日期")
    nationality: str = Field("CHN", max_length=3, title="国籍或注册地")
    occupation: Occupation | None = Field(None, title="职业")
    workplace: str = Field("", max_length=200, title="工作单位")
    industry: Industry | None = Field(None, title="行业")
    business_scope: str = Field("", max_length=1000, title="经营范围")
    front: Upload | None = Field(None, title="证件正面或营业执照")
    back: Upload | None = Field(None, title="证件背面")


@command("customers.open", "1002", "客户开户", "Open a customer", makers=CLERKS)
class OpenCustomer(Command):
    customer_id: UUID = CUSTOMER


@command(
    "customers.reveal_number", "1003", "查看完整证件号码", "Reveal a document number",
    makers=READERS,
)  # fmt: skip
class RevealNumber(Command):
    """For some minutes the customer's page shows the number to whoever gave the reason."""

    customer_id: UUID = CUSTOMER
    reason: str = REASON


@command("customers.add_document", "1004", "上传证件影像", "Add a document", makers=COUNTER)
class AddDocument(Command):
    customer_id: UUID = CUSTOMER
    paper: Paper = Field(title="影像种类")
    image: Upload = Field(title="影像")


@command("customers.view_document", "1005", "调阅证件影像", "View a document", makers=READERS)
class ViewDocument(Command):
    """For some minutes the image is shown to whoever gave the reason."""

    document_id: UUID = Field(title="影像")
    reason: str = REASON


@command("customers.enter_again", "1006", "双人录入", "Enter a second time", makers=COUNTER)
class EnterAgain(Command):
    """Blind: whoever enters sees the document, not what the first person typed."""

    customer_id: UUID = CUSTOMER
    name: str = NAME
    document_number: str = NUMBER
    valid_until: str = Field(min_length=1, max_length=20, title="证件有效期至")


@command(
    "customers.resolve_entry", "1007", "处理录入差异", "Resolve a difference of entries",
    makers=(Duty.REVIEWER, Duty.MANAGER),
)  # fmt: skip
class ResolveEntry(Command):
    """The items in which the second entry is right; in the others the first is."""

    customer_id: UUID = CUSTOMER
    second_is_right: tuple[Item, ...] = Field((), max_length=13, title="以第二次录入为准的项目")
    reason: str = REASON


@command("customers.decline", "1008", "不予开户", "Decline a customer", makers=CLERKS)
class DeclineCustomer(Command):
    customer_id: UUID = CUSTOMER
    reason: str = REASON


@command("customers.change", "1009", "客户信息变更", "Change a customer's record", makers=CLERKS)
class ChangeCustomer(Command):
    """What is left blank stays as it is."""

    customer_id: UUID = CUSTOMER
    name: str = Field("", max_length=100, title="姓名或名称")
    document_type: DocumentType | None = Field(None, title="证件类型")
    document_number: str = Field("", max_length=40, title="证件号码")
    valid_until: str = Field("", max_length=20, title="证件有效期至")
    phone: str = Field("", pattern=f"^({PHONE})?$", title="联系电话")
    address: str = Field("", max_length=200, title="地址")
    sex: Sex | None = Field(None, title="性别")
    born_on: date | None = Field(None, title="出生日期")
    nationality: str = Field("", max_length=3, title="国籍或注册地")
    occupation: Occupation | None = Field(None, title="职业")
    workplace: str = Field("", max_length=200, title="工作单位")
    industry: Industry | None = Field(None, title="行业")
    business_scope: str = Field("", max_length=1000, title="经营范围")
    reason: str = REASON
    proof: Upload | None = Field(None, title="证明材料")
    report_id: UUID | None = Field(None, title="依据的上报")


class PartyCommand(Command):
    """Somebody related to a customer, with the document of theirs that was seen."""

    customer_id: UUID = CUSTOMER
    name: str = NAME
    document_type: DocumentType = Field(title="证件类型")
    document_number: str = NUMBER
    valid_until: str = Field(min_length=1, max_length=20, title="证件有效期至")
    nationality: str = Field("CHN", max_length=3, title="国籍或注册地")
    phone: str = Field("", pattern=f"^({PHONE})?$", title="联系电话")
    address: str = Field("", max_length=200, title="地址")
    begins_on: date = Field(title="开始日期")


@command("customers.record_officer", "1010", "登记负责人", "Record an officer", makers=CLERKS)
class RecordOfficer(PartyCommand):
    """法定代表人, 负责人, 控股股东或实际控制人."""

    role: Role = Field(title="身份")


@command(
    "customers.record_owner", "1011", "登记受益所有人", "Record a beneficial owner", makers=CLERKS
)
class RecordOwner(PartyCommand):
    criteria: tuple[Criterion, ...] = Field(min_length=1, max_length=3, title="认定标准")
    share: Decimal | None = Field(
        None, gt=0, le=100, max_digits=6, decimal_places=3, title="比例（%）"
    )


@command("customers.appoint_agent", "1012", "登记代理人", "Appoint an agent", makers=CLERKS)
class AppointAgent(PartyCommand):
    scope: tuple[Scope, ...] = Field(min_length=1, max_length=5, title="授权范围")
    ends_on: date = Field(title="授权截止日期")
    mandate: Upload = Field(title="授权书")


@command("customers.end_party", "1013", "终止关系人", "End a party", makers=CLERKS)
class EndParty(Command):
    """撤销授权, or whoever held a role holds it no more."""

    party_id: UUID = Field(title="关系人")
    ends_on: date = Field(title="截止日期")
    reason: str = REASON


@command("customers.rate", "1014", "客户评级", "Rate a customer", makers=(*COUNTER, *RULERS))
class RateCustomer(Command):
    """By the scorecard in force."""

    customer_id: UUID = CUSTOMER


@command(
    "customers.adjust_rating", "1015", "调整风险等级", "Adjust a rating", makers=(*COUNTER, *RULERS)
)
class AdjustRating(Command):
    """What somebody knows beyond the scorecard; it holds until the customer is rated again."""

    customer_id: UUID = CUSTOMER
    rating: Rating = Field(title="风险等级")
    reason: str = REASON


@command(
    "customers.suspend", "1016", "中止客户业务", "Suspend a customer", makers=(*COUNTER, *RULERS)
)
class SuspendCustomer(Command):
    customer_id: UUID = CUSTOMER
    reason: str = REASON


@command("customers.revive", "1017", "恢复客户", "Revive a customer", makers=CLERKS)
class ReviveCustomer(Command):
    """One that was suspended is active again; one that was declined is dealt with anew."""

    customer_id: UUID = CUSTOMER
    reason: str = REASON


@command("customers.close", "1018", "客户销户", "Close a customer", makers=CLERKS)
class CloseCustomer(Command):
    customer_id: UUID = CUSTOMER
    reason: str = REASON


@command("customers.report", "1019", "信息上报", "Report on a customer")
class ReportOnCustomer(Command):
    """Anybody reports what they learn in the field, or a major event."""

    customer_id: UUID = CUSTOMER
    event: Event = Field(title="事项")
    happened_on: date = Field(title="发生日期")
    account: str = Field(min_length=5, max_length=1000, title="情况说明")


@command(
    "customers.verify_report", "1020", "核实上报", "Verify a report", makers=(*COUNTER, *RULERS)
)
class VerifyReport(Command):
    report_id: UUID = Field(title="上报")
    confirmed: bool = Field(title="情况属实")
    finding: str = Field(min_length=2, max_length=1000, title="核实情况")


@command(
    "customers.answer_report", "1021", "答复上报", "Answer a report", makers=(*COUNTER, *RULERS)
)
class AnswerReport(Command):
    """What was done about it, told to whoever reported."""

    report_id: UUID = Field(title="上报")
    answer: str = Field(min_length=2, max_length=1000, title="处理结果")


@command("customers.set_score", "1022", "设置评分", "Set a score", makers=RULERS)
class SetScore(Command):
    """A row of the scorecard takes the place of the one of the same factor and value."""

    factor: Factor = Field(title="评级因素")
    value: str = Field(pattern=r"^[A-Za-z_]{1,40}$", title="取值")
    points: int = Field(ge=0, le=100, title="分值")
    reason: str = Field(min_length=2, max_length=100, title="说明")
    reason_en: str = Field(min_length=2, max_length=100, title="英文说明")
    effective_on: date = EFFECTIVE


@command("customers.set_allowance", "1023", "设置准入与限额", "Set an allowance", makers=RULERS)
class SetAllowance(Command):
    """What a rating allows; a blank limit is none."""

    rating: Rating = Field(title="风险等级")
    product: Product = Field(title="产品")
    allowed: bool = Field(title="允许办理")
    single: Money | None = Field(None, title="单笔限额")
    daily: Money | None = Field(None, title="日累计限额")
    effective_on: date = EFFECTIVE

    @field_validator("single", "daily")
    @classmethod
    def positive(cls, limit: Money | None) -> Money | None:
        if limit is not None and limit.amount <= 0:
            raise ValueError(
                Text(
                    "限额须大于零；不允许办理时请选否。",
                    "A limit is more than zero; to forbid the product, say that it is not allowed.",
                )
            )
        return limit


@command("customers.set_item_rule", "1024", "设置变更规则", "Set a rule of changes", makers=RULERS)
class SetItemRule(Command):
    item: Item = Field(title="资料项目")
    alone: bool = Field(title="客户可自行变更")
    proof: bool = Field(title="须证明材料")
    effective_on: date = EFFECTIVE


class ReadItem(BaseModel):
    """What both engines read of one item: `read` where they agree with each other."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: Item
    verdict: ReadVerdict
    read: tuple[str, ...]
    rare: str = ""


@command(
    "customers.record_reading", "1025", "记录影像识读", "Record a reading",
    channels=frozenset({Channel.JOB}),
)  # fmt: skip
class RecordReading(Command):
    document_id: UUID
    engines: tuple[str, ...]
    items: tuple[ReadItem, ...]


@command(
    "customers.confirm_reading", "1026", "人工核对影像", "Confirm a document by eye", makers=COUNTER
)
class ConfirmReading(Command):
    """A person compared the image with the record and found it right."""

    document_id: UUID = Field(title="影像")
    reason: str = REASON


@command(
    "customers.import_customers", "1027", "存量客户迁移", "Import customers",
    makers=(*CLERKS, Duty.MANAGER),
)  # fmt: skip
class ImportCustomers(Command):
    """The customers of the system before, to the branch of whoever imports them. Those who were
    active there are verified anew by the day of `review_by`."""

    file: Upload = Field(title="迁移文件")
    review_by: date = Field(title="补充核实期限")


@command("customers.review", "1028", "存量客户核实", "Review a customer", makers=CLERKS)
class ReviewCustomer(Command):
    """An imported customer meets now what opening requires."""

    customer_id: UUID = CUSTOMER
