"""A page as one of the cast sees it, without the sign-on in front of it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from tests.bank.verbs import Bank

# The names of static files carry no hash here: nothing was collected.
PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


def answer(
    bank: Bank, who: str, view: Callable[..., HttpResponse], path: str = "/", **ids: object
) -> HttpResponse:
    request = RequestFactory(SERVER_NAME="localhost").get(path)
    request.actor = bank.actor(who)  # type: ignore[attr-defined]
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": PLAIN}):
        return view(request, **ids)


def page(
    bank: Bank, who: str, view: Callable[..., HttpResponse], path: str = "/", **ids: object
) -> str:
    response = answer(bank, who, view, path, **ids)
    assert response.status_code == 200
    return response.content.decode()
