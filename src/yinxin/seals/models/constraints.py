"""What several tables demand alike."""

from django.db import models
from django.db.models import F, Func, Q


def period(start: str, end: str) -> Func:
    """The days from `start` until before `end`; without an end it lasts."""
    return Func(F(start), F(end), function="daterange", output_field=models.CharField())


def two_persons(first: str, second: str, name: str) -> models.CheckConstraint:
    """Whoever did the second is neither of those who did the first, nor acts on their authority."""
    apart = Q()
    for one in (f"{first}_by_id", f"{first}_authority_id"):
        for other in (f"{second}_by_id", f"{second}_authority_id"):
            apart &= ~Q(**{other: F(one)})
    return models.CheckConstraint(
        condition=Q(**{f"{second}_by_id__isnull": True})
        | Q(**{f"{second}_authority_id__isnull": False}) & apart,
        name=name,
    )
