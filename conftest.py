"""Tests run on a real PostgreSQL: ours, with its durability off.

Two template databases are built once, `empty` (migrated) and `bank` (founded by the cast);
each test that asks for `db` or `bank` gets a clone of its own and connects as the application.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest

ROOT = Path(__file__).parent
HOME = ROOT / "var" / "test"
SHARED = ROOT.parent / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    from yinxin.vault.keys import KeyFile
    from yinxin.web.postgres import Server

    server = Server(HOME, durable=False)
    server.start()
    config.add_cleanup(server.stop)
    if hasattr(config, "workerinput"):
        return _set_up_django()
    key = HOME / "keys" / "root.key"
    if not key.exists():
        KeyFile.create(key)
    os.environ |= {
        "YINXIN_HOME": str(HOME),
        "TEST_ADMIN_URL": server.admin_url,
        "TEST_RUN": str(os.getpid()),
        "DATABASE_URL": server.app_url,
        "DATABASE_OWNER_URL": server.owner_url,
    }
    _set_up_django()
    _drop_databases()
    config.add_cleanup(_drop_databases)
    _build_templates()
    _collect_static()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: at the end no worker waits for another's."""
    items.sort(key=lambda item: item.path.parent.name not in ("crashes", "e2e"))


@pytest.fixture
def db() -> Iterator[str]:
    """A fresh, migrated database without an institution; yields its name."""
    with clone("empty") as name:
        yield name


@pytest.fixture
def bank() -> Iterator[object]:
    """A fresh bank, founded by the cast; yields its verbs."""
    from tests.bank.verbs import Bank

    with clone("bank"):
        yield Bank()


@pytest.fixture
def owner() -> Iterator[psycopg.Connection]:
    """The super-user's connection to the database of this test, to tamper with."""
    from django.db import connection

    url = _on_database(os.environ["TEST_ADMIN_URL"], connection.settings_dict["NAME"])
    with psycopg.connect(url, autocommit=True) as admin:
        yield admin


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data that is not part of the project."""
    if not SHARED.is_dir():
        pytest.skip(f"real data is absent: {SHARED.relative_to(ROOT.parent)} beside the checkout")
    return SHARED


def _set_up_django() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "yinxin.web.settings"
    django.setup()


def _build_templates() -> None:
    from django.core.management import call_command
    from tests.bank.founding import found

    _admin(f'CREATE DATABASE "{_name("empty")}" OWNER yinxin_owner')
    _connect_to(_name("empty"))
    call_command("migrate", verbosity=0)
    _disconnect()
    _admin(f'CREATE DATABASE "{_name("bank")}" TEMPLATE "{_name("empty")}" OWNER yinxin_owner')
    _connect_to(_name("bank"))
    found()
    _disconnect()


def _collect_static() -> None:
    """Pages name static files by their hashes, which are not known before."""
    from django.core.management import call_command

    from yinxin.web.opening import UNUSED

    call_command("collectstatic", verbosity=0, interactive=False, ignore_patterns=UNUSED)


class clone:
    def __init__(self, template: str) -> None:
        self.template, self.name = _name(template), _name(uuid4().hex[:12])

    def __enter__(self) -> str:
        _admin(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}" OWNER yinxin_owner')
        _connect_to(self.name)
        return self.name

    def __exit__(self, *_: object) -> None:
        from yinxin.vault import sealing

        _disconnect()
        sealing._opened.clear()
        _admin(f'DROP DATABASE "{self.name}" WITH (FORCE)')


def _connect_to(name: str) -> None:
    from django.db import connections

    for alias, variable in (("default", "DATABASE_URL"), ("owner", "DATABASE_OWNER_URL")):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        os.environ[variable] = _on_database(os.environ[variable], name)


def _disconnect() -> None:
    from django.db import connections

    for alias in ("default", "owner"):
        connections[alias].close()


def _drop_databases() -> None:
    """Drop what this run made, and what runs that were killed left behind."""
    with psycopg.connect(os.environ["TEST_ADMIN_URL"], autocommit=True) as admin:
        names = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")
        for (name,) in names.fetchall():
            pid = int(name.split("_")[1])
            if pid == os.getpid() or not Path(f"/proc/{pid}").exists():
                admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _admin(statement: str) -> None:
    with psycopg.connect(os.environ["TEST_ADMIN_URL"], autocommit=True) as admin:
        admin.execute(statement)


def _name(what: str) -> str:
    return f"test_{os.environ['TEST_RUN']}_{what}"


def _on_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
