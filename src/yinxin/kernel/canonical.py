"""Canonical bytes: RFC 8785 JSON of a value, so that equal values have equal digests.

Every proof depends on these rules: numbers are strings, a decimal without trailing zeros,
strings are NFC, instants are UTC with microseconds and `Z`, bytes are base64, sets are sorted,
floats are refused.
"""

import base64
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from .money import Money
from .text import Text


def canonical_bytes(value: object) -> bytes:
    """RFC 8785 bytes. Raises TypeError or ValueError for what has no canonical form, such as a
    float, a decimal that is not finite or keys that NFC makes one."""
    # RFC 8785 differs from plain JSON in numbers, of which none are left, and in the order of keys.
    return json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: object) -> Any:
    match value:
        case None | bool():
            return value
        case Enum():
            return _plain(value.value)
        case str():
            return unicodedata.normalize("NFC", value)
        case int() | UUID():
            return str(value)
        case Decimal():
            return _decimal(value)
        case Money():
            return value.wire()
        case Text():
            return {"en": _plain(value.en), "zh": _plain(value.zh)}
        case datetime():
            if value.tzinfo is None:
                raise TypeError("an instant needs a time zone")
            instant = value.astimezone(UTC).replace(tzinfo=None)
            return instant.isoformat(timespec="microseconds") + "Z"
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case BaseModel():
            return _object({name: getattr(value, name) for name in type(value).model_fields})
        case Mapping():
            return _object(value)
        case list() | tuple():
            return [_plain(item) for item in value]
        case set() | frozenset():
            return sorted(_plain(item) for item in value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} has no canonical form")
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _object(value: Mapping[Any, Any]) -> dict[str, Any]:
    plain = {_key(key): _plain(item) for key, item in value.items()}
    if len(plain) < len(value):
        raise ValueError("two keys differ only in their normalisation")
    return dict(sorted(plain.items(), key=_utf16))


def _utf16(item: tuple[str, Any]) -> bytes:
    return item[0].encode("utf-16-be")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError("canonical keys are strings")
    return unicodedata.normalize("NFC", key)
