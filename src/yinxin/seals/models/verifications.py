from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from ..rules import Verdict, Warning
from .cards import Seal, SealCard, Specimen
from .constraints import two_persons

ENGINE_VERDICTS = (Verdict.GENUINE, Verdict.UNCERTAIN, Verdict.FORGED)


class Threshold(models.Model):
    """自动通过阈值: the score from which an imprint passes by itself, by amount."""

    id = models.UUIDField(primary_key=True)
    currency = models.CharField(max_length=3)
    from_amount = models.DecimalField(max_digits=18, decimal_places=3)
    score = models.DecimalField(max_digits=5, decimal_places=4)
    effective_from = models.DateTimeField()
    effective_to = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "from_amount"],
                condition=Q(effective_to__isnull=True),
                name="seals_threshold_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(score__range=(0, 1), from_amount__gte=0), name="seals_threshold_sane"
            ),
        ]


class ReturnReason(models.Model):
    """退票理由 that the institution adds to those of the house, or puts in the place of one."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=10)
    zh = models.CharField(max_length=100)
    en = models.CharField(max_length=200)
    in_use = models.BooleanField()
    effective_from = models.DateTimeField()
    effective_to = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(effective_to__isnull=True),
                name="seals_return_reason_one_in_force",
            )
        ]


class Verification(models.Model):
    """验印: what the imprints on an item were found to be. `item_kind` and `item_id` are those of
    its subject; no card means that none was in force.

    `rule` is the combination that counted, blank or null where every seal was needed;
    `rerun_of` is the verification that this one repeats.
    """

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
    dpi = models.PositiveSmallIntegerField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    currency = models.CharField(max_length=3, null=True)
    instrument = models.CharField(max_length=20, null=True)
    rule = models.CharField(max_length=300, null=True)
    rerun_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="reruns")

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
    """One seal of the card in a verification, with the version that was compared.

    `presentation` is low where the imprint looks printed or pasted, `copy_of` an earlier finding
    whose very ink it shows.
    """

    id = models.UUIDField(primary_key=True)
    verification = models.ForeignKey(Verification, models.PROTECT, related_name="findings")
    specimen = models.ForeignKey(Specimen, models.PROTECT, related_name="findings")
    verdict = models.CharField(max_length=12)
    score = models.DecimalField(max_digits=5, decimal_places=4)
    box = models.JSONField(null=True)
    angle_deg = models.DecimalField(max_digits=6, decimal_places=2)
    scale = models.DecimalField(max_digits=6, decimal_places=4)
    differences = models.JSONField()
    imprint = models.ForeignKey("vault.Blob", models.PROTECT, null=True, related_name="+")
    overlay = models.ForeignKey("vault.Blob", models.PROTECT, null=True, related_name="+")
    elastic_mm = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    presentation = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    copy_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "specimen"], name="seals_finding_once_each"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=ENGINE_VERDICTS), name="seals_finding_known_verdict"
            ),
        ]


class Comparison(models.Model):
    """人工比对: what a person saw where the engine did not decide, and a second one confirmed."""

    verification = models.OneToOneField(Verification, models.PROTECT, primary_key=True)
    verdict = models.CharField(max_length=12)
    remark = models.CharField(max_length=200)
    compared_by_id = models.UUIDField()
    compared_by_name = models.CharField(max_length=100)
    compared_authority_id = models.UUIDField()
    compared_at = models.DateTimeField()
    agrees = models.BooleanField(null=True)
    confirmed_remark = models.CharField(max_length=200, blank=True)
    confirmed_by_id = models.UUIDField(null=True)
    confirmed_by_name = models.CharField(max_length=100, blank=True)
    confirmed_authority_id = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=(Verdict.GENUINE, Verdict.FORGED)),
                name="seals_comparison_known_verdict",
            ),
            models.CheckConstraint(
                condition=Q(agrees__isnull=True) ^ Q(confirmed_by_id__isnull=False),
                name="seals_comparison_confirmed_by_somebody",
            ),
            two_persons("compared", "confirmed", "seals_comparison_two_persons"),
        ]


class SealWarning(models.Model):
    """预警: something unusual about the uses of a seal, once a day and kind."""

    id = models.UUIDField(primary_key=True)
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="warnings")
    verification = models.ForeignKey(Verification, models.PROTECT, related_name="warnings")
    branch = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    on = models.DateField()
    zh = models.CharField(max_length=100)
    en = models.CharField(max_length=100)
    at = models.DateTimeField()

    append_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal", "kind", "on"], name="seals_warning_once_a_day"),
            models.CheckConstraint(condition=Q(kind__in=Warning), name="seals_warning_known_kind"),
        ]
        indexes = [models.Index(fields=["branch", "-id"], name="seals_warning_branch")]


class ReturnNotice(models.Model):
    """退票理由书: why an item went back, by code."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=20, unique=True)
    verification = models.ForeignKey(Verification, models.PROTECT, related_name="notices")
    codes = ArrayField(models.CharField(max_length=10))
    reasons = models.JSONField()
    remark = models.CharField(max_length=200, blank=True)
    by_name = models.CharField(max_length=100)
    execution_id = models.UUIDField()
    at = models.DateTimeField()

    append_only = True
