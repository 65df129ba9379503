from datetime import date
from decimal import Decimal

import pytest
from stdnum import luhn

from yinxin.kernel.calendar import BankCalendar
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


MOVES = """
open         in   -
open         out  -
credit_only  in   -
credit_only  out  account_credit_only
frozen       in   account_frozen
frozen       out  account_frozen
closed       in   account_closed
closed       out  account_closed
"""


@pytest.mark.parametrize("line", MOVES.strip().splitlines())
def test_require_moves(line: str) -> None:
    state, way, code = line.split()
    if code == "-":
        return rules.require_moves("1", state, pays=way == "out")
    with pytest.raises(Refused, match=code):
        rules.require_moves("1", state, pays=way == "out")


NATURES = """
person        -          personal
person        personal   personal
person        basic      nature_differs
organisation  -          general
organisation  basic      basic
organisation  personal   nature_differs
"""


@pytest.mark.parametrize("line", NATURES.strip().splitlines())
def test_the_type_of_an_account(line: str) -> None:
    kind, asked, answer = line.split()
    nature = None if asked == "-" else rules.Nature(asked)
    if answer == "nature_differs":
        with pytest.raises(Refused, match=answer):
            rules.nature_for(kind, nature)
    else:
        assert rules.nature_for(kind, nature) == answer


DAYS = """
2026-01-05  2026-01-05  2026-01-06
2026-01-05  2026-01-06  2026-01-06
2026-01-09  2026-01-09  2026-01-12
2026-01-05  2026-01-21  2026-01-21
2026-01-05  2026-01-17  2026-01-19
"""


@pytest.mark.parametrize("line", DAYS.strip().splitlines())
def test_the_next_business_day(line: str) -> None:
    closed, today, following = map(date.fromisoformat, line.split())
    calendar = BankCalendar({}, date(2026, 12, 31))
    assert rules.next_business_day(closed, today, calendar) == following


def test_a_period() -> None:
    rules.require_period(date(2026, 1, 1), date(2026, 1, 1))
    for since, until in (
        (date(2026, 1, 2), date(2026, 1, 1)),
        (date(2024, 1, 1), date(2026, 1, 1)),
    ):
        with pytest.raises(Refused, match="period_wrong"):
            rules.require_period(since, until)


def test_a_class_opens_with_what_it_closed_with() -> None:
    row = rules.TrialRow("CNY", "cash", 1, Decimal(1), Decimal(1), Decimal(0), Decimal(0))
    rules.require_balanced([row], {("CNY", "cash"): Decimal(1)})
    with pytest.raises(Refused, match="trial_balance_off"):
        rules.require_balanced([row], {})


def test_require_currency() -> None:
    rules.require_currency("1", "CNY", "CNY")
    with pytest.raises(Refused, match="currency_differs"):
        rules.require_currency("1", "CNY", "USD")
