"""验印 of an item: a job examines its page, a command records what was found."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from tests.bank.verbs import Bank

from yinxin.customers.tests.races import tamper
from yinxin.kernel.command import Command
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.people.queries import bank_today
from yinxin.seals import queries
from yinxin.seals.commands import FreezeCard
from yinxin.seals.verification import examine

from . import cards
from .cards import COMPANY, ITEM, MACHINE, OTHER_PERSON, PERSON, look, scan, seen
from .test_cards import NOT_AN_IMAGE


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (scan(PERSON, seed=5), "genuine"),
        (scan(COMPANY, PERSON, seed=5), "genuine"),
        (scan(OTHER_PERSON, seed=5), "forged"),
        (scan(), "uncertain"),
        (NOT_AN_IMAGE, "uncertain"),
        (scan(PERSON, seed=5, dpi=None), "uncertain"),
    ],
    ids=["same", "same among others", "other", "none", "no image", "no dpi"],
)
def test_what_a_page_shows(bank: Bank, content: bytes, verdict: str) -> None:
    examination = seen(cards.active(bank), content)
    assert examination.verdict == verdict
    if verdict != "genuine":
        answer = examination.answer
        sentences = [*answer.reasons, *(d for each in answer.findings for d in each.differences)]
        assert sentences
        assert all(text.zh and text.en for text in sentences)


def test_without_a_card_in_force_there_is_nothing_to_compare_with(bank: Bank) -> None:
    waiting = cards.entered(bank)
    assert seen(waiting, scan(PERSON, seed=5)).verdict == "no_specimen"
    bank.done("何静", cards.check(bank, waiting, scan(PERSON, seed=2)))
    yesterday = bank_today() - timedelta(days=1)
    assert seen(waiting, scan(PERSON, seed=5), yesterday).verdict == "no_specimen"
    assert seen(waiting, scan(PERSON, seed=5)).verdict == "genuine"
    elsewhere = bank.actor("陈立")
    answer = examine(elsewhere, waiting.account_id, scan(PERSON, seed=5), None, bank_today())
    assert answer.verdict == "no_specimen"


def test_a_frozen_card_fails_with_its_reason(bank: Bank) -> None:
    card = cards.active(bank)
    bank.done("张敏", FreezeCard(card_id=card.id, reason="印章遗失挂失"))
    examination = seen(card, scan(PERSON, seed=5))
    assert examination.verdict == "frozen"
    assert "已冻结" in examination.answer.reasons[0].zh


def test_what_was_found_is_recorded_with_its_pictures(bank: Bank, job: type[Command]) -> None:
    card = cards.active(bank)
    examination = seen(card, scan(COMPANY, PERSON, seed=5)).staged(MACHINE.id)
    outcome = bank.done(MACHINE, job(examination=examination))
    assert outcome.facts[0]["zh"].startswith("CHQ-7 验印：相符")
    viewer = bank.actor("李强")
    [recorded] = queries.verifications_of(viewer, ITEM.kind, ITEM.id)
    by = Text("自动核验", "Automatic checks")
    assert (recorded.line.verdict, recorded.line.by) == ("genuine", by)
    [finding] = recorded.findings
    assert finding.score > 0.7
    assert (finding.specimen.version, finding.specimen.kind) == (1, "legal_representative")
    for kind in ("imprint", "overlay"):
        assert look(viewer, kind, finding.id).startswith(b"\x89PNG")
    shown = queries.sealcard(viewer, card.id)
    assert shown.verifications[0].item_number == "CHQ-7"


def test_a_card_frozen_meanwhile_is_frozen_in_the_record(bank: Bank, job: type[Command]) -> None:
    card = cards.active(bank)
    examination = seen(card, scan(PERSON, seed=5)).staged(MACHINE.id)
    bank.done("张敏", FreezeCard(card_id=card.id, reason="印章遗失挂失"))
    outcome = bank.done(MACHINE, job(examination=examination))
    assert outcome.facts[0]["fields"]["verdict"] == "frozen"
    [recorded] = queries.verifications_of(bank.actor("李强"), ITEM.kind, ITEM.id)
    assert recorded.line.verdict == "frozen"


def test_that_there_was_nothing_to_compare_with_is_recorded_too(
    bank: Bank, job: type[Command]
) -> None:
    examination = examine(MACHINE, uuid4(), scan(PERSON, seed=5), None, bank_today())
    bank.done(MACHINE, job(examination=examination.staged(MACHINE.id)))
    [recorded] = queries.verifications_of(bank.actor("李强"), ITEM.kind, ITEM.id)
    assert (recorded.line.verdict, recorded.card_id) == ("no_specimen", None)
    assert recorded.reasons[0].zh


def test_other_branches_see_no_verification(bank: Bank, job: type[Command]) -> None:
    examination = seen(cards.active(bank), scan(PERSON, seed=5)).staged(MACHINE.id)
    bank.done(MACHINE, job(examination=examination))
    [recorded] = queries.verifications_of(bank.actor("李强"), ITEM.kind, ITEM.id)
    elsewhere = bank.actor("陈立")
    assert queries.verifications_of(elsewhere, ITEM.kind, ITEM.id) == []
    with pytest.raises(Refused, match="not_found"):
        queries.verification(elsewhere, recorded.line.id)
    with pytest.raises(Refused, match="not_found"):
        look(elsewhere, "overlay", recorded.findings[0].id)


@pytest.mark.parametrize("table", ["seals_verification", "seals_finding"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET verdict = 'genuine'", "DELETE FROM {}"])
def test_a_verification_is_never_rewritten(
    bank: Bank, owner: psycopg.Connection, table: str, statement: str
) -> None:
    cards.active(bank)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never allowed"):
        tamper(owner, statement.format(table))


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ("card_id = NULL", "seals_verification_genuine_by_card"),
        ("verdict = 'perhaps'", "seals_verification_known_verdict"),
    ],
)
def test_the_database_refuses_a_verdict_without_ground(
    bank: Bank, owner: psycopg.Connection, changed: str, constraint: str
) -> None:
    cards.active(bank)
    column, value = changed.split(" = ")
    tamper(owner, "CREATE TEMP TABLE copy AS SELECT * FROM seals_verification")
    tamper(owner, f"UPDATE copy SET id = gen_random_uuid(), {column} = {value}")
    with pytest.raises(psycopg.errors.CheckViolation, match=constraint):
        tamper(owner, "INSERT INTO seals_verification SELECT * FROM copy")


def test_the_database_refuses_a_finding_of_no_verdict(
    bank: Bank, owner: psycopg.Connection
) -> None:
    cards.active(bank)
    tamper(owner, "CREATE TEMP TABLE copy AS SELECT * FROM seals_finding")
    with pytest.raises(psycopg.errors.UniqueViolation, match="seals_finding_once_each"):
        tamper(owner, "UPDATE copy SET id = gen_random_uuid(); "
                      "INSERT INTO seals_finding SELECT * FROM copy")  # fmt: skip
    tamper(owner, "UPDATE copy SET verdict = 'frozen'")
    with pytest.raises(psycopg.errors.CheckViolation, match="seals_finding_known_verdict"):
        tamper(owner, "INSERT INTO seals_finding SELECT * FROM copy")
