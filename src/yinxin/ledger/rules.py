"""Pure decisions about accounts."""

from stdnum import luhn

from yinxin.kernel.refusals import Refused, refusal

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


def require_open(number: str, state: str) -> None:
    if state == "frozen":
        raise Refused(ACCOUNT_FROZEN, number=number)
    if state == "closed":
        raise Refused(ACCOUNT_CLOSED, number=number)


def require_currency(number: str, currency: str, asked: str) -> None:
    if currency != asked:
        raise Refused(CURRENCY_DIFFERS, number=number, currency=currency)
