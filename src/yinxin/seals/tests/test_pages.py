"""The pages of seal cards and of the comparison, and the pictures on them."""

import re

import pytest
from django.http import HttpResponse
from django.urls import resolve
from tests.bank.verbs import Bank

from yinxin.customers.tests.pages import answer, page
from yinxin.kernel.refusals import Refused
from yinxin.seals import queries, views
from yinxin.seals.models import Finding, Specimen

from . import cards
from .cards import ITEM, MACHINE, OTHER_PERSON, PERSON, scan, seen


def test_the_list_of_cards(bank: Bank) -> None:
    cards.entered(bank)
    shown = page(bank, "李强", views.sealcards)
    assert cards.ACCOUNT_NUMBER in shown
    assert "清河商贸有限公司" in shown
    assert "/do/3001/" not in shown
    assert "/do/3001/" in page(bank, "孙梅", views.sealcards)
    assert cards.ACCOUNT_NUMBER not in page(bank, "陈立", views.sealcards)
    assert cards.ACCOUNT_NUMBER in page(bank, "李强", views.sealcards, "/seals/?q=清河")
    assert cards.ACCOUNT_NUMBER not in page(bank, "李强", views.sealcards, "/seals/?q=远山")


def test_the_page_of_a_card(bank: Bank) -> None:
    card = cards.entered(bank)
    bank.done("何静", cards.check(bank, card, scan(OTHER_PERSON, seed=2)))
    waiting = page(bank, "何静", views.sealcard, id=card.id)
    assert "/do/3002/" in waiting
    assert "清河商贸有限公司 法人章" in waiting
    assert "不符" in waiting
    bank.done("何静", cards.check(bank, card, scan(PERSON, seed=3)))
    checked = page(bank, "张敏", views.sealcard, id=card.id)
    assert "/do/3003/" in checked
    assert "/do/3002/" not in checked
    for url in re.findall(r'src="(/seals/[^"]+)"', checked):
        image = picture(bank, "张敏", url)
        assert image.content.startswith(b"\x89PNG")
        assert image.headers["Cache-Control"] == "no-store"


def test_the_comparison_side_by_side_and_in_words(bank: Bank, job) -> None:  # type: ignore[no-untyped-def]
    card = cards.active(bank)
    examination = seen(card, scan(OTHER_PERSON, seed=5)).staged(MACHINE.id)
    bank.done(MACHINE, job(examination=examination))
    [recorded] = queries.verifications_of(bank.actor("李强"), ITEM.kind, ITEM.id)
    shown = page(bank, "李强", views.verification, id=recorded.line.id)
    assert all(each.zh in shown for each in recorded.findings[0].differences)
    urls = re.findall(r'src="(/seals/[^"]+)"', shown)
    assert [url.split("/")[-1] for url in urls] == ["specimen.png", "imprint.png", "overlay.png"]
    for url in urls:
        image = picture(bank, "李强", url)
        assert image.content.startswith(b"\x89PNG")
        assert image.headers["Cache-Control"] == "no-store"
    assert "CHQ-7" in page(bank, "李强", views.verifications)
    assert "CHQ-7" not in page(bank, "陈立", views.verifications)


def test_other_branches_get_no_pictures(bank: Bank) -> None:
    card = cards.active(bank)
    [line] = queries.sealcard(bank.actor("李强"), card.id).verifications
    for view, id in (
        (views.specimen_picture, Specimen.objects.get().id),
        (views.scan_picture, Specimen.objects.get().id),
        (views.overlay_picture, Finding.objects.get().id),
        (views.imprint_picture, Finding.objects.get().id),
        (views.page_picture, line.id),
        (views.verification, line.id),
        (views.sealcard, card.id),
    ):
        with pytest.raises(Refused, match="not_found"):
            answer(bank, "陈立", view, id=id)
    checked = answer(bank, "李强", views.page_picture, id=line.id)
    assert checked.content.startswith(b"\x89PNG")


def picture(bank: Bank, who: str, url: str) -> HttpResponse:
    found = resolve(url)
    return answer(bank, who, found.func, url, **found.kwargs)
