"""A proof that can be checked offline (https://c2sp.org/tlog-proof)."""

from collections.abc import Sequence
from dataclasses import dataclass

from .checkpoint import TreeHead, parse_decimal
from .note import NoteError, Verifier, decode_base64, encode_base64
from .tree import leaf_hash, verify_inclusion

_HEADER = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class Proof:
    """An entry, its place, the path to the root and the checkpoint note that signs the root.

    The entry travels in the `extra` line, so that the text proves itself.
    """

    entry: bytes
    index: int
    path: Sequence[bytes]
    checkpoint: str

    def __str__(self) -> str:
        lines = [_HEADER, f"extra {encode_base64(self.entry)}", f"index {self.index}"]
        lines += map(encode_base64, self.path)
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @classmethod
    def parse(cls, text: str) -> "Proof":
        """Read a proof document; raises NoteError. Nothing in it is verified yet."""
        head, separator, checkpoint = text.partition("\n\n")
        match head.split("\n") if separator else []:
            case [header, extra, index, *path] if (
                header == _HEADER and extra.startswith("extra ") and index.startswith("index ")
            ):
                return cls(
                    decode_base64(extra.removeprefix("extra ")),
                    parse_decimal(index.removeprefix("index ")),
                    [decode_base64(line) for line in path],
                    checkpoint,
                )
        raise NoteError("the proof document is malformed")


def verify_proof(text: str, vkey: str) -> bytes:
    """The entry that a proof document proves to be in the log of the verifier key `vkey`.

    Needs neither network nor database. Raises NoteError when the document or the key is malformed
    or the checkpoint is not signed by the key, ProofError when the path does not lead to the root.
    """
    proof = Proof.parse(text)
    head = TreeHead.open(proof.checkpoint, [Verifier.parse(vkey)])
    verify_inclusion(leaf_hash(proof.entry), proof.index, head.size, proof.path, head.root)
    return proof.entry
