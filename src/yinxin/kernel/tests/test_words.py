import pytest

from yinxin.kernel.money import Money
from yinxin.kernel.words import in_words

# The first five are examples of 支付结算办法 annex 1, which leaves 零 to choice in some places.
TABLE = """
1409.50           人民币壹仟肆佰零玖元伍角整
6007.14           人民币陆仟零柒元壹角肆分
16409.02          人民币壹万陆仟肆佰零玖元零贰分
325.04            人民币叁佰贰拾伍元零肆分
107000.53         人民币壹拾万柒仟元伍角叁分
0.00              人民币零元整
0.01              人民币壹分
0.10              人民币壹角整
0.11              人民币壹角壹分
1.00              人民币壹元整
1.01              人民币壹元零壹分
10.00             人民币壹拾元整
11.00             人民币壹拾壹元整
100.00            人民币壹佰元整
101.00            人民币壹佰零壹元整
110.00            人民币壹佰壹拾元整
1001.00           人民币壹仟零壹元整
1010.00           人民币壹仟零壹拾元整
1234.50           人民币壹仟贰佰叁拾肆元伍角整
10000.00          人民币壹万元整
10001.00          人民币壹万零壹元整
12000.00          人民币壹万贰仟元整
100010.00         人民币壹拾万零壹拾元整
1000000.00        人民币壹佰万元整
10000000.00       人民币壹仟万元整
100000000.00      人民币壹亿元整
100000001.00      人民币壹亿零壹元整
100010000.00      人民币壹亿零壹万元整
110000000.00      人民币壹亿壹仟万元整
123456789.12      人民币壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元壹角贰分
1000000000000.00  人民币壹万亿元整
999999999999999.99 人民币玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分
"""


@pytest.mark.parametrize("row", TABLE.split("\n")[1:-1])
def test_in_words(row: str) -> None:
    amount, words = row.split()
    assert in_words(Money(amount, "CNY")) == words


def test_other_currencies_are_named() -> None:
    assert in_words(Money("100", "USD")) == "美元壹佰元整"
    assert in_words(Money("100", "CHF")) == "CHF壹佰元整"


@pytest.mark.parametrize(("amount", "currency"), [("-1", "CNY"), ("0.001", "KWD")])
def test_what_no_voucher_states(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="whole cents"):
        in_words(Money(amount, currency))
