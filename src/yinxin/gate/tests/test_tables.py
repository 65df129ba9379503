"""What the database itself refuses of every table: the bank is one for all tests, because none of
them gets to change it."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from conftest import clone
from django.apps import apps
from django.db.models import Model
from tests.bank.verbs import Bank

from yinxin.gate import guards
from yinxin.vault.tests.inside import command

from .tables import GUARDED, HOUSE, execute, refused, table

APPEND_ONLY = [model for model in GUARDED if guards.is_append_only(model)] + [
    model for model in apps.get_models() if model._meta.db_table in guards.EVIDENCE
]


@pytest.fixture(scope="module")
def bank() -> Iterator[Bank]:
    with clone("bank"):
        yield Bank()


@pytest.mark.parametrize("model", GUARDED, ids=table)
def test_no_table_changes_outside_a_command(bank: Bank, model: type[Model]) -> None:
    name, column = model._meta.db_table, model._meta.concrete_fields[0].column
    for statement in (
        f'INSERT INTO "{name}" DEFAULT VALUES',
        f'UPDATE "{name}" SET "{column}" = "{column}"',
        f'DELETE FROM "{name}"',
    ):
        refused(lambda s=statement: execute(s), "outside a command|permission denied")
    refused(lambda: execute(f'TRUNCATE "{name}" CASCADE'), "permission denied")


@pytest.mark.parametrize("model", HOUSE, ids=table)
def test_no_table_of_the_house_is_truncated_by_anybody(
    bank: Bank, owner: psycopg.Connection, model: type[Model]
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never allowed"):
        owner.execute(f'TRUNCATE "{model._meta.db_table}" CASCADE')


@pytest.mark.parametrize("model", APPEND_ONLY, ids=table)
def test_what_is_append_only_is_not_rewritten_even_in_a_command(
    bank: Bank, owner: psycopg.Connection, model: type[Model]
) -> None:
    name, column = model._meta.db_table, model._meta.concrete_fields[0].column
    for statement in (f'UPDATE "{name}" SET "{column}" = "{column}"', f'DELETE FROM "{name}"'):
        with command():
            refused(lambda s=statement: execute(s), "permission denied")
        owner.execute("SELECT set_config('yinxin.command', %s, false)", [str(uuid4())])
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never allowed"):
            owner.execute(statement)
