from django.db import models


class DataKey(models.Model):
    """The key of one owner, wrapped by the root key; null once it was destroyed."""

    owner = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField(null=True)
    command = models.UUIDField()
    created_at = models.DateTimeField()


class Blob(models.Model):
    """A file that a command kept. Its own key is wrapped under the owner's."""

    id = models.UUIDField(primary_key=True)
    owner = models.UUIDField(db_index=True)
    wrapped = models.BinaryField()
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    kept_at = models.DateTimeField()

    append_only = True


class StagedUpload(models.Model):
    """A file that waits, encrypted, for a command to name it; swept when it expires."""

    id = models.UUIDField(primary_key=True)
    actor_id = models.UUIDField()
    wrapped = models.BinaryField()
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)
    expires_at = models.DateTimeField(db_index=True)


class SearchToken(models.Model):
    """A keyed digest of a searchable piece of a personal field."""

    id = models.UUIDField(primary_key=True)
    owner = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=40)
    token = models.BinaryField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "token", "owner"], name="vault_searchtoken_once"
            )
        ]
