"""The pages of seal cards and of the comparison, and the pictures on them."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from tests.bank.verbs import Bank

from yinxin.customers.tests.pages import answer, page
from yinxin.kernel.refusals import Refused
from yinxin.seals import queries
from yinxin.seals.commands import (
    IssueCopy,
    IssueReturnNotice,
    SetCombination,
    SetReturnReason,
    SetThreshold,
    ShareCard,
)
from yinxin.seals.models import Finding, ReturnNotice, Seal, Specimen, Verification
from yinxin.seals.views import applications, images, standards, verifications
from yinxin.seals.views import cards as card_views

from . import cards
from .cards import COMPANY, ITEM, MACHINE, OTHER_PERSON, PERSON, scan, seen
from .test_life import application, applied, lost, renewed, review

Job = Any


def pictures_on(bank: Bank, who: str, shown: str) -> list[HttpResponse]:
    return [picture(bank, who, url) for url in re.findall(r'src="(/seals/pictures/[^"]+)"', shown)]


def picture(bank: Bank, who: str, url: str) -> HttpResponse:
    found = resolve(url)
    assert found.func is images.picture
    image = answer(bank, who, found.func, url, **found.kwargs)
    assert image.content.startswith(b"\x89PNG")
    assert image.headers["Cache-Control"] == "no-store"
    return image


def test_the_list_of_cards(bank: Bank) -> None:
    number = cards.number_of(cards.entered(bank).account_id)
    listed = card_views.sealcards
    shown = page(bank, "李强", listed)
    assert number in shown
    assert "清河商贸有限公司" in shown
    assert "/do/3001/" not in shown
    assert "/do/3001/" in page(bank, "孙梅", listed)
    assert number not in page(bank, "陈立", listed)
    assert number in page(bank, "李强", listed, "/seals/?q=清河")
    assert number not in page(bank, "李强", listed, "/seals/?q=远山")


def test_the_page_of_a_card(bank: Bank) -> None:
    card = cards.entered(bank)
    bank.done("何静", cards.check(bank, card, scan(OTHER_PERSON, seed=2)))
    waiting = page(bank, "何静", card_views.sealcard, id=card.id)
    assert "/do/3002/" in waiting
    assert "清河商贸有限公司 法人章" in waiting
    assert "不符" in waiting
    assert "版本时间线" not in waiting
    bank.done("何静", cards.check(bank, card, scan(PERSON, seed=3)))
    checked = page(bank, "张敏", card_views.sealcard, id=card.id)
    assert "/do/3003/" in checked
    assert "/do/3002/" not in checked
    assert len(pictures_on(bank, "张敏", checked)) == 2


def test_a_card_shows_its_versions_and_all_that_hangs_on_it(bank: Bank) -> None:
    card = cards.active(bank)
    renewed(bank, card, OTHER_PERSON, applied(bank, card))
    bank.done("孙梅", IssueCopy(card_id=card.id, kind="original", kept_at="2 号保险柜"))
    other = cards.account(bank, card.customer_id)
    number = cards.number_of(other)
    bank.done("孙梅", ShareCard(card_id=card.id, account_id=other, account_number=number))
    bank.done("孙梅", SetCombination(card_id=card.id, expression="legal"), "王芳")
    shown = page(bank, "李强", card_views.sealcard, id=card.id)
    assert "版本时间线" in shown
    assert all(f">v{version}</text>" in shown for version in (1, 2))
    for text in ("变更", "2 号保险柜", number, "正本", "法人章", "质量检查"):
        assert text in shown


def test_an_application_and_its_next_step(bank: Bank) -> None:
    card = cards.active(bank)
    asked = bank.done("张敏", application(card)).subjects[0]
    waiting = page(bank, "李强", applications.application, id=asked.id)
    assert "王小明" in waiting
    assert "/do/3007/" in waiting
    bank.done("李强", review(asked.id))
    assert "/do/3008/" in page(bank, "孙梅", applications.application, id=asked.id)
    listed = page(bank, "李强", applications.applications)
    assert "变更" in listed
    assert asked.number in listed
    assert asked.number not in page(bank, "陈立", applications.applications)


def test_the_comparison_side_by_side_and_in_words(bank: Bank, job: Job) -> None:
    card = cards.active(bank)
    examination = seen(card, scan(OTHER_PERSON, seed=5)).staged(MACHINE.id)
    bank.done(MACHINE, job(examination=examination))
    [recorded] = queries.verifications_of(bank.actor("李强"), ITEM.kind, ITEM.id)
    shown = page(bank, "李强", verifications.verification, id=recorded.line.id)
    assert all(each.zh in shown for each in recorded.findings[0].differences)
    assert "data-bench" in shown
    assert "seals/comparison.js" in shown
    assert len(pictures_on(bank, "李强", shown)) == 3
    assert "CHQ-7" in page(bank, "李强", verifications.verifications)
    assert "CHQ-7" not in page(bank, "陈立", verifications.verifications)
    for who, code in (("张敏", "3015"), ("张敏", "3018")):
        assert f"/do/{code}/" in page(bank, who, verifications.verification, id=recorded.line.id)


def test_administrators_see_no_seals(bank: Bank) -> None:
    card = cards.active(bank)
    shown = page(bank, "吴刚", card_views.sealcard, id=card.id)
    assert "/seals/pictures/" not in shown


def test_a_return_notice_to_print(bank: Bank, job: Job) -> None:
    bank.done(MACHINE, job(examination=seen(cards.active(bank), scan()).answer))
    doubt = Verification.objects.latest("id").id
    bank.done("张敏", IssueReturnNotice(verification_id=doubt, codes=("S03",), remark="请补盖"))
    notice = ReturnNotice.objects.get()
    shown = page(bank, "李强", verifications.returnnotice, id=notice.id)
    for text in (notice.number, "S03 缺少预留印鉴", "请补盖", "张敏", 'class="qr"'):
        assert text in shown


def test_the_use_of_a_seal_and_its_warnings(bank: Bank, job: Job) -> None:
    card = cards.active(bank)
    forged = seen(card, scan(OTHER_PERSON, seed=5)).answer
    for _ in range(3):
        bank.done(MACHINE, job(examination=forged))
    used = page(bank, "李强", card_views.seal, id=Seal.objects.get().id)
    assert used.count("CHQ-7") == 3
    warned = page(bank, "李强", card_views.warnings)
    assert "连续不符" in warned
    assert "最近连续 3 次未通过" in warned
    assert "连续不符</span>" not in page(bank, "陈立", card_views.warnings)


def test_the_standards_of_verification_as_in_force(bank: Bank) -> None:
    assert "未设定阈值" in page(bank, "王芳", standards.standards)
    for score in ("0.8", "0.925"):
        band = SetThreshold(currency="CNY", from_amount=Decimal(100_000), score=Decimal(score))
        bank.done("王芳", band, "何静")
    lost = SetReturnReason(code="S05", zh="印章已挂失", en="The seal is lost", in_use=False)
    bank.done("王芳", lost, "何静")
    shown = page(bank, "王芳", standards.standards)
    assert "100,000.00" in shown
    assert "0.925" in shown
    assert "0.8<" not in shown
    assert "印章已挂失" in shown
    assert "印鉴不符" in shown
    assert shown.count(">否<") == 1
    assert "/do/3019/" in shown
    assert "/do/3019/" not in page(bank, "张敏", standards.standards)


def test_other_branches_get_nothing(bank: Bank) -> None:
    card = cards.active(bank)
    application_id = lost(bank, card)
    [line] = queries.sealcard(bank.actor("李强"), card.id).verifications
    for view, id in (
        (verifications.verification, line.id),
        (card_views.sealcard, card.id),
        (card_views.seal, Seal.objects.get().id),
        (applications.application, application_id),
    ):
        with pytest.raises(Refused, match="not_found"):
            answer(bank, "陈立", view, id=id)
    for kind, id in (
        ("specimen", Specimen.objects.get().id),
        ("scan", Specimen.objects.get().id),
        ("overlay", Finding.objects.get().id),
        ("imprint", Finding.objects.get().id),
        ("page", line.id),
        ("letter", application_id),
    ):
        with pytest.raises(Refused, match="not_found"):
            cards.look(bank.actor("陈立"), kind, id)  # type: ignore[arg-type]


def test_a_page_takes_the_same_queries_however_much_it_shows(bank: Bank, job: Job) -> None:
    def counted(view: Callable[..., HttpResponse], **ids: object) -> int:
        with CaptureQueriesContext(connection) as captured:
            page(bank, "李强", view, **ids)
        return len(captured)

    def all_counts() -> list[int]:
        doubt = Verification.objects.earliest("id").id
        return [
            counted(card_views.sealcards),
            counted(card_views.sealcard, id=card.id),
            counted(applications.applications),
            counted(card_views.warnings),
            counted(card_views.seal, id=Seal.objects.earliest("id").id),
            counted(verifications.verifications),
            counted(verifications.verification, id=doubt),
        ]

    card = cards.active(bank)
    forged = seen(card, scan(OTHER_PERSON, seed=5)).answer
    for _ in range(3):
        bank.done(MACHINE, job(examination=forged))
    bank.done("张敏", application(card))
    before = all_counts()
    for _ in range(3):
        bank.done("张敏", application(card))
        bank.done(MACHINE, job(examination=forged))
    other = cards.account(bank, card.customer_id)
    bank.done("孙梅", cards.enter(bank, card.customer_id, other, scan(COMPANY)))
    assert all_counts() == before
    assert max(before) <= 24
