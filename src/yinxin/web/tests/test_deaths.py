"""Servers that outlive their launchers, and launchers that outlive their servers."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from yinxin.web.postgres import Server

from .servers import (
    ask,
    eventually,
    has_the_fact,
    is_running,
    is_up,
    keep_a_fact,
    on_linux,
    postmaster,
    state_on_disk,
    without_lock,
)


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
    empty_home: Path, launch: Callable[..., subprocess.Popen[str]]
) -> None:
    launchers = [launch() for _ in range(4)]
    assert all(is_up(launcher) for launcher in launchers)
    log = (Server(empty_home).folder / "server.log").read_text()
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
    empty_home: Path, launch: Callable[..., subprocess.Popen[str]]
) -> None:
    cluster = Server(empty_home).folder / "cluster"
    launcher = launch()
    eventually((cluster / "draft" / "base").exists)
    launcher.kill()
    assert not (cluster / "data").exists()
    with Server(empty_home, durable=False).running() as server:
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
    eventually(lambda: not is_running(pid))


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
