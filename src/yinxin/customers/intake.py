"""What came from the system before (存量迁移): which files were taken in."""

from django.db import models
from django.db.models import Q


class Import(models.Model):
    """存量迁移: a file of the system before this one, taken in once and whole.

    The file itself, which names many customers, is not kept: `file_digest`, which is keyed,
    recognises it.
    """

    class Kind(models.TextChoices):
        CUSTOMERS = "customers"
        ACCOUNTS = "accounts"
        TRANSFERS = "transfers"

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)
    branch = models.CharField(max_length=200)
    file_digest = models.BinaryField(max_length=32)
    rows = models.PositiveIntegerField()
    by_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="customers_import_number_once"),
            models.UniqueConstraint(
                fields=["kind", "file_digest"], name="customers_import_file_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("customers", "accounts", "transfers"), rows__gt=0),
                name="customers_import_known_values",
            ),
        ]
