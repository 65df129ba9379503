"""The approval matrix: which row rules, and how the table is changed."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from pydantic import ValidationError
from tests.bank.verbs import Bank, code

from yinxin.gate.commands import LevelOf, SetPolicy
from yinxin.gate.models import Policy
from yinxin.gate.rules import Level, Measure, PolicyRow, applicable_row
from yinxin.kernel import clock
from yinxin.kernel.actor import Duty
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused

from .acts import EAST, MANAGER, REVIEWER, RISK, MoveMoney, moved, rule, steps

# name | branch | currency | from | kind | rating
ROWS = """
any      | /           |     | 0       |       |
small    | /           | CNY | 0       |       |
large    | /           | CNY | 50000   |       |
huge     | /           | CNY | 1000000 |       |
dollars  | /           | USD | 10000   |       |
loan     | /           |     | 0       | loan  |
bigloan  | /           | CNY | 50000   | loan  |
risky    | /           |     | 0       |       | high
east     | /0001/0002/ |     | 0       |       |
"""
# row that rules | amount | kind | rating | branch
CASES = """
any     | -            |       |      | /0001/
any     | 0.01 EUR     |       |      | /0001/
any     | 9999.99 USD  |       |      | /0001/
dollars | 10000.00 USD |       |      | /0001/
small   | 0.00 CNY     |       |      | /0001/
small   | 49999.99 CNY |       |      | /0001/
large   | 50000.00 CNY |       |      | /0001/
large   | 999999.99 CNY |      |      | /0001/
huge    | 1000000.00 CNY |     |      | /0001/
loan    | 49999.99 CNY | loan  |      | /0001/
bigloan | 50000.00 CNY | loan  |      | /0001/
bigloan | 9999999.00 CNY | loan |     | /0001/
small   | 1.00 CNY     | gift  |      | /0001/
risky   | 1.00 CNY     |       | high | /0001/
risky   | 1.00 CNY     | loan  | high | /0001/
small   | 1.00 CNY     |       | low  | /0001/
east    | 1.00 CNY     |       |      | /0001/0002/
east    | 1.00 CNY     |       | high | /0001/0002/0007/
small   | 1.00 CNY     |       |      | /0001/00020/
"""


def table(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().split("\n")]


LEVEL = Level(frozenset({Duty.MANAGER}))
MATRIX = {
    name: PolicyRow("x", (LEVEL,), branch, currency, Decimal(amount), kind, rating)
    for name, branch, currency, amount, kind, rating in table(ROWS)
}


@pytest.mark.parametrize("case", table(CASES), ids=" ".join)
def test_the_most_specific_row_rules(case: list[str]) -> None:
    name, amount, kind, rating, branch = case
    money = None if amount == "-" else Money(*amount.split())
    measure = Measure(money, kind, rating, branch)
    assert applicable_row(list(MATRIX.values()), measure) == MATRIX[name]
    assert applicable_row(list(reversed(MATRIX.values())), measure) == MATRIX[name]


def test_of_rows_neither_of_which_is_special_that_with_more_persons_rules() -> None:
    two = (LEVEL, LEVEL)
    large = PolicyRow("x", two, currency="CNY", from_amount=Decimal(1_000_000))
    east = PolicyRow("x", (LEVEL,), branch="/0001/0002/")
    east_large = PolicyRow("x", (LEVEL,), "/0001/0002/", "CNY", Decimal(1_000_000))
    million = Measure(Money("1000000", "CNY"), branch="/0001/0002/")
    assert applicable_row([MATRIX["any"], large, east], million) == large
    assert applicable_row([MATRIX["any"], large, east], replace(million, money=None)) == east
    assert applicable_row([large, east, east_large], million) == east_large


def test_a_gap_refuses_and_an_empty_matrix_does_not() -> None:
    dollars = Measure(Money("1", "USD"), branch="/0001/")
    assert applicable_row([], dollars) is None
    with pytest.raises(Refused, match="no_policy"):
        applicable_row([MATRIX["small"]], dollars)


def move(amount: str, **more: str) -> MoveMoney:
    return MoveMoney(money=Money(*amount.split()), **more)


def test_bands_kinds_ratings_and_branches_through_the_gate(bank: Bank) -> None:
    rule(bank, currency="CNY")
    rule(bank, (REVIEWER,), currency="CNY", from_amount=Decimal(50_000))
    rule(bank, (REVIEWER,), (MANAGER,), currency="CNY", from_amount=Decimal(1_000_000))
    rule(bank, (RISK,), rating="high", currency="CNY")
    rule(bank, (MANAGER,), branch=EAST)
    assert bank.do("张敏", move("49999.99 CNY")).status == "done"
    assert steps(bank, bank.do("张敏", move("50000 CNY")), "李强") == ["executed"]
    assert steps(bank, bank.do("张敏", move("1000000 CNY")), "李强", "王芳") == [
        "approved",
        "executed",
    ]
    assert steps(bank, bank.do("张敏", move("1 CNY", rating="high")), "李强", "何静") == [
        "not_an_approver",
        "executed",
    ]
    assert steps(bank, bank.do("张敏", move("1 USD", branch=EAST)), "陈立") == ["executed"]
    gap = move("1 USD")
    assert code(bank.do("张敏", gap)) == "no_policy"
    assert moved(gap) == 0


def test_a_row_is_replaced_and_its_past_kept(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    then = clock.now()
    rule(bank, (MANAGER,))
    old, new = Policy.objects.filter(command="gatetest.move").order_by("effective_from")
    assert old.effective_to == new.effective_from > then
    assert new.effective_to is None
    assert steps(bank, bank.do("张敏", move("1 CNY")), "李强", "王芳") == [
        "not_an_approver",
        "executed",
    ]
    with clock.at(then):  # what ruled then
        assert steps(bank, bank.do("张敏", move("1 CNY")), "李强") == ["executed"]


def test_a_row_for_later_rules_from_then_and_a_new_one_replaces_it(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    tomorrow = clock.now() + timedelta(days=1)
    rule(bank, (MANAGER,), effective_from=tomorrow)
    past = SetPolicy(command="gatetest.move", levels=(), effective_from=clock.now())
    assert code(bank.do("吴刚", past)) == "policy_backdated"
    assert steps(bank, bank.do("张敏", move("1 CNY")), "李强") == ["executed"]
    with clock.at(tomorrow):
        assert steps(bank, bank.do("张敏", move("1 CNY")), "王芳") == ["executed"]
    rule(bank, (RISK,))
    with clock.at(tomorrow):
        assert steps(bank, bank.do("张敏", move("1 CNY")), "何静") == ["executed"]


def test_the_gate_s_own_decisions_are_not_governed(bank: Bank) -> None:
    levels = (LevelOf(duties=(Duty.MANAGER,)),)
    for name in ("approve", "reject", "return", "withdraw", "expire"):
        fixed = SetPolicy(command=f"gate.{name}", levels=levels)
        assert code(bank.do("吴刚", fixed)) == "policy_fixed"
    assert (
        code(bank.do("吴刚", SetPolicy(command="nowhere.go", levels=levels))) == "command_unknown"
    )


@pytest.mark.parametrize("name", ["gate.set_policy", "gate.break_glass"])
def test_the_matrix_cannot_lift_its_own_approval(bank: Bank, name: str) -> None:
    assert code(bank.do("吴刚", SetPolicy(command=name, levels=()))) == "policy_fixed"
    # A new row for the change of policies does not rule the change that brings it.
    easy = SetPolicy(command=name, levels=(LevelOf(duties=(Duty.AUDITOR,)),))
    outcome = bank.do("吴刚", easy)
    assert steps(bank, outcome, "周洁", "郑凯") == ["not_an_approver", "executed"]


def test_a_command_does_not_rule_itself_by_what_it_writes(bank: Bank) -> None:
    """Lifting a level is decided at that level."""
    tight = SetPolicy(
        command="gate.set_policy", levels=(LevelOf(duties=(Duty.ADMINISTRATOR,), count=2),)
    )
    outcome = bank.do("吴刚", tight)
    assert steps(bank, outcome, "郑凯") == ["executed"]
    loose = SetPolicy(command="gate.set_policy", levels=(LevelOf(duties=(Duty.ADMINISTRATOR,)),))
    assert steps(bank, bank.do("吴刚", loose), "郑凯") == ["approved"]


def test_rules_that_the_house_has_and_the_table_lost_refuse(
    bank: Bank, owner: psycopg.Connection
) -> None:
    owner.execute("SET session_replication_role = replica")
    owner.execute("DELETE FROM gate_policy WHERE command LIKE 'people.%'")
    from yinxin.people.commands import GrantDuty

    grant = GrantDuty(staff_id=bank.staff_id("赵六"), duty=Duty.CLERK)
    assert code(bank.do("吴刚", grant)) == "no_policy"


def test_one_change_of_a_command_s_rules_at_a_time(bank: Bank) -> None:
    change = SetPolicy(command="gatetest.move", levels=())
    assert bank.do("吴刚", change).status == "pending"
    assert code(bank.do("郑凯", change)) == "request_open_already"


@pytest.mark.parametrize("branch", ["", "0001", "/0001", "0001/", "//", "/0001//", "/00 01/"])
def test_a_branch_is_a_path(branch: str) -> None:
    with pytest.raises(ValidationError):
        SetPolicy(command="gatetest.move", levels=(), branch=branch)


def test_the_approver_is_told_the_whole_row(bank: Bank) -> None:
    outcome = bank.do(
        "吴刚",
        SetPolicy(
            command="gatetest.move",
            levels=(LevelOf(duties=(Duty.MANAGER,), count=2),),
            kind="loan",
            rating="high",
            branch=EAST,
            currency="CNY",
            from_amount=Decimal(5),
            expires_after_h=7,
        ),
    )
    told = outcome.facts[0]["en"]
    for part in ("gatetest.move", "loan", "high", EAST, "CNY", "5", "2 × manager", "7 h"):
        assert part in told
