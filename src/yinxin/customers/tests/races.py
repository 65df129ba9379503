"""Two at once, and what somebody does past the application."""

import time
from collections.abc import Callable

import psycopg
from django.db import connections

from yinxin.gate import door


def in_thread(act: Callable[[], door.Outcome]) -> door.Outcome:
    try:
        return act()
    finally:
        connections.close_all()


def wait_until_blocked(owner: psycopg.Connection) -> None:
    for _ in range(3000):  # what comes before may verify seals, on a machine with much else to do
        waiting = "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted"
        if owner.execute(f"{waiting} AND datname = current_database()").fetchone():
            return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def tamper(owner: psycopg.Connection, statement: str) -> None:
    with owner.transaction():
        owner.execute("SELECT set_config('yinxin.command', gen_random_uuid()::text, true)")
        owner.execute(statement)
