"""What banks sent and could not be taken in, and who may fetch it."""

from django.db import models
from django.db.models import Q


class StrayAnswer(models.Model):
    """搁置回执: what a bank sent and could not be taken in, until somebody has dealt with it.

    The rail brings the same bytes again until they are taken in; `digest` knows them.
    """

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20)
    branch = models.CharField(max_length=200)
    file_id = models.UUIDField()
    digest = models.BinaryField(max_length=32)
    zh = models.CharField(max_length=500)
    en = models.CharField(max_length=500)
    came_at = models.DateTimeField()
    remark = models.CharField(max_length=500, blank=True)
    closed_by_name = models.CharField(max_length=100, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="transfers_stray_number_once"),
            models.UniqueConstraint(fields=["digest"], name="transfers_stray_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) ^ ~Q(remark=""),
                name="transfers_stray_closed_says_how",
            ),
        ]


class StrayTicket(models.Model):
    """Leave for one person to fetch the file of an answer set aside, until an instant."""

    id = models.UUIDField(primary_key=True)
    stray = models.ForeignKey(StrayAnswer, models.PROTECT)
    actor_id = models.UUIDField()
    until = models.DateTimeField()

    append_only = True
