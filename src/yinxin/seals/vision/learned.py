"""The files that were learned from trials; their digest is part of the engine's version."""

from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

EXPERTS = "model.json"
"""Made by `training.py`."""
PLACES = "places.onnx"
"""Made by `learning_places.py`."""


@lru_cache
def stored(name: str) -> bytes:
    """A file's content; nothing while its script has made none."""
    file = files("yinxin.seals.vision") / name
    return file.read_bytes() if file.is_file() else b""


def digest() -> str:
    return sha256(stored(EXPERTS) + stored(PLACES)).hexdigest()[:12]
