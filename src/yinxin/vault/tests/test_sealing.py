from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from yinxin.kernel.refusals import Refused
from yinxin.vault import sealing, search
from yinxin.vault.keys import decrypt, encrypt
from yinxin.vault.models import DataKey
from yinxin.vault.sealing import destroy_key, seal, seal_text, unseal, unseal_text

from .inside import command

KEY, OTHER_KEY = bytes(32), b"\x01" * 32


@given(st.binary(max_size=200), st.text(max_size=40))
def test_what_was_encrypted_opens(plain: bytes, place: str) -> None:
    assert decrypt(KEY, encrypt(KEY, plain, place), place) == plain


@given(st.binary(max_size=40), st.integers(0), st.integers(0, 7))
def test_a_changed_bit_is_found(plain: bytes, at: int, bit: int) -> None:
    sealed = bytearray(encrypt(KEY, plain, "place"))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises((InvalidTag, ValueError)):
        decrypt(KEY, bytes(sealed), "place")


def test_a_ciphertext_is_bound_to_its_key_and_place() -> None:
    sealed = encrypt(KEY, b"plain", "customers.customer.name:1")
    for key, place in (
        (OTHER_KEY, "customers.customer.name:1"),
        (KEY, "customers.customer.name:2"),
    ):
        with pytest.raises(InvalidTag):
            decrypt(key, sealed, place)


def test_the_same_plaintext_is_sealed_differently_each_time() -> None:
    assert len({encrypt(KEY, b"plain", "place") for _ in range(50)}) == 50


def test_owners_do_not_read_each_other(db: str) -> None:
    one, other = uuid4(), uuid4()
    with command():
        sealed = seal_text(one, "place", "张敏")
        seal_text(other, "place", "李强")
        assert unseal_text(one, "place", sealed) == "张敏"
        with pytest.raises(InvalidTag):
            unseal(other, "place", sealed)
        with pytest.raises(Refused, match="content_erased"):
            unseal(uuid4(), "place", sealed)


def test_after_erasure_nothing_opens_and_nothing_more_is_sealed(db: str) -> None:
    owner, other = uuid4(), uuid4()
    with command():
        sealed, kept = seal(owner, "place", b"plain"), seal(other, "place", b"plain")
        search.index(owner, "name", "张敏")
        search.index(other, "name", "张敏")
    with command():
        assert unseal(owner, "place", sealed) == b"plain"
        destroy_key(owner)
        with pytest.raises(Refused, match="content_erased"):
            unseal(owner, "place", sealed)
    # What the erasing transaction had opened is not remembered after it either.
    with pytest.raises(Refused, match="content_erased"):
        unseal(owner, "place", sealed)
    with command(), pytest.raises(Refused, match="content_erased"):
        seal(owner, "place", b"more")
    assert DataKey.objects.get(owner=owner).wrapped is None
    assert search.find("name", "张敏") == [other]
    assert unseal(other, "place", kept) == b"plain"


def test_an_erasure_that_is_rolled_back_did_not_happen(db: str) -> None:
    owner = uuid4()
    with command():
        sealed = seal(owner, "place", b"plain")
    with pytest.raises(RuntimeError), command():  # noqa: PT012
        destroy_key(owner)
        raise RuntimeError
    assert unseal(owner, "place", sealed) == b"plain"


def test_a_key_made_in_a_rolled_back_savepoint_is_not_used_again(db: str) -> None:
    owner = uuid4()
    with command():
        with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012
            seal(owner, "place", b"lost")
            raise RuntimeError
        sealed = seal(owner, "place", b"kept")
    sealing._opened.clear()
    assert unseal(owner, "place", sealed) == b"kept"


def test_two_who_seal_first_at_once_use_one_key(db: str) -> None:
    owner, together = uuid4(), Barrier(2)

    def first(_: int) -> bytes:
        try:
            with command():
                together.wait(5)
                return seal(owner, "place", b"plain")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        sealed = list(pool.map(first, range(2)))
    sealing._opened.clear()
    assert [unseal(owner, "place", each) for each in sealed] == [b"plain"] * 2
    assert DataKey.objects.count() == 1


def test_a_key_is_remembered_for_a_minute_and_few_are(db: str, monkeypatch: object) -> None:
    owners = [uuid4() for _ in range(4)]
    sealing._opened.clear()
    monkeypatch.setattr(sealing, "REMEMBERED", 3)  # type: ignore[attr-defined]
    with command():
        for owner in owners:
            seal(owner, "place", b"plain")
    assert not sealing._opened  # this command may yet be rolled back
    with command():
        for owner in owners:
            seal(owner, "place", b"plain")
    assert set(sealing._opened) == {owners[-1]}
    monkeypatch.setattr(sealing, "FORGET_AFTER_S", 0.0)  # type: ignore[attr-defined]
    with command():
        DataKey.objects.update(wrapped=None)
    with pytest.raises(Refused, match="content_erased"):
        sealing.unseal(owners[-1], "place", b"")


def test_outside_a_command_no_key_is_made(db: str) -> None:
    with pytest.raises(DatabaseError, match="outside a command"):
        seal(UUID(int=7), "place", b"plain")


def test_the_keys_of_many_cost_one_query(db: str) -> None:
    owners = [uuid4() for _ in range(20)]
    with command():
        sealed = {owner: seal(owner, "place", owner.bytes) for owner in owners}
        destroy_key(owners[0])
    sealing._opened.clear()
    with CaptureQueriesContext(connection) as found:
        sealing.fetch_keys([*owners, uuid4()])
        opened = {owner: unseal(owner, "place", sealed[owner]) for owner in owners[1:]}
    assert len(found) == 1
    assert opened == {owner: owner.bytes for owner in owners[1:]}
    with pytest.raises(Refused, match="content_erased"):
        unseal(owners[0], "place", sealed[owners[0]])
    with CaptureQueriesContext(connection) as found:
        sealing.fetch_keys(owners[1:])
    assert not found.captured_queries
