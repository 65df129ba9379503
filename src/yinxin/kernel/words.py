"""大写: an amount in the Chinese numerals of vouchers, which cannot be altered by a stroke.

Source: 支付结算办法 annex 1, 正确填写票据和结算凭证的基本规定.
"""

from .money import Money

DIGITS = "零壹贰叁肆伍陆柒捌玖"
SCALES = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))
NAMES = {"CNY": "人民币", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "HKD": "港元", "JPY": "日元"}


def in_words(money: Money) -> str:
    """The amount in 大写, such as 人民币壹仟贰佰叁拾肆元伍角整.

    Raises ValueError for a negative amount or one finer than a hundredth.
    """
    cents = money.amount * 100
    if cents < 0 or cents != int(cents):
        raise ValueError("a voucher states whole cents of a positive amount")
    units, hundredths = divmod(int(cents), 100)
    jiao, fen = divmod(hundredths, 10)
    text = f"{_integer(units)}元" if units or not hundredths else ""
    if jiao:
        text += f"{DIGITS[jiao]}角"
    elif fen and text:
        text += "零"
    text += f"{DIGITS[fen]}分" if fen else "整"
    return NAMES.get(money.currency, money.currency) + text


def _integer(value: int) -> str:
    for scale, unit in SCALES:
        if value >= scale:
            high, low = divmod(value, scale)
            head = _integer(high) + unit
            if not low:
                return head
            return head + ("零" if low < scale // 10 else "") + _integer(low)
    return DIGITS[value]
