"""Tests run on a real PostgreSQL: ours, with its durability off.

Two template databases are built once, `empty` (migrated) and `bank` (founded by the cast). A test
that asks for `db` or `bank` gets a clone in which earlier tests left no row, and connects as the
application.
"""

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from tests.bank.kept import Kept

LONG = ("test_main_job", "test_kills", "test_bank_days", "test_backup")
LENT = 150  # times, then a new clone: rows that are gone slow down the tables they were in
ROOT = Path(__file__).parent
HOME = ROOT / "var" / "test"
SHARED = ROOT.parent / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(100_000)  # by default a twentieth of the time goes into looking for cycles
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
    _drop_what_was_made()
    config.add_cleanup(_drop_what_was_made)


@pytest.hookimpl(wrapper=True)
def pytest_sessionstart(session: pytest.Session) -> Iterator[None]:
    """Workers are under way by then and collect tests in the meantime; none runs one before."""
    yield
    if not hasattr(session.config, "workerinput"):
        _build_templates()
        _collect_static()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each worker, given its share of the list in one piece, begins with one of the longest: at
    the end none waits for another's."""
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    order = {name: place for place, name in enumerate(LONG)}
    long = sorted(
        (item for item in items if item.path.stem in order), key=lambda item: order[item.path.stem]
    )
    rest = iter([item for item in items if item.path.stem not in order])
    share = len(items) // workers
    ordered: list[pytest.Item] = []
    for worker in range(workers):
        begun = long[worker::workers]
        ordered += begun
        ordered += islice(rest, max(share - len(begun), 0))
    items[:] = [*ordered, *rest]


@pytest.fixture
def db(_lenders: dict[str, "_Lender"]) -> Iterator[str]:
    """A migrated database without an institution; yields its name."""
    with _lenders["empty"].lent() as name:
        yield name


@pytest.fixture
def bank(_lenders: dict[str, "_Lender"]) -> Iterator[object]:
    """A fresh bank, founded by the cast; yields its verbs."""
    from tests.bank.verbs import Bank

    with _lenders["bank"].lent():
        yield Bank()


@pytest.fixture(scope="session")
def _lenders() -> Iterator[dict[str, "_Lender"]]:
    lenders = {template: _Lender(template) for template in ("empty", "bank")}
    yield lenders
    for lender in lenders.values():
        lender.close()


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
    from django.contrib.auth.hashers import Argon2PasswordHasher

    # Still argon2, but not meant to cost whoever guesses.
    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 64


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
        _disconnect()
        _forget_keys()
        _admin(f'DROP DATABASE "{self.name}" WITH (FORCE)')


class _Lender:
    """Lends a clone of a template to one test after another."""

    def __init__(self, template: str) -> None:
        self._template = template
        self._clone: clone | None = None

    @contextmanager
    def lent(self) -> Iterator[str]:
        if self._clone is None:
            self._clone, self._times = clone(self._template), 0
            name = self._clone.__enter__()
            self._rows = Kept(_on_database(os.environ["TEST_ADMIN_URL"], name))
        self._times += 1
        _connect_to(self._clone.name)
        Kept.lent = self._rows
        yield self._clone.name
        Kept.lent = None
        _forget_keys()
        if self._times == LENT or not self._rows.restore(_pids()):
            self.close()

    def close(self) -> None:
        if self._clone:
            self._rows.close()
            self._clone.__exit__()
            self._clone = None


def _forget_keys() -> None:
    from yinxin.vault import sealing

    sealing._opened.clear()


def _connect_to(name: str) -> None:
    from django.db import connections

    if connections["default"].settings_dict["NAME"] == name:
        return
    for alias, variable in (("default", "DATABASE_URL"), ("owner", "DATABASE_OWNER_URL")):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        os.environ[variable] = _on_database(os.environ[variable], name)


def _pids() -> list[int]:
    """Of this thread's connections to a server process that lives."""
    from django.db import connections

    open_ones = [each for each in connections.all() if each.connection]
    for each in open_ones:
        if not each.is_usable():
            each.close()
    return [each.connection.info.backend_pid for each in open_ones if each.connection]


def _disconnect() -> None:
    from django.db import connections

    for alias in ("default", "owner"):
        connections[alias].close()


def _drop_what_was_made() -> None:
    """Databases and files of this run, and of runs that were killed."""
    with psycopg.connect(os.environ["TEST_ADMIN_URL"], autocommit=True) as admin:
        names = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")
        others = []
        for (name,) in names.fetchall():
            pid = int(name.split("_")[1])
            if pid == os.getpid() or not Path(f"/proc/{pid}").exists():
                admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            else:
                others.append(name)
    if not others:
        shutil.rmtree(HOME / "blobs", ignore_errors=True)


def _admin(statement: str) -> None:
    with psycopg.connect(os.environ["TEST_ADMIN_URL"], autocommit=True) as admin:
        admin.execute(statement)


def _name(what: str) -> str:
    return f"test_{os.environ['TEST_RUN']}_{what}"


def _on_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
