import pytest
from stdnum import luhn

from yinxin.kernel.refusals import Refused
from yinxin.ledger import rules

NUMBERS = """
0001        1   0001000000000017
12         34   0012000000000345
0755123     7   0755123000000000076
A1          5   0101000000000057
0123456789  1   3456789000000000016
"""


@pytest.mark.parametrize("line", NUMBERS.strip().splitlines())
def test_account_number(line: str) -> None:
    branch, running, number = line.split()
    assert rules.account_number(branch, int(running)) == number
    assert luhn.is_valid(number)
    assert 16 <= len(number) <= 19


@pytest.mark.parametrize(
    ("state", "code"),
    [("open", None), ("frozen", "account_frozen"), ("closed", "account_closed")],
)
def test_require_open(state: str, code: str | None) -> None:
    if code is None:
        return rules.require_open("1", state)
    with pytest.raises(Refused) as refused:
        rules.require_open("1", state)
    assert refused.value.code == code


def test_require_currency() -> None:
    rules.require_currency("1", "CNY", "CNY")
    with pytest.raises(Refused, match="currency_differs"):
        rules.require_currency("1", "CNY", "USD")
