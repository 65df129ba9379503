import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured

from yinxin.vault.keys import KeyFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "root.key"


def test_a_key_file_is_private_random_and_made_once(path: Path, tmp_path: Path) -> None:
    KeyFile.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(bytes.fromhex(path.read_text())) == 32
    before = path.read_text()
    with pytest.raises(FileExistsError):
        KeyFile.create(path)
    assert path.read_text() == before
    KeyFile.create(tmp_path / "other.key")
    assert (tmp_path / "other.key").read_text() != before


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_may_read_is_not_used(path: Path, mode: int) -> None:
    KeyFile.create(path)
    path.chmod(mode)
    with pytest.raises(ImproperlyConfigured, match="0600"):
        KeyFile(path)


@pytest.mark.parametrize("text", ["", "00" * 31, "00" * 33, "zz" * 32, "a secret"])
def test_a_key_file_holds_32_bytes(path: Path, text: str) -> None:
    KeyFile.create(path)
    path.write_text(text)
    with pytest.raises(ImproperlyConfigured, match="32 bytes"):
        KeyFile(path)


def test_a_missing_key_file_says_what_to_do(path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="yinxin init"):
        KeyFile(path)


def test_purposes_and_places_are_kept_apart(path: Path, tmp_path: Path) -> None:
    KeyFile.create(path)
    keys = KeyFile(path)
    assert keys.derive("search") == KeyFile(path).derive("search")
    assert len({keys.derive(purpose) for purpose in ("search", "shown", "wrap")}) == 3
    wrapped = keys.wrap(b"key", "place")
    assert keys.unwrap(wrapped, "place") == b"key"
    with pytest.raises(InvalidTag):
        keys.unwrap(wrapped, "elsewhere")
    KeyFile.create(tmp_path / "other.key")
    with pytest.raises(InvalidTag):
        KeyFile(tmp_path / "other.key").unwrap(wrapped, "place")
