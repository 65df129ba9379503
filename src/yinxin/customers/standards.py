"""What the institution sets in the place of what is shipped: tables whose rows are only added."""

from django.db import models
from django.db.models import Q

from .allowances import Product
from .particulars import Item
from .rules import Rating
from .scorecard import Factor


class ScoreRow(models.Model):
    """A row of the scorecard (评分卡), in force from its day until another takes its place."""

    id = models.UUIDField(primary_key=True)
    factor = models.CharField(max_length=20)
    value = models.CharField(max_length=40)
    points = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=100)
    reason_en = models.CharField(max_length=100)
    effective_on = models.DateField()

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(factor__in=Factor) & Q(points__lte=100),
                name="customers_scorerow_known_values",
            )
        ]


class AllowanceRow(models.Model):
    """What a rating allows from a day on."""

    id = models.UUIDField(primary_key=True)
    rating = models.CharField(max_length=10)
    product = models.CharField(max_length=20)
    allowed = models.BooleanField()
    currency = models.CharField(max_length=3, blank=True)
    single = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    daily = models.DecimalField(max_digits=18, decimal_places=3, null=True)
    effective_on = models.DateField()

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rating__in=Rating) & Q(product__in=Product),
                name="customers_allowancerow_known_values",
            ),
            models.CheckConstraint(
                condition=(Q(single__isnull=True) | Q(single__gt=0))
                & (Q(daily__isnull=True) | Q(daily__gt=0)),
                name="customers_allowancerow_limits",
            ),
        ]


class ItemRuleRow(models.Model):
    """How an item of the record is changed from a day on."""

    id = models.UUIDField(primary_key=True)
    item = models.CharField(max_length=20)
    alone = models.BooleanField()
    proof = models.BooleanField()
    effective_on = models.DateField()

    append_only = True

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(item__in=Item), name="customers_itemrule_known")
        ]
