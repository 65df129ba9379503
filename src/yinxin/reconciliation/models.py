from decimal import Decimal

from django.db import models
from django.db.models import F, Q


class BankStatement(models.Model):
    """对账单: what another bank says of our account there.

    `bank_id` and `bank_account` are the bank's own names of the statement and of the account;
    balances are null where its format states none. `left_out` counts entries of the file that
    moved no booked money.
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
    format = models.CharField(max_length=20, default="camt053")
    opening = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    closing = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    left_out = models.PositiveIntegerField(default=0)
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
            models.CheckConstraint(
                condition=Q(opening__isnull=True) | Q(closing__isnull=False),
                name="reconciliation_statement_balances",
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
    lets neither be matched twice.

    Where several lines are one posting, or several are several, the rows of a `group` belong
    together, and a row may have only one side; a pair has no group.
    """

    id = models.UUIDField(primary_key=True)
    line = models.ForeignKey(
        StatementLine, models.PROTECT, null=True, related_name="matches", db_index=False
    )
    posting = models.ForeignKey(
        "ledger.Posting", models.PROTECT, null=True, related_name="+", db_index=False
    )
    group = models.UUIDField(null=True)
    reference = models.CharField(max_length=60, blank=True)
    rule = models.CharField(max_length=20)
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line"], name="reconciliation_match_line_once"),
            models.UniqueConstraint(fields=["posting"], name="reconciliation_match_posting_once"),
            models.CheckConstraint(
                condition=Q(line__isnull=False, posting__isnull=False)
                | (Q(group__isnull=False) & (Q(line__isnull=False) | Q(posting__isnull=False))),
                name="reconciliation_match_has_sides",
            ),
        ]
        indexes = [
            models.Index(
                fields=["group"],
                condition=Q(group__isnull=False),
                name="reconciliation_match_group",
            )
        ]


class OpenItem(models.Model):
    """未达账项: a line without a posting, or a posting of the period without a line.

    `reason` is what matching found, `explanation` what somebody then said of it, sealed under
    the institution's key. `owner` is who follows it up. Where a bank's
    fee would explain it, `fee` is how much, and `fee_posting` what the line then is.
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
    owner_id = models.UUIDField(null=True)
    owner_name = models.CharField(max_length=100, blank=True)
    fee = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    fee_posting = models.ForeignKey(
        "ledger.Posting", models.PROTECT, null=True, related_name="+", db_index=False
    )

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
            models.CheckConstraint(
                condition=Q(owner_id__isnull=True, owner_name="")
                | (Q(owner_id__isnull=False) & ~Q(owner_name="")),
                name="reconciliation_openitem_owner_named",
            ),
            models.CheckConstraint(
                condition=Q(fee__isnull=True, fee_posting__isnull=True)
                | Q(fee__gt=0, fee_posting__isnull=False, line__isnull=False),
                name="reconciliation_openitem_fee_of_line",
            ),
        ]


class Contact(models.Model):
    """联系记录: whom we asked about an open item, when, and what they said, sealed under the
    institution's key. The line or posting is named, for the item goes when it is matched."""

    id = models.UUIDField(primary_key=True)
    statement = models.ForeignKey(
        BankStatement, models.PROTECT, related_name="contacts", db_index=False
    )
    line = models.ForeignKey(StatementLine, models.PROTECT, null=True, related_name="+")
    posting = models.ForeignKey("ledger.Posting", models.PROTECT, null=True, related_name="+")
    asked_on = models.DateField()
    words = models.BinaryField()
    actor_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(line__isnull=True) ^ Q(posting__isnull=True),
                name="reconciliation_contact_one_side",
            )
        ]
        indexes = [models.Index(fields=["statement", "at"], name="reconciliation_contacts")]


class ProposedFee(models.Model):
    """手续费建议: the line is the posting less this fee. It is proposed, not posted."""

    id = models.UUIDField(primary_key=True)
    line = models.ForeignKey(StatementLine, models.PROTECT, related_name="+", db_index=False)
    amount = models.DecimalField(max_digits=18, decimal_places=3)
    currency = models.CharField(max_length=3)
    actor_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line"], name="reconciliation_fee_line_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="reconciliation_fee_positive"),
        ]


class Agreement(models.Model):
    """对账约定: how an account is reconciled, how often, and when next."""

    class Frequency(models.TextChoices):
        DAILY = "daily"
        WEEKLY = "weekly"
        MONTHLY = "monthly"
        QUARTERLY = "quarterly"

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey("ledger.Account", models.PROTECT, db_index=False)
    frequency = models.CharField(max_length=10, choices=Frequency)
    next_due_on = models.DateField()
    tolerance = models.DecimalField(max_digits=18, decimal_places=3, default=Decimal(0))
    window_d = models.PositiveSmallIntegerField(default=5)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], name="reconciliation_agreement_once"),
            models.CheckConstraint(
                condition=Q(tolerance__gte=0) & Q(window_d__lte=366),
                name="reconciliation_agreement_sane",
            ),
        ]


class DueRun(models.Model):
    """到期对账: a day on which an account was due, and the statement that was signed off for it."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey("ledger.Account", models.PROTECT, db_index=False)
    due_on = models.DateField()
    statement = models.ForeignKey(
        BankStatement, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "due_on"], name="reconciliation_due_once")
        ]
        indexes = [models.Index(fields=["due_on"], name="reconciliation_due_on")]


class ReportPrint(models.Model):
    """A printed 对账报告, for whoever printed it."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20, unique=True)
    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="+", db_index=False)
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=100)
    execution_id = models.UUIDField()
    at = models.DateTimeField()

    append_only = True
