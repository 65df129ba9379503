from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Execution(models.Model):
    """One command that was answered: done, pending (a request was opened) or refused.

    `content` is body, facts and refusal values, sealed under the subject's owner; its salted
    `commitment` goes into the leaf.
    """

    id = models.UUIDField(primary_key=True)
    key = models.CharField(max_length=100)
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=100)
    actor_kind = models.CharField(max_length=10)
    channel = models.CharField(max_length=10)
    command = models.CharField(max_length=60)
    version = models.SmallIntegerField()
    digest = models.BinaryField(max_length=32)
    owner = models.UUIDField()
    content = models.BinaryField()
    commitment = models.BinaryField(max_length=32)
    outcome = models.CharField(max_length=10)
    refusal = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_id", "key"], name="gate_execution_key_once"),
        ]
        indexes = [models.Index(fields=["actor_id", "-id"], name="gate_execution_by_actor")]


class Mention(models.Model):
    """A thing that an execution was about: the trail of a thing is its mentions."""

    id = models.UUIDField(primary_key=True)
    execution = models.ForeignKey(Execution, models.PROTECT)
    kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()

    append_only = True

    class Meta:
        indexes = [models.Index(fields=["kind", "subject_id"], name="gate_mention_subject")]


class Request(models.Model):
    """A command that waits for approval; its bytes are those of the execution that asked.

    The present level is to decide until `due_at`; `last_late` is the last one that did not.
    """

    class State(models.TextChoices):
        OPEN = "open"
        APPROVED = "approved"
        REJECTED = "rejected"
        RETURNED = "returned"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"

    execution = models.OneToOneField(Execution, models.PROTECT, primary_key=True)
    command = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    subject_number = models.CharField(max_length=60)
    branch = models.CharField(max_length=200)
    maker_id = models.UUIDField()
    maker_name = models.CharField(max_length=100)
    maker_authority_id = models.UUIDField()
    shown = models.BinaryField(max_length=32)
    levels = models.JSONField()
    level = models.SmallIntegerField(default=0)
    level_duties = ArrayField(models.CharField(max_length=20))
    amount = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    currency = models.CharField(max_length=3, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    escalates_after_h = models.PositiveIntegerField(default=24)
    due_at = models.DateTimeField(null=True)
    last_late = models.SmallIntegerField(default=-1)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["command", "subject_kind", "subject_id"],
                condition=Q(state="open"),
                name="gate_request_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state="open") ^ Q(closed_at__isnull=False),
                name="gate_request_closed_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"], name="gate_request_open", condition=Q(state="open")
            ),
            models.Index(fields=["maker_id", "-created_at"], name="gate_request_by_maker"),
        ]

    def is_late(self, now: datetime) -> bool:
        return self.state == self.State.OPEN and self.due_at is not None and self.due_at <= now


class Decision(models.Model):
    """What one person said to a request, on whose authority, seeing what."""

    id = models.UUIDField(primary_key=True)
    request = models.ForeignKey(Request, models.PROTECT, related_name="decisions")
    maker_id = models.UUIDField()
    maker_authority_id = models.UUIDField()
    level = models.SmallIntegerField()
    verdict = models.CharField(max_length=10)
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=100)
    authority_id = models.UUIDField()
    authority_name = models.CharField(max_length=100)
    reason = models.CharField(max_length=500, blank=True)
    shown = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "actor_id"], name="gate_decision_person_once"
            ),
            models.UniqueConstraint(
                fields=["request", "authority_id"], name="gate_decision_authority_once"
            ),
            models.CheckConstraint(
                condition=~Q(actor_id=F("maker_id")) & ~Q(authority_id=F("maker_id")),
                name="gate_decision_not_by_maker",
            ),
            models.CheckConstraint(
                condition=~Q(actor_id=F("maker_authority_id"))
                & ~Q(authority_id=F("maker_authority_id")),
                name="gate_decision_not_by_maker_authority",
            ),
        ]


class Policy(models.Model):
    """One row of the approval matrix (审批矩阵): which levels a command of this measure needs.

    Blank columns match anything; of the rows in force that match, the most specific rules.
    """

    id = models.UUIDField(primary_key=True)
    command = models.CharField(max_length=60)
    branch = models.CharField(max_length=200, default="/")
    currency = models.CharField(max_length=3, blank=True)
    from_amount = models.DecimalField(max_digits=18, decimal_places=3, default=0)
    kind = models.CharField(max_length=40, blank=True)
    rating = models.CharField(max_length=20, blank=True)
    levels = models.JSONField()
    expires_after_h = models.PositiveIntegerField(default=72)
    escalates_after_h = models.PositiveIntegerField(default=24)
    effective_from = models.DateTimeField()
    effective_to = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["command", "branch", "currency", "from_amount", "kind", "rating"],
                condition=Q(effective_to__isnull=True),
                name="gate_policy_one_in_force",
            )
        ]


class TwoPersonAct(models.Model):
    """双人: an act that two persons did together."""

    id = models.UUIDField(primary_key=True)
    act = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    first_id = models.UUIDField()
    first_name = models.CharField(max_length=100)
    second_id = models.UUIDField()
    second_name = models.CharField(max_length=100)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(first_id=F("second_id")), name="gate_twopersonact_two_persons"
            )
        ]


class Counter(models.Model):
    """The last ordinal drawn for a human number on a bank date."""

    prefix = models.CharField(max_length=8)
    on = models.DateField()
    last = models.BigIntegerField()
    pk = models.CompositePrimaryKey("prefix", "on")
