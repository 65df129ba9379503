"""The signed head of a log (https://c2sp.org/tlog-checkpoint)."""

from collections.abc import Iterable
from dataclasses import dataclass

from .note import (
    NoteError,
    Signer,
    Verifier,
    decode_base64,
    encode_base64,
    open_note,
)


@dataclass(frozen=True)
class TreeHead:
    """What a checkpoint says: the log's origin, its number of leaves and its 32-byte root."""

    origin: str
    size: int
    root: bytes

    def sign(self, signer: Signer) -> str:
        """The checkpoint as a note signed by the log's key."""
        return signer.sign(str(self))

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> "TreeHead":
        """Read a checkpoint's note text; raises NoteError. Extension lines are refused."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] or not lines[0]:
            raise NoteError("a checkpoint is an origin, a size and a root, one line each")
        origin, size, root = lines[0], parse_decimal(lines[1]), decode_base64(lines[2])
        if len(root) != 32:
            raise NoteError("a root hash has 32 bytes")
        return cls(origin, size, root)

    @classmethod
    def open(cls, note: str, verifiers: Iterable[Verifier]) -> "TreeHead":
        """Read a checkpoint signed by the log itself; raises NoteError.

        The log's key is the one among `verifiers` that is named as the origin.
        """
        head = cls.parse(note.rpartition("\n\n")[0] + "\n")
        open_note(note, [each for each in verifiers if each.name == head.origin])
        return head


def parse_decimal(text: str) -> int:
    """An ASCII decimal without leading zeroes; raises NoteError."""
    if not (text.isascii() and text.isdecimal()) or (text[0] == "0" and text != "0"):
        raise NoteError(f"{text!r} is not a decimal number")
    return int(text)
