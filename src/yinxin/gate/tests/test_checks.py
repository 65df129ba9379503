"""What verification finds in what commands kept."""

from uuid import uuid4

from tests.bank.verbs import Bank

from yinxin.gate import checks
from yinxin.vault import blobs
from yinxin.vault.tests.inside import command


def test_a_kept_file_that_is_altered_or_gone_is_named(bank: Bank) -> None:
    actor_id, owner = bank.staff_id("张敏"), uuid4()
    with command():
        whole, altered, gone = (
            blobs.keep(actor_id, blobs.stage(actor_id, content, "text/plain"), owner)
            for content in (b"whole", b"altered", b"gone")
        )
    assert not list(checks.kept_files())

    path = blobs._path(altered.id)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    blobs._path(gone.id).unlink()
    found = list(checks.kept_files())
    assert {(each.code, each.id) for each in found} == {
        ("file_altered", str(altered.id)),
        ("file_altered", str(gone.id)),
    }
    assert blobs.read(whole) == b"whole"
