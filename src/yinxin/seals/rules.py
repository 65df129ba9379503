"""Pure decisions about seal cards."""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from yinxin.kernel.actor import Actor, Duty
from yinxin.kernel.refusals import Refused, refusal
from yinxin.kernel.text import Text


class Kind(StrEnum):
    COMPANY = "company"
    FINANCE = "finance"
    LEGAL_REPRESENTATIVE = "legal_representative"
    SIGNATURE = "signature"


class State(StrEnum):
    ENTERED = "entered"
    ACTIVE = "active"
    FROZEN = "frozen"
    CANCELLED = "cancelled"


class Verdict(StrEnum):
    """The first three are the engine's, for one seal; a card may have nothing to compare with,
    or be frozen."""

    GENUINE = "genuine"
    UNCERTAIN = "uncertain"
    FORGED = "forged"
    NO_SPECIMEN = "no_specimen"
    FROZEN = "frozen"


IN_FORCE = (State.ENTERED, State.ACTIVE, State.FROZEN)
KIND_TITLES = {
    Kind.COMPANY: Text("公章", "Company seal"),
    Kind.FINANCE: Text("财务专用章", "Finance seal"),
    Kind.LEGAL_REPRESENTATIVE: Text("法人章", "Legal representative's seal"),
    Kind.SIGNATURE: Text("签名", "Signature"),
}
STATE_TITLES = {
    State.ENTERED: Text("待核对", "To be checked"),
    State.ACTIVE: Text("启用", "Active"),
    State.FROZEN: Text("冻结", "Frozen"),
    State.CANCELLED: Text("注销", "Cancelled"),
}
VERDICT_TITLES = {
    Verdict.GENUINE: Text("相符", "Genuine"),
    Verdict.UNCERTAIN: Text("存疑", "Uncertain"),
    Verdict.FORGED: Text("不符", "Forged"),
    Verdict.NO_SPECIMEN: Text("无预留印鉴", "No specimen"),
    Verdict.FROZEN: Text("印鉴卡冻结", "Card frozen"),
}

NO_CARD_IN_FORCE = Text(
    "该账户在 {on} 没有启用的印鉴卡，无从核验。",
    "No seal card of this account was in force on {on}, so there is nothing to compare with.",
)
CARD_IS_FROZEN = Text(
    "印鉴卡 {number} 已冻结，其印鉴暂停使用。",
    "Seal card {number} is frozen; its seals may not be used for now.",
)

SCAN_UNREADABLE = refusal(
    "scan_unreadable",
    "扫描件无法读取：{reason_zh}。请重新扫描后上传。",
    "The scan cannot be read: {reason_en}. Scan again and upload.",
)
SCAN_POOR = refusal(
    "scan_poor",
    "印文不够清晰完整，不能作为预留印鉴，请重新盖印并以 300 dpi 以上扫描。",
    "The imprint is not clear and whole enough for a specimen; stamp again and scan at 300 dpi "
    "or more.",
    "GB/T 20206-2025",
)
DPI_MISSING = refusal(
    "dpi_missing",
    "扫描件没有注明分辨率，请填写扫描时的分辨率（dpi）。",
    "The scan does not state its resolution; enter the dpi it was scanned at.",
)
NO_SEAL_FOUND = refusal(
    "no_seal_found",
    "扫描件上没有找到印文，请确认上传的是盖章页。",
    "No seal imprint is on the scan; make sure that it is the stamped page.",
)
SEVERAL_SEALS_FOUND = refusal(
    "several_seals_found",
    "扫描件上有多枚印文，每次只能录入一枚，请裁剪后分别上传。",
    "The scan shows more than one imprint; a seal is entered alone, so cut them apart.",
)
ACCOUNT_HAS_CARD = refusal(
    "account_has_card",
    "账户 {account_number} 已有印鉴卡，更换印鉴须办理印鉴变更。",
    "Account {account_number} has a seal card already; its seals change by a change of seals.",
    "一户一卡",
)
CARD_JUST_ENTERED = refusal(
    "card_just_entered",
    "该账户的印鉴卡刚刚由他人录入，请刷新后继续。",
    "Somebody else entered a card of this account a moment ago; reload and go on.",
    "一户一卡",
)
SEAL_ON_CARD = refusal(
    "seal_on_card",
    "印鉴卡 {number} 上已有该类印章。",
    "Card {number} has a seal of this kind already.",
)
CARD_NOT_ENTERED = refusal(
    "card_not_entered",
    "印鉴卡 {number} 不在待核对状态，不能核对。",
    "Seal card {number} does not wait for a check.",
)
CARD_NOT_ACTIVE = refusal(
    "card_not_active",
    "印鉴卡 {number} 未启用，不能冻结。",
    "Seal card {number} is not active, so it cannot be frozen.",
)
CARD_NOT_FROZEN = refusal(
    "card_not_frozen",
    "印鉴卡 {number} 未冻结，不需要解冻。",
    "Seal card {number} is not frozen, so there is nothing to unfreeze.",
)
SEAL_CHECKED_BY_ANOTHER = refusal(
    "seal_checked_by_another",
    "印鉴须由录入人以外的另一人以本人扫描件核对。",
    "A seal is checked by somebody other than whoever entered it, with a scan of their own.",
    "双人建库",
)

_STATE_REFUSALS = {
    State.ENTERED: CARD_NOT_ENTERED,
    State.ACTIVE: CARD_NOT_ACTIVE,
    State.FROZEN: CARD_NOT_FROZEN,
}


def require_state(actual: str, needed: State, number: str) -> None:
    if actual != needed:
        raise Refused(_STATE_REFUSALS[needed], number=number)


def authorities(actor: Actor, duties: Iterable[Duty]) -> list[UUID]:
    """On whose authority the actor may act: their own, or else each lender's."""
    if actor.has(*duties):
        return [actor.id]
    return [lent.lender_id for lent in actor.borrowed if lent.duties.intersection(duties)]


def checking_authority(actor: Actor, duties: Iterable[Duty], entered_by: Iterable[UUID]) -> UUID:
    """On whose authority the actor checks what others entered.

    Raises Refused where the actor, or everybody who lent the duty, is among those others.
    """
    others = set(entered_by)
    free = [each for each in authorities(actor, duties) if each not in others]
    if actor.id in others or not free:
        raise Refused(SEAL_CHECKED_BY_ANOTHER)
    return free[0]


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """What a page says of a card: genuine where every seal of the card is."""
    found = set(verdicts)
    if not found:
        return Verdict.NO_SPECIMEN
    if Verdict.FORGED in found:
        return Verdict.FORGED
    return Verdict.GENUINE if found == {Verdict.GENUINE} else Verdict.UNCERTAIN
