"""Opening the house: its database, its key and Django, from nothing if need be."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from .postgres import Server

# What Bootstrap and htmx ship beside the one file of each that pages name.
UNUSED = ["bootstrap-*", "bootstrap.css*", "bootstrap.rtl*", "htmx-4*", "htmax-*"]


class CannotOpen(Exception):
    """Why the house stays shut, in words for whoever runs it."""


def home() -> Path:
    """Where everything is kept that no setting puts elsewhere."""
    return Path(os.environ.get("YINXIN_HOME") or Path.home() / ".local/share/yinxin").absolute()


@contextmanager
def database() -> Iterator[Server | None]:
    """The database that DATABASE_URL names, else our own server, launched or joined."""
    if "DATABASE_URL" in os.environ:
        if "DATABASE_OWNER_URL" not in os.environ:
            raise CannotOpen(
                "DATABASE_URL 已设置而 DATABASE_OWNER_URL 未设置：应用角色不能是表的所有者。\n"
                "DATABASE_URL is set and DATABASE_OWNER_URL is not: the application's role must "
                "not own the tables. Name both; see docs/settings.md."
            )
        yield None
        return
    server = Server(home())
    with server.running():
        os.environ |= {"DATABASE_URL": server.app_url, "DATABASE_OWNER_URL": server.owner_url}
        yield server


def set_up(*, migrate: bool = False) -> None:
    """Make Django ready, with a fresh key file where there is nothing to lose yet."""
    _ensure_key()
    os.environ["DJANGO_SETTINGS_MODULE"] = "yinxin.web.settings"
    import django

    django.setup()
    from .logs import configure

    configure()
    if migrate:
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=UNUSED)


def _ensure_key() -> None:
    from yinxin.vault.keys import KeyFile

    path = Path(os.environ.get("YINXIN_KEY_FILE") or home() / "keys" / "root.key")
    if path.exists():
        return
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        in_use = owner.execute("SELECT to_regclass('gate_execution') IS NOT NULL").fetchone()
    if in_use and in_use[0]:
        raise CannotOpen(
            f"密钥文件 {path} 不存在，而数据库已在使用。请从密钥备份恢复该文件。\n"
            f"The key file {path} is missing and the database is in use: restore it from your "
            "backup of the keys. Without it nothing that is sealed can be read."
        )
    KeyFile.create(path)
