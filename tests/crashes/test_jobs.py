"""What becomes of the job of a worker that was killed in the midst of it."""

import asyncio
from types import SimpleNamespace

import psycopg
import pytest
from procrastinate.contrib.django import app

from tests.bank.verbs import Bank
from yinxin.gate.jobs import SILENT_AFTER_S, resume_jobs
from yinxin.transfers.tests.desk import Desk

TAKE_UP = """
WITH worker AS (SELECT worker_id FROM procrastinate_register_worker_v1())
SELECT (procrastinate_fetch_job_v2(NULL, worker_id)).task_name FROM worker
"""
FALL_SILENT = "UPDATE procrastinate_workers SET last_heartbeat = now() - make_interval(secs => %s)"


@pytest.mark.parametrize(("silent_for_s", "status"), [(SILENT_AFTER_S + 1, "todo"), (1, "doing")])
def test_a_job_of_a_silent_worker_is_there_for_another(
    bank: Bank, owner: psycopg.Connection, silent_for_s: int, status: str
) -> None:
    Desk.of(bank).received()
    owner.execute("DELETE FROM procrastinate_jobs WHERE task_name <> 'transfers.check'")
    assert owner.execute(TAKE_UP).fetchone() == ("transfers.check",)
    owner.execute(FALL_SILENT, [silent_for_s])
    asyncio.run(_resume())
    assert owner.execute("SELECT status FROM procrastinate_jobs").fetchall() == [(status,)]


async def _resume() -> None:
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker.open_async():
        await resume_jobs(SimpleNamespace(app=worker), timestamp=0)
