"""人工比对、复核、重验、退票、预警: what people and the house make of verdicts."""

import time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import transaction
from tests.bank.verbs import Bank, code

from yinxin.customers.tests.races import tamper
from yinxin.gate import door
from yinxin.kernel import clock
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Refused
from yinxin.people.queries import bank_today
from yinxin.seals import pictures, queries, verification
from yinxin.seals.commands import (
    CompareSeals,
    ConfirmComparison,
    FreezeCard,
    IssueReturnNotice,
    RerunVerification,
    SealExamination,
    SetReturnReason,
    SetThreshold,
)
from yinxin.seals.models import Verification
from yinxin.seals.rules import Verdict
from yinxin.vault import blobs

from . import cards
from .cards import MACHINE, OTHER_PERSON, PERSON, Card, look, scan, seen

Job = Any


def recorded(bank: Bank, job: Job, examination: SealExamination) -> UUID:
    bank.done(MACHINE, job(examination=examination))
    found: UUID = Verification.objects.latest("id").id
    return found


def doubtful(bank: Bank, job: Job) -> UUID:
    """A verification of a page on which no imprint is."""
    return recorded(bank, job, seen(cards.active(bank), scan()).answer)


def compare(verification_id: UUID, verdict: str = "genuine") -> CompareSeals:
    return CompareSeals.model_validate(
        {"verification_id": verification_id, "verdict": verdict, "remark": "折角相符"}
    )


def confirm(verification_id: UUID, agrees: bool = True) -> ConfirmComparison:
    return ConfirmComparison(verification_id=verification_id, agrees=agrees)


def conclusion(bank: Bank, verification_id: UUID) -> Verdict | None:
    return queries.verification(bank.actor("李强"), verification_id).conclusion


@pytest.mark.parametrize(("agrees", "counts"), [(True, "genuine"), (False, "forged")])
def test_two_persons_conclude_where_the_engine_does_not(
    bank: Bank, job: Job, agrees: bool, counts: str
) -> None:
    doubt = doubtful(bank, job)
    assert conclusion(bank, doubt) == "uncertain"
    assert code(bank.do("李强", confirm(doubt))) == "comparison_missing"
    bank.done("孙梅", compare(doubt))
    assert conclusion(bank, doubt) is None
    assert code(bank.do("张敏", compare(doubt))) == "compared_already"
    assert code(bank.do("孙梅", confirm(doubt))) == "compared_by_another"
    assert code(bank.do("陈立", confirm(doubt))) == "not_found"
    bank.done("李强", confirm(doubt, agrees))
    assert conclusion(bank, doubt) == counts
    assert code(bank.do("王芳", confirm(doubt))) == "comparison_missing"


def test_what_the_engine_decided_is_not_compared(bank: Bank, job: Job) -> None:
    genuine = recorded(bank, job, seen(cards.active(bank), scan(PERSON, seed=5)).answer)
    assert code(bank.do("张敏", compare(genuine))) == "verdict_automatic"


def kept(bank: Bank, card: Card, content: bytes) -> SealExamination:
    """An examination whose page was kept before, as a transfer's is."""
    with transaction.atomic(durable=True):
        door._enter(uuid4(), MACHINE, "keep")
        upload = blobs.stage(MACHINE.id, content, "image/png")
        page = blobs.keep(MACHINE.id, upload, card.customer_id)
    return verification.examine(
        MACHINE, card.account_id, content, None, bank_today(), page_id=page.id
    ).answer


def test_a_verdict_is_reproduced_even_after_the_card_was_frozen(bank: Bank, job: Job) -> None:
    card = cards.active(bank)
    first = recorded(bank, job, kept(bank, card, scan(PERSON, seed=5)))
    bank.done("张敏", FreezeCard(card_id=card.id, reason="客户要求"))
    outcome = bank.done("何静", RerunVerification(verification_id=first))
    fields = outcome.facts[0]["fields"]
    assert (fields["before"], fields["verdict"]) == ("genuine", "genuine")
    assert fields["engine"] == fields["engine_before"]
    assert "一致" in outcome.facts[0]["zh"]
    shown = queries.verification(bank.actor("李强"), first)
    [(again, verdict, _, _)] = shown.reruns
    assert verdict == "genuine"
    repeat = queries.verification(bank.actor("李强"), again)
    assert (repeat.rerun_of, repeat.findings[0].score) == (first, shown.findings[0].score)
    assert queries.uses_for(bank.actor("李强"), shown.findings[0].specimen.seal_id).count() == 1


def test_without_its_page_a_verification_is_not_run_again(bank: Bank, job: Job) -> None:
    assert code(bank.do("何静", RerunVerification(verification_id=doubtful(bank, job)))) == (
        "page_not_kept"
    )


def test_a_return_notice_gives_the_reasons_of_the_house(bank: Bank, job: Job) -> None:
    doubt = doubtful(bank, job)
    notice = IssueReturnNotice(verification_id=doubt, codes=("S03", "X99"))
    assert code(bank.do("张敏", notice)) == "return_reason_unknown"
    meaning = SetReturnReason(code="X99", zh="印文颜色不符约定", en="Not in the agreed ink")
    bank.done("王芳", meaning, "何静")
    told = bank.done("张敏", notice).facts[0]["zh"]
    assert "缺少预留印鉴；印文颜色不符约定" in told
    [(notice_id, number)] = queries.verification(bank.actor("李强"), doubt).notices
    assert queries.notice(bank.actor("李强"), notice_id).number == number
    with pytest.raises(Refused, match="not_found"):
        queries.notice(bank.actor("陈立"), notice_id)
    bank.done("王芳", meaning.model_copy(update={"in_use": False}), "何静")
    assert "X99" not in queries.return_reasons(clock.now())
    assert code(bank.do("张敏", notice)) == "return_reason_unknown"


def test_what_was_found_genuine_is_not_returned(bank: Bank, job: Job) -> None:
    doubt = doubtful(bank, job)
    bank.done("张敏", compare(doubt))
    bank.done("李强", confirm(doubt))
    notice = IssueReturnNotice(verification_id=doubt, codes=("S01",))
    assert code(bank.do("张敏", notice)) == "nothing_to_return"


def test_a_threshold_asks_for_more_from_an_amount_on(bank: Bank) -> None:
    card, page = cards.active(bank), scan(PERSON, seed=5)
    score = seen(card, page).answer.findings[0].score

    def band(amount: int, lowest: Decimal) -> None:
        change = SetThreshold(currency="CNY", from_amount=Decimal(amount), score=lowest)
        bank.done("王芳", change, "何静")

    def verdict(amount: int | None, currency: str = "CNY") -> Verdict:
        money = None if amount is None else Money(Decimal(amount), currency)
        return verification.examine(
            MACHINE, card.account_id, page, None, bank_today(), money=money
        ).verdict

    band(100_000, Decimal("1"))
    strict = score < 1
    assert verdict(99_999) == "genuine"
    assert verdict(100_000) == ("uncertain" if strict else "genuine")
    assert verdict(None) == ("uncertain" if strict else "genuine")
    assert verdict(100_000, "USD") == "genuine"
    band(100_000, Decimal("0.1"))
    assert verdict(100_000) == "genuine"


def test_a_streak_of_mismatches_warns(bank: Bank, job: Job) -> None:
    card = cards.active(bank)
    forged = seen(card, scan(OTHER_PERSON, seed=5)).answer
    told = [bank.done(MACHINE, job(examination=forged)).facts[0]["zh"] for _ in range(3)]
    assert ["连续不符" in each for each in told] == [False, False, True]
    warnings = queries.warnings_for(bank.actor("李强"))
    streaks = [each for each in warnings if each.kind == "streak"]
    assert len(streaks) == 1
    assert not queries.warnings_for(bank.actor("陈立")).exists()
    rates = queries.sealcard(bank.actor("李强"), card.id).rates
    assert list(rates.values()) == [(0, 3)]


def test_the_very_ink_of_an_earlier_imprint_is_a_copy(bank: Bank, job: Job) -> None:
    card = cards.active(bank)
    recorded(bank, job, seen(card, scan(PERSON, seed=5)).staged(MACHINE.id))
    again, other = seen(card, scan(PERSON, seed=5)), seen(card, scan(PERSON, seed=6))
    assert (again.verdict, other.verdict) == ("uncertain", "genuine")
    assert "CHQ-7" in again.answer.findings[0].differences[-1].zh
    told = bank.done(MACHINE, job(examination=again.staged(MACHINE.id))).facts[0]["zh"]
    assert "疑似复制" in told
    assert queries.warnings_for(bank.actor("李强")).filter(kind="copied").count() == 1


def test_images_are_for_one_viewer_for_a_while(
    bank: Bank, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = cards.active(bank)
    specimen = queries.sealcard(bank.actor("李强"), card.id).specimens[0].id
    theirs = pictures.ticket(bank.actor("李强"), "specimen", specimen)
    plain = look(bank.actor("李强"), "specimen", specimen)
    assert plain == pictures.picture(bank.actor("李强"), theirs)
    for who, ticket in (
        ("张敏", theirs),
        ("李强", theirs[:-1] + ("A" if theirs[-1] != "A" else "B")),
        ("吴刚", pictures.ticket(bank.actor("吴刚"), "specimen", specimen)),
        ("陈立", pictures.ticket(bank.actor("陈立"), "specimen", specimen)),
    ):
        with pytest.raises(Refused, match="not_found"):
            pictures.picture(bank.actor(who), ticket)
    hour_later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: hour_later)
    with pytest.raises(Refused, match="not_found"):
        pictures.picture(bank.actor("李强"), theirs)


def test_an_image_is_marked_with_who_looks_and_when(bank: Bank, job: Job) -> None:
    card = cards.active(bank)
    specimen = queries.sealcard(bank.actor("李强"), card.id).specimens[0].id
    one, other = (look(bank.actor(who), "specimen", specimen) for who in ("李强", "张敏"))
    assert one != other


GUARDED = {
    "the same person twice": (
        "seals_comparison_two_persons",
        "UPDATE seals_comparison SET agrees = true, confirmed_by_id = compared_by_id, "
        "confirmed_authority_id = gen_random_uuid()",
    ),
    "on the same authority": (
        "seals_comparison_two_persons",
        "UPDATE seals_comparison SET agrees = true, confirmed_by_id = gen_random_uuid(), "
        "confirmed_authority_id = compared_authority_id",
    ),
    "agreed by nobody": (
        "seals_comparison_confirmed_by_somebody",
        "UPDATE seals_comparison SET agrees = true",
    ),
    "no verdict": ("seals_comparison_known_verdict", "UPDATE seals_comparison SET verdict = 'x'"),
    "a score above one": (
        "seals_threshold_sane",
        "INSERT INTO seals_threshold VALUES (gen_random_uuid(), 'CNY', 0, 1.1, now())",
    ),
    "a warning of no kind": (
        "seals_warning_known_kind",
        'INSERT INTO seals_sealwarning (id, seal_id, verification_id, branch, kind, "on", zh, '
        "en, at) SELECT gen_random_uuid(), s.id, v.id, '/', 'odd', current_date, '', '', now() "
        "FROM seals_seal s, seals_verification v LIMIT 1",
    ),
    "two thresholds of a band": (
        "seals_threshold_one_in_force",
        "INSERT INTO seals_threshold SELECT gen_random_uuid(), 'CNY', 0, 0.5, now() "
        "FROM generate_series(1, 2)",
    ),
    "two meanings of a reason": (
        "seals_return_reason_one_in_force",
        "INSERT INTO seals_returnreason SELECT gen_random_uuid(), 'S01', '', '', true, now() "
        "FROM generate_series(1, 2)",
    ),
}


def test_the_database_refuses(bank: Bank, job: Job, owner: psycopg.Connection) -> None:
    doubt = doubtful(bank, job)
    bank.done("张敏", compare(doubt))
    for what, (constraint, statement) in GUARDED.items():
        with pytest.raises(psycopg.errors.IntegrityError) as broken:
            tamper(owner, statement)
        assert broken.value.diag.constraint_name == constraint, what
    bank.done("张敏", IssueReturnNotice(verification_id=doubt, codes=("S03",)))
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never allowed"):
        tamper(owner, "UPDATE seals_returnnotice SET remark = 'x'")
