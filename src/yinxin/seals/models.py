from django.db import models
from django.db.models import F, Q

from yinxin.vault.sealing import unseal, unseal_text

from .rules import IN_FORCE, Kind, State, Verdict


class SealCard(models.Model):
    """印鉴卡: the seals that govern one account. The account is known by its id alone."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey("customers.Customer", models.PROTECT)
    account_id = models.UUIDField()
    account_number = models.CharField(max_length=40)
    branch = models.CharField(max_length=200)
    state = models.CharField(max_length=10, default=State.ENTERED)
    effective_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id"],
                condition=Q(state__in=IN_FORCE),
                name="seals_card_one_in_force",
            ),
            models.CheckConstraint(condition=Q(state__in=State), name="seals_card_known_state"),
            models.CheckConstraint(
                condition=Q(state__in=(State.ENTERED, State.CANCELLED))
                | Q(effective_on__isnull=False),
                name="seals_card_in_use_has_date",
            ),
        ]
        indexes = [models.Index(fields=["branch", "number"], name="seals_card_branch")]


class Seal(models.Model):
    """印章: one of the seals of a card."""

    id = models.UUIDField(primary_key=True)
    card = models.ForeignKey(SealCard, models.PROTECT, related_name="seals")
    kind = models.CharField(max_length=20)
    sealed_name = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "kind"], name="seals_seal_kind_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind), name="seals_seal_known_kind"),
        ]

    @property
    def name(self) -> str:
        return unseal_text(
            self.card.customer_id, f"seals.seal.name:{self.id}", bytes(self.sealed_name)
        )


class Specimen(models.Model):
    """A version of what is registered of a seal: the template that the engine compares with, and
    the scans it came from and was checked by.

    `*_authority_id` is the person on whose authority somebody acted, mostly themselves.
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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal", "version"], name="seals_specimen_version_once"),
            models.UniqueConstraint(
                fields=["seal"], condition=Q(state=State.ACTIVE), name="seals_specimen_one_active"
            ),
            models.CheckConstraint(
                condition=Q(state=State.ENTERED)
                ^ Q(
                    state=State.ACTIVE,
                    checked_by_id__isnull=False,
                    checked_authority_id__isnull=False,
                    checked_at__isnull=False,
                ),
                name="seals_specimen_active_when_checked",
            ),
            models.CheckConstraint(
                condition=Q(checked_by_id__isnull=True)
                | ~Q(checked_by_id=F("entered_by_id"))
                & ~Q(checked_by_id=F("entered_authority_id"))
                & ~Q(checked_authority_id=F("entered_by_id"))
                & ~Q(checked_authority_id=F("entered_authority_id")),
                name="seals_specimen_two_persons",
            ),
        ]

    @property
    def template(self) -> bytes:
        """The bytes of the engine's specimen."""
        place = f"seals.specimen.template:{self.id}"
        return unseal(self.seal.card.customer_id, place, bytes(self.sealed_template))


class Verification(models.Model):
    """验印: what the imprints on an item were found to be. `item_kind` and `item_id` are those of
    its subject; no card means that none was in force."""

    id = models.UUIDField(primary_key=True)
    item_kind = models.CharField(max_length=60)
    item_id = models.UUIDField()
    item_number = models.CharField(max_length=60)
    branch = models.CharField(max_length=200)
    account_id = models.UUIDField()
    card = models.ForeignKey(SealCard, models.PROTECT, null=True, related_name="verifications")
    on = models.DateField()
    verdict = models.CharField(max_length=12)
    reasons = models.JSONField()
    engine = models.CharField(max_length=40)
    page = models.ForeignKey("vault.Blob", models.PROTECT, null=True, related_name="+")
    by_id = models.UUIDField()
    by_name = models.CharField(max_length=100)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=Verdict), name="seals_verification_known_verdict"
            ),
            models.CheckConstraint(
                condition=Q(card__isnull=False) | ~Q(verdict=Verdict.GENUINE),
                name="seals_verification_genuine_by_card",
            ),
        ]
        indexes = [
            models.Index(fields=["item_kind", "item_id"], name="seals_verification_item"),
            models.Index(fields=["card", "-id"], name="seals_verification_card"),
        ]


class Finding(models.Model):
    """One seal of the card in a verification, with the version that was compared."""

    id = models.UUIDField(primary_key=True)
    verification = models.ForeignKey(Verification, models.PROTECT, related_name="findings")
    specimen = models.ForeignKey(Specimen, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=12)
    score = models.DecimalField(max_digits=5, decimal_places=4)
    box = models.JSONField(null=True)
    angle_deg = models.DecimalField(max_digits=6, decimal_places=2)
    scale = models.DecimalField(max_digits=6, decimal_places=4)
    differences = models.JSONField()
    imprint = models.ForeignKey("vault.Blob", models.PROTECT, null=True, related_name="+")
    overlay = models.ForeignKey("vault.Blob", models.PROTECT, null=True, related_name="+")

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "specimen"], name="seals_finding_once_each"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=(Verdict.GENUINE, Verdict.UNCERTAIN, Verdict.FORGED)),
                name="seals_finding_known_verdict",
            ),
        ]
