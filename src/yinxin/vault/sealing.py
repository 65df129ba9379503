"""Seal and open personal values under their owner's data key."""

import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.expressions import RawSQL

from yinxin.kernel import clock
from yinxin.kernel.refusals import Refused, refusal

from .keys import decrypt, encrypt, provider
from .models import DataKey

INSTITUTION = UUID(int=0)
FORGET_AFTER_S = 60.0  # how long a destroyed key may live on in another process
REMEMBERED = 10_000

ERASED = refusal(
    "content_erased",
    "内容的密钥已依法销毁，无法再读取。",
    "The key of this content was destroyed as the law requires; it cannot be read any more.",
    "个人信息保护法 art. 47",
)

# The command that is running, null outside of one.
_COMMAND = RawSQL("nullif(current_setting('yinxin.command', true), '')::uuid", [])

_opened: dict[UUID, tuple[float, bytes]] = {}
_new: ContextVar[Mapping[UUID, bytes]] = ContextVar("new keys", default=MappingProxyType({}))


def seal(owner: UUID, place: str, plain: bytes) -> bytes:
    """Encrypt for one place, such as `customers.customer.name:<id>`."""
    return encrypt(_data_key(owner, create=True), plain, place)


def unseal(owner: UUID, place: str, sealed: bytes | memoryview) -> bytes:
    """Raises Refused(content_erased) once the owner's key was destroyed."""
    return decrypt(_data_key(owner), bytes(sealed), place)


def seal_text(owner: UUID, place: str, plain: str) -> bytes:
    return seal(owner, place, plain.encode())


def unseal_text(owner: UUID, place: str, sealed: bytes | memoryview) -> str:
    return unseal(owner, place, sealed).decode()


def fetch_keys(owners: Iterable[UUID]) -> None:
    """Fetch the keys of many owners in one query, so that a page of rows costs no more than one
    row. Whoever has none, or had it destroyed, is found out when something is unsealed."""
    unknown = {owner for owner in owners if _known(owner) is None}
    if unknown:
        for row in _stored().filter(owner__in=unknown, wrapped__isnull=False):
            _open(row)


@contextmanager
def new_keys(owners: Iterable[UUID]) -> Iterator[None]:
    """Make the keys of many new owners in one statement. They are known within the block alone:
    the command that makes them may yet be rolled back."""
    keys = {owner: secrets.token_bytes(32) for owner in owners}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO vault_datakey (owner, wrapped, command, created_at) "
            "SELECT owner, wrapped, current_setting('yinxin.command')::uuid, %s "
            "FROM unnest(%s::uuid[], %s::bytea[]) AS made (owner, wrapped)",
            [
                clock.now(),
                list(keys),
                [provider().wrap(key, _place(owner)) for owner, key in keys.items()],
            ],
        )
    before = _new.set(keys)
    try:
        yield
    finally:
        _new.reset(before)


def destroy_key(owner: UUID) -> None:
    """Crypto-erasure: what was sealed under the key is gone. Search tokens go with it."""
    from .search import forget

    DataKey.objects.filter(owner=owner).update(wrapped=None)
    forget(owner)
    _opened.pop(owner, None)
    # Once more, after whatever this transaction unsealed before was remembered.
    transaction.on_commit(lambda: _forget(owner))


def _data_key(owner: UUID, create: bool = False) -> bytes:
    known = _known(owner)
    if known is not None:
        return known
    row = _stored().filter(owner=owner).first()
    if row is None and create:
        wrapped = provider().wrap(secrets.token_bytes(32), _place(owner))
        DataKey.objects.bulk_create(
            [DataKey(owner=owner, wrapped=wrapped, command=_COMMAND, created_at=clock.now())],  # type: ignore[misc]  # an expression
            ignore_conflicts=True,
        )
        row = _stored().get(owner=owner)
    if row is None or row.wrapped is None:
        raise Refused(ERASED)
    return _open(row)


def _stored() -> QuerySet[DataKey]:
    """Keys, with whether this very command made them: such a one may yet be rolled back."""
    return DataKey.objects.annotate(
        just_made=ExpressionWrapper(Q(command=_COMMAND), BooleanField())
    )


def _open(row: Any) -> bytes:
    key = provider().unwrap(bytes(row.wrapped), _place(row.owner))
    if not row.just_made:
        _remember(row.owner, key)
    return key


def _known(owner: UUID) -> bytes | None:
    if owner in (made := _new.get()):
        return made[owner]
    known = _opened.get(owner)
    return known[1] if known and time.monotonic() - known[0] < FORGET_AFTER_S else None


def _place(owner: UUID) -> str:
    return f"vault.datakey:{owner}"


def _remember(owner: UUID, key: bytes) -> None:
    if len(_opened) >= REMEMBERED:
        _opened.clear()
    _opened[owner] = (time.monotonic(), key)


def _forget(owner: UUID) -> None:
    _opened.pop(owner, None)
