from django.db import models
from django.db.models import F, Q


class Account(models.Model):
    """`title` says what the account is for, such as 基本存款账户; never whose it is."""

    class Kind(models.TextChoices):
        CUSTOMER = "customer"
        CASH = "cash"
        NOSTRO = "nostro"
        OTHER = "other"

    class State(models.TextChoices):
        OPEN = "open"
        FROZEN = "frozen"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=19)
    kind = models.CharField(max_length=10, choices=Kind)
    customer_id = models.UUIDField(null=True)
    title = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    branch = models.CharField(max_length=200)
    balance = models.DecimalField(max_digits=18, decimal_places=3, default=0)
    held = models.DecimalField(max_digits=18, decimal_places=3, default=0)
    may_overdraw = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="ledger_account_number_once"),
            # What the composite foreign keys of postings and holds refer to.
            models.UniqueConstraint(fields=["id", "currency"], name="ledger_account_currency"),
            models.CheckConstraint(
                condition=Q(may_overdraw=True) | Q(balance__gte=F("held")),
                name="ledger_account_not_overdrawn",
            ),
            models.CheckConstraint(condition=Q(held__gte=0), name="ledger_account_held_sane"),
            models.CheckConstraint(
                condition=Q(kind="customer", customer_id__isnull=False, may_overdraw=False)
                | (~Q(kind="customer") & Q(customer_id__isnull=True)),
                name="ledger_account_whose",
            ),
        ]
        indexes = [
            models.Index(fields=["customer_id"], name="ledger_account_of_customer"),
            models.Index(
                fields=["kind", "currency"],
                condition=~Q(kind="customer"),
                name="ledger_account_own",
            ),
        ]


class Posting(models.Model):
    """分录: one row debits one account and credits another, so it balances by construction.

    `cause` is what moved the money and `reference` its number; both texts are sealed under
    `owner`.
    """

    id = models.UUIDField(primary_key=True)
    debit = models.ForeignKey(
        Account, models.PROTECT, related_name="debits", db_constraint=False, db_index=False
    )
    credit = models.ForeignKey(
        Account, models.PROTECT, related_name="credits", db_constraint=False, db_index=False
    )
    amount = models.DecimalField(max_digits=18, decimal_places=3)
    currency = models.CharField(max_length=3)
    booked_on = models.DateField()
    booked_at = models.DateTimeField()
    reference = models.CharField(max_length=60)
    cause = models.UUIDField()
    owner = models.UUIDField()
    counterparty = models.BinaryField()
    narrative = models.BinaryField()

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_posting_positive"),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="ledger_posting_two_accounts"
            ),
        ]
        indexes = [
            models.Index(fields=["debit", "booked_on"], name="ledger_posting_debits"),
            models.Index(fields=["credit", "booked_on"], name="ledger_posting_credits"),
            models.Index(fields=["cause"], name="ledger_posting_of_cause"),
        ]


class Hold(models.Model):
    """冻结金额: money set aside for a cause until it is posted or let go."""

    class State(models.TextChoices):
        OPEN = "open"
        RELEASED = "released"
        CONSUMED = "consumed"

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="holds", db_constraint=False, db_index=False
    )
    amount = models.DecimalField(max_digits=18, decimal_places=3)
    currency = models.CharField(max_length=3)
    cause = models.UUIDField()
    reference = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    placed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cause"], condition=Q(state="open"), name="ledger_hold_cause_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_hold_positive"),
            models.CheckConstraint(
                condition=Q(state="open") ^ Q(ended_at__isnull=False),
                name="ledger_hold_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["account"], condition=Q(state="open"), name="ledger_hold_open_of_account"
            )
        ]
