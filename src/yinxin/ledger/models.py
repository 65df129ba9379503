from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse


class Account(models.Model):
    """`title` says what the account is for, such as 货款结算; never whose it is.

    `bank` and `bank_account` are where a nostro account is kept, and its number there. One that
    came by an import (存量迁移) kept the number it had.
    """

    class Kind(models.TextChoices):
        CUSTOMER = "customer"
        CASH = "cash"
        NOSTRO = "nostro"
        OTHER = "other"

    class State(models.TextChoices):
        OPEN = "open"
        CREDIT_ONLY = "credit_only"
        FROZEN = "frozen"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=19)
    kind = models.CharField(max_length=10, choices=Kind)
    customer_id = models.UUIDField(null=True)
    title = models.CharField(max_length=100)
    nature = models.CharField(max_length=10, blank=True)
    bank = models.CharField(max_length=100, blank=True)
    bank_account = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    branch = models.CharField(max_length=200)
    balance = models.DecimalField(max_digits=18, decimal_places=3, default=0)
    held = models.DecimalField(max_digits=18, decimal_places=3, default=0)
    may_overdraw = models.BooleanField(default=False)
    state = models.CharField(max_length=15, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    came_by = models.ForeignKey("customers.Import", models.PROTECT, null=True, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="ledger_account_number_once"),
            models.CheckConstraint(
                condition=Q(came_by__isnull=True) | Q(kind="customer"),
                name="ledger_account_imported_of_customer",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(balance=0, held=0),
                name="ledger_account_closed_empty",
            ),
            models.CheckConstraint(
                condition=Q(state="closed") ^ Q(closed_at__isnull=True),
                name="ledger_account_closed_has_time",
            ),
            models.UniqueConstraint(
                fields=["customer_id"],
                condition=Q(nature="basic") & ~Q(state="closed"),
                name="ledger_account_basic_once",
            ),
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
            models.Index(fields=["branch", "number"], name="ledger_account_of_branch"),
            models.Index(Reverse("number"), name="ledger_account_tail"),
            models.Index(fields=["state", "number"], name="ledger_account_of_state"),
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
    `owner`. What `reverses` another (冲正) takes it back whole, once. The database books on the
    open business day alone.
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
    reverses = models.UUIDField(null=True)

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(reverses__isnull=False),
                name="ledger_posting_reversed_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_posting_positive"),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="ledger_posting_two_accounts"
            ),
        ]
        indexes = [
            models.Index(fields=["debit", "booked_on"], name="ledger_posting_debits"),
            models.Index(fields=["credit", "booked_on"], name="ledger_posting_credits"),
            models.Index(fields=["cause"], name="ledger_posting_of_cause"),
            BrinIndex(fields=["booked_on"], name="ledger_posting_of_day"),
        ]


class Hold(models.Model):
    """冻结金额: money set aside for a cause until it is posted or let go.

    One placed `by_hand` is its own cause and is let go by hand; any other by its cause alone.
    """

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
    by_hand = models.BooleanField(default=False)
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


class BusinessDay(models.Model):
    """营业日: the bank date that postings carry while it is open. Exactly one is, from the first
    posting on; closing it (日切) keeps its trial balance and opens the next."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True)
    on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=100, blank=True)
    digest = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["on"], name="ledger_businessday_once"),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="open"), name="ledger_businessday_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, digest__isnull=True)
                | Q(state="closed", closed_at__isnull=False, digest__isnull=False),
                name="ledger_businessday_closed_whole",
            ),
        ]


class TrialBalance(models.Model):
    """试算平衡: one class of accounts of one currency on a closed day. All classes of a currency
    sum to zero; the database refuses a day that does not."""

    id = models.UUIDField(primary_key=True)
    day = models.ForeignKey(BusinessDay, models.PROTECT, related_name="rows", db_index=False)
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=10, choices=Account.Kind)
    accounts = models.PositiveIntegerField()
    opening = models.DecimalField(max_digits=21, decimal_places=3)
    debits = models.DecimalField(max_digits=21, decimal_places=3)
    credits = models.DecimalField(max_digits=21, decimal_places=3)
    closing = models.DecimalField(max_digits=21, decimal_places=3)

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "currency", "kind"], name="ledger_trialbalance_once"
            ),
            models.CheckConstraint(
                condition=Q(closing=F("opening") + F("credits") - F("debits")),
                name="ledger_trialbalance_adds_up",
            ),
        ]


class StatementPrint(models.Model):
    """A statement of account (对账单) that somebody printed: who, when, of which period."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20)
    account = models.ForeignKey(Account, models.PROTECT, related_name="prints")
    since = models.DateField()
    until = models.DateField()
    opening = models.DecimalField(max_digits=18, decimal_places=3)
    closing = models.DecimalField(max_digits=18, decimal_places=3)
    actor_id = models.UUIDField()
    actor_name = models.CharField(max_length=100)
    execution_id = models.UUIDField()
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="ledger_statementprint_number_once")
        ]


class OutsideAccount(models.Model):
    """行外账户: a customer's account at another bank, as the register (账户登记簿) has it.

    Its number is sealed under the customer's key; `digest` recognises it without reading it.
    """

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20)
    customer_id = models.UUIDField()
    branch = models.CharField(max_length=200)
    bank = models.CharField(max_length=100)
    nature = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    account_number = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    registered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="ledger_outsideaccount_number_once"),
            models.UniqueConstraint(
                fields=["customer_id", "digest"],
                condition=Q(state="open"),
                name="ledger_outsideaccount_once",
            ),
            models.CheckConstraint(
                condition=Q(state="closed") ^ Q(closed_at__isnull=True),
                name="ledger_outsideaccount_closed_has_time",
            ),
        ]
