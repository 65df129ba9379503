"""Human numbers: the ordinals they are made of, and how people look for them.

Ordinals are gapless, because drawing one locks its counter until commit.
"""

from datetime import date
from typing import TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Reverse

M = TypeVar("M", bound=Model)
NOTHING = Q(pk__in=[])


def draw(prefix: str, on: date, count: int = 1) -> int:
    """The first of `count` fresh ordinals of the day."""
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO gate_counter (prefix, "on", last) VALUES (%s, %s, %s) '
            'ON CONFLICT (prefix, "on") DO UPDATE SET last = gate_counter.last + EXCLUDED.last '
            "RETURNING last",
            [prefix, on, count],
        )
        last: int = cursor.fetchone()[0]
    return last - count + 1


def by_number(rows: QuerySet[M], typed: str, otherwise: Q = NOTHING) -> QuerySet[M]:
    """The rows whose `number` begins or ends so, or that are meant otherwise. A long table has an
    index for each: that of its unique numbers, and one of `Reverse("number")`."""
    sought = "".join(typed.split()).upper()
    tailed = rows.alias(tail=Reverse("number"))
    return tailed.filter(  # type: ignore[return-value]
        Q(number__startswith=sought) | Q(tail__startswith=sought[::-1]) | otherwise
    )
