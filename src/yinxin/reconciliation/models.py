from django.db import models
from django.db.models import F, Q


class BankStatement(models.Model):
    """对账单: what another bank says of our account there.

    `bank_id` and `bank_account` are the bank's own names of the statement and of the account.
    """

    class State(models.TextChoices):
        IMPORTED = "imported"
        MATCHED = "matched"
        SIGNED_OFF = "signed_off"

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20, unique=True)
    account = models.ForeignKey("ledger.Account", models.PROTECT, db_index=False)
    bank_id = models.CharField(max_length=35)
    bank_account = models.CharField(max_length=35)
    file = models.ForeignKey("vault.Blob", models.PROTECT)
    currency = models.CharField(max_length=3)
    opening = models.DecimalField(max_digits=18, decimal_places=3)
    closing = models.DecimalField(max_digits=18, decimal_places=3)
    from_on = models.DateField()
    to_on = models.DateField()
    line_count = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.IMPORTED)
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "bank_id"], name="reconciliation_statement_once"
            ),
            models.CheckConstraint(
                condition=Q(from_on__lte=F("to_on")), name="reconciliation_statement_period"
            ),
        ]


class StatementLine(models.Model):
    """`texts` are reference, counterparty and description, sealed under the institution's key;
    the keyed digest finds a reference without reading it."""

    id = models.UUIDField(primary_key=True)
    statement = models.ForeignKey(
        BankStatement, models.PROTECT, related_name="lines", db_index=False
    )
    position = models.PositiveIntegerField()
    bank_id = models.CharField(max_length=35)
    booked_on = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=3)
    currency = models.CharField(max_length=3)
    texts = models.BinaryField()
    reference_digest = models.BinaryField(max_length=16)

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "position"], name="reconciliation_line_position_once"
            ),
            models.UniqueConstraint(
                fields=["statement", "bank_id"], name="reconciliation_line_once"
            ),
        ]
        indexes = [models.Index(fields=["reference_digest"], name="reconciliation_line_reference")]


class Match(models.Model):
    """勾对: this line is that posting, by which rule, found by whose command. The database itself
    lets neither be matched twice."""

    id = models.UUIDField(primary_key=True)
    line = models.ForeignKey(StatementLine, models.PROTECT, related_name="matches", db_index=False)
    posting = models.ForeignKey("ledger.Posting", models.PROTECT, related_name="+", db_index=False)
    reference = models.CharField(max_length=60)
    rule = models.CharField(max_length=20)
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line"], name="reconciliation_match_line_once"),
            models.UniqueConstraint(fields=["posting"], name="reconciliation_match_posting_once"),
        ]


class OpenItem(models.Model):
    """未达账项: a line without a posting, or a posting of the period without a line.

    `reason` is what matching found, `explanation` what somebody then said of it, sealed under
    the institution's key.
    """

    id = models.UUIDField(primary_key=True)
    statement = models.ForeignKey(
        BankStatement, models.PROTECT, related_name="open_items", db_index=False
    )
    line = models.ForeignKey(
        StatementLine, models.PROTECT, null=True, related_name="open_items", db_index=False
    )
    posting = models.ForeignKey("ledger.Posting", models.PROTECT, null=True, related_name="+")
    booked_on = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=3)
    reference = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=20)
    explanation = models.BinaryField(null=True)
    explained_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line"], name="reconciliation_openitem_line_once"),
            models.UniqueConstraint(
                fields=["statement", "posting"], name="reconciliation_openitem_posting_once"
            ),
            models.CheckConstraint(
                condition=Q(line__isnull=True) ^ Q(posting__isnull=True),
                name="reconciliation_openitem_one_side",
            ),
            models.CheckConstraint(
                condition=Q(explanation__isnull=True) ^ ~Q(explained_by=""),
                name="reconciliation_openitem_explained_by_somebody",
            ),
        ]
