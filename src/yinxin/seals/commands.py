from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from yinxin.kernel.actor import Duty
from yinxin.kernel.command import Command, Upload, command
from yinxin.kernel.text import Text

from .rules import Kind, Verdict

ENTERERS = (Duty.SEAL_REGISTRAR,)
CHECKERS = (Duty.SEAL_REGISTRAR, Duty.REVIEWER)
CARD = Field(title="印鉴卡")
SCAN = Field(title="扫描件")
DPI = Field(None, ge=100, le=2400, title="分辨率（扫描件未注明时填写）")
REASON = Field(min_length=2, max_length=200, title="事由")


@command("seals.enter", "3001", "录入预留印鉴", "Enter a reserved seal", makers=ENTERERS)
class EnterSeal(Command):
    """Put one seal on the card of an account; the first one makes the card. Further seals join
    it until it is checked."""

    customer_id: UUID = Field(title="客户")
    account_id: UUID = Field(title="账户")
    account_number: str = Field(pattern=r"^[0-9A-Za-z-]{4,40}$", title="账号")
    kind: Kind = Field(title="印章种类")
    name: str = Field("", max_length=60, title="印章名称")
    scan: Upload = SCAN
    dpi: int | None = DPI


@command("seals.check", "3002", "核对预留印鉴", "Check reserved seals", makers=CHECKERS)
class CheckSeals(Command):
    """A second person's own scan of a page that bears every seal of the card."""

    card_id: UUID = CARD
    scan: Upload = SCAN
    dpi: int | None = DPI


@command(
    "seals.freeze", "3003", "冻结印鉴卡", "Freeze a seal card",
    makers=(Duty.CLERK, Duty.SEAL_REGISTRAR, Duty.MANAGER),
)  # fmt: skip
class FreezeCard(Command):
    """挂失 and every other reason to stop a card at once."""

    card_id: UUID = CARD
    reason: str = REASON


@command("seals.unfreeze", "3004", "解冻印鉴卡", "Unfreeze a seal card", makers=ENTERERS)
class UnfreezeCard(Command):
    card_id: UUID = CARD
    reason: str = REASON


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


class SealExamination(BaseModel):
    """What an examination found, as a command of another domain carries it to `record`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    account_id: UUID
    on: date
    card_id: UUID | None
    verdict: Verdict
    reasons: tuple[Text, ...] = ()
    findings: tuple[SealFinding, ...] = ()
    engine: str
