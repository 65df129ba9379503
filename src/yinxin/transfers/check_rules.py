"""The checks of an instruction, each with its result in words."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yinxin.customers.parties import Scope
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.kernel.words import in_words

from .rules import SIMILAR_WITHIN_D, CheckName, CheckResult, Verdict


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


def check_agent(brought: bool, scope: Collection[str] | None) -> CheckResult:
    """反洗钱法 (2024) art. 31: whoever acts for a customer shows a mandate. `scope` is what the
    agent's covers on the day of receipt, None where none is in force for this customer."""
    verdict, reason = (
        Verdict.FAILED,
        Text(
            "该代理人不在本客户的有效授权名单中",
            "The agent has no mandate of this customer in force",
        ),
    )
    if not brought:
        verdict, reason = Verdict.PASSED, Text("客户本人办理", "The customer acts in person")
    elif scope is not None and Scope.TRANSFERS not in scope:
        reason = Text("代理授权不含办理转账", "The agent's mandate does not cover transfers")
    elif scope is not None:
        verdict, reason = (
            Verdict.PASSED,
            Text(
                "代理授权有效，含办理转账", "The agent's mandate is in force and covers transfers"
            ),
        )
    return CheckResult(CheckName.AGENT, verdict, reason)


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
