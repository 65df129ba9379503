"""申请、审核、变更、挂失、注销、销毁: what becomes of a seal, and which version counts when."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from tests.bank.verbs import Bank, code

from yinxin.customers.tests.races import tamper
from yinxin.gate.models import TwoPersonAct
from yinxin.kernel import clock
from yinxin.kernel.refusals import Invalid
from yinxin.people.queries import bank_today
from yinxin.seals import queries
from yinxin.seals.commands import (
    ApplySeal,
    CancelSeals,
    DestroyCard,
    FreezeCard,
    IssueCopy,
    RenewSeal,
    ReportLoss,
    ReviewApplication,
    ShareCard,
    UnfreezeCard,
    UnshareCard,
)
from yinxin.seals.models import Application, Seal, SealCard, Specimen
from yinxin.seals.rules import Kind

from . import cards
from .cards import COMPANY, OTHER_PERSON, PERSON, Card, scan, seen

TOMORROW = timedelta(days=1)


def applied(bank: Bank, card: Card, **changed: Any) -> UUID:
    """An application to change the only seal, which another person accepted."""
    outcome = bank.done("张敏", application(card, **changed))
    application_id = outcome.subjects[0].id
    bank.done("李强", review(application_id))
    return application_id


def application(card: Card, **changed: Any) -> ApplySeal:
    body = {
        "customer_id": card.customer_id,
        "action": "change",
        "cause": "worn",
        "card_id": card.id,
        "seal_id": seal_of(card),
        "applicant": "王小明",
    }
    return ApplySeal.model_validate(body | changed)


def seal_of(card: Card) -> UUID:
    found: UUID = Seal.objects.filter(card_id=card.id).earliest("id").id
    return found


def review(application_id: UUID, accepted: bool = True) -> ReviewApplication:
    return ReviewApplication(application_id=application_id, accepted=accepted, opinion="资料齐全")


def renewed(bank: Bank, card: Card, face: Any, application_id: UUID, **told: Any) -> None:
    upload = cards.upload(bank, "孙梅", scan(face))
    bank.done("孙梅", RenewSeal(application_id=application_id, scan=upload))
    checked = bank.done("何静", cards.check(bank, card, scan(face, seed=2), **told))
    assert checked.facts[0]["fact"] == "SealsChecked", checked.facts


def lost(bank: Bank, card: Card) -> UUID:
    report = ReportLoss(card_id=card.id, seal_id=seal_of(card), cause="stolen", applicant="王小明")
    return bank.done("张敏", report).subjects[0].id


def on_file(bank: Bank, card: Card) -> list[tuple[int, date | None, date | None, str]]:
    specimens = queries.sealcard(bank.actor("李强"), card.id).specimens
    return [(one.version, one.from_on, one.to_on, one.ended_for) for one in specimens]


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    now = clock.now() + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: now)


def test_a_change_counts_from_tomorrow_and_the_old_seal_governs_what_was_before(
    bank: Bank,
) -> None:
    card, today = cards.active(bank), bank_today()
    renewed(bank, card, OTHER_PERSON, applied(bank, card))
    assert on_file(bank, card) == [
        (1, today, today + TOMORROW, "change"),
        (2, today + TOMORROW, None, ""),
    ]
    assert Application.objects.get().state == "done"
    for on, genuine, forged in (
        (today, PERSON, OTHER_PERSON),
        (today + TOMORROW, OTHER_PERSON, PERSON),
    ):
        assert seen(card, scan(genuine, seed=5), on).verdict == "genuine"
        assert seen(card, scan(forged, seed=6), on).verdict == "forged"


def test_a_change_is_not_in_force_before_tomorrow(bank: Bank) -> None:
    card = cards.active(bank)
    application_id = applied(bank, card)
    upload = cards.upload(bank, "孙梅", scan(OTHER_PERSON))
    bank.done("孙梅", RenewSeal(application_id=application_id, scan=upload))
    early = cards.check(bank, card, scan(OTHER_PERSON, seed=2), effective_on=bank_today())
    assert code(bank.do("何静", early)) == "effective_too_early"
    assert seen(card, scan(PERSON, seed=5)).verdict == "genuine"


def test_what_was_entered_wrongly_gives_way_and_stays_on_file(bank: Bank) -> None:
    card = cards.active(bank)
    application_id = applied(bank, card)
    upload = cards.upload(bank, "孙梅", scan(COMPANY))
    bank.done("孙梅", RenewSeal(application_id=application_id, scan=upload))
    renewed(bank, card, OTHER_PERSON, application_id)
    states = Specimen.objects.order_by("version").values_list("version", "state")
    assert list(states) == [(1, "active"), (2, "cancelled"), (3, "active")]


def test_another_person_reviews_an_application(bank: Bank) -> None:
    card = cards.active(bank)
    application_id = bank.done("孙梅", application(card)).subjects[0].id
    upload = cards.upload(bank, "孙梅", scan(OTHER_PERSON))
    renew = RenewSeal(application_id=application_id, scan=upload)
    assert code(bank.do("孙梅", renew)) == "application_state"
    assert code(bank.do("孙梅", review(application_id))) == "application_reviewed_by_another"
    assert code(bank.do("陈立", review(application_id))) == "not_found"
    bank.done("王芳", review(application_id, accepted=False))
    assert code(bank.do("孙梅", renew)) == "application_state"
    assert code(bank.do("王芳", review(application_id))) == "application_state"


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"card_id": None, "seal_id": None}, "card_needed"),
        ({"action": "open"}, "card_needed"),
        ({"action": "open", "card_id": None, "seal_id": None}, "card_needed"),
        ({"seal_id": None}, "seal_needed"),
        ({"seal_id": uuid4()}, "not_found"),
        ({"card_id": uuid4()}, "not_found"),
        ({"cause": "added", "seal_id": None}, "done"),
        ({"action": "cancel", "cause": "account_closed", "seal_id": None}, "done"),
    ],
)
def test_what_an_application_names(bank: Bank, changed: dict[str, Any], answer: str) -> None:
    card = cards.active(bank)
    assert code(bank.do("张敏", application(card, **changed))) == answer


def test_a_card_is_opened_by_an_application(bank: Bank) -> None:
    customer_id = cards.customer(bank)
    account_id = cards.account(bank, customer_id)
    asked = bank.done(
        "张敏",
        ApplySeal(
            customer_id=customer_id, action="open", cause="new_account", account_id=account_id,
            applicant="王小明",
        ),
    )  # fmt: skip
    application_id, other = asked.subjects[0].id, cards.account(bank, customer_id)

    def enter(account: UUID) -> Any:
        return cards.enter(bank, customer_id, account, scan(PERSON), application_id=application_id)

    assert code(bank.do("孙梅", enter(account_id))) == "application_state"
    bank.done("李强", review(application_id))
    assert code(bank.do("孙梅", enter(other))) == "application_other"
    bank.done("孙梅", enter(account_id))
    card = Card(SealCard.objects.get().id, customer_id, account_id)
    bank.done("何静", cards.check(bank, card, scan(PERSON, seed=2)))
    shown = queries.application(bank.actor("李强"), application_id)
    assert (shown.state, shown.card_id, shown.applicant) == ("done", card.id, "王小明")


def test_a_further_seal_joins_a_card_in_use_by_an_application(bank: Bank) -> None:
    card, today = cards.active(bank), bank_today()
    application_id = applied(bank, card, cause="added", seal_id=None)
    enter = cards.enter(
        bank, card.customer_id, card.account_id, scan(COMPANY), kind=Kind.COMPANY,
        application_id=application_id,
    )  # fmt: skip
    bank.done("孙梅", enter)
    bank.done("何静", cards.check(bank, card, scan(COMPANY, seed=2)))
    assert seen(card, scan(PERSON, seed=5)).verdict == "genuine"
    assert seen(card, scan(PERSON, seed=5), today + TOMORROW).verdict != "genuine"
    assert seen(card, scan(PERSON, COMPANY, seed=5), today + TOMORROW).verdict == "genuine"


def test_several_seals_of_a_kind_and_several_imprints_of_a_seal(bank: Bank) -> None:
    customer_id = cards.customer(bank)
    account_id = cards.account(bank, customer_id)
    more = tuple(cards.upload(bank, "孙梅", scan(PERSON, seed=seed)) for seed in (2, 3))
    first = cards.enter(
        bank, customer_id, account_id, scan(PERSON), kind=Kind.AUTHORISED, more=more
    )
    told = bank.done("孙梅", first).facts[0]["fields"]
    assert (told["imprints"], told["version"]) == (3, 1)
    again = cards.enter(bank, customer_id, account_id, scan(OTHER_PERSON), kind=Kind.AUTHORISED)
    assert code(bank.do("孙梅", again)) == "seal_on_card"
    second = cards.enter(
        bank, customer_id, account_id, scan(OTHER_PERSON), kind=Kind.AUTHORISED, ordinal=2
    )
    bank.done("孙梅", second)
    assert Specimen.objects.get(version=1, seal__ordinal=None).further.count() == 2


def test_imprints_of_two_seals_are_no_specimen(bank: Bank) -> None:
    more = (cards.upload(bank, "孙梅", scan(OTHER_PERSON)),)
    customer_id = cards.customer(bank)
    account_id = cards.account(bank, customer_id)
    enter = cards.enter(bank, customer_id, account_id, scan(PERSON), more=more)
    outcome = bank.do("孙梅", enter)
    assert code(outcome) == "scan_poor"
    assert outcome.refused
    assert "{" not in outcome.refused.sentence.zh


@pytest.mark.parametrize(
    ("told", "difference"),
    [
        ({"account_number": "6222021001098765433"}, "账号"),
        ({"holder": "清河贸易有限公司"}, "户名"),
        ({"seal_count": 2}, "枚数"),
    ],
)
def test_the_checker_reads_account_name_and_count_themselves(
    bank: Bank, told: dict[str, Any], difference: str
) -> None:
    card = cards.entered(bank)
    outcome = bank.done("何静", cards.check(bank, card, scan(PERSON, seed=2), **told))
    assert outcome.facts[0]["fact"] == "SealCheckDiffered"
    assert difference in outcome.facts[0]["zh"]
    assert SealCard.objects.get().state == "entered"
    honest = cards.check(bank, card, scan(PERSON, seed=2), holder=" 清河商贸 有限公司 ")
    assert bank.done("何静", honest).facts[0]["fact"] == "SealsChecked"


def test_a_loss_blocks_at_once_and_its_successor_lifts_it(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, registered_on = cards.active(bank), bank_today()
    later(monkeypatch, 10)
    application_id = lost(bank, card)
    today = bank_today()
    blocked = seen(card, scan(PERSON, seed=5))
    assert blocked.verdict == "frozen"
    assert "挂失" in blocked.answer.reasons[0].zh
    bank.done("王芳", review(application_id))
    renewed(bank, card, OTHER_PERSON, application_id)
    assert on_file(bank, card) == [
        (1, registered_on, today, "loss"),
        (2, today + TOMORROW, None, ""),
    ]
    assert SealCard.objects.get().state == "active"
    assert seen(card, scan(OTHER_PERSON, seed=5), today).verdict == "no_specimen"
    assert seen(card, scan(OTHER_PERSON, seed=5), today + TOMORROW).verdict == "genuine"
    backdated = seen(card, scan(PERSON, seed=5), today - TOMORROW)
    assert backdated.verdict == "uncertain"
    assert any("挂失" in each.zh for each in backdated.answer.findings[0].differences)


def test_a_seal_that_was_found_again(bank: Bank) -> None:
    card = cards.active(bank)
    lost(bank, card)
    bank.done("孙梅", UnfreezeCard(card_id=card.id, reason="印章找回"), "王芳")
    assert seen(card, scan(PERSON, seed=5)).verdict == "genuine"
    assert Application.objects.get().state == "lifted"


def test_a_cancelled_card_governs_what_was_issued_before(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, before = cards.active(bank), bank_today()
    later(monkeypatch, 5)
    cancel = CancelSeals(card_id=card.id, reason="销户")
    bank.done("孙梅", cancel, "王芳")
    assert code(bank.do("孙梅", cancel)) == "card_ended"
    assert seen(card, scan(PERSON, seed=5), before).verdict == "genuine"
    assert seen(card, scan(PERSON, seed=5)).verdict == "no_specimen"
    freeze = FreezeCard(card_id=card.id, reason="印章遗失")
    assert code(bank.do("张敏", freeze)) == "card_not_active"
    anew = cards.enter(bank, card.customer_id, card.account_id, scan(COMPANY), kind=Kind.COMPANY)
    bank.done("孙梅", anew)


def test_one_seal_of_a_card_is_cancelled(bank: Bank) -> None:
    card = cards.entered(bank, (Kind.COMPANY, COMPANY))
    bank.done("何静", cards.check(bank, card, scan(PERSON, COMPANY, seed=2)))
    cancel = CancelSeals(card_id=card.id, seal_id=seal_of(card), reason="人员离职")
    bank.done("孙梅", cancel, "王芳")
    assert seen(card, scan(COMPANY, seed=5)).verdict == "genuine"
    assert SealCard.objects.get().state == "active"


def test_two_persons_destroy_a_cancelled_card(bank: Bank) -> None:
    card = cards.active(bank)
    bank.done("孙梅", IssueCopy(card_id=card.id, kind="original", kept_at="2 号保险柜"))
    twice = IssueCopy(card_id=card.id, kind="original", kept_at="柜面")
    assert code(bank.do("孙梅", twice)) == "copy_issued"
    destroy = DestroyCard(card_id=card.id, reason="保管期满")
    assert code(bank.do("孙梅", destroy)) == "card_not_cancelled"
    bank.done("孙梅", CancelSeals(card_id=card.id, reason="销户"), "王芳")
    asked = bank.do("孙梅", destroy)
    assert code(bank.approve(asked.request_id, "孙梅")) == "own_request"
    assert SealCard.objects.get().state == "cancelled"
    assert code(bank.approve(asked.request_id, "何静")) == "done"
    row, act = SealCard.objects.get(), TwoPersonAct.objects.get()
    assert (row.state, row.destruction) == ("destroyed", act)
    assert (act.first_name, act.second_name) == ("孙梅", "何静")


def test_a_card_is_shared_by_accounts(bank: Bank) -> None:
    card = cards.active(bank)
    other = cards.account(bank, card.customer_id)
    number = cards.number_of(other)
    share = ShareCard(card_id=card.id, account_id=other, account_number=number)
    stranger = share.model_copy(update={"account_id": uuid4()})
    assert code(bank.do("孙梅", stranger)) == "account_not_the_customers"
    bank.done("孙梅", share)
    assert code(bank.do("孙梅", share)) == "account_shared_already"
    sharing = Card(card.id, card.customer_id, other)
    assert seen(sharing, scan(PERSON, seed=5)).verdict == "genuine"
    own = cards.enter(bank, card.customer_id, other, scan(COMPANY))
    assert code(bank.do("孙梅", own)) == "account_shared_already"
    assert queries.sealcards_for(bank.actor("孙梅"), number).count() == 1
    unshare = UnshareCard(card_id=card.id, account_id=other, reason="改用独立印鉴")
    bank.done("孙梅", unshare)
    assert code(bank.do("孙梅", unshare)) == "account_not_shared"
    assert seen(sharing, scan(PERSON, seed=5)).verdict == "no_specimen"
    bank.done("孙梅", own)


GUARDED = {
    "two versions in force at once": (
        "seals_specimen_one_in_force",
        "CREATE TEMP TABLE copy AS SELECT * FROM seals_specimen; "
        "UPDATE copy SET id = gen_random_uuid(), version = 2, from_on = current_date + 3; "
        "INSERT INTO seals_specimen SELECT * FROM copy",
    ),
    "one person's application and review": (
        "seals_application_two_persons",
        "UPDATE seals_application SET state = 'accepted', reviewed_at = now(), "
        "reviewed_by_id = applied_by_id, reviewed_authority_id = gen_random_uuid()",
    ),
    "a reviewer on the applicant's authority": (
        "seals_application_two_persons",
        "UPDATE seals_application SET state = 'accepted', reviewed_at = now(), "
        "reviewed_by_id = gen_random_uuid(), reviewed_authority_id = applied_authority_id",
    ),
    "a reviewer on nobody's authority": (
        "seals_application_two_persons",
        "UPDATE seals_application SET reviewed_by_id = gen_random_uuid(), reviewed_at = now()",
    ),
    "accepted by nobody": (
        "seals_application_reviewed",
        "UPDATE seals_application SET state = 'accepted'",
    ),
    "an application of no kind": (
        "seals_application_known",
        "UPDATE seals_application SET action = 'lend'",
    ),
    "an application about nothing": (
        "seals_application_about_something",
        "UPDATE seals_application SET card_id = NULL",
    ),
    "destroyed by one": (
        "seals_card_destroyed_by_two",
        "UPDATE seals_sealcard SET state = 'destroyed', ended_on = now()",
    ),
    "cancelled without a date": (
        "seals_card_ended_has_date",
        "UPDATE seals_sealcard SET state = 'cancelled'",
    ),
    "an account of two cards": (
        "seals_shared_account_once",
        "INSERT INTO seals_sharedaccount SELECT gen_random_uuid(), account_id, '1', "
        "current_date, NULL, id FROM seals_sealcard",
    ),
    "a copy of no kind": (
        "seals_copy_known_kind",
        "INSERT INTO seals_cardcopy SELECT gen_random_uuid(), 'third', 1, '', '', now(), id "
        "FROM seals_sealcard",
    ),
    "a seal too many": ("seals_seal_ordinal", "UPDATE seals_seal SET ordinal = 10"),
    "two that wait": (
        "seals_specimen_one_entered",
        "CREATE TEMP TABLE copy AS SELECT * FROM seals_specimen; "
        "UPDATE copy SET id = gen_random_uuid(), version = 2, state = 'entered'; "
        "INSERT INTO seals_specimen SELECT * FROM copy; "
        "UPDATE copy SET id = gen_random_uuid(), version = 3; "
        "INSERT INTO seals_specimen SELECT * FROM copy",
    ),
}


def test_the_database_refuses(bank: Bank, owner: psycopg.Connection) -> None:
    card = cards.active(bank)
    bank.done("张敏", application(card))
    for what, (constraint, statement) in GUARDED.items():
        with pytest.raises(psycopg.errors.IntegrityError) as broken:
            tamper(owner, statement)
        assert broken.value.diag.constraint_name == constraint, what
        owner.execute("DROP TABLE IF EXISTS copy")


def test_a_letter_that_is_no_scan_is_turned_back_at_once(bank: Bank) -> None:
    card = cards.active(bank)
    asked = application(card, letter=cards.upload(bank, "张敏", b"<html>"))
    with pytest.raises(Invalid) as invalid:
        bank.do("张敏", asked)
    [(field, sentence)] = invalid.value.errors
    assert (field, "PDF" in sentence.zh) == ("letter", True)
