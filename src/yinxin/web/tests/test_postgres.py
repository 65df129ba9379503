"""Real servers in real processes; the launchers that get killed run in processes of their own."""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from yinxin.web import postgres
from yinxin.web.postgres import Server
from yinxin.web.programs import tool

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

# Stays until its standard input ends. What a shell starts in the background ignores SIGINT.
LAUNCHER = """
import signal
import sys
from pathlib import Path
from yinxin.web import postgres
signal.signal(signal.SIGINT, signal.default_int_handler)
{before}
server = postgres.Server(Path(sys.argv[1]), durable=False)
with server.running():
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "home"
    yield home
    remove(home)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One running server for the tests that only look at it."""
    home = tmp_path_factory.mktemp("shared") / "home"
    with Server(home, durable=False).running() as server:
        yield server
    remove(home)


@pytest.fixture
def launch(home: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    launchers = []

    def launch(before: str = "") -> subprocess.Popen[str]:
        launcher = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER.format(before=before), home],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        launchers.append(launcher)
        return launcher

    yield launch
    for launcher in launchers:
        launcher.kill()
        launcher.communicate()


def is_up(launcher: subprocess.Popen[str]) -> bool:
    assert launcher.stdout is not None
    return launcher.stdout.readline() == "up\n"


def remove(home: Path) -> None:
    """Wait until no process of its server is left, then remove the server's folder."""
    folder = Server(home).folder
    if folder.exists():
        eventually(lambda: is_free(folder / "server.lock"))
        shutil.rmtree(folder)


def is_free(lock: Path) -> bool:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def eventually(true: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.02)


def ask(url: str, statement: str) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchone() if cursor.description else None


def keep_a_fact(server: Server) -> None:
    ask(server.owner_url, "CREATE TABLE kept AS SELECT 42 AS answer")


def has_the_fact(server: Server) -> bool:
    return bool(ask(server.owner_url, "SELECT answer FROM kept") == (42,))


def postmaster(server: Server) -> int:
    """The pid of the server's first process."""
    (text,) = ask(server.admin_url, "SELECT pg_read_file('postmaster.pid')")
    return int(text.split()[0])


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def state_on_disk(server: Server) -> str:
    control = subprocess.run(
        [tool("pg_controldata"), server.folder / "cluster" / "data"],
        capture_output=True,
        text=True,
        check=True,
    )
    return control.stdout.split("Database cluster state:")[1].split("\n")[0].strip()


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


def test_second_process_joins_and_does_not_stop_the_server(
    home: Path, launch: Callable[..., subprocess.Popen[str]]
) -> None:
    with Server(home, durable=False).running() as server:
        first = postmaster(server)
        guest = launch()
        assert is_up(guest)
        guest.communicate()
        assert guest.returncode == 0
        assert postmaster(server) == first


def test_two_starts_at_once_on_an_empty_home_share_one_server(
    home: Path, launch: Callable[..., subprocess.Popen[str]]
) -> None:
    launchers = [launch() for _ in range(4)]
    assert all(is_up(launcher) for launcher in launchers)
    log = (Server(home).folder / "server.log").read_text()
    assert log.count("starting PostgreSQL") == 1
    for launcher in launchers:
        launcher.communicate()
    assert [launcher.returncode for launcher in launchers] == [0] * 4


def test_guest_takes_over_when_the_launcher_leaves(
    home: Path, launch: Callable[..., subprocess.Popen[str]]
) -> None:
    launcher = launch()
    assert is_up(launcher)
    with Server(home, durable=False).running() as server:
        keep_a_fact(server)
        assert server.alive()
        launcher.communicate()
        assert not server.alive()
        server.start()
        assert server.alive()
        assert has_the_fact(server)


def test_kill_in_the_middle_of_creation_leaves_nothing_half_made(
    home: Path, launch: Callable[..., subprocess.Popen[str]]
) -> None:
    cluster = Server(home).folder / "cluster"
    launcher = launch()
    eventually((cluster / "draft" / "base").exists)
    launcher.kill()
    assert not (cluster / "data").exists()
    with Server(home, durable=False).running() as server:
        assert ask(server.app_url, "SELECT current_user") == ("yinxin_app",)
    assert not (cluster / "draft").exists()


def test_recovers_after_the_servers_death(home: Path) -> None:
    with Server(home).running() as server:
        keep_a_fact(server)
        os.kill(postmaster(server), signal.SIGKILL)
        eventually(lambda: not server.alive())
        server.start()
        assert server.alive()
        assert has_the_fact(server)


def test_waits_for_a_busy_session_of_the_dead_server(home: Path) -> None:
    busy = "DO $$ BEGIN WHILE clock_timestamp() < now() + '2 s' LOOP END LOOP; END $$"
    with Server(home).running() as server:
        keep_a_fact(server)
        connection = psycopg.connect(server.owner_url)
        connection.pgconn.send_query(busy.encode())
        time.sleep(0.2)
        os.kill(postmaster(server), signal.SIGKILL)
        eventually(lambda: not server.alive())
        began = time.monotonic()
        server.start()
        assert time.monotonic() - began > 1  # PostgreSQL itself would have given up
        connection.close()
        assert has_the_fact(server)


@on_linux
def test_server_ends_with_its_killed_launcher(
    home: Path, launch: Callable[..., subprocess.Popen[str]]
) -> None:
    launcher = launch()
    assert is_up(launcher)
    server = Server(home, durable=False)
    keep_a_fact(server)
    pid = postmaster(server)
    launcher.kill()
    eventually(lambda: not is_running(pid))
    assert state_on_disk(server) == "shut down"
    with server.running():
        assert has_the_fact(server)


def test_starts_at_once_after_the_launchers_death(
    home: Path, launch: Callable[..., subprocess.Popen[str]]
) -> None:
    launcher = launch()
    assert is_up(launcher)
    server = Server(home, durable=False)
    keep_a_fact(server)
    pid = postmaster(server)
    launcher.kill()
    launcher.wait()
    with server.running():
        assert postmaster(server) != pid
        assert has_the_fact(server)


def test_replaces_a_server_that_outlived_its_launcher(
    home: Path, launch: Callable[..., subprocess.Popen[str]]
) -> None:
    launcher = launch(before="postgres.end_with_parent = lambda signum: None  # not on Linux")
    assert is_up(launcher)
    server = Server(home, durable=False)
    keep_a_fact(server)
    pid = postmaster(server)
    launcher.kill()
    launcher.wait()
    time.sleep(0.3)
    assert postmaster(server) == pid
    with server.running():
        assert postmaster(server) != pid
        assert has_the_fact(server)
    eventually(lambda: not is_running(pid))  # until init has buried it


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_signals_shut_down_fast(
    home: Path, launch: Callable[..., subprocess.Popen[str]], signum: signal.Signals
) -> None:
    launcher = launch()
    assert is_up(launcher)
    server = Server(home)
    with psycopg.connect(server.app_url):  # an idle session does not hold it up
        launcher.send_signal(signum)
        launcher.wait(10)
    eventually(lambda: state_on_disk(server) == "shut down")


def test_pid_file_of_an_earlier_life_is_not_believed(home: Path) -> None:
    server = Server(home, durable=False)
    with server.running():
        stranger = subprocess.Popen(["sleep", "60"], **without_lock(server))
    try:
        for name in "data/postmaster.pid", ".s.PGSQL.5432.lock":
            stale = server.folder / "cluster" / name
            stale.write_text(f"{stranger.pid}\n{server.folder / 'cluster' / 'data'}\n")
        with server.running():
            assert ask(server.app_url, "SELECT 1") == (1,)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def without_lock(server: Server) -> dict[str, Any]:
    """How to run a stranger under the server's account."""
    return server._as_server(0) | {"pass_fds": (), "preexec_fn": None}


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
