"""Pure decisions about accounts, business days and what may move."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from stdnum import luhn

from yinxin.kernel.calendar import BankCalendar
from yinxin.kernel.refusals import Refused, refusal
from yinxin.kernel.text import Text

RUNNING = 11  # digits of the running number: with 4 of the branch and the check digit, 16

INSUFFICIENT_FUNDS = refusal(
    "insufficient_funds",
    "可用余额不足，请核对余额与冻结金额后再办理。",
    "The available balance does not suffice; look at the balance and at what is held, then retry.",
    "支付结算办法：谁的钱进谁的账，由谁支配，银行不垫款",
)
ACCOUNT_FROZEN = refusal(
    "account_frozen",
    "账户 {number} 已冻结，不收不付；须先解除冻结。",
    "Account {number} is frozen: nothing comes in or goes out until it is unfrozen.",
)
ACCOUNT_CREDIT_ONLY = refusal(
    "account_credit_only",
    "账户 {number} 只收不付；须先解除止付。",
    "Account {number} takes money in but pays nothing out until that is lifted.",
)
ACCOUNT_NOT_CREDIT_ONLY = refusal(
    "account_not_credit_only",
    "账户 {number} 未设置只收不付。",
    "Account {number} is not set to credits only.",
)
ACCOUNT_NOT_EMPTY = refusal(
    "account_not_empty",
    "账户余额或冻结金额不为零，不能销户；请先结清余额、解除冻结。",
    "The account still has a balance or held money; settle both before closing it.",
    "人民币银行结算账户管理办法：销户须先结清余额",
)
BASIC_ACCOUNT_ALREADY = refusal(
    "basic_account_already",
    "该客户已有基本存款账户，一个单位只能开立一个；请改选其他账户性质。",
    "The customer already has a basic deposit account and may have only one; choose another type.",
    "人民币银行结算账户管理办法 art. 4",
)
NATURE_DIFFERS = refusal(
    "nature_differs",
    "账户性质“{nature_zh}”不适用于该客户类型，请重新选择。",
    "This customer cannot have an account of the type {nature_en}; choose another.",
    "人民币银行结算账户管理办法",
)
POSTING_REVERSED = refusal(
    "posting_reversed",
    "该笔分录已经冲正，不能再次冲正。",
    "This posting was reversed already; it cannot be reversed again.",
)
POSTING_IS_REVERSAL = refusal(
    "posting_is_reversal",
    "该笔分录本身是冲正，不能再冲正；如需恢复，请重新记账。",
    "This posting is itself a reversal and cannot be reversed; book the business anew.",
)
HOLD_OF_BUSINESS = refusal(
    "hold_of_business",
    "该冻结属于业务 {reference}，请在该业务中解除（如退票）。",
    "This money is held for {reference}; end that business to let it go.",
)
DAY_JUST_CLOSED = refusal(
    "day_just_closed",
    "该营业日已日切，不再记账；请重新办理，记入新的营业日。",
    "That business day is closed and takes no postings; do it again for the new day.",
)
DAY_NOT_OPEN = refusal(
    "day_not_open",
    "营业日 {on} 未开启或已日切，当前营业日为 {open}。",
    "Business day {on} is not the open one; that is {open}.",
)
DAY_NOT_BEGUN = refusal(
    "day_not_begun",
    "营业日 {on} 尚未开始，不能提前日切。",
    "Business day {on} has not begun; it cannot be closed yet.",
)
TRIAL_BALANCE_OFF = refusal(
    "trial_balance_off",
    "试算不平衡，不能日切：{currency} 差额 {difference}。请先核对账户余额与分录。",
    "The trial balance is off by {difference} {currency}, so the day cannot be closed; compare "
    "balances with postings first.",
    "会计基础工作规范：有借必有贷，借贷必相等",
)
PERIOD_WRONG = refusal(
    "period_wrong",
    "对账单期间不正确：起日不得晚于止日，且不超过 {days} 天。",
    "The period is wrong: it must not end before it starts, nor be longer than {days} days.",
)
OUTSIDE_ACCOUNT_ALREADY = refusal(
    "outside_account_already",
    "该行外账户已登记在该客户名下。",
    "This outside account is already registered for the customer.",
)
OUTSIDE_ACCOUNT_CLOSED = refusal(
    "outside_account_closed",
    "行外账户 {number} 已注销登记。",
    "Outside account {number} is no longer registered.",
)
ACCOUNT_NOT_FROZEN = refusal(
    "account_not_frozen", "账户 {number} 未冻结。", "Account {number} is not frozen."
)
ACCOUNT_CLOSED = refusal(
    "account_closed",
    "账户 {number} 已销户，不能再办理业务。",
    "Account {number} is closed; nothing can be done on it any more.",
)
CURRENCY_DIFFERS = refusal(
    "currency_differs",
    "账户 {number} 的币种是 {currency}，与交易币种不符。",
    "Account {number} is kept in {currency}, which is not the currency of this transaction.",
)
CURRENCIES_DIFFER = refusal(
    "currencies_differ",
    "借贷双方账户的币种与交易币种不一致。",
    "The accounts of this transaction are not all kept in its currency.",
)
NOT_OWN_ACCOUNT = refusal(
    "not_own_account",
    "账户 {number} 不是内部账户，请选择现金或存放同业账户。",
    "Account {number} is not the institution's own; choose a cash or nostro account.",
)
NOT_CUSTOMER_ACCOUNT = refusal(
    "not_customer_account",
    "账户 {number} 不是客户账户。",
    "Account {number} is not a customer's.",
)
NOT_TRANSIT_ACCOUNT = refusal(
    "not_transit_account",
    "账户 {number} 不是其他内部账户，请先开立迁移过渡户。",
    "Account {number} is no own account for transit; open one first.",
)
ACCOUNT_NUMBER_TAKEN = refusal(
    "account_number_taken",
    "该账号刚刚被使用，未导入任何内容，请重新提交。",
    "An account number was taken a moment ago; nothing was imported, submit it again.",
)
HOLD_OPEN_ALREADY = refusal(
    "hold_open_already",
    "该业务已有一笔冻结金额。",
    "Money is already held for this; a second hold cannot be placed.",
)
HOLD_MISSING = refusal(
    "hold_missing",
    "该业务没有有效的冻结金额，或与账户不符。",
    "No money is held for this on that account.",
)


def account_number(branch_code: str, running: int) -> str:
    """16 to 19 digits: those of the branch, a running number, and Luhn's check digit.

    A letter in a branch code counts by its place in the alphabet from A = 10, as in an IBAN.
    """
    branch = "".join(str(int(character, 36)) for character in branch_code)[-7:].zfill(4)
    payload = f"{branch}{running:0{RUNNING}d}"
    return payload + luhn.calc_check_digit(payload)


def require_moves(number: str, state: str, *, pays: bool) -> None:
    """May money come in, or where `pays` go out?"""
    if state == "frozen":
        raise Refused(ACCOUNT_FROZEN, number=number)
    if state == "closed":
        raise Refused(ACCOUNT_CLOSED, number=number)
    if state == "credit_only" and pays:
        raise Refused(ACCOUNT_CREDIT_ONLY, number=number)


def require_currency(number: str, currency: str, asked: str) -> None:
    if currency != asked:
        raise Refused(CURRENCY_DIFFERS, number=number, currency=currency)


class Nature(StrEnum):
    """账户性质, of 人民币银行结算账户管理办法 art. 3."""

    BASIC = "basic"
    GENERAL = "general"
    SPECIAL = "special"
    TEMPORARY = "temporary"
    PERSONAL = "personal"


NATURE_NAMES = {
    Nature.BASIC: Text("基本存款账户", "basic deposit account"),
    Nature.GENERAL: Text("一般存款账户", "general deposit account"),
    Nature.SPECIAL: Text("专用存款账户", "special deposit account"),
    Nature.TEMPORARY: Text("临时存款账户", "temporary deposit account"),
    Nature.PERSONAL: Text("个人结算账户", "personal settlement account"),
}


def nature_for(kind: str, asked: Nature | None) -> Nature:
    """The type of account of a kind of customer, by default the plainest."""
    person = kind == "person"
    nature = asked or (Nature.PERSONAL if person else Nature.GENERAL)
    if person is not (nature is Nature.PERSONAL):
        name = NATURE_NAMES[nature]
        raise Refused(NATURE_DIFFERS, nature_zh=name.zh, nature_en=name.en)
    return nature


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One class of accounts of one currency over one business day."""

    currency: str
    kind: str
    accounts: int
    opening: Decimal
    debits: Decimal
    credits: Decimal
    closing: Decimal


def require_balanced(rows: Iterable[TrialRow], carried: dict[tuple[str, str], Decimal]) -> None:
    """Each currency sums to zero, its debits are its credits, and each class opens with what it
    closed with the day before (`carried`)."""
    differences: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        differences[row.currency] += row.closing
        broken = row.opening - carried.get((row.currency, row.kind), Decimal(0))
        if broken:
            raise Refused(TRIAL_BALANCE_OFF, currency=row.currency, difference=broken)
    for currency, difference in differences.items():
        if difference:
            raise Refused(TRIAL_BALANCE_OFF, currency=currency, difference=difference)


def require_begun(on: date, today: date) -> None:
    if on > today:
        raise Refused(DAY_NOT_BEGUN, on=on)


def next_business_day(closed: date, today: date, calendar: BankCalendar) -> date:
    """The next working day, and never one that has passed already: its time is over."""
    return calendar.next_working_day(max(closed, today - timedelta(1)))


LONGEST_PERIOD_D = 366


def require_period(since: date, until: date) -> None:
    if not 0 <= (until - since).days <= LONGEST_PERIOD_D:
        raise Refused(PERIOD_WRONG, days=LONGEST_PERIOD_D)
