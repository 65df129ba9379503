"""Real servers, in homes of every kind."""

import os
import pwd
import subprocess
from pathlib import Path

import psycopg
import pytest

from yinxin.web import postgres
from yinxin.web.postgres import Server
from yinxin.web.programs import tool

from .servers import (
    as_root,
    ask,
    has_the_fact,
    keep_a_fact,
    on_linux,
    postmaster,
    remove,
    state_on_disk,
)


def test_starts_and_stops_and_keeps_data(home: Path) -> None:
    server = Server(home)
    with server.running():
        keep_a_fact(server)
        assert server.alive()
    assert state_on_disk(server) == "shut down"
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.app_url)
    with server.running():
        assert has_the_fact(server)


def test_cluster_is_set_up_as_designed(server: Server) -> None:
    row = ask(
        server.admin_url,
        """
        SELECT datlocprovider::text, datlocale, pg_encoding_to_char(encoding),
               current_setting('data_checksums'), current_setting('TimeZone'),
               current_setting('listen_addresses'), pg_get_userbyid(datdba)
        FROM pg_database WHERE datname = 'yinxin'
        """,
    )
    assert row == ("b", "C.UTF-8", "UTF8", "on", "UTC", "", "yinxin_owner")


def test_owner_may_create_databases_but_is_no_superuser(server: Server) -> None:
    roles = "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    assert ask(server.owner_url, roles) == (False, True, False)
    ask(server.owner_url, "CREATE DATABASE test_yinxin")
    ask(server.owner_url, "DROP DATABASE test_yinxin")


def test_app_owns_nothing(server: Server) -> None:
    roles = "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    assert ask(server.app_url, roles) == (False, False, False)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server.app_url, "CREATE TABLE mine ()")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(server.app_url, "SET ROLE yinxin_owner")


@on_linux
def test_server_does_not_learn_our_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_KEY", "secret")
    monkeypatch.setenv("PGPORT", "1")
    with Server(home, durable=False).running() as server:
        environment = Path(f"/proc/{postmaster(server)}/environ").read_bytes()
        assert b"LC_ALL" in environment
        assert b"secret" not in environment


@as_root
def test_other_accounts_are_refused(server: Server) -> None:
    def say(account: str) -> subprocess.CompletedProcess[str]:
        entry = pwd.getpwnam(account)
        return subprocess.run(
            [postgres._program("psql"), server.app_url, "-c", "SELECT 1"],
            user=entry.pw_uid,
            group=entry.pw_gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            text=True,
        )

    assert say("root").returncode == 0
    assert "Permission denied" in say("nobody").stderr  # it cannot reach the socket
    assert "Peer authentication failed" in say(postgres.ACCOUNT).stderr  # it can


def test_failure_tells_why_and_lets_go(home: Path) -> None:
    server = Server(home, durable=False)
    with server.running():
        pass
    version = server.folder / "cluster" / "data" / "PG_VERSION"
    version.write_text("9\n")
    log = server.folder / "server.log"
    for _ in range(2):  # the second would wait for ever if the first kept the lock
        log.unlink()
        with pytest.raises(RuntimeError, match="incompatible with server"):
            Server(home, durable=False).start()
        assert log.read_text().count("FATAL") == 1  # it did not try again and again
    version.write_text("18\n")
    with server.running():
        assert server.alive()


@pytest.mark.skipif(os.geteuid() == 0, reason="root's folder is always short")
def test_long_home_has_its_socket_elsewhere(tmp_path: Path) -> None:
    home = tmp_path / ("long" * 30)
    with Server(home, durable=False).running() as server:
        assert ask(server.app_url, "SELECT 1") == (1,)
        assert server._sockets.stat().st_mode & 0o777 == 0o700
    assert not server._sockets.exists()
    remove(home)


def test_home_may_have_any_name(tmp_path: Path) -> None:
    home = tmp_path / "印信 'a', \"b\"=c, %20"
    with Server(home, durable=False).running() as server:
        assert ask(server.app_url, "SELECT 1") == (1,)
    remove(home)


@as_root
def test_root_does_not_open_an_empty_database_beside_a_full_one(home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    with pytest.raises(PermissionError):
        Server(home).start()


def test_tools_of_the_wheel_run() -> None:
    for name in "psql", "pg_dump", "pg_restore", "pgbench", "pg_basebackup":
        assert subprocess.check_output([tool(name), "--version"], text=True).startswith(name)
    with pytest.raises(FileNotFoundError):
        tool("pg_nothing")
