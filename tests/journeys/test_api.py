"""The HTTP API as strangers find it: every operation of its schema, by schemathesis, with bodies
that the schema does and does not allow.

It goes through the real application, cookies, CSRF and all.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from tests.bank.caller import CSRF, session_of
from tests.bank.cast import CAST
from tests.bank.kept import once
from tests.bank.verbs import Bank
from yinxin.evidence.sequencer import Sequencer
from yinxin.gate.models import Execution
from yinxin.kernel.actor import Channel
from yinxin.kernel.command import COMMANDS
from yinxin.uikit.annotations import reference_fields
from yinxin.uikit.choices import offered
from yinxin.web import signing
from yinxin.web.api import api
from yinxin.web.pages import DECISIONS
from yinxin.web.wsgi import application

from .bodies import BODIES, Body, Work

EXAMPLES = 50
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
# Commands differ in their bodies alone: the rest is drawn for one of them.
DRAWN_WHOLE = "/api/commands/customers.register"
COMMON = {"headers": {"Idempotency-Key": "example"}, "query": {"dry_run": "true"}}
PATHS = api.get_openapi_schema()["paths"]
OPERATIONS = sorted((path, method) for path, item in PATHS.items() for method in item)
READS = {
    "/api/requests": lambda work: {},
    "/api/requests/{request_id}": lambda work: {"request_id": work.request.pk},
    "/api/evidence/checkpoint": lambda work: {},
    "/api/evidence/proofs/{execution_id}": lambda work: {
        "execution_id": Execution.objects.filter(actor_name="李强").earliest("id").id
    },
}


@dataclass
class Browser:
    """The application as a member of the cast reaches it, signed on."""

    who: str
    session: Callable[[str], str]

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        session = self.session(CAST[self.who].login)
        environ["HTTP_COOKIE"] = f"sessionid={session}; csrftoken={CSRF}"
        environ["HTTP_X_CSRFTOKEN"] = CSRF
        return application(environ, start)


BROWSER = Browser("张敏", session_of)


@dataclass(frozen=True)
class Office:
    work: Work
    browser: Browser
    schema: Any


@pytest.fixture
def office(bank: Bank) -> Office:
    work = logged(bank)
    BROWSER.who, BROWSER.session = "张敏", cache(session_of)
    return Office(work, BROWSER, schema())


@once
def logged(bank: Bank) -> Work:
    work = Work.of(bank)
    sequencer = Sequencer(signing.signer())
    while sequencer.step():
        pass
    sequencer.close()
    return work


@cache
def schema() -> Any:
    return schemathesis.openapi.from_wsgi("/api/openapi.json", BROWSER)


def command_of(path: str) -> str:
    return path.removeprefix("/api/commands/") if path.startswith("/api/commands/") else ""


def test_each_command_has_a_valid_body() -> None:
    taken = {
        name
        for name, cls in COMMANDS.items()
        if Channel.API in cls.meta.channels and ".tests." not in cls.__module__
    }
    assert taken == set(BODIES)
    assert taken == {command_of(path) for path in PATHS if command_of(path)}


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda part: str(part))
def test_an_operation(office: Office, path: str, method: str) -> None:
    """It does what its schema says for a valid request and for any other."""
    office.browser.who, valid = BODIES.get(command_of(path), ("李强", None))
    operation = office.schema[path][method.upper()]
    body = json.loads(json.dumps(valid(office.work), default=str)) if valid else None
    if body is not None and Channel.WEB in COMMANDS[command_of(path)].meta.channels:
        assert not unoffered(office, command_of(path), body), "the form does not offer these"
    answer = operation.Case(**_valid(office.work, path, body)).call_and_validate(checks=CHECKS)
    assert answer.status_code in (200, 201, 202), answer.text
    fuzz(operation, body)


def unoffered(office: Office, name: str, body: Body) -> dict[str, list[str]]:
    """What a body refers to and the form of its command does not offer to whoever sends it."""
    if COMMANDS[name] in DECISIONS:
        return {}
    choices = offered(name, office.work.bank.actor(office.browser.who))
    missing = {}
    for field_name in set(reference_fields(COMMANDS[name])) & body.keys():
        named = body[field_name] if isinstance(body[field_name], list) else [body[field_name]]
        missing[field_name] = sorted(set(named) - dict(choices[field_name]).keys())
    return {field_name: ids for field_name, ids in missing.items() if ids}


def _valid(work: Work, path: str, body: Body | None) -> dict[str, Any]:
    if body is not None:
        headers = {"Idempotency-Key": "a-valid-body"}
        return {
            "body": body,
            "headers": headers,
            "query": {"dry_run": "true"},
            "media_type": "application/json",
        }
    if path == "/api/uploads":
        return {"body": {"file": b"scan"}, "media_type": "multipart/form-data"}
    return {"path_parameters": {k: str(v) for k, v in READS[path](work).items()}}


def fuzz(operation: Any, body: Body | None) -> None:
    fixed = COMMON if body is not None and operation.path != DRAWN_WHOLE else {}
    cases = operation.as_strategy(generation_mode=GenerationMode.POSITIVE, **fixed)
    if operation.body or operation.path_parameters:
        cases |= operation.as_strategy(generation_mode=GenerationMode.NEGATIVE, **fixed)
    keys = (f"example-{number}" for number in count())
    kept = st.sets(st.sampled_from(sorted(body))) if body else st.just(set())

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, kept=kept, dry_run=st.booleans())
    def answers_by_the_schema(case: Any, kept: set[str], dry_run: bool) -> None:
        if fixed:
            case.headers["Idempotency-Key"] = next(keys)
            case.query["dry_run"] = str(dry_run).lower()
        if kept and isinstance(case.body, dict):  # some right fields lead further in
            case.body = case.body | {name: body[name] for name in kept}
            case.query = case.query | {"dry_run": "true"}
        case.call_and_validate(checks=CHECKS)

    answers_by_the_schema()
