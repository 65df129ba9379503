"""Which line is which: tables of cases, and what holds for any lines."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yinxin.reconciliation.matching import LedgerLine, Result, StatementLine, match

DAY = date(2026, 1, 5)

# amount | days after | reference | counterparty | description
REFERENCES = r"""
TR20260105-0007 | 货款                          | TR20260105-0007   | equal
tr20260105-0007 | 货款                          | TR20260105-0007   | another case
ＴＲ２０２６０１０５－０００７ | 货款            | TR20260105-0007   | full width
                | /ROC/TR20260105-0007//货款    | TR20260105-0007   | in the remittance text
                | 附言TR202601050007货款        | TR20260105-0007   | hyphen lost, between Chinese
                | TR20260105-\n0007             | TR20260105-0007   | broken over two lines
INV-77          | 货款                          | inv77             | short, yet equal
                | 付 INV-00077123 货款          | INV-77123         | padded with zeros
INV-77123       | 货款                          | INV-0077123       | padded on our side
                | invoice PO123                 | PO-123            | short, letters and digits
"""
STRANGERS = """
TR20260105-0008 | 货款                          | TR20260105-0007   | another number
                | TR20260105-00071 货款         | TR20260105-0007   | a longer number
                | 2026 年货款                   | 2026              | too short to find in a text
NOTPROVIDED     | 货款                          | NOTPROVIDED       | no digit in it
"""


def cases(table: str) -> list[tuple[str, ...]]:
    rows = [line.replace("\\n", "\n").split("|") for line in table.strip("\n").splitlines()]
    return [tuple(cell.strip() for cell in row) for row in rows]


def theirs(
    id: object, amount: int | str = 100, after: int = 0, reference: str = "", who: str = "",
    text: str = "",
) -> StatementLine:  # fmt: skip
    on = DAY + timedelta(days=after)
    return StatementLine(id, on, Decimal(amount), "CNY", reference, who, text)


def ours(
    id: object, amount: int | str = 100, after: int = 0, reference: str = "", who: str = "",
    text: str = "", currency: str = "CNY",
) -> LedgerLine:  # fmt: skip
    on = DAY + timedelta(days=after)
    return LedgerLine(id, on, Decimal(amount), currency, reference, who, text)


def pairs(result: Result) -> list[tuple[object, object, str]]:
    return [(*each.statement_ids, *each.ledger_ids, str(each.rule)) for each in result.matches]


# What date or amount would pair anyhow proves nothing: there are two of each.
@pytest.mark.parametrize(("reference", "text", "our_reference", "why"), cases(REFERENCES))
def test_a_reference_is_found(reference: str, text: str, our_reference: str, why: str) -> None:
    others = [theirs(each, text="货款") for each in "xyz"]
    statement = [theirs("b1", reference=reference, text=text), *others]
    ledger = [ours("l1", reference=our_reference), *(ours(each, text="货款") for each in "uvw")]
    assert pairs(match(statement, ledger)) == [("b1", "l1", "reference")]
    swapped = match(
        [theirs("b1", reference=our_reference), *others],
        [ours("l1", reference=reference, text=text), *ledger[1:]],
    )
    assert pairs(swapped) == [("b1", "l1", "reference")]


@pytest.mark.parametrize(("reference", "text", "our_reference", "why"), cases(STRANGERS))
def test_what_is_no_reference(reference: str, text: str, our_reference: str, why: str) -> None:
    """A line that is named has no other match: these may still match by amount."""
    statement = [theirs("b1", 90, reference=reference, text=text)]
    result = match(statement, [ours("l1", 100, reference=our_reference)])
    assert result.unmatched_statement == (("b1", "no_counterpart"),)
    assert result.unmatched_ledger == (("l1", "no_counterpart"),)


@pytest.mark.parametrize(
    ("after", "window", "amount", "tolerance", "found"),
    [
        (0, 5, "100", "0", True),
        (5, 5, "100", "0", True),
        (-5, 5, "100", "0", True),
        (6, 5, "100", "0", False),
        (1, 0, "100", "0", False),
        (400, 500, "100", "0", True),
        (0, 5, "100.01", "0", False),
        (0, 5, "100.01", "0.01", True),
        (0, 5, "99.99", "0.01", True),
        (0, 5, "100.02", "0.01", False),
        (0, 5, "-100", "1000", False),
    ],
)
def test_amount_and_date(after: int, window: int, amount: str, tolerance: str, found: bool) -> None:
    result = match(
        [theirs("b")], [ours("l", amount, after)],
        tolerance=Decimal(tolerance), window_days=window,
    )  # fmt: skip
    assert pairs(result) == ([("b", "l", "amount_date")] if found else [])


def test_another_currency_is_another_amount() -> None:
    assert not match([theirs("b")], [ours("l", currency="USD")]).matches


def test_equal_amounts_are_not_guessed() -> None:
    result = match([theirs(i) for i in range(5)], [ours(i) for i in range(5)])
    assert result.matches == ()
    assert {reason for _, reason in result.unmatched_statement} == {"ambiguous"}
    assert {reason for _, reason in result.unmatched_ledger} == {"ambiguous"}


def test_equal_amounts_are_told_apart_by_reference_or_counterparty() -> None:
    statement = [
        theirs("b1", text="TR20260105-0001"),
        theirs("b2", text="TR20260105-0002"),
        theirs("b3", who="清河（贸易）有限公司"),
        theirs("b4", who="ACME LTD."),
        theirs("b5"),
    ]
    ledger = [
        ours("l5", who="乙公司"),
        ours("l4", who="Acme Ltd"),
        ours("l3", who="清河(贸易)有限公司"),
        ours("l2", reference="TR20260105-0002"),
        ours("l1", reference="TR20260105-0001"),
    ]
    assert pairs(match(statement, ledger)) == [
        ("b1", "l1", "reference"),
        ("b2", "l2", "reference"),
        ("b3", "l3", "counterparty"),
        ("b4", "l4", "counterparty"),
        ("b5", "l5", "amount_date"),
    ]


def test_a_reference_with_another_amount_is_no_match_and_no_one_elses() -> None:
    statement = [theirs("b1", 90, text="TR20260105-0001")]
    ledger = [ours("l1", 100, reference="TR20260105-0001"), ours("l2", 90)]
    result = match(statement, ledger)
    assert result.unmatched_statement == (("b1", "net_of_fee"),)
    assert result.unmatched_ledger == (("l1", "net_of_fee"), ("l2", "no_counterpart"))


def test_a_reference_that_comes_each_month_is_told_apart_by_date() -> None:
    statement = [theirs(i, after=30 * i, reference="RENT-2026") for i in range(3)]
    ledger = [ours(i, after=30 * i + 2, reference="RENT-2026") for i in range(3)]
    assert pairs(match(statement, ledger)) == [(i, i, "reference") for i in range(3)]


def test_what_the_bank_booked_twice_is_open_once() -> None:
    statement = [theirs("b1", text="TR20260105-0001"), theirs("b2", after=9, text="TR202601050001")]
    result = match(statement, [ours("l1", reference="TR20260105-0001")])
    assert pairs(result) == [("b1", "l1", "reference")]
    assert result.unmatched_statement == (("b2", "duplicate"),)


@pytest.mark.parametrize(
    ("statement", "ledger", "given"),
    [
        ([theirs("b"), theirs("b")], [], {}),
        ([], [ours("l"), ours("l")], {}),
        ([theirs("b", "NaN")], [], {}),
        ([], [], {"tolerance": Decimal(-1)}),
        ([], [], {"window_days": -1}),
    ],
)
def test_nonsense_is_a_value_error(
    statement: list[StatementLine], ledger: list[LedgerLine], given: dict[str, object]
) -> None:
    with pytest.raises(ValueError):
        match(statement, ledger, **given)  # type: ignore[arg-type]


# Few values of each, so that lines are alike often.
some_text = st.sampled_from(["", "甲公司", "乙", "TR20260105-0001", "TR20260105-0002", "货款 7"])
line = st.fixed_dictionaries(
    {
        "amount": st.sampled_from([-2, -1, 0, 1, 2, 100]),
        "after": st.integers(0, 12),
        "reference": some_text,
        "who": some_text,
        "text": some_text,
    }
)
lines = st.lists(line, max_size=12)
tolerances = st.sampled_from([Decimal(0), Decimal(1)])


@settings(deadline=None)  # the first example loads the dictionaries of names
@given(lines, lines, tolerances, st.integers(0, 12), st.randoms())
def test_no_row_matches_twice_and_order_does_not_matter(
    theirs_given: list[dict[str, object]],
    ours_given: list[dict[str, object]],
    tolerance: Decimal,
    window: int,
    dice: random.Random,
) -> None:
    statement = [theirs(f"b{i}", **each) for i, each in enumerate(theirs_given)]
    ledger = [ours(f"l{i}", **each) for i, each in enumerate(ours_given)]
    result = match(statement, ledger, tolerance=tolerance, window_days=window)

    require_sound(result, statement, ledger, tolerance, window)
    dice.shuffle(statement)
    dice.shuffle(ledger)
    again = match(statement, ledger, tolerance=tolerance, window_days=window)
    assert told(again) == told(result)


def told(result: Result) -> tuple[set[object], ...]:
    matches = {
        (frozenset(each.statement_ids), frozenset(each.ledger_ids), each.rule)
        for each in result.matches
    }
    return matches, set(result.unmatched_statement), set(result.unmatched_ledger), set(result.fees)


def require_sound(
    result: Result,
    statement: list[StatementLine],
    ledger: list[LedgerLine],
    tolerance: Decimal,
    window: int,
) -> None:
    """No line twice, none lost; each group adds up, in one currency, direction and window."""
    seen = [id for each in result.matches for id in (*each.statement_ids, *each.ledger_ids)]
    seen += [id for id, _ in (*result.unmatched_statement, *result.unmatched_ledger)]
    assert sorted(map(str, seen)) == sorted(str(each.id) for each in (*statement, *ledger))
    by_id = {each.id: each for each in (*statement, *ledger)}
    for each in result.matches:
        one, other = ([by_id[id] for id in ids] for ids in (each.statement_ids, each.ledger_ids))
        assert one
        assert other
        assert abs(sum(x.amount for x in one) - sum(x.amount for x in other)) <= tolerance
        assert len({(x.currency, x.amount < 0) for x in (*one, *other)}) == 1
        assert all(abs((x.on - y.on).days) <= window for x in one for y in other)


def test_what_moved_no_money_is_no_exception() -> None:
    result = match([theirs("b1", 0), theirs("b2", 7)], [])
    assert result.unmatched_statement == (("b1", "no_amount"), ("b2", "no_counterpart"))
