from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connections

from yinxin.gate import guards


class Command(migrate.Command):
    """Django's migrate, as the owner, with the guards of the gate put up behind it."""

    def handle(self, *args: Any, **options: Any) -> None:
        options["database"] = "owner"
        super().handle(*args, **options)
        call_command("createcachetable", database="owner", verbosity=0)
        guards.install(connections["owner"], settings.DATABASES["default"]["USER"])
