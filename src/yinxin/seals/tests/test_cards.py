"""双人建库: entering and checking seals, in the bank's words."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from tests.bank.rows import row_again
from tests.bank.verbs import Bank, code

from yinxin.customers.tests.races import in_thread, tamper, wait_until_blocked
from yinxin.gate import door
from yinxin.kernel.refusals import Refused
from yinxin.people.queries import bank_today
from yinxin.seals import queries
from yinxin.seals.commands import FreezeCard, UnfreezeCard
from yinxin.seals.models import SealCard, Specimen
from yinxin.seals.rules import Kind

from . import cards
from .cards import COMPANY, OTHER_PERSON, PERSON, look, scan

NOT_AN_IMAGE = b"%PDF-1.7 no picture"


def test_a_seal_is_entered_and_another_person_checks_it(bank: Bank) -> None:
    card = cards.entered(bank)
    seen = queries.sealcard(bank.actor("孙梅"), card.id)
    assert (seen.state, seen.effective_on) == ("entered", None)
    [specimen] = seen.specimens
    assert (specimen.kind, specimen.entered_by, specimen.checked_by) == (
        "legal_representative",
        "孙梅",
        "",
    )
    assert specimen.name == "清河商贸有限公司 法人章"
    assert abs(specimen.width_mm - 20) < 1
    outcome = bank.done("何静", cards.check(bank, card, scan(PERSON, seed=2)))
    assert outcome.facts[0]["fact"] == "SealsChecked"
    seen = queries.sealcard(bank.actor("孙梅"), card.id)
    assert (seen.state, seen.effective_on) == ("active", bank_today())
    assert seen.specimens[0].checked_by == "何静"
    assert [each.verdict for each in seen.verifications] == ["genuine"]


@pytest.mark.parametrize(
    ("who", "answer"),
    [("何静", "done"), ("李强", "done"), ("孙梅", "seal_checked_by_another"),
     ("张敏", "duty_missing"), ("王芳", "duty_missing")],
)  # fmt: skip
def test_who_may_check(bank: Bank, who: str, answer: str) -> None:
    card = cards.entered(bank)
    assert code(bank.do(who, cards.check(bank, card, scan(PERSON, seed=2), who))) == answer


def test_a_scan_that_does_not_agree_is_told_and_the_card_stays(bank: Bank) -> None:
    card = cards.entered(bank)
    outcome = bank.done("何静", cards.check(bank, card, scan(OTHER_PERSON, seed=2)))
    [fact] = outcome.facts
    assert fact["fact"] == "SealCheckDiffered"
    assert fact["fields"]["differences"]
    seen = queries.sealcard(bank.actor("何静"), card.id)
    assert seen.state == "entered"
    [line] = seen.verifications
    recorded = queries.verification(bank.actor("何静"), line.id)
    assert recorded.line.verdict == "forged"
    assert recorded.findings[0].differences
    assert look(bank.actor("何静"), "page", line.id).startswith(b"\x89PNG")
    again = bank.done("何静", cards.check(bank, card, scan(PERSON, seed=3)))
    assert again.facts[0]["fact"] == "SealsChecked"


def test_an_unreadable_check_is_told_too(bank: Bank) -> None:
    card = cards.entered(bank)
    outcome = bank.done("何静", cards.check(bank, card, NOT_AN_IMAGE))
    assert "无法读取" in outcome.facts[0]["zh"]


def test_every_seal_of_a_card_must_be_on_the_checkers_scan(bank: Bank) -> None:
    card = cards.entered(bank, (Kind.FINANCE, COMPANY))
    assert len(queries.sealcard(bank.actor("孙梅"), card.id).specimens) == 2
    one = bank.done("何静", cards.check(bank, card, scan(PERSON, seed=2)))
    assert one.facts[0]["fact"] == "SealCheckDiffered"
    both = bank.done("何静", cards.check(bank, card, scan(PERSON, COMPANY, seed=2)))
    assert both.facts[0]["fact"] == "SealsChecked"
    assert set(Specimen.objects.values_list("state", flat=True)) == {"active"}


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (NOT_AN_IMAGE, "scan_unreadable"),
        (scan(PERSON, dpi=None), "dpi_missing"),
        (scan(), "no_seal_found"),
        (scan(PERSON, COMPANY), "several_seals_found"),
        (scan(PERSON, pressure=0.3), "scan_poor"),
    ],
    ids=["no image", "no dpi", "no seal", "two seals", "pale"],
)
def test_a_poor_scan_is_refused_with_what_to_do(bank: Bank, content: bytes, answer: str) -> None:
    customer_id = cards.customer(bank)
    outcome = bank.do(
        "孙梅", cards.enter(bank, customer_id, cards.account(bank, customer_id), content)
    )
    assert code(outcome) == answer
    assert outcome.refused
    assert outcome.refused.sentence.zh
    assert not SealCard.objects.exists()


def test_the_resolution_may_be_told_where_the_scan_lacks_it(bank: Bank) -> None:
    customer_id = cards.customer(bank)
    account_id = cards.account(bank, customer_id)
    command = cards.enter(bank, customer_id, account_id, scan(PERSON, dpi=None), dpi=300)
    bank.done("孙梅", command)
    assert abs(Specimen.objects.get().width_mm - 20) < 1


@pytest.mark.parametrize(
    "wrong", [{"account_number": "0001"}, {"customer_id": None}, {"account_id": None}]
)
def test_the_account_is_there_and_the_customers_own(bank: Bank, wrong: dict[str, Any]) -> None:
    """What the ledger adds to this domain, which knows no accounts."""
    customer_id = cards.customer(bank)
    right = cards.enter(bank, customer_id, cards.account(bank, customer_id), scan(PERSON))
    wrong = {name: value or uuid4() for name, value in wrong.items()}
    outcome = bank.do("孙梅", right.model_copy(update=wrong))
    assert code(outcome) == "account_not_the_customers"
    assert code(bank.do("孙梅", right)) == "done"


def test_an_account_has_one_card(bank: Bank) -> None:
    card = cards.entered(bank)
    enter = cards.enter(bank, card.customer_id, card.account_id, scan(PERSON))
    assert code(bank.do("孙梅", enter)) == "seal_on_card"
    bank.done("何静", cards.check(bank, card, scan(PERSON, seed=2)))
    enter = cards.enter(bank, card.customer_id, card.account_id, scan(COMPANY), kind=Kind.COMPANY)
    assert code(bank.do("孙梅", enter)) == "account_has_card"
    assert SealCard.objects.count() == 1


def test_a_preview_leaves_nothing_and_takes_nothing_away(bank: Bank) -> None:
    customer_id = cards.customer(bank)
    command = cards.enter(bank, customer_id, cards.account(bank, customer_id), scan(PERSON))
    told = door.preview(command, bank.actor("孙梅"))
    assert told.facts[0]["fact"] == "SealEntered"
    assert not SealCard.objects.exists()
    bank.done("孙梅", command)


def test_of_two_registrars_at_once_the_second_is_told(
    bank: Bank, owner: psycopg.Connection
) -> None:
    card = cards.entered(bank)
    account_id = cards.account(bank, card.customer_id)
    command = cards.enter(bank, card.customer_id, account_id, scan(PERSON))
    actor = bank.actor("孙梅")
    with ThreadPoolExecutor(1) as pool:
        with owner.transaction():
            owner.execute("SELECT set_config('yinxin.command', gen_random_uuid()::text, true)")
            owner.execute("UPDATE seals_sealcard SET account_id = %s", [account_id])
            answer = pool.submit(in_thread, lambda: door.submit(command, actor, "race"))
            wait_until_blocked(owner)
        assert code(answer.result()) == "card_just_entered"


def test_an_upload_serves_only_whoever_made_it(bank: Bank) -> None:
    card = cards.entered(bank)
    theirs = cards.check(bank, card, scan(PERSON), "李强")
    assert code(bank.do("何静", theirs)) == "upload_unknown"


def test_a_card_freezes_at_once_and_thaws_by_a_manager(bank: Bank) -> None:
    card = cards.active(bank)
    stop, go = (cls(card_id=card.id, reason="印章遗失挂失") for cls in (FreezeCard, UnfreezeCard))
    assert code(bank.do("孙梅", go)) == "card_not_frozen"
    bank.done("张敏", stop)
    assert queries.sealcard(bank.actor("孙梅"), card.id).state == "frozen"
    assert code(bank.do("张敏", stop)) == "card_not_active"
    outcome = bank.do("孙梅", go)
    assert outcome.status == "pending"
    assert code(bank.approve(outcome.request_id, "李强")) == "not_an_approver"
    assert code(bank.approve(outcome.request_id, "王芳")) == "done"
    assert queries.sealcard(bank.actor("孙梅"), card.id).state == "active"


def test_a_card_that_waits_cannot_be_frozen(bank: Bank) -> None:
    card = cards.entered(bank)
    freeze = FreezeCard(card_id=card.id, reason="印章遗失")
    assert code(bank.do("张敏", freeze)) == "card_not_active"


def test_other_branches_see_nothing(bank: Bank) -> None:
    card = cards.active(bank)
    elsewhere = bank.actor("陈立")
    assert list(queries.sealcards_for(elsewhere)) == []
    assert code(bank.do("陈立", FreezeCard(card_id=card.id, reason="印章遗失"))) == "not_found"
    specimen_id = Specimen.objects.get().id
    with pytest.raises(Refused, match="not_found"):
        queries.sealcard(elsewhere, card.id)
    for kind in ("specimen", "scan"):
        with pytest.raises(Refused, match="not_found"):
            look(elsewhere, kind, specimen_id)


@pytest.mark.parametrize("search", ["清河", "", "qhsmyxgs"], ids=["name", "account", "initials"])
def test_cards_are_found_by_account_and_customer(bank: Bank, search: str) -> None:
    card = cards.entered(bank)
    search = search or cards.number_of(card.account_id)[-4:]
    assert queries.sealcards_for(bank.actor("孙梅"), search).count() == 1
    assert queries.sealcards_for(bank.actor("孙梅"), "远山").count() == 0


def test_pictures_of_a_specimen(bank: Bank) -> None:
    cards.entered(bank)
    specimen_id = Specimen.objects.get().id
    for kind in ("specimen", "scan"):
        assert look(bank.actor("孙梅"), kind, specimen_id).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("tampering", "constraint"),
    [
        ("seals_specimen SET state = 'active'", "seals_specimen_active_when_checked"),
        (
            "seals_specimen SET state = 'active', checked_at = now(), "
            "checked_by_id = entered_by_id, checked_authority_id = gen_random_uuid()",
            "seals_specimen_two_persons",
        ),
        (
            "seals_specimen SET state = 'active', checked_at = now(), "
            "checked_by_id = gen_random_uuid(), checked_authority_id = entered_authority_id",
            "seals_specimen_two_persons",
        ),
        ("seals_sealcard SET state = 'active'", "seals_card_in_use_has_date"),
        (
            "seals_sealcard SET state = 'gone', effective_on = now(), ended_on = now()",
            "seals_card_known_state",
        ),
        ("seals_seal SET kind = 'duck'", "seals_seal_known_kind"),
    ],
)
def test_the_database_refuses(
    bank: Bank, owner: psycopg.Connection, tampering: str, constraint: str
) -> None:
    cards.entered(bank)
    with pytest.raises(psycopg.errors.CheckViolation, match=constraint):
        tamper(owner, f"UPDATE {tampering}")


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        (
            row_again("seals_sealcard", number="'SC-2'"),
            "seals_card_one_in_force",
        ),
        (
            row_again("seals_seal"),
            "seals_seal_once",
        ),
    ],
)
def test_the_database_keeps_one_of_each(
    bank: Bank, owner: psycopg.Connection, statement: str, constraint: str
) -> None:
    cards.entered(bank)
    with pytest.raises(psycopg.errors.UniqueViolation, match=constraint):
        tamper(owner, statement)


def test_a_face_of_another_size_is_another_seal(bank: Bank) -> None:
    card = cards.entered(bank)
    smaller = replace(PERSON, width_mm=19, height_mm=19)
    outcome = bank.done("何静", cards.check(bank, card, scan(smaller, seed=2)))
    assert outcome.facts[0]["fact"] == "SealCheckDiffered"
