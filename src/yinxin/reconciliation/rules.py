"""Pure decisions about statements."""

from collections.abc import Sequence

from yinxin.kernel.refusals import Refused, refusal

STATEMENT_UNREADABLE = refusal(
    "statement_unreadable",
    "对账单无法读取：{why_zh}（位置：{place}）",
    "The statement cannot be read: {why_en} (at: {place})",
)
STATEMENT_IMPORTED_ALREADY = refusal(
    "statement_imported_already",
    "该账户的这份对账单已经导入，不能重复导入。",
    "This statement of this account was imported already; it is not taken twice.",
)
STATEMENTS_SEVERAL = refusal(
    "statements_several",
    "文件中该账户的对账单不止一份，请拆分后逐份导入。",
    "The file holds several statements for this account; split it and import them one by one.",
)
ACCOUNT_NOT_NOSTRO = refusal(
    "account_not_nostro",
    "账户 {number} 不是存放同业账户，没有他行对账单。",
    "Account {number} is not held at another bank, so there are no statements of it.",
)
STATEMENT_OF_OTHER_ACCOUNT = refusal(
    "statement_of_other_account",
    "文件不是该账户的对账单：此前对账单的账号是 {known}，请核对所选账户。",
    "The file is of another account: earlier statements were of {known}; check the account.",
)
STATEMENT_OF_OTHER_CURRENCY = refusal(
    "statement_of_other_currency",
    "对账单币种是 {currency}，与账户币种不符。",
    "The statement is in {currency}, which is not the account's currency.",
)
STATEMENT_SIGNED_OFF = refusal(
    "statement_signed_off",
    "对账单 {number} 已签核，不能再变动。",
    "Statement {number} is signed off and changes no more.",
)
STATEMENT_NOT_MATCHED = refusal(
    "statement_not_matched",
    "对账单 {number} 尚未对账，请先执行对账。",
    "Statement {number} has not been matched; match it first.",
)
OPEN_ITEMS_UNEXPLAINED = refusal(
    "open_items_unexplained",
    "还有 {count} 笔未达账项没有说明，请逐笔说明后再签核。",
    "{count} open items have no explanation yet; explain each before signing off.",
    "未达账项逐笔核实",
)
MATCHED_MEANWHILE = refusal(
    "matched_meanwhile",
    "对账期间有分录已被另一份对账单勾对，请重新执行对账。",
    "Some of these were matched by another run meanwhile; match again.",
)


def which_statement(accounts: Sequence[str], known: str) -> int:
    """Of the statements in a file, of these accounts, the index of the one to take: that of the
    account `known` from earlier statements, if there were any. Raises Refused where the file has
    none or several."""
    own = [index for index, account in enumerate(accounts) if known in ("", account)]
    if not own:
        raise Refused(STATEMENT_OF_OTHER_ACCOUNT, known=known)
    if len(own) > 1:
        raise Refused(STATEMENTS_SEVERAL)
    return own[0]


def require_nostro(number: str, kind: str) -> None:
    if kind != "nostro":
        raise Refused(ACCOUNT_NOT_NOSTRO, number=number)


def require_currency(currency: str, stated: str) -> None:
    if stated != currency:
        raise Refused(STATEMENT_OF_OTHER_CURRENCY, currency=stated)


def require_unsigned(number: str, state: str) -> None:
    if state == "signed_off":
        raise Refused(STATEMENT_SIGNED_OFF, number=number)


def require_reconciled(number: str, state: str, unexplained: int) -> None:
    """Each line of a statement is matched or an open item from the first match on."""
    require_unsigned(number, state)
    if state != "matched":
        raise Refused(STATEMENT_NOT_MATCHED, number=number)
    if unexplained:
        raise Refused(OPEN_ITEMS_UNEXPLAINED, count=unexplained)
