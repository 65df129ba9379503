"""Encrypted files: staged by an actor, kept by a command."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from yinxin.kernel import clock
from yinxin.kernel.ids import new_id
from yinxin.kernel.refusals import Refused, refusal

from . import durable
from .keys import decrypt, derived, encrypt
from .models import Blob, StagedUpload
from .sealing import INSTITUTION, seal, unseal

STAGED_FOR = timedelta(days=1)

UPLOAD_UNKNOWN = refusal(
    "upload_unknown",
    "找不到该上传文件，可能已过期，请重新上传。",
    "This upload is not there, it may have expired; please upload the file again.",
)


def stage(actor_id: UUID, content: bytes, media_type: str) -> UUID:
    """Store a file, encrypted and durable, for a day in which a command may name it."""
    upload_id, key = new_id(), secrets.token_bytes(32)
    durable.write(_path(upload_id), encrypt(key, content, f"blob:{upload_id}"))
    StagedUpload.objects.create(
        id=upload_id,
        actor_id=actor_id,
        wrapped=seal(INSTITUTION, f"vault.stagedupload:{upload_id}", key),
        media_type=media_type,
        size=len(content),
        digest=digest_of(content),
        expires_at=clock.now() + STAGED_FOR,
    )
    return upload_id


def hold(actor_id: UUID, upload_ids: Iterable[UUID], until: datetime) -> None:
    """Let the actor's uploads stay until a command that names them is decided."""
    StagedUpload.objects.filter(actor_id=actor_id, id__in=upload_ids, expires_at__lt=until).update(
        expires_at=until
    )


def keep(actor_id: UUID, upload_id: UUID, owner: UUID) -> Blob:
    """Turn the actor's own upload into a blob of `owner`. Raises Refused(upload_unknown)."""
    own = StagedUpload.objects.filter(id=upload_id, actor_id=actor_id)
    staged = own.select_for_update().filter(expires_at__gt=clock.now()).first()
    if staged is None:
        raise Refused(UPLOAD_UNKNOWN)
    key = unseal(INSTITUTION, f"vault.stagedupload:{upload_id}", staged.wrapped)
    staged.delete()
    return Blob.objects.create(
        id=upload_id,
        owner=owner,
        wrapped=seal(owner, f"vault.blob:{upload_id}", key),
        media_type=staged.media_type,
        size=staged.size,
        digest=staged.digest,
        kept_at=clock.now(),
    )


def read_staged(actor_id: UUID, upload_id: UUID) -> bytes:
    """The actor's own upload before it is kept. Raises Refused(upload_unknown)."""
    staged = StagedUpload.objects.filter(id=upload_id, actor_id=actor_id).first()
    if staged is None:
        raise Refused(UPLOAD_UNKNOWN)
    key = unseal(INSTITUTION, f"vault.stagedupload:{upload_id}", staged.wrapped)
    return decrypt(key, _path(upload_id).read_bytes(), f"blob:{upload_id}")


def kept(blob_id: UUID) -> Blob:
    """A blob by its id. Raises Refused(upload_unknown)."""
    blob = Blob.objects.filter(id=blob_id).first()
    if blob is None:
        raise Refused(UPLOAD_UNKNOWN)
    return blob


def read(blob: Blob) -> bytes:
    """The plaintext. Raises Refused(content_erased) after crypto-erasure."""
    key = unseal(blob.owner, f"vault.blob:{blob.id}", blob.wrapped)
    return decrypt(key, _path(blob.id).read_bytes(), f"blob:{blob.id}")


def matches_its_digest(blob: Blob) -> bool:
    return hmac.compare_digest(digest_of(read(blob)), bytes(blob.digest))


def sweep() -> int:
    """Drop uploads that no command named in time; returns how many."""
    stale, swept = StagedUpload.objects.filter(expires_at__lte=clock.now()), 0
    for upload_id in list(stale.values_list("id", flat=True)):
        # Whoever deletes the row owns the file: a command may be keeping it just now.
        if stale.filter(id=upload_id).delete()[0]:
            _path(upload_id).unlink(missing_ok=True)
            swept += 1
    return swept


def digest_of(content: bytes) -> bytes:
    """The keyed digest that a blob of this content has."""
    return hmac.digest(derived("blob digest"), content, "sha256")


def _path(blob_id: UUID) -> Path:
    # The last characters of a UUIDv7 are random, the first ones are the clock's.
    return Path(settings.YINXIN_BLOBS) / blob_id.hex[-2:] / blob_id.hex
