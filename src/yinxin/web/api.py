"""The HTTP API: one operation a command, from the command classes themselves, and the reads.

A session signs a caller on; a command carries its idempotency key in `Idempotency-Key`.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Header, NinjaAPI, Query, Router, Schema, Status
from ninja.errors import HttpError, ValidationError
from ninja.files import UploadedFile
from ninja.parser import Parser
from ninja.security import django_auth
from pydantic import Field

from yinxin.evidence import queries as evidence
from yinxin.gate import door
from yinxin.gate import queries as gate
from yinxin.gate.door import Outcome
from yinxin.gate.reading import reading
from yinxin.gate.registry import HANDLERS
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import Channel
from yinxin.kernel.command import COMMANDS, Command
from yinxin.kernel.refusals import Invalid, Refused
from yinxin.kernel.text import Text
from yinxin.uikit.pydantic_messages import message
from yinxin.vault import blobs

from . import errors

LARGEST_UPLOAD = 20 * 2**20


class StrictParser(Parser):
    """JSON without its traps: a key twice, NaN, and fractions that turn into floats."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        if request.content_type != "application/json":
            raise HttpError(415, "not JSON")
        return json.loads(  # type: ignore[no-any-return]
            request.body,
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_each_key_once,
        )


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    once = dict(pairs)
    if len(once) < len(pairs):
        raise ValueError("a key stands twice")
    return once


api = NinjaAPI(
    title="Yinxin 印信",
    version="1",
    auth=django_auth,
    parser=StrictParser(),
    docs_url="docs",
    urls_namespace="api",
)


class Sentence(Schema):
    zh: str
    en: str


class Problem(Schema):
    """Any no: a stable code and a sentence that says what to do."""

    code: str
    zh: str
    en: str
    rule: str = ""
    fields: list[dict[str, str]] = []


class FactOut(Schema):
    fact: str
    zh: str
    en: str
    fields: dict[str, Any]


class LevelOut(Schema):
    duties: list[str]
    count: int


class SubjectOut(Schema):
    """A thing that the command was about or made, such as a `transfers.transfer`."""

    kind: str
    id: UUID
    number: str


class OutcomeOut(Schema):
    """`done`, or `pending` with the request that waits for the levels."""

    status: str
    execution_id: UUID
    facts: list[FactOut]
    subjects: list[SubjectOut]
    request_id: UUID | None = None
    levels: list[LevelOut] = []


class UploadOut(Schema):
    upload_id: UUID


class RequestOut(Schema):
    id: UUID
    command: str
    number: str
    maker: str
    state: str
    level: int
    created_at: str


class RequestDetailOut(RequestOut):
    shown: str
    facts: list[Sentence]


Key = Annotated[str, Field(min_length=8, max_length=100, pattern=r"^[\x21-\x7e]+$")]


def _answers(told: dict[int, Any]) -> dict[str, Any]:
    """What an operation answers: what it is told here, and every kind of no.

    The noes come from the handlers of exceptions below. Only one is a model, the others refer to
    its schema: to make a model of each for every operation takes longer than all else here.
    """
    problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
    noes = {
        code: {"description": HTTPStatus(code).phrase, "content": {"application/json": problem}}
        for code in (401, 403, 404, 409, 413, 415, 422)
    }
    return {"response": told | {400: Problem}, "openapi_extra": {"responses": noes}}


@api.exception_handler(HttpError)
def unread(request: HttpRequest, raised: HttpError) -> HttpResponse:
    """ninja's own noes; what the parser said stands behind them."""
    cause = raised.__cause__
    return errors.answer(request, cause if isinstance(cause, HttpError) else raised)


@api.exception_handler(ValidationError)
def unreadable(request: HttpRequest, invalid: ValidationError) -> HttpResponse:
    fields = [
        (".".join(str(part) for part in each["loc"][1:]), message(each))  # type: ignore[arg-type]
        for each in invalid.errors
    ]
    return api.create_response(request, errors.invalid_body(fields), status=422)


@api.exception_handler(Invalid)
def invalid(request: HttpRequest, raised: Invalid) -> HttpResponse:
    return api.create_response(request, errors.invalid_body(raised.errors), status=422)


@api.exception_handler(Refused)
def refused(request: HttpRequest, raised: Refused) -> HttpResponse:
    body = errors.refused_body(raised)
    return api.create_response(request, body, status=errors.status_of(raised))


@api.post("/uploads", **_answers({201: UploadOut}), tags=["uploads"])
def upload(request: HttpRequest, file: Annotated[UploadedFile, File()]) -> Status[Any]:
    """Stage a file; a command names it by the id within a day."""
    if (file.size or 0) > LARGEST_UPLOAD:
        raise Invalid(("file", Text("文件不能超过 20 MB。", "A file has at most 20 MB.")))
    actor = request.actor  # type: ignore[attr-defined]
    return Status(201, {"upload_id": blobs.stage(actor.id, file.read(), file.content_type or "")})


@api.get("/requests", **_answers({200: list[RequestOut]}), tags=["requests"])
def requests(request: HttpRequest) -> list[dict[str, Any]]:
    """待我处理: the open requests that the caller may decide, oldest first, at most 100."""
    with reading():
        rows = gate.to_decide(request.actor).order_by("pk")[:100]  # type: ignore[attr-defined]
        return [_request(row) for row in rows]


@api.get("/requests/{request_id}", **_answers({200: RequestDetailOut}), tags=["requests"])
def request_detail(request: HttpRequest, request_id: UUID) -> dict[str, Any]:
    """A request with the digest that an approval must carry."""
    with reading():
        detail = gate.request_for(request.actor, request_id)  # type: ignore[attr-defined]
        return _request(detail.request) | {
            "shown": detail.shown,
            "facts": [{"zh": text.zh, "en": text.en} for text in detail.facts],
        }


@api.get("/evidence/checkpoint", **_answers({200: dict[str, str]}), tags=["evidence"])
def checkpoint(request: HttpRequest) -> dict[str, str]:
    """The last signed head of the log."""
    with reading():
        head = evidence.latest_checkpoint(request.actor)  # type: ignore[attr-defined]
        if head is None:
            raise Refused(NOT_FOUND)
        return {"note": head.note}


@api.get("/evidence/proofs/{execution_id}", **_answers({200: dict[str, str]}), tags=["evidence"])
def proof(request: HttpRequest, execution_id: UUID) -> dict[str, str]:
    """The proof that a command is in the log, to be verified offline."""
    with reading():
        found = evidence.inclusion_proof(request.actor, execution_id)  # type: ignore[attr-defined]
        if found is None:
            raise Refused(NOT_FOUND)
        return {"proof": str(found)}


def _request(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "command": row.command,
        "number": row.subject_number,
        "maker": row.maker_name,
        "state": row.state,
        "level": row.level,
        "created_at": row.created_at.isoformat(),
    }


def _answered(outcome: Outcome) -> Status[Any]:
    if outcome.refused:
        raise outcome.refused
    body = {
        "status": outcome.status,
        "execution_id": outcome.execution_id,
        "facts": outcome.facts,
        "subjects": [
            {"kind": each.kind, "id": each.id, "number": each.number} for each in outcome.subjects
        ],
        "request_id": outcome.request_id,
        "levels": [level.wire() for level in outcome.levels],
    }
    return Status(202 if outcome.status == "pending" else 200, body)


def _operation(cls: type[Command]) -> Callable[..., Any]:
    def operation(
        request: HttpRequest,
        body: cls,  # type: ignore[valid-type]
        idempotency_key: Annotated[Key, Header(alias="Idempotency-Key")],
        dry_run: Annotated[bool, Query()] = False,
    ) -> Status[Any]:
        actor = request.actor  # type: ignore[attr-defined]
        if dry_run:
            return _answered(door.preview(body, actor))
        return _answered(door.submit(body, actor, idempotency_key))

    operation.__name__ = cls.meta.name.replace(".", "_")
    operation.__doc__ = f"{cls.meta.title.zh} / {cls.meta.title.en} ({cls.meta.code})"
    return operation


def _commands() -> Router:
    router = Router()
    for name, cls in sorted(COMMANDS.items()):
        if cls in HANDLERS and Channel.API in cls.meta.channels:
            router.post(
                f"/{name}",
                **_answers({200: OutcomeOut, 202: OutcomeOut}),
                tags=[name.split(".")[0]],
                operation_id=name,
                summary=f"{cls.meta.title.zh} {cls.meta.title.en}",
            )(_operation(cls))
    return router


api.add_router("/commands", _commands())
