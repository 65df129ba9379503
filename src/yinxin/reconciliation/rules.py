"""Pure decisions about statements."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from yinxin.kernel.calendar import BankCalendar
from yinxin.kernel.refusals import Refused, refusal

STATEMENT_UNREADABLE = refusal(
    "statement_unreadable",
    "对账单无法读取：{why_zh}（位置：{place}，代码：{why}）",
    "The statement cannot be read: {why_en} (at: {place}, code: {why})",
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

ONE_SIDE_ONLY = refusal(
    "one_side_only",
    "手工对账须选择同一对账单的未达账项，他行明细和本行分录都要有。",
    "Choose open items of one statement, of the bank's lines and of our postings.",
)
SUMS_APART = refusal(
    "sums_apart",
    "所选他行明细与本行分录合计相差 {difference}，超出容差，请核对或填写差额原因。",
    "The chosen lines and postings are {difference} apart, more than the tolerance; check them, "
    "or say why.",
    "手工对账",
)
ITEM_WITHOUT_FEE = refusal(
    "item_without_fee",
    "该未达账项没有手续费差额建议，不能按手续费处理。",
    "No fee is proposed for this item; it cannot be accepted as one.",
)
OWNER_UNKNOWN = refusal(
    "owner_unknown",
    "责任人不在本机构辖内或已离职，请另选。",
    "The owner is not of this branch, or has left; choose another.",
)
CONTACT_IN_FUTURE = refusal(
    "contact_in_future",
    "联系日期不能晚于今天。",
    "Somebody can only have been asked by today.",
)
DUE_IN_PAST = refusal(
    "due_in_past", "下次到期日不能早于今天。", "The account can only be due from today on."
)
NOT_DUE = refusal(
    "not_due", "该账户当日没有到期的对账。", "The account has no run that is due on that day."
)
DAYS_OF = {"daily": 1, "weekly": 7}
MONTHS_OF = {"monthly": 1, "quarterly": 3}


def next_due(frequency: str, due_on: date) -> date:
    """A period later; of a month that is too short, its last day."""
    if frequency in DAYS_OF:
        return due_on + timedelta(days=DAYS_OF[frequency])
    months = due_on.year * 12 + due_on.month - 1 + MONTHS_OF[frequency]
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(due_on.day, monthrange(year, month)[1]))


def due_day(due_on: date, calendar: BankCalendar) -> date:
    """The day itself where it is worked, else the next that is."""
    return due_on if calendar.is_working_day(due_on) else calendar.next_working_day(due_on)


def require_from_today(due_on: date, today: date) -> None:
    if due_on < today:
        raise Refused(DUE_IN_PAST)


def require_past(asked_on: date, today: date) -> None:
    if asked_on > today:
        raise Refused(CONTACT_IN_FUTURE)


def which_statement(accounts: Sequence[str], known: str) -> int:
    """Of the statements in a file, of these accounts, the index of the one to take: that of the
    account `known` from earlier statements, if there were any; tables often name none. Raises
    Refused where the file has none or several."""
    own = [n for n, account in enumerate(accounts) if not known or account in ("", known)]
    if not own:
        raise Refused(STATEMENT_OF_OTHER_ACCOUNT, known=known)
    if len(own) > 1:
        raise Refused(STATEMENTS_SEVERAL)
    return own[0]


def difference_by_hand(
    lines: Sequence[Decimal], postings: Sequence[Decimal], tolerance: Decimal, reason: str
) -> Decimal:
    """How far the sums are apart. Raises Refused where nothing allows or explains it."""
    if not lines or not postings:
        raise Refused(ONE_SIDE_ONLY)
    difference = abs(sum(lines, Decimal(0)) - sum(postings, Decimal(0)))
    if difference > tolerance and not reason.strip():
        raise Refused(SUMS_APART, difference=f"{difference:f}")
    return difference


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
    """From the first match on, each line of a statement that moved money is matched or an open
    item."""
    require_unsigned(number, state)
    if state != "matched":
        raise Refused(STATEMENT_NOT_MATCHED, number=number)
    if unexplained:
        raise Refused(OPEN_ITEMS_UNEXPLAINED, count=unexplained)
