from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse

from .strays import StrayAnswer as StrayAnswer
from .strays import StrayTicket as StrayTicket


class Batch(models.Model):
    """批量转账: the instructions of one file, checked, approved and paid together.

    `total` and `biggest` are of the rows that were accepted; `agent_id` is the party that brought
    it, null where the customer came.
    """

    class State(models.TextChoices):
        RECEIVED = "received"
        CHECKED = "checked"
        SUBMITTED = "submitted"
        RELEASED = "released"
        REJECTED = "rejected"

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20)
    account = models.ForeignKey("ledger.Account", models.PROTECT)
    customer_id = models.UUIDField()
    branch = models.CharField(max_length=200)
    file_id = models.UUIDField()
    file_digest = models.BinaryField(max_length=32)
    page_id = models.UUIDField(null=True)
    page_dpi = models.PositiveSmallIntegerField(null=True)
    agent_id = models.UUIDField(null=True)
    channel = models.CharField(max_length=10)
    issued_on = models.DateField()
    accepted = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=18, decimal_places=3)
    biggest = models.DecimalField(max_digits=18, decimal_places=3)
    currency = models.CharField(max_length=3)
    amount_in_words = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    override_reason = models.CharField(max_length=500, blank=True)
    rejection = models.CharField(max_length=500, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="transfers_batch_number_once"),
            models.UniqueConstraint(
                fields=["account", "file_digest"],
                condition=~Q(state="rejected"),
                name="transfers_batch_file_once",
            ),
            models.CheckConstraint(
                condition=Q(accepted__gt=0, biggest__gt=0, total__gte=F("biggest")),
                name="transfers_batch_has_rows",
            ),
            models.CheckConstraint(
                condition=Q(state="rejected") ^ Q(rejection=""),
                name="transfers_batch_rejected_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(page_id__isnull=False) | Q(channel="api"),
                name="transfers_batch_has_page",
            ),
        ]


class RefusedRow(models.Model):
    """A row of a batch file that was not accepted, and why; what it said stays in the file."""

    id = models.UUIDField(primary_key=True)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="faults", db_index=False)
    row = models.PositiveIntegerField()
    field = models.CharField(max_length=20, blank=True)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200)

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "row"], name="transfers_refusedrow_once")
        ]


class Dispatch(models.Model):
    """报文: one pain.001 that told another bank to pay."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=35)
    account = models.ForeignKey("ledger.Account", models.PROTECT)
    file_id = models.UUIDField()
    count = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=18, decimal_places=3)
    currency = models.CharField(max_length=3)
    sent_at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="transfers_dispatch_number_once"),
            models.CheckConstraint(
                condition=Q(count__gt=0, total__gt=0), name="transfers_dispatch_has_payments"
            ),
        ]


class Answer(models.Model):
    """回执: a pain.002 or camt.054 that another bank sent, taken in once."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=10)
    message_id = models.CharField(max_length=35)
    file_id = models.UUIDField()
    applied = models.PositiveIntegerField()
    unknown = models.PositiveIntegerField()
    received_at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "message_id"], name="transfers_answer_once")
        ]


class Transfer(models.Model):
    """Payee and purpose are sealed under the payer's key; `payee_digest` is keyed, so that the
    same payee is recognised without being read.

    `credited_id` is the account that its posting credited, `settlement` what became of the money
    after it was released: paid within the house, or sent to another bank and settled or returned.
    One that came by an import (存量迁移) was paid by the system before: it has that voucher's
    number and neither page nor posting here.
    """

    class State(models.TextChoices):
        RECEIVED = "received"
        CHECKED = "checked"
        SUBMITTED = "submitted"
        RELEASED = "released"
        REJECTED = "rejected"

    class Settlement(models.TextChoices):
        NONE = ""
        BOOK = "book"
        WAITING = "waiting"
        SENT = "sent"
        ACCEPTED = "accepted"
        SETTLED = "settled"
        RETURNED = "returned"

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20, unique=True)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="transfers")
    row = models.PositiveIntegerField(null=True)
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
    agent_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    override_reason = models.CharField(max_length=500, blank=True)
    rejection = models.CharField(max_length=500, blank=True)
    rejected_for = models.JSONField(default=list)
    voucher = models.CharField(max_length=20, blank=True)
    settlement = models.CharField(max_length=10, choices=Settlement, blank=True)
    credited_id = models.UUIDField(null=True)
    dispatch = models.ForeignKey(Dispatch, models.PROTECT, null=True, related_name="transfers")
    received_at = models.DateTimeField()
    submitted_on = models.DateField(null=True)
    came_by = models.ForeignKey("customers.Import", models.PROTECT, null=True, db_index=False)

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
                condition=Q(page_id__isnull=False)
                | Q(channel="api")
                | Q(batch__isnull=False)
                | Q(came_by__isnull=False),
                name="transfers_transfer_has_page",
            ),
            models.CheckConstraint(
                condition=Q(came_by__isnull=True)
                | Q(
                    state="released",
                    settlement__in=("book", "settled"),
                    page_id__isnull=True,
                    batch__isnull=True,
                    credited_id__isnull=True,
                    dispatch__isnull=True,
                ),
                name="transfers_transfer_imported_ended",
            ),
            models.CheckConstraint(
                condition=Q(state="released") | Q(settlement=""),
                name="transfers_transfer_released_settles",
            ),
            models.UniqueConstraint(fields=["batch", "row"], name="transfers_transfer_row_once"),
        ]
        indexes = [
            models.Index(fields=["branch", "number"], name="transfers_transfer_of_branch"),
            models.Index(Reverse("number"), name="transfers_transfer_tail"),
            models.Index(fields=["state", "number"], name="transfers_transfer_of_state"),
            models.Index(fields=["customer_id", "submitted_on"], name="transfers_transfer_of_day"),
            models.Index(
                fields=["branch", "state"],
                condition=Q(state__in=("received", "checked", "submitted")),
                name="transfers_transfer_open",
            ),
            models.Index(
                fields=["settlement"],
                condition=Q(settlement__in=("waiting", "sent", "accepted")),
                name="transfers_transfer_unsettled",
            ),
        ]


class Check(models.Model):
    """The result of one check, of a transfer or of a batch as a whole."""

    id = models.UUIDField(primary_key=True)
    transfer = models.ForeignKey(
        Transfer, models.PROTECT, null=True, related_name="checks", db_index=False
    )
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, related_name="checks", db_index=False
    )
    name = models.CharField(max_length=20)
    verdict = models.CharField(max_length=10)
    zh = models.TextField()
    en = models.TextField()
    detail = models.JSONField()
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "name"], name="transfers_check_once"),
            models.UniqueConstraint(fields=["batch", "name"], name="transfers_check_batch_once"),
            models.CheckConstraint(
                condition=Q(transfer__isnull=True) ^ Q(batch__isnull=True),
                name="transfers_check_of_one",
            ),
        ]


class Step(models.Model):
    """A state or a settlement that a transfer entered, by whom, and by which execution of the
    gate.

    Once each: the database itself lets no transfer be released twice.
    """

    id = models.UUIDField(primary_key=True)
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="steps", db_index=False)
    state = models.CharField(max_length=10)
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=100)
    execution_id = models.UUIDField()
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "state"], name="transfers_step_once")
        ]


class Limit(models.Model):
    """限额: how much one transfer, or one day's transfers, of a customer or an account may be."""

    class Scope(models.TextChoices):
        CUSTOMER = "customer"
        ACCOUNT = "account"

    class Per(models.TextChoices):
        TRANSFER = "transfer"
        DAY = "day"

    id = models.UUIDField(primary_key=True)
    scope = models.CharField(max_length=10, choices=Scope)
    subject_id = models.UUIDField()
    subject_number = models.CharField(max_length=20)
    owner = models.UUIDField()
    branch = models.CharField(max_length=200)
    per = models.CharField(max_length=10, choices=Per)
    amount = models.DecimalField(max_digits=18, decimal_places=3)
    currency = models.CharField(max_length=3)
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "per", "currency"],
                condition=Q(ended_at__isnull=True),
                name="transfers_limit_one_in_force",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="transfers_limit_sane"),
        ]


class Print(models.Model):
    """A voucher or a notice of rejection that somebody printed; the second one is a 补打."""

    class Kind(models.TextChoices):
        VOUCHER = "voucher"
        REJECTION = "rejection"

    id = models.UUIDField(primary_key=True)
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="prints", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    ordinal = models.PositiveIntegerField()
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=100)
    execution_id = models.UUIDField()
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "ordinal"], name="transfers_print_once")
        ]
