from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from yinxin.kernel.actor import Duty
from yinxin.kernel.command import Command, Upload, command
from yinxin.kernel.money import MINOR_UNITS, Money
from yinxin.kernel.text import Text

from . import combination
from .rules import Action, Cause, Copy, Kind, Verdict

ENTERERS = (Duty.SEAL_REGISTRAR,)
CHECKERS = (Duty.SEAL_REGISTRAR, Duty.REVIEWER)
RECEIVERS = (Duty.CLERK, Duty.SEAL_REGISTRAR)
STOPPERS = (Duty.CLERK, Duty.SEAL_REGISTRAR, Duty.MANAGER)
COMPARERS = (Duty.CLERK, Duty.SEAL_REGISTRAR)
CONFIRMERS = (Duty.REVIEWER, Duty.SEAL_REGISTRAR, Duty.MANAGER)
ACCOUNT_NUMBER = r"^[0-9A-Za-z-]{4,40}$"
CARD = Field(title="印鉴卡")
SCAN = Field(title="扫描件")
DPI = Field(None, ge=100, le=2400, title="分辨率（扫描件未注明时填写）")
REASON = Field(min_length=2, max_length=200, title="事由")
VERIFICATION = Field(title="验印记录")
CURRENCY = f"^({'|'.join(sorted(MINOR_UNITS))})$"
BAND = Field(Decimal(0), ge=0, max_digits=18, decimal_places=3, title="起始金额")


@command("seals.enter", "3001", "录入预留印鉴", "Enter a reserved seal", makers=ENTERERS)
class EnterSeal(Command):
    """Put one seal on the card of an account; the first one makes the card. Further seals join
    it until it is checked, and later by an accepted application for a change.

    `scan` and `more` are imprints of the same seal.
    """

    customer_id: UUID = Field(title="客户")
    account_id: UUID = Field(title="账户")
    account_number: str = Field(pattern=ACCOUNT_NUMBER, title="账号")
    kind: Kind = Field(title="印章种类")
    ordinal: int = Field(1, ge=1, le=9, title="序号（同类多枚时）")
    name: str = Field("", max_length=60, title="印章名称")
    scan: Upload = SCAN
    more: tuple[Upload, ...] = Field((), max_length=4, title="同一印章的更多印文")
    dpi: int | None = DPI
    application_id: UUID | None = Field(None, title="印鉴业务申请")


@command("seals.check", "3002", "核对预留印鉴", "Check reserved seals", makers=CHECKERS)
class CheckSeals(Command):
    """A second person's own scan of a page that bears every seal that waits, and what they read
    themselves: account, name and number of seals."""

    card_id: UUID = CARD
    account_number: str = Field(pattern=ACCOUNT_NUMBER, title="账号")
    holder: str = Field(min_length=1, max_length=100, title="户名")
    seal_count: int = Field(ge=1, le=20, title="印章枚数")
    scan: Upload = SCAN
    dpi: int | None = DPI
    effective_on: date | None = Field(None, title="启用日期")


@command("seals.freeze", "3003", "冻结印鉴卡", "Freeze a seal card", makers=STOPPERS)
class FreezeCard(Command):
    """Stop a card at once for any reason but a loss."""

    card_id: UUID = CARD
    reason: str = REASON


@command("seals.unfreeze", "3004", "解冻印鉴卡", "Unfreeze a seal card", makers=ENTERERS)
class UnfreezeCard(Command):
    """Also 解除挂失: the seal was found."""

    card_id: UUID = CARD
    reason: str = REASON


@command("seals.apply", "3005", "印鉴业务申请", "Apply for a seal act", makers=RECEIVERS)
class ApplySeal(Command):
    """What the customer asks for: opening names an account, the others a card. Where a loss or
    cancellation names the seal, its successor may be registered under the same application."""

    customer_id: UUID = Field(title="客户")
    action: Literal[Action.OPEN, Action.CHANGE, Action.CANCEL] = Field(title="申请事项")
    cause: Cause = Field(title="原因")
    account_id: UUID | None = Field(None, title="账户")
    card_id: UUID | None = Field(None, title="印鉴卡")
    seal_id: UUID | None = Field(None, title="印章")
    applicant: str = Field(min_length=1, max_length=60, title="申请人")
    explanation: str = Field("", max_length=200, title="说明")
    wanted_on: date | None = Field(None, title="希望启用日期")
    letter: Upload | None = Field(None, title="申请书影像")


@command("seals.report_loss", "3006", "印章挂失", "Report a seal lost", makers=STOPPERS)
class ReportLoss(Command):
    """挂失: the whole card stops at once; the application that this makes is reviewed after."""

    card_id: UUID = CARD
    seal_id: UUID = Field(title="印章")
    cause: Literal[Cause.LOST, Cause.STOLEN] = Field(title="原因")
    applicant: str = Field(min_length=1, max_length=60, title="申请人")
    explanation: str = Field("", max_length=200, title="说明")
    letter: Upload | None = Field(None, title="申请书影像")


@command(
    "seals.review", "3007", "审核印鉴业务申请", "Review a seal application",
    makers=(Duty.REVIEWER, Duty.MANAGER, Duty.SEAL_REGISTRAR),
)  # fmt: skip
class ReviewApplication(Command):
    application_id: UUID = Field(title="印鉴业务申请")
    accepted: bool = Field(title="同意受理")
    opinion: str = Field(min_length=2, max_length=200, title="审核意见")


@command("seals.renew", "3008", "录入变更印鉴", "Enter a changed seal", makers=ENTERERS)
class RenewSeal(Command):
    """A new version of the seal that an accepted application names; what is in force stays so
    until the new one is checked and its day comes."""

    application_id: UUID = Field(title="印鉴业务申请")
    scan: Upload = SCAN
    more: tuple[Upload, ...] = Field((), max_length=4, title="同一印章的更多印文")
    dpi: int | None = DPI


@command("seals.cancel", "3009", "注销印鉴", "Cancel seals", makers=ENTERERS)
class CancelSeals(Command):
    """注销 a card, or one seal of it; items issued before follow it still."""

    card_id: UUID = CARD
    seal_id: UUID | None = Field(None, title="印章（不选则整卡注销）")
    reason: str = REASON


@command("seals.destroy", "3010", "销毁印鉴卡", "Destroy a seal card", makers=ENTERERS)
class DestroyCard(Command):
    """双人销毁 of the paper of a cancelled card; what the base knows stays."""

    card_id: UUID = CARD
    reason: str = REASON


@command("seals.share", "3011", "共用印鉴卡", "Share a seal card", makers=ENTERERS)
class ShareCard(Command):
    """Let a further account of the customer follow a card, from tomorrow on."""

    card_id: UUID = CARD
    account_id: UUID = Field(title="账户")
    account_number: str = Field(pattern=ACCOUNT_NUMBER, title="账号")


@command("seals.unshare", "3012", "取消共用印鉴卡", "End sharing a seal card", makers=ENTERERS)
class UnshareCard(Command):
    card_id: UUID = CARD
    account_id: UUID = Field(title="账户")
    reason: str = REASON


@command(
    "seals.set_combination", "3013", "设定用印组合", "Set a combination of seals", makers=ENTERERS
)
class SetCombination(Command):
    """Such as `公章 且 (法人章 或 授权人章)` from an amount on; blanks apply to anything."""

    card_id: UUID = CARD
    expression: str = Field(min_length=1, max_length=combination.LONGEST, title="用印组合表达式")
    instrument: str = Field("", pattern=r"^[0-9A-Za-z_-]{0,20}$", title="凭证种类（不填为全部）")
    currency: str = Field("", pattern=rf"^$|{CURRENCY}", title="币种（不填为全部）")
    from_amount: Decimal = BAND
    from_on: date | None = Field(None, title="启用日期")

    @field_validator("expression")
    @classmethod
    def parses(cls, expression: str) -> str:
        try:
            return combination.written(combination.parse(expression))
        except combination.NotAnExpression as wrong:
            raise ValueError(wrong.sentence) from None


@command("seals.issue_copy", "3014", "登记印鉴卡联次", "Issue a copy of a card", makers=ENTERERS)
class IssueCopy(Command):
    card_id: UUID = CARD
    kind: Copy = Field(title="联次")
    ordinal: int = Field(1, ge=1, le=20, title="序号")
    kept_at: str = Field(min_length=1, max_length=100, title="存放处")


@command("seals.compare", "3015", "人工比对", "Compare seals by eye", makers=COMPARERS)
class CompareSeals(Command):
    """What a person sees where the engine does not decide; another one confirms it."""

    verification_id: UUID = VERIFICATION
    verdict: Literal[Verdict.GENUINE, Verdict.FORGED] = Field(title="比对结论")
    remark: str = Field(min_length=2, max_length=200, title="比对依据")


@command("seals.confirm", "3016", "复核人工比对", "Confirm a comparison", makers=CONFIRMERS)
class ConfirmComparison(Command):
    verification_id: UUID = VERIFICATION
    agrees: bool = Field(title="同意比对结论")
    remark: str = Field("", max_length=200, title="复核意见")


@command("seals.rerun", "3017", "重新验印", "Run a verification again", makers=CHECKERS)
class RerunVerification(Command):
    """The page that was kept against the versions that counted then, by today's engine."""

    verification_id: UUID = VERIFICATION


@command("seals.return", "3018", "出具退票理由书", "Issue a return notice", makers=COMPARERS)
class IssueReturnNotice(Command):
    verification_id: UUID = VERIFICATION
    codes: tuple[str, ...] = Field(min_length=1, max_length=10, title="退票理由")
    remark: str = Field("", max_length=200, title="备注")


@command(
    "seals.set_return_reason", "3019", "维护退票理由", "Set a reason for return",
    makers=(Duty.MANAGER,),
)  # fmt: skip
class SetReturnReason(Command):
    code: str = Field(pattern=r"^[A-Z][0-9A-Z]{1,9}$", title="退票理由代码")
    zh: str = Field(min_length=2, max_length=100, title="中文说明")
    en: str = Field(min_length=2, max_length=200, title="英文说明")
    in_use: bool = Field(True, title="启用")


@command(
    "seals.set_threshold", "3020", "设定自动通过阈值", "Set a threshold", makers=(Duty.MANAGER,)
)
class SetThreshold(Command):
    """From an amount on, an imprint passes by itself only with this score or more."""

    currency: str = Field(pattern=CURRENCY, title="币种")
    from_amount: Decimal = BAND
    score: Decimal = Field(ge=0, le=1, max_digits=5, decimal_places=4, title="最低得分")


class SealFinding(BaseModel):
    """What a page shows of one seal. `box` is on the page; the pictures are staged uploads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    specimen_id: UUID
    verdict: Verdict
    score: Decimal
    box: tuple[int, int, int, int] | None
    angle_deg: Decimal
    scale: Decimal
    differences: tuple[Text, ...]
    imprint: Upload | None = None
    overlay: Upload | None = None
    elastic_mm: Decimal | None = None
    presentation: Decimal | None = None
    copy_of: UUID | None = None


class SealExamination(BaseModel):
    """What an examination found, as a command of another domain carries it to `record`.

    `verdict` is that of the combination in force, `rule`, over the seals that were found.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    account_id: UUID
    on: date
    card_id: UUID | None
    verdict: Verdict
    reasons: tuple[Text, ...] = ()
    findings: tuple[SealFinding, ...] = ()
    engine: str
    page_id: UUID | None = None
    dpi: Annotated[int, Field(ge=1)] | None = None
    money: Money | None = None
    instrument: str = ""
    rule: str = ""
