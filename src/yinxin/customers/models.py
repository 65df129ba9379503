import json
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Reverse

from .documents import DocumentType
from .intake import Import as Import
from .opening import ReadVerdict
from .particulars import Item, Values
from .parties import Role
from .personal import COLUMNS, opened, opened_from
from .reports import Event, ReportState
from .rules import Kind, Paper, Rating, State
from .standards import AllowanceRow as AllowanceRow
from .standards import ItemRuleRow as ItemRuleRow
from .standards import ScoreRow as ScoreRow

UNOPENED = (State.REGISTERED, State.DECLINED)


class Customer(models.Model):
    """客户. Personal fields are sealed under the customer's own key; `document_digest` is keyed,
    so that a number is registered once without being readable. `entered_by` typed the critical
    items last, `confirmed_by` typed them a second time or resolved the difference.

    One that came by an import (`came_by`) keeps the `former_number` of the system before; where
    it was active there, it is so here, and is verified anew by the day of `review_by`."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12)
    sealed_name = models.BinaryField()
    document_type = models.CharField(max_length=20)
    sealed_document_number = models.BinaryField()
    document_digest = models.BinaryField(max_length=32)
    document_expires_on = models.DateField(null=True)
    sealed_phone = models.BinaryField()
    sealed_address = models.BinaryField()
    sealed_particulars = models.BinaryField(default=b"")
    branch = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default=State.REGISTERED)
    sealed_state_reason = models.BinaryField(default=b"")
    rating = models.CharField(max_length=10)
    registered_by_id = models.UUIDField()
    registered_by_name = models.CharField(max_length=100)
    registered_at = models.DateTimeField()
    entered_by_id = models.UUIDField(null=True)
    confirmed_by_id = models.UUIDField(null=True)
    confirmed_by_name = models.CharField(max_length=100, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    opened_by_id = models.UUIDField(null=True)
    opened_by_name = models.CharField(max_length=100, blank=True)
    opened_at = models.DateTimeField(null=True)
    came_by = models.ForeignKey(Import, models.PROTECT, null=True, related_name="customers")
    former_number = models.CharField(max_length=40, blank=True)
    review_by = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["former_number"],
                condition=~Q(former_number=""),
                name="customers_customer_former_number_once",
            ),
            models.CheckConstraint(
                condition=Q(came_by__isnull=True, former_number="", review_by__isnull=True)
                | Q(came_by__isnull=False) & ~Q(former_number=""),
                name="customers_customer_former_of_import",
            ),
            # Nobody who was opened elsewhere passes for verified here.
            models.CheckConstraint(
                condition=Q(came_by__isnull=True)
                | Q(state__in=UNOPENED, review_by__isnull=True)
                | ~Q(state__in=UNOPENED)
                & (Q(review_by__isnull=False) | Q(confirmed_at__isnull=False)),
                name="customers_customer_imported_reviewed",
            ),
            models.UniqueConstraint(
                fields=["document_digest"], name="customers_customer_document_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind)
                & Q(document_type__in=DocumentType)
                & Q(state__in=State)
                & Q(rating__in=Rating),
                name="customers_customer_known_values",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNOPENED)
                ^ Q(opened_at__isnull=False, opened_by_id__isnull=False),
                name="customers_customer_opened_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(confirmed_by_id=F("entered_by_id")),
                name="customers_customer_entered_by_two",
            ),
        ]
        indexes = [
            models.Index(fields=["branch", "number"], name="customers_customer_branch"),
            models.Index(Reverse("number"), name="customers_customer_tail"),
            models.Index(fields=["state", "number"], name="customers_customer_of_state"),
            models.Index(fields=["rating", "number"], name="customers_customer_of_rating"),
            models.Index(
                fields=["review_by"],
                condition=Q(review_by__isnull=False),
                name="customers_customer_to_review",
            ),
        ]

    @property
    def name(self) -> str:
        return opened(self.id, "name", self.sealed_name)

    @property
    def document_number(self) -> str:
        return opened(self.id, "document_number", self.sealed_document_number)

    @property
    def phone(self) -> str:
        return opened(self.id, "phone", self.sealed_phone)

    @property
    def address(self) -> str:
        return opened(self.id, "address", self.sealed_address)

    @property
    def state_reason(self) -> str:
        column = self.sealed_state_reason
        return opened(self.id, "state_reason", column) if column else ""

    @property
    def values(self) -> Values:
        """The whole record, item by item; what is not known is left out."""
        rest: dict[str, str] = {}
        if self.sealed_particulars:
            rest = json.loads(opened(self.id, "particulars", self.sealed_particulars))
        found = {Item(item): text for item, text in rest.items()}
        found |= {item: getattr(self, item) for item in COLUMNS}
        found[Item.DOCUMENT_TYPE] = self.document_type
        if self.document_expires_on:
            found[Item.VALID_UNTIL] = self.document_expires_on.isoformat()
        return {item: text for item, text in found.items() if text}


class Document(models.Model):
    """证件影像: an uploaded image, kept in the vault under the customer's key."""

    id = models.UUIDField(primary_key=True)
    customer = models.ForeignKey(Customer, models.PROTECT)
    paper = models.CharField(max_length=10)
    blob_id = models.UUIDField(unique=True)
    added_by_name = models.CharField(max_length=100)
    added_at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(paper__in=Paper), name="customers_document_known_values"
            )
        ]


class Reading(models.Model):
    """识读: what the engines read on an image, and who looked at it where they were in doubt."""

    document = models.OneToOneField(Document, models.PROTECT, primary_key=True)
    engines = models.CharField(max_length=200)
    verdict = models.CharField(max_length=10)
    sealed_items = models.BinaryField()
    read_at = models.DateTimeField()
    confirmed_by_id = models.UUIDField(null=True)
    confirmed_by_name = models.CharField(max_length=100, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=ReadVerdict), name="customers_reading_known_values"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by_id__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by_id__isnull=False, confirmed_at__isnull=False),
                name="customers_reading_confirmed_by_somebody",
            ),
        ]


class Revelation(models.Model):
    """Leave for one person to see one customer's full document number, or one image of a
    document, until an instant."""

    id = models.UUIDField(primary_key=True)
    customer = models.ForeignKey(Customer, models.PROTECT)
    document = models.ForeignKey(Document, models.PROTECT, null=True)
    actor_id = models.UUIDField()
    until = models.DateTimeField()

    append_only = True

    class Meta:
        indexes = [models.Index(fields=["actor_id", "until"], name="customers_revelation_actor")]


class SecondEntry(models.Model):
    """双人录入: what another person typed of the critical items, and where it differs."""

    class State(models.TextChoices):
        AGREED = "agreed"
        DIFFERS = "differs"
        RESOLVED = "resolved"
        VOID = "void"  # the first entry was corrected since

    id = models.UUIDField(primary_key=True)
    customer = models.ForeignKey(Customer, models.PROTECT)
    first_id = models.UUIDField()
    second_id = models.UUIDField()
    second_name = models.CharField(max_length=100)
    sealed_values = models.BinaryField()
    differing = ArrayField(models.CharField(max_length=20))
    state = models.CharField(max_length=10)
    entered_at = models.DateTimeField()
    resolved_by_id = models.UUIDField(null=True)
    resolved_by_name = models.CharField(max_length=100, blank=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(first_id=F("second_id")), name="customers_secondentry_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(resolved_by_id=F("first_id")) & ~Q(resolved_by_id=F("second_id")),
                name="customers_secondentry_resolved_by_third",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("agreed", "differs", "void"), resolved_by_id__isnull=True)
                | Q(state="resolved", resolved_by_id__isnull=False, resolved_at__isnull=False),
                name="customers_secondentry_state",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(state="differs"),
                name="customers_secondentry_one_difference",
            ),
        ]


class Assessment(models.Model):
    """评级记录: a rating, its points, and what each of them is for."""

    id = models.UUIDField(primary_key=True)
    customer = models.ForeignKey(Customer, models.PROTECT)
    rating = models.CharField(max_length=10)
    points = models.PositiveSmallIntegerField()
    manual = models.BooleanField()
    sealed_reasons = models.BinaryField()
    by_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__in=Rating), name="customers_assessment_known_values"
            )
        ]

    @property
    def reasons(self) -> list[list[str]]:
        """(zh, en) of each reason, with its points."""
        found: list[list[str]] = opened_from(
            self.customer_id, f"assessment.reasons:{self.id}", self.sealed_reasons
        )
        return found


class Report(models.Model):
    """信息上报: reported by one, verified by another, answered."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT)
    branch = models.CharField(max_length=200)
    event = models.CharField(max_length=20)
    happened_on = models.DateField()
    sealed_account = models.BinaryField()
    state = models.CharField(max_length=10)
    reported_by_id = models.UUIDField()
    reported_by_name = models.CharField(max_length=100)
    reported_at = models.DateTimeField()
    verified_by_id = models.UUIDField(null=True)
    verified_by_name = models.CharField(max_length=100, blank=True)
    verified_at = models.DateTimeField(null=True)
    sealed_finding = models.BinaryField(default=b"")
    answered_by_name = models.CharField(max_length=100, blank=True)
    answered_at = models.DateTimeField(null=True)
    sealed_answer = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(event__in=Event) & Q(state__in=ReportState),
                name="customers_report_known_values",
            ),
            models.CheckConstraint(
                condition=~Q(verified_by_id=F("reported_by_id")),
                name="customers_report_verified_by_other",
            ),
            models.CheckConstraint(
                condition=Q(state=ReportState.REPORTED) ^ Q(verified_by_id__isnull=False),
                name="customers_report_verified_before_answer",
            ),
        ]
        indexes = [models.Index(fields=["branch", "number"], name="customers_report_branch")]

    def text(self, field: str) -> str:
        """`account`, `finding` or `answer`."""
        column = getattr(self, f"sealed_{field}")
        return opened_from(self.customer_id, f"report.{field}:{self.id}", column) or ""


class Change(models.Model):
    """客户信息变更: before, after and why. Nothing is overwritten without a row of these."""

    id = models.UUIDField(primary_key=True)
    customer = models.ForeignKey(Customer, models.PROTECT)
    report = models.ForeignKey(Report, models.PROTECT, null=True)
    items = ArrayField(models.CharField(max_length=20))
    sealed_before = models.BinaryField()
    sealed_after = models.BinaryField()
    sealed_reason = models.BinaryField()
    proof = models.ForeignKey(Document, models.PROTECT, null=True)
    by_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    append_only = True

    def opened(self, field: str) -> Any:
        """`before`, `after` or `reason`."""
        column = getattr(self, f"sealed_{field}")
        return opened_from(self.customer_id, f"change.{field}:{self.id}", column)


class Party(models.Model):
    """关系人: who stands behind a customer or acts for one, from a day to a day."""

    id = models.UUIDField(primary_key=True)
    customer = models.ForeignKey(Customer, models.PROTECT)
    role = models.CharField(max_length=24)
    sealed_values = models.BinaryField()
    criteria = ArrayField(models.CharField(max_length=20), default=list)
    share = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    scope = ArrayField(models.CharField(max_length=20), default=list)
    mandate = models.ForeignKey(Document, models.PROTECT, null=True)
    begins_on = models.DateField()
    ends_on = models.DateField(null=True)
    recorded_by_name = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()
    ended_by_name = models.CharField(max_length=100, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role), name="customers_party_known_values"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("begins_on")),
                name="customers_party_period",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.AGENT, mandate__isnull=False, ends_on__isnull=False)
                & ~Q(scope=[])
                | ~Q(role=Role.AGENT) & Q(scope=[], mandate__isnull=True),
                name="customers_party_agents_have_mandates",
            ),
            models.CheckConstraint(
                condition=Q(role=Role.OWNER) & ~Q(criteria=[])
                | ~Q(role=Role.OWNER) & Q(criteria=[]),
                name="customers_party_owners_have_criteria",
            ),
        ]

    @property
    def values(self) -> Values:
        found = opened_from(self.customer_id, f"party.values:{self.id}", self.sealed_values)
        return {Item(item): text for item, text in found.items()}
