"""What stands before every page: the log line, the content policy, and who is looking."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from yinxin.kernel.actor import Channel
from yinxin.kernel.ids import new_id
from yinxin.people import queries as people

from . import errors, founding_pages, metrics

GetResponse = Callable[[HttpRequest], HttpResponse]

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
OPEN_PATHS = ("/accounts/", "/founding/", "/static/", "/health", "/metrics", "/language/")

log = structlog.get_logger("yinxin.web")


class RequestLog:
    """One line a request: route, status, time. Never a path's values, a query or a name."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request.number = str(new_id())  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request=request.number):  # type: ignore[attr-defined]
            response = self.get_response(request)
            if response.status_code == 405:
                response = errors.wrong_method(request, response)
            seconds = time.perf_counter() - started
            route = request.resolver_match.route if request.resolver_match else "-"
            metrics.REQUESTS.labels(request.method, route, response.status_code).observe(seconds)
            log.info(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
            )
        return response

    def process_exception(self, request: HttpRequest, raised: Exception) -> HttpResponse:
        return errors.answer(request, raised)


class ContentSecurity:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response


class Viewer:
    """Sets `request.actor`; whoever is not signed on, has a one-time password or no second
    factor is sent to see to that first."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            request.actor = people.actor_for(  # type: ignore[attr-defined]
                request.user.pk,
                Channel.API if request.path.startswith("/api/") else Channel.WEB,
                second_factor_at(request),
            )
        if request.actor is None and _nobody_works_here(request):  # type: ignore[attr-defined]
            return redirect("founding")
        if request.path.startswith(OPEN_PATHS):
            return self.get_response(request)
        if request.actor is None:  # type: ignore[attr-defined]
            if request.path.startswith("/api/"):
                return errors.unauthenticated()
            return redirect(f"{reverse('account_login')}?next={request.path}")
        if first := _to_do_first(request):
            api = request.path.startswith("/api/")
            return errors.sign_on_incomplete() if api else redirect(first)
        return self.get_response(request)


def _nobody_works_here(request: HttpRequest) -> bool:
    """In an empty house there is one page to see."""
    return request.path in ("/", "/accounts/login/") and not founding_pages.is_founded()


def _to_do_first(request: HttpRequest) -> str:
    """The page that whoever has just signed on for the first time must see to."""
    if request.user.must_change_password:  # type: ignore[union-attr]
        return "account_change_password"
    if second_factor_at(request) is None and not _has_device(request):
        return "mfa_activate_totp"
    return ""


def second_factor_at(request: HttpRequest) -> datetime | None:
    """When this session last confirmed a second factor, as allauth recorded it."""
    confirmed = [
        record["at"]
        for record in get_authentication_records(request, request.user)
        if record.get("method") == "mfa"
    ]
    return datetime.fromtimestamp(max(confirmed), UTC) if confirmed else None


def _has_device(request: HttpRequest) -> bool:
    return Authenticator.objects.filter(
        user_id=request.user.pk, type=Authenticator.Type.TOTP
    ).exists()
