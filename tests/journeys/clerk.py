"""A clerk's browser at the API, inside this process."""

import json
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from tests.bank.caller import CSRF, session_of


def signed_on(login: str) -> Client:
    client = Client(enforce_csrf_checks=True, HTTP_HOST="localhost", headers={"X-CSRFToken": CSRF})
    client.cookies["csrftoken"] = CSRF
    client.cookies["sessionid"] = session_of(login)
    return client


def send(client: Client, name: str, body: object, **changed: Any) -> HttpResponse:
    content = body if isinstance(body, str | bytes) else json.dumps(body, default=str)
    options = {"content_type": "application/json", "headers": {"Idempotency-Key": uuid4().hex}}
    return client.post(f"/api/commands/{name}", content, **(options | changed))
