from django.db import models
from django.db.models import Q

from .documents import DocumentType
from .personal import opened
from .rules import Kind, Rating, State


class Customer(models.Model):
    """客户. Personal fields are sealed under the customer's own key; `document_digest` is keyed,
    so that a number is registered once without being readable."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12)
    sealed_name = models.BinaryField()
    document_type = models.CharField(max_length=10)
    sealed_document_number = models.BinaryField()
    document_digest = models.BinaryField(max_length=32)
    sealed_phone = models.BinaryField()
    sealed_address = models.BinaryField()
    branch = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default=State.REGISTERED)
    rating = models.CharField(max_length=10)
    registered_by_id = models.UUIDField()
    registered_by_name = models.CharField(max_length=100)
    registered_at = models.DateTimeField()
    opened_by_id = models.UUIDField(null=True)
    opened_by_name = models.CharField(max_length=100, blank=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
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
                condition=Q(state=State.REGISTERED)
                ^ Q(opened_at__isnull=False, opened_by_id__isnull=False),
                name="customers_customer_opened_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["branch", "number"], name="customers_customer_branch")]

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


class Revelation(models.Model):
    """Leave for one person to see one customer's full document number until an instant."""

    id = models.UUIDField(primary_key=True)
    customer = models.ForeignKey(Customer, models.PROTECT)
    actor_id = models.UUIDField()
    until = models.DateTimeField()

    append_only = True

    class Meta:
        indexes = [models.Index(fields=["actor_id", "until"], name="customers_revelation_actor")]
