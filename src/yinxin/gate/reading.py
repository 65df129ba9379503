"""Reads run in a READ ONLY transaction, so that a view cannot write by mistake."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Q


@contextmanager
def reading() -> Iterator[None]:
    """One consistent look at the database, in which every write fails."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def past(position: Mapping[str, Any], *, descending: bool) -> Q:
    """The condition on rows that come after a position in the order of its fields."""
    beyond, so_far = Q(), dict[str, Any]()
    for name, value in position.items():
        beyond |= Q(**so_far, **{f"{name}__{'lt' if descending else 'gt'}": value})
        so_far[name] = value
    return beyond
