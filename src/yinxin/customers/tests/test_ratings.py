"""The scorecard, what a rating allows, and who may say otherwise."""

from datetime import date, timedelta
from decimal import Decimal

import psycopg
import pytest
from tests.bank import customers
from tests.bank.verbs import Bank, code

from yinxin.customers import allowances, queries, scorecard
from yinxin.customers.allowances import Product
from yinxin.customers.commands import (
    AdjustRating,
    RateCustomer,
    SetAllowance,
    SetItemRule,
    SetScore,
)
from yinxin.customers.models import Assessment, Customer
from yinxin.customers.particulars import Industry, Item
from yinxin.customers.profile import profile
from yinxin.customers.rules import LONG_TERM, Kind, Rating, State
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Invalid
from yinxin.people.queries import bank_today

from .cast import COMPANY, opened, registered
from .races import tamper

TODAY = date(2026, 1, 5)

# kind, document, nationality, occupation or industry, owners' criteria, agent, events: points
CASES = """
person       id_card   CHN professional     -             -     -             10 normal
person       id_card   CHN foreign_official -             -     -             70 high
person       id_card   CHN self_employed    -             agent -             25 normal
person       passport  SWE professional     -             -     -             30 normal
person       passport  PRK professional     -             -     -             90 high
organisation uscc      CHN trade            equity        -     -             10 normal
organisation uscc      CHN precious_metals  daily_manager -     -             55 high
organisation uscc      CHN precious_metals  equity        -     -             40 normal
organisation uscc      CHN public           control       -     litigation    25 normal
"""


@pytest.mark.parametrize("row", [line.split() for line in CASES.strip().splitlines()])
def test_points(row: list[str]) -> None:
    kind, document, country, trade, criterion, agent, event, points, rating = row
    item = Item.OCCUPATION if kind == "person" else Item.INDUSTRY
    values = {Item.DOCUMENT_TYPE: document, Item.NATIONALITY: country, item: trade}
    owners = [] if criterion == "-" else [(frozenset({criterion}), "CHN")]
    known = scorecard.traits(
        Kind(kind), values, owners, agent != "-", [] if event == "-" else [event]
    )
    found = scorecard.rated(known, scorecard.STANDARD)
    assert (found.points, found.rating) == (int(points), rating)
    assert sum(each.points for each in found.reasons) == found.points
    assert all(each.reason.zh and each.reason.en for each in found.reasons)


def test_few_points_are_a_low_rating() -> None:
    card = scorecard.overlaid(
        [
            (
                TODAY,
                scorecard.Score(scorecard.Factor.RELATION, "new", 0, scorecard.Text("旧", "old")),
            )
        ],
        TODAY,
    )
    values = {Item.DOCUMENT_TYPE: "id_card"}
    assert scorecard.rated(scorecard.traits(Kind.PERSON, values), card).rating is Rating.LOW


def test_each_point_of_an_open_customer_is_explained(bank: Bank) -> None:
    customer_id = opened(bank, occupation="self_employed")
    rates = profile(bank.actor("张敏"), customer_id).rates
    assert (rates.rating, rates.points, rates.manual) == ("normal", 20, False)
    assert {each.zh for each in rates.reasons} == {"新建立业务关系", "个体经营者"}


def test_a_set_score_counts_at_the_next_rating(bank: Bank) -> None:
    jeweller = COMPANY.model_copy(update={"industry": Industry.PRECIOUS_METALS})
    customer_id = customers.opened(bank, jeweller)
    row = Customer.objects.get(id=customer_id)
    assert row.rating == "normal"
    raised = SetScore(
        factor="industry", value="precious_metals", points=45, reason="本行政策", reason_en="Ours",
        effective_on=bank_today(),
    )  # fmt: skip
    bank.done("何静", raised, "王芳")
    bank.done("张敏", RateCustomer(customer_id=customer_id))
    row.refresh_from_db()
    assert row.rating == "high"
    assert Assessment.objects.filter(customer=row).count() == 2


def test_a_score_of_tomorrow_counts_tomorrow(bank: Bank) -> None:
    tomorrow = bank_today() + timedelta(days=1)
    score = {"factor": "relation", "value": "new", "reason": "调整", "reason_en": "Set"}
    bank.done("何静", SetScore(points=60, effective_on=tomorrow, **score), "王芳")
    assert queries.scorecard(bank_today())["relation", "new"].points == 10
    assert queries.scorecard(tomorrow)["relation", "new"].points == 60
    yesterday = bank_today() - timedelta(days=1)
    with pytest.raises(Invalid):
        bank.do("何静", SetScore(points=60, effective_on=yesterday, **score))
    assert code(bank.do("张敏", SetScore(points=1, effective_on=tomorrow, **score))) == (
        "duty_missing"
    )


def test_raising_a_rating_is_quick_and_lowering_it_is_not(bank: Bank) -> None:
    customer_id = opened(bank)
    up = AdjustRating(customer_id=customer_id, rating="high", reason="媒体负面报道")
    bank.done("张敏", up)
    down = AdjustRating(customer_id=customer_id, rating="low", reason="已澄清")
    asked = bank.do("张敏", down)
    assert asked.status == "pending"
    assert queries.brief(bank.actor("张敏"), customer_id).rating == "high"
    bank.approve(asked.request_id, "王芳")
    rates = profile(bank.actor("张敏"), customer_id).rates
    assert (rates.rating, rates.manual, rates.reasons[0].zh) == ("low", True, "已澄清")


def test_what_a_customer_may_do_follows_rating_state_and_document() -> None:
    table = allowances.STANDARD

    def of(state: State, rating: Rating, expires: date | None = LONG_TERM) -> dict[str, bool]:
        found = allowances.allowed(state, rating, expires, table, TODAY)
        assert all(each.reason.zh and each.reason.en for each in found)
        return {each.product: each.allowed for each in found}

    assert all(of(State.ACTIVE, Rating.LOW).values())
    assert not of(State.ACTIVE, Rating.HIGH)[Product.CROSS_BORDER]
    assert of(State.ACTIVE, Rating.HIGH)[Product.COUNTER_TRANSFER]
    assert all(of(State.ACTIVE, Rating.LOW, None).values())  # old files have no date yet
    assert not any(of(State.ACTIVE, Rating.LOW, TODAY - timedelta(days=1)).values())
    assert all(of(State.ACTIVE, Rating.LOW, TODAY).values())
    for state in set(State) - {State.ACTIVE}:
        assert not any(of(state, Rating.LOW).values())


def test_limits_are_data(bank: Bank) -> None:
    customer_id, viewer = opened(bank), bank.actor("张敏")
    assert queries.allowances(viewer, customer_id)[Product.COUNTER_TRANSFER].single is None
    limit = Money(Decimal("80000"), "CNY")
    command = SetAllowance(
        rating="normal", product="counter_transfer", allowed=True, single=limit,
        effective_on=bank_today(),
    )  # fmt: skip
    bank.done("何静", command, "王芳")
    found = queries.allowances(viewer, customer_id)[Product.COUNTER_TRANSFER]
    assert (found.allowed, found.single, found.daily) == (True, limit, None)
    stop = SetAllowance(
        rating="normal", product="counter_transfer", allowed=False, effective_on=bank_today()
    )
    bank.done("何静", stop, "王芳")
    assert not queries.allowances(viewer, customer_id)[Product.COUNTER_TRANSFER].allowed
    mixed = command.model_copy(update={"daily": Money(Decimal(1), "USD")})
    with pytest.raises(Invalid):
        bank.do("何静", mixed)


@pytest.mark.parametrize(
    ("table", "columns", "constraint"),
    [
        ("scorerow", "points = 101", "customers_scorerow_known_values"),
        ("scorerow", "factor = 'weather'", "customers_scorerow_known_values"),
        ("allowancerow", "product = 'gold'", "customers_allowancerow_known_values"),
        ("allowancerow", "single = -1", "customers_allowancerow_limits"),
        ("itemrulerow", "item = 'shoes'", "customers_itemrule_known"),
        ("assessment", "rating = 'odd'", "customers_assessment_known_values"),
    ],
)
def test_the_database_refuses(
    bank: Bank, owner: psycopg.Connection, table: str, columns: str, constraint: str
) -> None:
    """Rows are only added, so each is tried as a copy of a good one."""
    _one_of_each(bank)
    column, value = columns.split(" = ")
    names = [
        name
        for (name,) in owner.execute(
            "SELECT column_name::text FROM information_schema.columns WHERE table_name = %s",
            [f"customers_{table}"],
        )
    ]
    changed = {"id": "gen_random_uuid()", column: value}
    picked = ", ".join(changed.get(name, f'"{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    copy = f"INSERT INTO customers_{table} ({listed}) SELECT {picked} FROM customers_{table}"
    with pytest.raises(psycopg.errors.CheckViolation, match=constraint):
        tamper(owner, f"{copy} LIMIT 1")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never allowed"):
        tamper(owner, f"DELETE FROM customers_{table}")


def _one_of_each(bank: Bank) -> None:
    today = bank_today()
    score = {"factor": "relation", "value": "new", "reason": "调整", "reason_en": "Set"}
    bank.done("何静", SetScore(points=5, effective_on=today, **score), "王芳")
    allowance = SetAllowance(
        rating="low", product="cash", allowed=True, single=Money(Decimal(1), "CNY"),
        effective_on=today,
    )  # fmt: skip
    bank.done("何静", allowance, "王芳")
    rule = SetItemRule(item="phone", alone=True, proof=False, effective_on=today)
    bank.done("何静", rule, "王芳")
    bank.done("张敏", RateCustomer(customer_id=registered(bank)))
