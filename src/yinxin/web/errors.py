"""How every kind of no reads, for pages and for the API: mapped here and nowhere else."""

from typing import Any

import structlog
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from ninja.errors import AuthenticationError, HttpError

from yinxin.gate import rules
from yinxin.kernel.refusals import Invalid, Refused
from yinxin.kernel.text import Text

FORBIDDEN = frozenset(
    {rules.DUTY_MISSING, rules.CHANNEL_CLOSED, rules.OUT_OF_SCOPE, rules.SECOND_FACTOR_NEEDED}
)
NOT_SIGNED_ON = Text("请先登录。", "Sign on first.")
SIGN_ON_INCOMPLETE = Text(
    "请先在网页登录，更换一次性口令并绑定动态口令。",
    "Sign on in a browser first: change the one-time password and enrol a device.",
)
MALFORMED = Text(
    "请求格式有误，无法读取；JSON 中每个键只能出现一次，且不能有 NaN。",
    "The request cannot be read; in JSON each key stands once, and NaN never does.",
)
FORGED = Text(
    "页面已过期或 CSRF 令牌不符，请刷新后重试。",
    "The page is stale or its CSRF token is wrong; reload it and try again.",
)
TOO_LARGE = Text("请求内容过大。", "The request is too large.")
NOT_JSON = Text(
    "请求体须为 JSON（Content-Type: application/json）。",
    "The body must be JSON (Content-Type: application/json).",
)
WRONG_METHOD = Text(
    "该地址不支持此请求方式。", "This address does not take requests of that method."
)
NOT_HERE = Text("找不到该页面。", "There is no such page.")
OURS = Text(
    "系统出现意外错误。请原样重新提交：已办理的不会重复办理。若再次出现，请把编号告诉管理员。",
    "Something unexpected went wrong. Send the same again: what was done is not done twice. If it "
    "happens again, tell an administrator the number.",
)

log = structlog.get_logger("yinxin.web")


def status_of(refused: Refused) -> int:
    if refused.code == rules.NOT_FOUND:
        return 404
    return 403 if refused.code in FORBIDDEN else 409


def refused_body(refused: Refused) -> dict[str, Any]:
    sentence = refused.sentence
    return {
        "code": refused.code,
        "zh": sentence.zh,
        "en": sentence.en,
        "rule": refused.refusal.rule,
    }


def invalid_body(errors: Any) -> dict[str, Any]:
    return {
        "code": "invalid",
        "zh": "请求内容不正确，请按提示修改。",
        "en": "The request is not right; see the fields.",
        "fields": [{"field": field, "zh": text.zh, "en": text.en} for field, text in errors],
    }


def unauthenticated() -> HttpResponse:
    return _json(401, "unauthenticated", NOT_SIGNED_ON)


def sign_on_incomplete() -> HttpResponse:
    return _json(403, "sign_on_incomplete", SIGN_ON_INCOMPLETE)


def answer(request: HttpRequest, raised: Exception) -> HttpResponse:
    """The answer to whatever a view raised."""
    status, code, sentence = _told(raised)
    if status >= 500:
        log.error("unexpected", exc_info=raised)
    return _say(request, status, code, sentence)


def _told(raised: Exception) -> tuple[int, str, Text]:
    match raised:
        case Refused():
            return status_of(raised), raised.code, raised.sentence
        case Invalid():
            return 422, "invalid", raised.errors[0][1]
        case Http404():
            return 404, "not_found", NOT_HERE
        case AuthenticationError():
            return 401, "unauthenticated", NOT_SIGNED_ON
        case PermissionDenied():
            return 403, "forbidden", NOT_SIGNED_ON
        case HttpError(status_code=403):
            return 403, "forged", FORGED
        case HttpError(status_code=415):
            return 415, "not_json", NOT_JSON
        case RequestDataTooBig():
            return 413, "too_large", TOO_LARGE
        case HttpError() | BadRequest() | SuspiciousOperation() | MultiPartParserError():
            return 400, "malformed", MALFORMED
    return 500, "unexpected", OURS


def page(request: HttpRequest, status: int, code: str, sentence: Text) -> HttpResponse:
    context = {
        "sentence": sentence,
        "code": code,
        "status": status,
        "number": getattr(request, "number", "") if status >= 500 else "",
    }
    # What is out of order may be the database, which the frame around a page would ask.
    framed = request if status < 500 else None
    return render(framed, "web/error.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, exception)


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, exception)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(request, 403, "forged", FORGED)


def wrong_method(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    said = _say(request, 405, "wrong_method", WRONG_METHOD)
    said["Allow"] = response["Allow"]
    return said


def unexpected(request: HttpRequest) -> HttpResponse:
    return _say(request, 500, "unexpected", OURS)


def _say(request: HttpRequest, status: int, code: str, sentence: Text) -> HttpResponse:
    if request.path.startswith("/api/"):
        return _json(status, code, sentence, number=getattr(request, "number", ""))
    return page(request, status, code, sentence)


def _json(status: int, code: str, sentence: Text, number: str = "") -> HttpResponse:
    body = {"code": code, "zh": sentence.zh, "en": sentence.en}
    if status >= 500:
        body["number"] = number
    return JsonResponse(body, status=status)
