from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor

from yinxin.gate import guards, upgrading


class Command(migrate.Command):
    """Django's migrate, as the owner, with the guards put up behind it; where the house is in
    use, as a command."""

    def handle(self, *args: Any, **options: Any) -> None:
        options["database"] = "owner"
        pending = _pending()
        if not pending or not upgrading.in_use():
            super().handle(*args, **options)
            return _put_up_guards()
        ours = [each for each in pending if _is_ours(each)]
        # Those of others may not bear being one transaction, and touch no row of ours.
        for label in sorted({each.app_label for each in pending} - {e.app_label for e in ours}):
            super().handle(*args, **options | {"app_label": label})
        with upgrading.as_command([f"{each.app_label}.{each.name}" for each in ours]):
            super().handle(*args, **options)
            _put_up_guards()


def _pending() -> list[Migration]:
    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [migration for migration, _ in plan]


def _is_ours(migration: Migration) -> bool:
    return apps.get_app_config(migration.app_label).name.startswith("yinxin.")


def _put_up_guards() -> None:
    call_command("createcachetable", database="owner", verbosity=0)
    guards.install(connections["owner"], settings.DATABASES["default"]["USER"])
