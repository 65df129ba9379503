"""A member of staff at the API, over HTTP."""

import json
import time
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

CSRF = "0123456789abcdef0123456789abcdef"
TIMEOUT_S = 10


class NoAnswer(Exception):
    """The request was lost, or the answer to it: it may have been done or not."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any

    @property
    def code(self) -> str:
        """The refusal code, else what became of the command."""
        return str(self.body.get("code") or self.body["status"])


@dataclass(frozen=True)
class Caller:
    """`session` is the cookie that `session_of` made."""

    address: str
    session: str

    def send(self, name: str, body: object, key: str) -> Answer:
        """Send a command. Raises NoAnswer, and ValueError for an answer that is no JSON."""
        request = Request(
            f"http://{self.address}/api/commands/{name}",
            data=json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Cookie": f"sessionid={self.session}; csrftoken={CSRF}",
                "X-CSRFToken": CSRF,
                "Idempotency-Key": key,
            },
        )
        try:
            try:
                response = urlopen(request, timeout=TIMEOUT_S)
            except HTTPError as no:
                response = no
            with response:
                return Answer(response.status, json.load(response))
        except (OSError, HTTPException) as error:
            raise NoAnswer(repr(error)) from error


def session_of(login: str) -> str:
    """A session as signing on with a one-time code just now leaves it; returns its cookie."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from yinxin.people.models import Login
    from yinxin.web.settings import AUTHENTICATION_BACKENDS

    Login.objects.filter(username=login).update(must_change_password=False)
    account, session = Login.objects.get(username=login), SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session["account_authentication_methods_user"] = str(account.pk)
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time()},
        {"method": "mfa", "type": "totp", "at": time.time()},
    ]
    session.save()
    assert session.session_key
    return session.session_key
