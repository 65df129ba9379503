"""The tables of the house, and what it looks like when the database refuses."""

from collections.abc import Callable

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from yinxin.gate import guards

GUARDED = sorted(guards.guarded_models(), key=lambda model: model._meta.db_table)
HOUSE = [model for model in apps.get_models() if model._meta.app_config.name.startswith("yinxin.")]


def table(model: type[Model]) -> str:
    return model._meta.db_table


def execute(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(act: Callable[[], object], why: str) -> None:
    with pytest.raises((DatabaseError, psycopg.Error), match=why), transaction.atomic():
        act()
