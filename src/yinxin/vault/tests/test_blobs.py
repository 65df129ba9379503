import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection

from yinxin.kernel import clock
from yinxin.kernel.refusals import Refused
from yinxin.vault import blobs, sealing
from yinxin.vault.models import Blob, StagedUpload

from .inside import command

IMAGE = b"a photograph of an identity card"


@pytest.fixture(autouse=True)
def folder(db: str, tmp_path: Path, settings: object) -> Path:
    with command():
        sealing.seal(sealing.INSTITUTION, "place", b"")  # founding makes the institution's key
    return tmp_path


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[None]:
    from django.test import override_settings

    with override_settings(YINXIN_BLOBS=tmp_path):
        yield


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_staged_upload_is_encrypted_and_its_actors_own(folder: Path) -> None:
    actor, other = uuid4(), uuid4()
    upload = blobs.stage(actor, IMAGE, "image/png")
    (stored,) = files(folder)
    assert IMAGE not in stored.read_bytes()
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    assert blobs.read_staged(actor, upload) == IMAGE
    for stranger, which in ((other, upload), (actor, uuid4())):
        with pytest.raises(Refused, match="upload_unknown"):
            blobs.read_staged(stranger, which)
        with command(), pytest.raises(Refused, match="upload_unknown"):
            blobs.keep(stranger, which, uuid4())


def test_a_kept_upload_is_a_blob_of_its_owner_and_of_nobody_else(folder: Path) -> None:
    actor, owner = uuid4(), uuid4()
    upload = blobs.stage(actor, IMAGE, "image/png")
    with command():
        blob = blobs.keep(actor, upload, owner)
    assert (blob.owner, blob.media_type, blob.size) == (owner, "image/png", len(IMAGE))
    assert blobs.read(blob) == IMAGE
    assert blobs.matches_its_digest(blob)
    assert not StagedUpload.objects.exists()
    with command(), pytest.raises(Refused, match="upload_unknown"):
        blobs.keep(actor, upload, owner)
    with command():
        sealing.destroy_key(owner)
    with pytest.raises(Refused, match="content_erased"):
        blobs.read(blob)


def test_a_file_of_another_blob_does_not_open(folder: Path) -> None:
    actor, owner = uuid4(), uuid4()
    uploads = [blobs.stage(actor, IMAGE, "image/png") for _ in range(2)]
    with command():
        one, other = (blobs.keep(actor, each, owner) for each in uploads)
    blobs._path(one.id).write_bytes(blobs._path(other.id).read_bytes())
    with pytest.raises(InvalidTag):
        blobs.read(one)


def test_a_command_that_fails_keeps_nothing(folder: Path) -> None:
    actor = uuid4()
    upload = blobs.stage(actor, IMAGE, "image/png")
    with pytest.raises(RuntimeError), command():  # noqa: PT012
        blobs.keep(actor, upload, uuid4())
        raise RuntimeError
    assert blobs.read_staged(actor, upload) == IMAGE
    assert not Blob.objects.exists()


def test_after_a_day_an_upload_is_swept_with_its_file(folder: Path) -> None:
    actor = uuid4()
    with clock.at(clock.now() - blobs.STAGED_FOR - timedelta(seconds=1)):
        stale, kept = (blobs.stage(actor, IMAGE, "image/png") for _ in range(2))
        with command():
            blobs.keep(actor, kept, uuid4())
    fresh = blobs.stage(actor, IMAGE, "image/png")
    with command(), pytest.raises(Refused, match="upload_unknown"):
        blobs.keep(actor, stale, uuid4())
    assert blobs.sweep() == 1
    assert {path.name for path in files(folder)} == {kept.hex, fresh.hex}
    assert [upload.id for upload in StagedUpload.objects.all()] == [fresh]
    assert blobs.sweep() == 0


def test_what_a_waiting_command_names_is_held(folder: Path) -> None:
    actor, other = uuid4(), uuid4()
    mine, strange = blobs.stage(actor, IMAGE, "image/png"), blobs.stage(other, IMAGE, "image/png")
    blobs.hold(actor, [mine, strange], clock.now() + timedelta(days=3))
    with clock.at(clock.now() + timedelta(days=2)):
        assert blobs.sweep() == 1
        with command():
            blobs.keep(actor, mine, uuid4())
    assert {path.name for path in files(folder)} == {mine.hex}


def test_two_commands_cannot_keep_one_upload(folder: Path) -> None:
    actor, upload, together = uuid4(), None, Barrier(2)
    upload = blobs.stage(actor, IMAGE, "image/png")

    def keep(owner: UUID) -> str:
        try:
            with command():
                together.wait(5)
                blobs.keep(actor, upload, owner)
                return "kept"
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(keep, (uuid4(), uuid4())))
    assert answers == ["kept", "upload_unknown"]


def test_a_sweep_does_not_take_the_file_that_a_command_is_keeping(folder: Path) -> None:
    actor = uuid4()
    upload = blobs.stage(actor, IMAGE, "image/png")
    begun, swept = Barrier(2), []

    def sweep() -> None:
        try:
            begun.wait(5)
            with clock.at(clock.now() + timedelta(days=2)):
                swept.append(blobs.sweep())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with command():
            blob = blobs.keep(actor, upload, uuid4())
            sweeping = pool.submit(sweep)
            begun.wait(5)
            waits_for_a_lock()
        sweeping.result(5)
    assert swept == [0]
    assert blobs.read(blob) == IMAGE


def waits_for_a_lock() -> None:
    """Until somebody else waits for what this transaction holds."""
    with connection.cursor() as cursor:
        for _ in range(500):
            cursor.execute(
                "SELECT count(*), pg_sleep(0.01) FROM pg_locks "
                "WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")
