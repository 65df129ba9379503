"""Pure decisions about transfers: what a state and the results of the checks allow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from yinxin.kernel.refusals import Refused, refusal
from yinxin.kernel.text import Text

SIMILAR_WITHIN_D = 7
FETCHED_WITHIN = timedelta(minutes=10)

STATE_NAMES = {
    "received": Text("已受理", "received"),
    "checked": Text("已核验", "checked"),
    "submitted": Text("已提交", "submitted"),
    "released": Text("已付款", "released"),
    "rejected": Text("已退票", "rejected"),
}
STATE = "转账 {number} 当前状态是“{state_zh}”，"
STATE_EN = "Transfer {number} is {state_en}: "
NOT_RECEIVED = refusal(
    "transfer_not_received",
    STATE + "核验结果不能再登记。",
    STATE_EN + "results of checks cannot be recorded any more.",
)
NOT_CHECKED = refusal(
    "transfer_not_checked",
    STATE + "只有已核验的转账可以提交。",
    STATE_EN + "only a checked transfer can be submitted.",
)
NOT_SUBMITTED = refusal(
    "transfer_not_submitted",
    STATE + "只有已提交的转账可以付款。",
    STATE_EN + "only a submitted transfer can be released.",
)
TRANSFER_ENDED = refusal(
    "transfer_ended", STATE + "不能再退票。", STATE_EN + "it cannot be rejected any more."
)
TRANSFER_OF_BATCH = refusal(
    "transfer_of_batch",
    "转账 {number} 属于批次 {batch}，请在批次中提交或付款。",
    "Transfer {number} belongs to batch {batch}; submit or release that.",
)
TRANSFER_NOT_ENDED = refusal(
    "transfer_not_ended",
    STATE + "付款或退票之后才能打印凭证。",
    STATE_EN + "there is something to print once it is released or rejected.",
)
DISPATCH_STALE = refusal(
    "dispatch_stale",
    "待发送的转账已有变化，请重新生成报文。",
    "What waits to be sent has changed meanwhile; build the message again.",
)
ANSWER_UNREADABLE = refusal(
    "answer_unreadable",
    "回执报文不能读取，未作任何处理：{reason_zh}{place}",
    "The answer cannot be read and nothing was done: {reason_en} {place}",
)
STRAY_JUST_SET_ASIDE = refusal(
    "stray_just_set_aside",
    "该回执报文已经搁置，等待人工处理。",
    "This answer was set aside already and waits for a person.",
)
STRAY_CLOSED = refusal(
    "stray_closed",
    "搁置回执 {number} 已办结。",
    "The answer set aside as {number} was dealt with already.",
)
STRAY_TICKET_NEEDED = refusal(
    "stray_ticket_needed",
    "下载时限已过，请重新点击“下载搁置回执”。",
    "The file is there for some minutes only; press Download an answer set aside again.",
)
ANSWER_TAKEN_ALREADY = refusal(
    "answer_taken_already",
    "该回执报文已经处理过。",
    "This answer was taken in already.",
)
RETURN_AMOUNT_DIFFERS = refusal(
    "return_amount_differs",
    "转账 {number} 的退汇金额 {returned} 与原金额 {money} 不符，请人工核实。",
    "The return of transfer {number} is of {returned}, not of {money}; look into it by hand.",
)
DUPLICATE_INSTRUCTION = refusal(
    "duplicate_instruction",
    "该指令已经受理，转账编号 {number}，不能重复办理。",
    "This instruction was received already as transfer {number}; it is not done twice.",
)
DUPLICATE_JUST_RECEIVED = refusal(
    "duplicate_just_received",
    "该指令刚刚由他人受理，请查询后再办理。",
    "Somebody else received this instruction a moment ago; look it up first.",
)
PAGE_MISSING = refusal(
    "page_missing",
    "柜面受理须上传加盖预留印鉴的凭证影像。",
    "An instruction at the counter needs the scan of its sealed page.",
    "支付结算办法 art. 17",
)
INSTRUCTION_POSTDATED = refusal(
    "instruction_postdated",
    "指令签发日期 {on} 晚于今天，到期前不能受理。",
    "The instruction is dated {on}, after today; it cannot be received before then.",
)
SEALS_NOT_COMPARED = refusal(
    "seals_not_compared",
    "印鉴存疑：须先在验印记录中人工比对，并由另一人复核，再提交。",
    "The seals are in doubt: compare them by eye on the verification's page and have another "
    "person confirm it, then submit.",
    "支付结算办法 art. 17",
)
CHECKS_FAILED = refusal(
    "checks_failed",
    "以下核验未通过，不能提交，只能退票：{names_zh}。",
    "These checks failed, so the transfer can only be rejected: {names_en}.",
)
OVERRIDE_NEEDED = refusal(
    "override_needed",
    "以下核验存疑，请写明继续办理的理由：{names_zh}。",
    "These checks are in doubt; write the reason to go on: {names_en}.",
)
REASON_PASSED = refusal(
    "reason_passed",
    "以下核验已通过，不能作为退票理由：{names_zh}。",
    "These checks passed and are no reason to reject: {names_en}.",
)
NO_CLEARING_ACCOUNT = refusal(
    "no_clearing_account",
    "没有可用的 {currency} 存放同业清算户，请先开立。",
    "There is no open nostro account in {currency}; open one first.",
)


class Verdict(StrEnum):
    PASSED = "passed"
    ATTENTION = "attention"
    FAILED = "failed"


class CheckName(StrEnum):
    IDENTITY = "identity"
    ACCOUNT = "account"
    AGENT = "agent"
    SEAL = "seal"
    BALANCE = "balance"
    FUNDS = "funds"
    AMOUNT = "amount"
    LIMITS = "limits"
    PAYEE = "payee"
    DUPLICATE = "duplicate"


CHECK_NAMES = {
    CheckName.IDENTITY: Text("客户身份", "identity"),
    CheckName.ACCOUNT: Text("账户状态", "account"),
    CheckName.AGENT: Text("代理授权", "mandate"),
    CheckName.SEAL: Text("预留印鉴", "seal"),
    CheckName.BALANCE: Text("账户余额", "balance"),
    CheckName.AMOUNT: Text("大小写金额", "amount"),
    CheckName.FUNDS: Text("资金来源", "source of funds"),
    CheckName.LIMITS: Text("限额", "limits"),
    CheckName.PAYEE: Text("收款人", "payee"),
    CheckName.DUPLICATE: Text("重复指令", "duplicate"),
}


@dataclass(frozen=True, slots=True)
class CheckResult:
    name: CheckName
    verdict: Verdict
    reason: Text
    detail: Mapping[str, str] = field(default_factory=dict)


SETTLEMENT_NAMES = {
    "book": Text("行内入账", "credited in house"),
    "waiting": Text("待发送", "to be sent"),
    "sent": Text("已发送", "sent"),
    "accepted": Text("对方已接收", "accepted"),
    "settled": Text("已清算", "settled"),
    "returned": Text("已退汇", "returned"),
}
REVERSED = Text("已冲正", "reversed")

IMPORTED = "imported"  # the one step of a transfer that the system before paid
STEP_NAMES = {**STATE_NAMES, **SETTLEMENT_NAMES, IMPORTED: Text("迁移导入", "imported")}

PAID_ELSEWHERE = refusal(
    "paid_elsewhere",
    "转账 {number} 由原系统付款，凭证 {voucher} 请在原系统补打。",
    "Transfer {number} was paid by the system before; print voucher {voucher} there.",
)
VOUCHER_JUST_USED = refusal(
    "voucher_just_used",
    "文件中的凭证编号刚刚被使用，未导入任何内容，请重新提交。",
    "A voucher number was used a moment ago; nothing was imported, submit it again.",
)

DUE_WITHIN_MIN = {"received": 10, "checked": 60, "submitted": 120}
"""How long a transfer may stay in a state, in minutes."""


def due_at(state: str, entered_at: datetime) -> datetime:
    return entered_at + timedelta(minutes=DUE_WITHIN_MIN[state])


def require_state(code: str, number: str, state: str, *allowed: str) -> None:
    if state not in allowed:
        name = STATE_NAMES[state]
        raise Refused(code, number=number, state_zh=name.zh, state_en=name.en)


def came_back(settlement: str, reversed: bool) -> Text | None:
    """What became of money that was paid and is back: its state is `released` for good."""
    if settlement == "returned":
        return SETTLEMENT_NAMES[settlement]
    return REVERSED if reversed else None


def require_issued(on: date, today: date) -> None:
    if on > today:
        raise Refused(INSTRUCTION_POSTDATED, on=on)


def require_submittable(verdicts: Mapping[CheckName, Verdict], override_reason: str) -> None:
    """All checks passed, or those in doubt are answered for in writing; none failed."""
    failed = [name for name, verdict in verdicts.items() if verdict is Verdict.FAILED]
    if failed:
        raise Refused(CHECKS_FAILED, **_named(failed))
    doubtful = in_doubt(verdicts)
    if doubtful and not override_reason:
        raise Refused(OVERRIDE_NEEDED, **_named(doubtful))


def by_eye(verdicts: Mapping[CheckName, Verdict], conclusion: str) -> dict[CheckName, Verdict]:
    """The checks with what two persons concluded of seals in doubt, blank where nothing was
    examined. Raises Refused where they have not concluded."""
    if verdicts.get(CheckName.SEAL) is not Verdict.ATTENTION or not conclusion:
        return dict(verdicts)
    concluded = {"genuine": Verdict.PASSED, "forged": Verdict.FAILED}.get(conclusion)
    if concluded is None:
        raise Refused(SEALS_NOT_COMPARED)
    return {**verdicts, CheckName.SEAL: concluded}


def require_reasons(verdicts: Mapping[CheckName, Verdict], reasons: Iterable[CheckName]) -> None:
    """A check that passed is no 退票理由."""
    passed = [name for name in reasons if verdicts.get(name) is Verdict.PASSED]
    if passed:
        raise Refused(REASON_PASSED, **_named(passed))


def in_doubt(verdicts: Mapping[CheckName, Verdict]) -> list[CheckName]:
    return [name for name, verdict in verdicts.items() if verdict is Verdict.ATTENTION]


def names_of(checks: Iterable[CheckName]) -> Text:
    names = [CHECK_NAMES[check] for check in checks]
    return Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))


def _named(checks: Iterable[CheckName]) -> dict[str, str]:
    names = names_of(checks)
    return {"names_zh": names.zh, "names_en": names.en}
