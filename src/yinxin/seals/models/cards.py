from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q

from yinxin.vault.sealing import unseal, unseal_text

from ..rules import IN_FORCE, Action, Cause, Copy, Kind, Progress, State
from .constraints import period, two_persons


class SealCard(models.Model):
    """印鉴卡: the seals that govern an account, and those that share it. Accounts are known by
    their ids alone."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT)
    account_id = models.UUIDField()
    account_number = models.CharField(max_length=40)
    branch = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default=State.ENTERED)
    effective_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    destruction = models.ForeignKey(
        "gate.TwoPersonAct", models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id"],
                condition=Q(state__in=IN_FORCE),
                name="seals_card_one_in_force",
            ),
            models.CheckConstraint(condition=Q(state__in=State), name="seals_card_known_state"),
            models.CheckConstraint(
                condition=Q(state__in=(State.ENTERED, State.CANCELLED, State.DESTROYED))
                | Q(effective_on__isnull=False),
                name="seals_card_in_use_has_date",
            ),
            models.CheckConstraint(
                condition=Q(state__in=IN_FORCE) ^ Q(ended_on__isnull=False),
                name="seals_card_ended_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DESTROYED) | Q(destruction__isnull=False),
                name="seals_card_destroyed_by_two",
            ),
        ]
        indexes = [models.Index(fields=["branch", "number"], name="seals_card_branch")]


class SharedAccount(models.Model):
    """共用: a further account that a card governs, from one day until before another."""

    id = models.UUIDField(primary_key=True)
    card = models.ForeignKey(SealCard, models.PROTECT, related_name="shared")
    account_id = models.UUIDField()
    account_number = models.CharField(max_length=40)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                expressions=[("account_id", "="), (period("from_on", "to_on"), "&&")],
                name="seals_shared_account_once",
            )
        ]


class CardCopy(models.Model):
    """联次: one of the papers of a card, and where it is kept."""

    id = models.UUIDField(primary_key=True)
    card = models.ForeignKey(SealCard, models.PROTECT, related_name="copies")
    kind = models.CharField(max_length=10)
    ordinal = models.PositiveSmallIntegerField()
    kept_at = models.CharField(max_length=100)
    issued_by_name = models.CharField(max_length=100)
    issued_at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "kind", "ordinal"], name="seals_copy_once"),
            models.CheckConstraint(condition=Q(kind__in=Copy), name="seals_copy_known_kind"),
        ]


class Seal(models.Model):
    """印章: one of the seals of a card; `ordinal` tells several of a kind apart, null is the
    first."""

    id = models.UUIDField(primary_key=True)
    card = models.ForeignKey(SealCard, models.PROTECT, related_name="seals")
    kind = models.CharField(max_length=20)
    sealed_name = models.BinaryField()
    ordinal = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["card", "kind", "ordinal"],
                name="seals_seal_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind), name="seals_seal_known_kind"),
            models.CheckConstraint(
                condition=Q(ordinal__isnull=True) | Q(ordinal__range=(2, 9)),
                name="seals_seal_ordinal",
            ),
        ]

    @property
    def name(self) -> str:
        return unseal_text(
            self.card.customer_id, f"seals.seal.name:{self.id}", bytes(self.sealed_name)
        )


class Specimen(models.Model):
    """A version of what is registered of a seal: the template that the engine compares with, and
    the scans it came from and was checked by. It is in force from `from_on` until before `to_on`.

    `*_authority_id` is the person on whose authority somebody acted, mostly themselves;
    `ended_for` is the action that ended the version.
    """

    id = models.UUIDField(primary_key=True)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="specimens")
    version = models.PositiveSmallIntegerField()
    sealed_template = models.BinaryField()
    image = models.ForeignKey("vault.Blob", models.PROTECT, related_name="+")
    width_mm = models.DecimalField(max_digits=5, decimal_places=2)
    height_mm = models.DecimalField(max_digits=5, decimal_places=2)
    engine = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default=State.ENTERED)
    entered_by_id = models.UUIDField()
    entered_by_name = models.CharField(max_length=100)
    entered_authority_id = models.UUIDField()
    entered_at = models.DateTimeField()
    checked_by_id = models.UUIDField(null=True)
    checked_by_name = models.CharField(max_length=100, blank=True)
    checked_authority_id = models.UUIDField(null=True)
    checked_at = models.DateTimeField(null=True)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    ended_for = models.CharField(max_length=10, null=True)
    application = models.ForeignKey(
        "seals.Application", models.PROTECT, null=True, related_name="specimens"
    )
    imprints = models.PositiveSmallIntegerField(null=True)
    quality = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal", "version"], name="seals_specimen_version_once"),
            ExclusionConstraint(
                expressions=[("seal", "="), (period("from_on", "to_on"), "&&")],
                condition=Q(state=State.ACTIVE),
                name="seals_specimen_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["seal"], condition=Q(state=State.ENTERED), name="seals_specimen_one_entered"
            ),
            models.CheckConstraint(
                condition=Q(state__in=(State.ENTERED, State.CANCELLED))
                ^ Q(
                    state=State.ACTIVE,
                    checked_by_id__isnull=False,
                    checked_authority_id__isnull=False,
                    checked_at__isnull=False,
                ),
                name="seals_specimen_active_when_checked",
            ),
            two_persons("entered", "checked", "seals_specimen_two_persons"),
        ]

    @property
    def template(self) -> bytes:
        """The bytes of the engine's specimen."""
        place = f"seals.specimen.template:{self.id}"
        return unseal(self.seal.card.customer_id, place, bytes(self.sealed_template))


class FurtherImprint(models.Model):
    """A further imprint of the same seal that a specimen was made of."""

    id = models.UUIDField(primary_key=True)
    specimen = models.ForeignKey(Specimen, models.PROTECT, related_name="further")
    image = models.ForeignKey("vault.Blob", models.PROTECT, related_name="+")

    append_only = True


class Application(models.Model):
    """印鉴业务申请: what a customer asks for, over the counter or from outside."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    branch = models.CharField(max_length=200)
    action = models.CharField(max_length=10)
    cause = models.CharField(max_length=20)
    card = models.ForeignKey(SealCard, models.PROTECT, null=True, related_name="applications")
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, related_name="+")
    account_id = models.UUIDField(null=True)
    sealed_applicant = models.BinaryField()
    explanation = models.CharField(max_length=200)
    wanted_on = models.DateField(null=True)
    letter = models.ForeignKey("vault.Blob", models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=Progress.APPLIED)
    applied_by_id = models.UUIDField()
    applied_by_name = models.CharField(max_length=100)
    applied_authority_id = models.UUIDField()
    applied_at = models.DateTimeField()
    applied_on = models.DateField()
    reviewed_by_id = models.UUIDField(null=True)
    reviewed_by_name = models.CharField(max_length=100, blank=True)
    reviewed_authority_id = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    opinion = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=Progress, action__in=Action, cause__in=Cause),
                name="seals_application_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(Progress.APPLIED, Progress.LIFTED))
                | Q(reviewed_by_id__isnull=False, reviewed_at__isnull=False),
                name="seals_application_reviewed",
            ),
            two_persons("applied", "reviewed", "seals_application_two_persons"),
            models.CheckConstraint(
                condition=Q(card__isnull=False) | Q(action=Action.OPEN, account_id__isnull=False),
                name="seals_application_about_something",
            ),
        ]
        indexes = [models.Index(fields=["branch", "number"], name="seals_application_branch")]

    @property
    def applicant(self) -> str:
        place = f"seals.application.applicant:{self.id}"
        return unseal_text(self.customer_id, place, bytes(self.sealed_applicant))


class Combination(models.Model):
    """用印组合: which seals of a card an item of these conditions needs, and when."""

    id = models.UUIDField(primary_key=True)
    card = models.ForeignKey(SealCard, models.PROTECT, related_name="combinations")
    expression = models.CharField(max_length=300)
    instrument = models.CharField(max_length=20, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    from_amount = models.DecimalField(max_digits=18, decimal_places=3, default=0)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    set_by_name = models.CharField(max_length=100)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                expressions=[
                    ("card", "="),
                    ("instrument", "="),
                    ("currency", "="),
                    ("from_amount", "="),
                    (period("from_on", "to_on"), "&&"),
                ],
                name="seals_combination_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(from_amount=0) | Q(from_amount__gt=0) & ~Q(currency=""),
                name="seals_combination_band_has_currency",
            ),
        ]
