"""Nothing of a personal value is readable on the disk or in a dump of the database."""

from pathlib import Path
from uuid import uuid4

import psycopg
from django.test import override_settings
from tests.bank.verbs import Bank

from yinxin.vault import blobs, search
from yinxin.vault.sealing import seal_text

from .inside import command, dump

MARKER = "马可尔MARKER4711"


def forms_of(text: str) -> list[bytes]:
    """The ways in which a piece of text shows itself: as it is, and as bytea in hex."""
    pieces = [text, text[:3], text[3:]]
    return [form for p in pieces for form in (p.encode(), p.encode().hex().encode())]


def test_no_plaintext_at_rest(bank: Bank, owner: psycopg.Connection, tmp_path: Path) -> None:
    actor, customer = bank.actor("张敏"), uuid4()
    with override_settings(YINXIN_BLOBS=tmp_path):
        kept, staged = (blobs.stage(actor.id, MARKER.encode(), "text/plain") for _ in range(2))
        with command():
            blobs.keep(actor.id, kept, customer)
            search.index(customer, "name", MARKER)
            seal_text(customer, "place", MARKER)
    everything = dump(owner)
    assert "张敏".encode() in everything  # the dump does show what is plain
    files = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert set(files) == {kept.hex, staged.hex}
    everything += b"".join(files.values())
    assert not [form for form in forms_of(MARKER) if form in everything]
