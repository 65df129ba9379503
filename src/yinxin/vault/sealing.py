"""Seal and open personal values under their owner's data key."""

import secrets
import time
from uuid import UUID

from django.db import transaction

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

_opened: dict[UUID, tuple[float, bytes]] = {}


def seal(owner: UUID, place: str, plain: bytes) -> bytes:
    """Encrypt for one place, such as `customers.customer.name:<id>`."""
    return encrypt(_data_key(owner, create=True), plain, place)


def unseal(owner: UUID, place: str, sealed: bytes) -> bytes:
    """Raises Refused(content_erased) once the owner's key was destroyed."""
    return decrypt(_data_key(owner), bytes(sealed), place)


def seal_text(owner: UUID, place: str, plain: str) -> bytes:
    return seal(owner, place, plain.encode())


def unseal_text(owner: UUID, place: str, sealed: bytes) -> str:
    return unseal(owner, place, sealed).decode()


def destroy_key(owner: UUID) -> None:
    """Crypto-erasure: what was sealed under the key is gone. Search tokens go with it."""
    from .search import forget

    DataKey.objects.filter(owner=owner).update(wrapped=None)
    forget(owner)
    _opened.pop(owner, None)
    # Once more, after whatever this transaction unsealed before was remembered.
    transaction.on_commit(lambda: _forget(owner))


def is_erased(owner: UUID) -> bool:
    return DataKey.objects.filter(owner=owner, wrapped=None).exists()


def _data_key(owner: UUID, create: bool = False) -> bytes:
    known = _opened.get(owner)
    if known and time.monotonic() - known[0] < FORGET_AFTER_S:
        return known[1]
    place = f"vault.datakey:{owner}"
    row = DataKey.objects.filter(owner=owner).first()
    if row is None and create:
        DataKey.objects.bulk_create(
            [
                DataKey(
                    owner=owner,
                    wrapped=provider().wrap(secrets.token_bytes(32), place),
                    created_at=clock.now(),
                )
            ],
            ignore_conflicts=True,
        )
        row = DataKey.objects.get(owner=owner)
    if row is None or row.wrapped is None:
        raise Refused(ERASED)
    key = provider().unwrap(bytes(row.wrapped), place)
    if known and known[1] == key:
        _remember(owner, key)
    else:  # a key made in a savepoint that is rolled back must not be remembered
        transaction.on_commit(lambda: _remember(owner, key))
    return key


def _remember(owner: UUID, key: bytes) -> None:
    if len(_opened) >= REMEMBERED:
        _opened.clear()
    _opened[owner] = (time.monotonic(), key)


def _forget(owner: UUID) -> None:
    _opened.pop(owner, None)
