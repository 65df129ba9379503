from django.db import models
from django.db.models import Q


class Transfer(models.Model):
    """Payee and purpose are sealed under the payer's key; `payee_digest` is keyed, so that the
    same payee is recognised without being read."""

    class State(models.TextChoices):
        RECEIVED = "received"
        CHECKED = "checked"
        SUBMITTED = "submitted"
        RELEASED = "released"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20, unique=True)
    account = models.ForeignKey("ledger.Account", models.PROTECT)
    customer_id = models.UUIDField()
    branch = models.CharField(max_length=200)
    payee_name = models.BinaryField()
    payee_account = models.BinaryField()
    payee_bank = models.BinaryField()
    payee_digest = models.BinaryField(max_length=32)
    amount = models.DecimalField(max_digits=18, decimal_places=3)
    currency = models.CharField(max_length=3)
    amount_in_words = models.CharField(max_length=100, blank=True)
    purpose = models.BinaryField()
    instruction_number = models.CharField(max_length=40)
    issued_on = models.DateField()
    channel = models.CharField(max_length=10)
    page_id = models.UUIDField(null=True)
    page_dpi = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    override_reason = models.CharField(max_length=500, blank=True)
    rejection = models.CharField(max_length=500, blank=True)
    rejected_for = models.JSONField(default=list)
    voucher = models.CharField(max_length=20, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "account",
                    "issued_on",
                    "amount",
                    "currency",
                    "payee_digest",
                    "instruction_number",
                ],
                condition=~Q(state="rejected"),
                name="transfers_transfer_claim_once",
            ),
            models.UniqueConstraint(
                fields=["voucher"], condition=~Q(voucher=""), name="transfers_transfer_voucher_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfers_transfer_positive"),
            models.CheckConstraint(
                condition=Q(state="released") ^ Q(voucher=""),
                name="transfers_transfer_released_has_voucher",
            ),
            models.CheckConstraint(
                condition=Q(state="rejected") ^ Q(rejection=""),
                name="transfers_transfer_rejected_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(page_id__isnull=False) | Q(channel="api"),
                name="transfers_transfer_has_page",
            ),
        ]
        indexes = [models.Index(fields=["branch", "number"], name="transfers_transfer_of_branch")]


class Check(models.Model):
    """The result of one check of one transfer."""

    id = models.UUIDField(primary_key=True)
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="checks", db_index=False)
    name = models.CharField(max_length=20)
    verdict = models.CharField(max_length=10)
    zh = models.TextField()
    en = models.TextField()
    detail = models.JSONField()
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "name"], name="transfers_check_once")
        ]


class Step(models.Model):
    """A state that a transfer entered, by whom, and by which execution of the gate.

    Once each: the database itself lets no transfer be released twice.
    """

    id = models.UUIDField(primary_key=True)
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="steps", db_index=False)
    state = models.CharField(max_length=10, choices=Transfer.State)
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=100)
    execution_id = models.UUIDField()
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "state"], name="transfers_step_once")
        ]
