from django.contrib.postgres.fields import ArrayField
from django.db import models


class Outbox(models.Model):
    """A leaf that waits to be sequenced, all but the digest of its command's writes; the id orders
    it after everything it could have seen."""

    id = models.BigAutoField(primary_key=True)
    command = models.UUIDField()
    data = models.BinaryField()


class Leaf(models.Model):
    """One entry of the log: canonical JSON that names a command and commits to what it did."""

    index = models.BigIntegerField(primary_key=True)
    outbox_id = models.BigIntegerField(unique=True)
    command = models.UUIDField(db_index=True)
    data = models.BinaryField()
    hash = models.BinaryField()

    append_only = True


class Node(models.Model):
    """The hash of a perfect subtree of level 1 and up; level 0 is in the leaves."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField()

    append_only = True


class Checkpoint(models.Model):
    """A signed head of the log: the note is what counts, the other columns find it."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    signed_at = models.DateTimeField()

    append_only = True


class Change(models.Model):
    """What one statement of a command wrote: row keys, and a digest a row (null: deleted)."""

    pk = models.CompositePrimaryKey("command", "id")
    id = models.BigIntegerField()
    """Drawn by the database, in the order of writing."""
    command = models.UUIDField()
    relation = models.TextField()
    op = models.CharField(max_length=1)
    row_ids = ArrayField(models.TextField())
    digests = ArrayField(models.BinaryField(null=True))

    append_only = True
