"""The root key, and everything that is derived from it or wrapped by it."""

import re
import secrets
from functools import cache
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from . import durable

NONCE = 12
AES_256_GCM = b"\x01"  # the first byte of each ciphertext names its algorithm


class KeyProvider(Protocol):
    """Where the root key lives; a PKCS#11 module or a KMS answers the same two questions."""

    def derive(self, purpose: str) -> bytes:
        """32 bytes that only the holder of the root key can derive for this purpose."""

    def wrap(self, key: bytes, place: str) -> bytes: ...

    def unwrap(self, wrapped: bytes, place: str) -> bytes: ...


class KeyFile:
    """32 random bytes in a file of mode 0600. Whoever loses the file loses everything."""

    def __init__(self, path: Path) -> None:
        try:
            text, mode = path.read_text().strip(), path.stat().st_mode
        except FileNotFoundError:
            raise ImproperlyConfigured(f"no key file at {path}: run `yinxin init`") from None
        if mode & 0o077 or not re.fullmatch("[0-9a-f]{64}", text):
            raise ImproperlyConfigured(f"{path} must hold 32 bytes in hex and have mode 0600")
        self._root = bytes.fromhex(text)
        self._wrapping = self.derive("wrap")

    @staticmethod
    def create(path: Path) -> None:
        """Write a fresh key durably. Raises FileExistsError rather than replace one."""
        durable.write(path, f"{secrets.token_hex(32)}\n".encode())

    def derive(self, purpose: str) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=f"yinxin/{purpose}".encode()).derive(self._root)

    def wrap(self, key: bytes, place: str) -> bytes:
        return encrypt(self._wrapping, key, place)

    def unwrap(self, wrapped: bytes, place: str) -> bytes:
        return decrypt(self._wrapping, wrapped, place)


@cache
def provider() -> KeyProvider:
    return KeyFile(Path(settings.YINXIN_KEY_FILE))


@cache
def derived(purpose: str) -> bytes:
    return provider().derive(purpose)


def encrypt(key: bytes, plain: bytes, place: str) -> bytes:
    """AES-256-GCM with `place` as associated data: algorithm byte, nonce, ciphertext and tag."""
    nonce = secrets.token_bytes(NONCE)
    return AES_256_GCM + nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def decrypt(key: bytes, sealed: bytes, place: str) -> bytes:
    """Raises cryptography's InvalidTag where key, place or a single bit differ."""
    if sealed[:1] != AES_256_GCM:
        raise ValueError("unknown algorithm")
    return AESGCM(key).decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], place.encode())
