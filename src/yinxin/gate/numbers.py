"""Ordinals for human numbers: gapless, because drawing one locks its counter until commit."""

from datetime import date

from django.db import connection


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
