"""Signed notes with Ed25519 keys (https://c2sp.org/signed-note)."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_MAX_SIGNATURES = 100


class NoteError(ValueError):
    """A note or key is malformed, or no trusted key signed the note."""


@dataclass(frozen=True)
class Verifier:
    """A trusted public key: its name and the 32 bytes of RFC 8032."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        if not self.name or "+" in self.name or any(c.isspace() for c in self.name):
            raise NoteError(f"{self.name!r} is not a key name")
        if len(self.public_key) != 32:
            raise NoteError("an Ed25519 public key has 32 bytes")

    @classmethod
    def parse(cls, vkey: str) -> "Verifier":
        """Read `<name>+<key id in hex>+<base64>`; raises NoteError."""
        parts = vkey.split("+", 2)
        if len(parts) != 3:
            raise NoteError("a verifier key has three parts")
        name, key_id, encoded = parts
        key = decode_base64(encoded)
        if key[:1] != _ED25519:
            raise NoteError("the verifier key is not an Ed25519 key")
        verifier = cls(name, key[1:])
        if key_id != verifier.key_id.hex():
            raise NoteError("the key id does not belong to the key")
        return verifier

    @property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public_key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(_ED25519 + self.public_key)}"

    def verify(self, text: str, signature: bytes) -> None:
        """Raise NoteError unless the signature over the note text is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, text.encode())
        except InvalidSignature:
            raise NoteError(f"the signature by {self.name} is wrong") from None


class Signer:
    """A named private key, given as the 32-byte seed of RFC 8032."""

    def __init__(self, name: str, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw())

    @property
    def name(self) -> str:
        return self.verifier.name

    def sign(self, text: str) -> str:
        """The note made of `text`, which must end in a newline, and this key's signature."""
        if not text.endswith("\n") or any(c < " " and c != "\n" for c in text):
            raise NoteError("note text ends in a newline and holds no other control character")
        signature = self.verifier.key_id + self._key.sign(text.encode())
        return f"{text}\n— {self.name} {encode_base64(signature)}\n"


def open_note(note: str, verifiers: Iterable[Verifier]) -> str:
    """The text of a note that a trusted key signed.

    Raises NoteError when the note is malformed, when a trusted key's signature is wrong, or when
    no trusted key signed. Signatures of unknown keys are ignored.
    """
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    text, signatures = _split(note)
    signed = False
    for name, key_id, signature in signatures:
        if verifier := known.get((name, key_id)):
            verifier.verify(text, signature)
            signed = True
    if not signed:
        raise NoteError("no trusted key signed the note")
    return text


def _split(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    if any(c < " " and c != "\n" for c in note):
        raise NoteError("a note holds no control character but newline")
    body, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise NoteError("a note is text, an empty line and signature lines")
    lines = tail[:-1].split("\n")
    if len(lines) > _MAX_SIGNATURES:
        raise NoteError("the note has too many signatures")
    return body + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    match line.split(" "):
        case ["—", name, encoded] if name and "+" not in name:
            signature = decode_base64(encoded)
            if len(signature) > 4:
                return name, signature[:4], signature[4:]
    raise NoteError("a signature line is malformed")


def encode_base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def decode_base64(text: str) -> bytes:
    """Decode strictly: a second spelling of the same bytes is refused with NoteError."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("base64 is malformed") from None
    if encode_base64(raw) != text:
        raise NoteError("base64 is malformed")
    return raw
