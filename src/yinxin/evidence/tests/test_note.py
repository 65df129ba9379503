import pytest

from yinxin.evidence.merkle.checkpoint import TreeHead
from yinxin.evidence.merkle.note import NoteError, Signer, Verifier, open_note
from yinxin.evidence.merkle.proof import Proof, verify_proof
from yinxin.evidence.merkle.tree import (
    Frontier,
    Place,
    ProofError,
    build,
    inclusion_spans,
    leaf_hash,
)

VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1\
ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
LOG = Signer("bank.example/log", bytes(32))


def test_the_example_of_the_specification_opens() -> None:
    assert open_note(NOTE, [Verifier.parse(VKEY)]) == "This is an example message.\n"
    assert str(Verifier.parse(VKEY)) == VKEY


def test_a_note_opens_with_its_key_among_unknown_signatures() -> None:
    other = Signer("other.example", bytes(31) + b"\x01")
    text = "first\n\nlast\n"
    note = LOG.sign(text) + other.sign(text).removeprefix(text + "\n")
    assert open_note(note, [LOG.verifier]) == text
    assert open_note(note, [other.verifier, LOG.verifier]) == text


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (NOTE.replace("This", "That"), "is wrong"),
        (NOTE.replace("example.com/foo Uw2", "example.com/bar Uw2"), "no trusted key"),
        (NOTE.replace("\n\n", "\n"), "empty line"),
        (NOTE[:-1], "signature lines"),
        (NOTE + "\n", "signature line"),
        (NOTE.replace("— ", "- "), "signature line"),
        (NOTE.replace("yaQM=", "yaQM"), "base64"),
        (NOTE.replace("yaQM=", "yaQN="), "base64"),
        (NOTE.replace("This", "This\t"), "control character"),
        (NOTE + NOTE.splitlines(keepends=True)[-1] * 100, "too many"),
    ],
)
def test_a_bad_note_is_refused(note: str, reason: str) -> None:
    with pytest.raises(NoteError, match=reason):
        open_note(note, [Verifier.parse(VKEY)])


@pytest.mark.parametrize(
    "vkey",
    [
        "example.com/foo",
        VKEY.replace("530d903a", "530d903b"),
        VKEY.replace("foo+", "bar+"),
        VKEY.replace("+Ae", "+Be"),
        VKEY[:-4],
        VKEY.replace("example.com", "exam ple.com"),
    ],
)
def test_a_bad_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteError):
        Verifier.parse(vkey)


def test_a_checkpoint_says_what_was_signed() -> None:
    head = TreeHead(LOG.name, 20852163, leaf_hash(b"root"))
    assert TreeHead.open(head.sign(LOG), [LOG.verifier]) == head


def test_a_checkpoint_of_another_origin_is_refused() -> None:
    note = TreeHead("other.example", 1, leaf_hash(b"root")).sign(LOG)
    with pytest.raises(NoteError, match="no trusted key"):
        TreeHead.open(note, [LOG.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "origin\n1\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n１\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n1\nCsUY\n",
        "origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nextension\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        TreeHead.parse(text)


def proof_of(index: int, size: int) -> Proof:
    entries = [f"entry {number}".encode() for number in range(size)]
    leaves = [leaf_hash(entry) for entry in entries]
    frontier = Frontier()
    tree = dict(frontier.extend(leaves)) | {Place(0, i): leaf for i, leaf in enumerate(leaves)}
    return Proof(
        entries[index],
        index,
        build(inclusion_spans(index, size), tree.__getitem__),
        TreeHead(LOG.name, size, frontier.root()).sign(LOG),
    )


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (4, 7), (6, 7)])
def test_a_proof_document_proves_its_entry(index: int, size: int) -> None:
    text = str(proof_of(index, size))
    assert Proof.parse(text) == proof_of(index, size)
    assert verify_proof(text, str(LOG.verifier)) == f"entry {index}".encode()


def test_a_false_proof_document_is_refused() -> None:
    text = str(proof_of(4, 7))
    with pytest.raises(ProofError):
        verify_proof(text.replace("extra ZW50", "extra RW50"), str(LOG.verifier))
    with pytest.raises(ProofError):
        verify_proof(text.replace("index 4", "index 5"), str(LOG.verifier))
    with pytest.raises(NoteError, match="is wrong"):
        verify_proof(text.replace("\n7\n", "\n8\n"), str(LOG.verifier))
    with pytest.raises(NoteError, match="no trusted key"):
        verify_proof(text, VKEY)
    with pytest.raises(NoteError, match="malformed"):
        verify_proof(text.replace("@v1", "@v2"), str(LOG.verifier))
