"""Pure decisions about transfers: the checks, each with its result, and what a state allows."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused, refusal
from yinxin.kernel.text import Text
from yinxin.kernel.words import in_words

SIMILAR_WITHIN_D = 7

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


def check_identity(state: str, number: str) -> CheckResult:
    """反洗钱法 (2024) art. 28: no business for a customer who is not identified."""
    if state == "active":
        reason = Text("客户 {n} 已实名，状态正常", "Customer {n} is identified and active")
        return CheckResult(CheckName.IDENTITY, Verdict.PASSED, reason.format(n=number))
    reason = Text("客户 {n} 未完成实名开户", "Customer {n} is not opened under a real name")
    return CheckResult(CheckName.IDENTITY, Verdict.FAILED, reason.format(n=number))


def check_account(state: str, number: str) -> CheckResult:
    verdict, reason = {
        "open": (Verdict.PASSED, Text("账户 {n} 状态正常", "Account {n} is open")),
        "frozen": (Verdict.FAILED, Text("账户 {n} 已冻结", "Account {n} is frozen")),
        "credit_only": (
            Verdict.FAILED,
            Text("账户 {n} 只收不付", "Account {n} takes credits only"),
        ),
        "closed": (Verdict.FAILED, Text("账户 {n} 已销户", "Account {n} is closed")),
    }[state]
    return CheckResult(CheckName.ACCOUNT, verdict, reason.format(n=number))


def check_seal(
    verdict: str | None, reasons: Sequence[Text] = (), detail: Mapping[str, str] | None = None
) -> CheckResult:
    """`verdict` is that of the examination (验印), None where there is no page to examine."""
    judged, reason = {
        "genuine": (Verdict.PASSED, Text("印鉴与预留一致", "The seals are the registered ones")),
        "uncertain": (Verdict.ATTENTION, Text("印鉴存疑，须人工核对", "The seals are in doubt")),
        "forged": (Verdict.FAILED, Text("印鉴不符", "The seals are not the registered ones")),
        "frozen": (Verdict.FAILED, Text("印鉴卡已冻结", "The seal card is frozen")),
        "no_specimen": (Verdict.FAILED, Text("账户无有效预留印鉴", "No seal is registered")),
        None: (
            Verdict.ATTENTION,
            Text("接口指令无凭证影像，未验印", "An instruction by API has no page to examine"),
        ),
    }[verdict]
    zh = "；".join([reason.zh, *(each.zh for each in reasons)])
    en = "; ".join([reason.en, *(each.en for each in reasons)])
    return CheckResult(CheckName.SEAL, judged, Text(zh, en), detail or {})


def check_balance(available: Money, money: Money) -> CheckResult:
    """Only a hold makes sure of the money, so what is short now may still come in."""
    detail = {"available": str(available), "asked": str(money)}
    if available >= money:
        reason = Text("可用余额充足", "The available balance suffices")
        return CheckResult(CheckName.BALANCE, Verdict.PASSED, reason, detail)
    reason = Text(
        "可用余额不足，差 {short}；提交时将再次核对",
        "The available balance is {short} short; submitting will ask again",
    )
    return CheckResult(
        CheckName.BALANCE, Verdict.ATTENTION, reason.format(short=money - available), detail
    )


def check_amount(money: Money, words: str, has_page: bool) -> CheckResult:
    """支付结算办法 art. 13: words and figures agree, or the instruction is void."""
    expected = in_words(money)
    detail = {"figures": str(money), "words": words, "expected": expected}
    if not words:
        if not has_page:
            reason = Text("接口指令只有小写金额", "An instruction by API has figures only")
            return CheckResult(CheckName.AMOUNT, Verdict.PASSED, reason, detail)
        reason = Text("未录入大写金额", "The amount in words was not entered")
        return CheckResult(CheckName.AMOUNT, Verdict.ATTENTION, reason, detail)
    if _bare(words) == _bare(expected):
        reason = Text("大小写金额一致", "Words and figures agree")
        return CheckResult(CheckName.AMOUNT, Verdict.PASSED, reason, detail)
    reason = Text("大小写金额不一致，应为{words}", "Words and figures differ; {words} is meant")
    return CheckResult(CheckName.AMOUNT, Verdict.FAILED, reason.format(words=expected), detail)


def _bare(words: str) -> str:
    """The amount without what the rules of writing leave open: 整 after 角, 零 before 角, and
    the name of the currency."""
    text = "".join(unicodedata.normalize("NFKC", words).split()).replace("圆", "元")
    return re.sub("^人民币|零|[整正]$", "", text)


def check_duplicate(similar: Sequence[str]) -> CheckResult:
    """`similar` are numbers of other transfers lately to the same payee of the same amount."""
    if not similar:
        reason = Text("近期无相同收款人和金额的转账", "No such transfer to this payee lately")
        return CheckResult(CheckName.DUPLICATE, Verdict.PASSED, reason)
    reason = Text(
        "近 {days} 天内已有相同收款人和金额的转账：{numbers}",
        "Within {days} days the same payee was sent the same amount: {numbers}",
    )
    return CheckResult(
        CheckName.DUPLICATE,
        Verdict.ATTENTION,
        reason.format(days=SIMILAR_WITHIN_D, numbers=", ".join(similar)),
    )


LARGE = {"CNY": Decimal(500_000)}
LARGE_OTHERWISE = Decimal(100_000)


def check_funds(money: Money, available: Money, came_in: Money) -> CheckResult:
    """快进快出: a large transfer of money that came in the same day needs to be looked at."""
    detail = {"asked": str(money), "came_in": str(came_in)}
    older = available - came_in
    large = money.amount >= LARGE.get(money.currency, LARGE_OTHERWISE)
    if money > older and came_in and large:
        reason = Text(
            "大额转账使用当日转入资金（当日转入 {sum}），请核实资金来源",
            "A large transfer of money that came in today ({sum}); ask where it is from",
        )
        return CheckResult(CheckName.FUNDS, Verdict.ATTENTION, reason.format(sum=came_in), detail)
    if money > older and came_in:
        reason = Text(
            "使用当日转入资金，未达大额标准", "Money of today, below what counts as large"
        )
    else:
        reason = Text("使用账户原有资金", "Money that was on the account before today")
    return CheckResult(CheckName.FUNDS, Verdict.PASSED, reason, detail)


@dataclass(frozen=True, slots=True)
class Payee:
    """What is known of a payee. `state` and `agrees` are of an account in this house, blank and
    None where it is elsewhere; `agrees` is whether the holder bears the payee's name."""

    own_account: bool = False
    state: str = ""
    currency: str = ""
    agrees: bool | None = None
    registered: bool = False
    paid_before: bool = False


def check_payee(payee: Payee, currency: str) -> CheckResult:
    """支付结算办法 art. 10: name and account of the payee are those of one and the same."""
    failed, passed = Verdict.FAILED, Verdict.PASSED
    if payee.own_account:
        verdict, reason = failed, Text("收付款账号相同", "Payer and payee are one account")
    elif payee.agrees is False:
        verdict, reason = (
            failed,
            Text("收款人户名与本行账户不符", "The account in this house bears another name"),
        )
    elif payee.state in ("frozen", "closed"):
        verdict, reason = (
            failed,
            Text("收款账户已冻结或销户", "The payee's account is frozen or closed"),
        )
    elif payee.agrees and payee.currency != currency:
        verdict, reason = (
            failed,
            Text("收款账户币种不符", "The payee's account is kept in another currency"),
        )
    elif payee.agrees:
        verdict, reason = passed, Text("本行账户，户名相符", "An account here of that name")
    elif payee.registered:
        verdict, reason = passed, Text("客户登记的行外账户", "The customer's own outside account")
    elif payee.paid_before:
        verdict, reason = passed, Text("曾向该收款人付款", "Paid before")
    else:
        verdict, reason = passed, Text("首次向该收款人付款", "Paid for the first time")
    return CheckResult(CheckName.PAYEE, verdict, reason)


SETTLEMENT_NAMES = {
    "book": Text("行内入账", "credited in house"),
    "waiting": Text("待发送", "to be sent"),
    "sent": Text("已发送", "sent"),
    "accepted": Text("对方已接收", "accepted"),
    "settled": Text("已清算", "settled"),
    "returned": Text("已退汇", "returned"),
}

DUE_WITHIN_MIN = {"received": 10, "checked": 60, "submitted": 120}
"""How long a transfer may stay in a state, in minutes."""


def due_at(state: str, entered_at: datetime) -> datetime:
    return entered_at + timedelta(minutes=DUE_WITHIN_MIN[state])


def require_state(code: str, number: str, state: str, *allowed: str) -> None:
    if state not in allowed:
        name = STATE_NAMES[state]
        raise Refused(code, number=number, state_zh=name.zh, state_en=name.en)


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
