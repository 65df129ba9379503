"""Every page that the menu names, for everybody who works here."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.bank.cast import CAST
from tests.bank.verbs import Bank
from yinxin.web.navigation import MENU

from .clerk import signed_on

PAGES = [name for _, items in MENU for _, name in items]


@pytest.mark.parametrize("who", CAST)
def test_every_page_of_the_menu_answers(bank: Bank, who: str) -> None:
    """Also to those to whom it shows nothing, in both languages; it is the one that is marked."""
    clerk: Client = signed_on(CAST[who].login)
    for name in PAGES:
        for language in ("zh-hans", "en"):
            clerk.cookies["django_language"] = language
            answer = clerk.get(url := reverse(name))
            assert answer.status_code == 200, (name, language)
            marked = f'<a href="{url}" aria-current="page">'
            page = answer.content.decode()
            assert page.count('aria-current="page"><span>') == 1, name
            assert marked in page, name


def test_a_decision_is_made_on_the_page_of_its_request(bank: Bank) -> None:
    """The form of a command that decides would ask for ids and digests."""
    clerk: Client = signed_on(CAST["李强"].login)
    answer = clerk.get(reverse("do", args=["0002"]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("inbox"))
