"""Identifiers: UUIDv7, and the numbers that people read aloud."""

import hashlib
from datetime import date, datetime
from uuid import UUID

import uuid_utils.compat

from . import clock


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562 section 5.7)."""
    return uuid_utils.compat.uuid7()


class IdSource:
    """UUIDv7s that follow from a seed and an instant: a preview and its final run draw the
    same ones."""

    def __init__(self, seed: bytes, at: datetime | None = None) -> None:
        self._seed = seed
        self._milliseconds = int((at or clock.now()).timestamp() * 1000)
        self._drawn = 0

    def __call__(self) -> UUID:
        self._drawn += 1
        draw = hashlib.sha256(self._seed + self._drawn.to_bytes(4, "big")).digest()[:10]
        value = (self._milliseconds << 80) | int.from_bytes(draw, "big")
        value = value & ~(0xF << 76) | 0x7 << 76  # version 7
        return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)  # variant of RFC 9562


def human_number(prefix: str, on: date, ordinal: int) -> str:
    """Such as TR20260105-0007: a prefix, the bank date and the day's ordinal."""
    return f"{prefix}{on:%Y%m%d}-{ordinal:04d}"
