"""用印组合 in force: what a whole page says, by amount, instrument, currency and day."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from pydantic import ValidationError
from tests.bank.kept import once
from tests.bank.verbs import Bank, code

from yinxin.customers.tests.races import tamper
from yinxin.kernel.money import Money
from yinxin.people.queries import bank_today
from yinxin.seals import verification, versions
from yinxin.seals.commands import CancelSeals, SetCombination
from yinxin.seals.drawing import personal_seal
from yinxin.seals.models import Combination, Seal, SealCard
from yinxin.seals.rules import Kind
from yinxin.seals.verification import Examination, Item

from . import cards
from .cards import COMPANY, MACHINE, OTHER_PERSON, PERSON, Card, scan

THIRD = personal_seal("王五之印")
TOMORROW = timedelta(days=1)


@pytest.fixture
@once
def three(bank: Bank) -> Card:
    """公章, 法人章 and 授权人章 on one card."""
    card = cards.entered(bank, (Kind.COMPANY, COMPANY), (Kind.AUTHORISED, OTHER_PERSON))
    every = scan(PERSON, COMPANY, OTHER_PERSON, seed=2)
    done = bank.done("何静", cards.check(bank, card, every))
    assert done.facts[0]["fact"] == "SealsChecked", done.facts
    return card


def agreed(card: Card, expression: str, **conditions: Any) -> SetCombination:
    return SetCombination(card_id=card.id, expression=expression, **conditions)


def examined(card: Card, page: bytes) -> Examination:
    return verification.examine(
        MACHINE, card.account_id, page, None, bank_today(), money=Money(Decimal(100), "CNY")
    )


def ruling(
    card: Card,
    amount: int | None = 100,
    on: date | None = None,
    currency: str = "CNY",
    instrument: str = "",
) -> str:
    """The combination that an item is held to."""
    row, on = SealCard.objects.get(id=card.id), on or bank_today()
    money = None if amount is None else Money(Decimal(amount), currency)
    item = Item(card.account_id, on, money, instrument)
    return verification.standard_for(row, versions.specimens_on(row, on), item).rule


def test_every_seal_of_a_page_is_verified_against_the_combination(bank: Bank, three: Card) -> None:
    either = scan(COMPANY, OTHER_PERSON, seed=5)
    lacking = examined(three, either)
    assert lacking.verdict != "genuine"
    assert "缺少：法人章。" in lacking.answer.reasons[0].zh
    bank.done("孙梅", agreed(three, "公章 且 (法人章 或 授权人章)"), "王芳")
    found = examined(three, either)
    assert found.verdict == "genuine"
    assert found.answer.rule == "公章 且 (法人章 或 授权人章)"
    assert [each.verdict for each in found.answer.findings].count("genuine") == 2
    alone = examined(three, scan(COMPANY, seed=6))
    assert alone.verdict != "genuine"
    assert "法人章 或 授权人章" in alone.answer.reasons[0].zh
    assert "legal or authorised" in alone.answer.reasons[0].en


def test_the_band_the_currency_and_the_instrument_choose(bank: Bank, three: Card) -> None:
    bank.done("孙梅", agreed(three, "公章"), "王芳")
    bank.done("孙梅", agreed(three, "公章 且 法人章", currency="CNY", from_amount=50000), "王芳")
    bank.done("孙梅", agreed(three, "法人章", instrument="cheque"), "王芳")
    assert ruling(three, 49_999) == "公章"
    assert ruling(three, 50_000) == "公章 且 法人章"
    assert ruling(three, 50_000, currency="USD") == "公章"
    assert ruling(three, 50_000, instrument="cheque") == "法人章"
    assert ruling(three, 50_000, instrument="draft") == "公章 且 法人章"
    assert ruling(three, None) == "公章 且 法人章"  # as for the highest amount


def test_any_two_of_three(bank: Bank, three: Card) -> None:
    bank.done("孙梅", agreed(three, "任意2(公章, 法人章, 授权人章)"), "王芳")
    assert examined(three, scan(PERSON, OTHER_PERSON, seed=5)).verdict == "genuine"
    assert examined(three, scan(PERSON, THIRD, seed=6)).verdict != "genuine"


def test_one_imprint_never_stands_for_two_seals(bank: Bank) -> None:
    card = cards.entered(bank, (Kind.AUTHORISED, PERSON))
    bank.done("何静", cards.check(bank, card, scan(PERSON, PERSON, seed=2)))
    assert examined(card, scan(PERSON, seed=5)).verdict != "genuine"
    assert examined(card, scan(PERSON, PERSON, seed=5)).verdict == "genuine"


def test_a_new_combination_counts_from_tomorrow(bank: Bank, three: Card) -> None:
    today = bank_today()
    bank.done("孙梅", agreed(three, "公章"), "王芳")
    early = agreed(three, "法人章", from_on=today)
    assert code(bank.do("孙梅", early)) == "effective_too_early"
    bank.done("孙梅", agreed(three, "法人章"), "王芳")
    assert code(bank.do("孙梅", agreed(three, "授权人章"))) == "combination_dated"
    assert ruling(three, on=today) == "公章"
    assert ruling(three, on=today + TOMORROW) == "法人章"
    days = Combination.objects.order_by("from_on").values_list("from_on", "to_on")
    assert list(days) == [(today, today + TOMORROW), (today + TOMORROW, None)]


def test_a_combination_names_seals_that_are_there(bank: Bank, three: Card) -> None:
    assert code(bank.do("孙梅", agreed(three, "公章 且 授权人章2"))) == "combination_unknown_seal"
    assert code(bank.do("孙梅", agreed(three, "公章", from_amount=5))) == "band_needs_currency"
    assert code(bank.do("张敏", agreed(three, "公章"))) == "duty_missing"
    bank.done("孙梅", agreed(three, "公章 且 法人章"), "王芳")
    gone = Seal.objects.get(card_id=three.id, kind=Kind.COMPANY).id
    cancel = CancelSeals(card_id=three.id, seal_id=gone, reason="印章停用")
    assert code(bank.do("孙梅", cancel)) == "seal_in_combination"


def test_what_does_not_parse_is_told_with_its_place(three: Card) -> None:
    with pytest.raises(ValidationError, match="第 5 个字"):
        agreed(three, "公章 且")


def test_the_database_keeps_one_combination_of_a_day(bank: Bank, owner: psycopg.Connection) -> None:
    card = cards.active(bank)
    bank.done("孙梅", agreed(card, "法人章"), "王芳")
    tamper(owner, "CREATE TEMP TABLE copy AS SELECT * FROM seals_combination")
    tamper(owner, "UPDATE copy SET id = gen_random_uuid(), from_on = from_on + 7")
    with pytest.raises(psycopg.errors.ExclusionViolation, match="seals_combination_one_in_force"):
        tamper(owner, "INSERT INTO seals_combination SELECT * FROM copy")
    with pytest.raises(psycopg.errors.CheckViolation, match="band_has_currency"):
        tamper(owner, "UPDATE seals_combination SET from_amount = 5")
