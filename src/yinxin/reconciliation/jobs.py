"""The calendar of reconciliations: what is due today is written down as due."""

from django.db import close_old_connections
from procrastinate.contrib.django import app

from yinxin.gate import door
from yinxin.gate.reading import reading
from yinxin.gate.registry import service
from yinxin.kernel.text import Text

from . import queries
from .commands import OpenDueRun

CALENDAR = service("reconciliation.calendar", Text("对账日历", "Reconciliation calendar"))


@app.periodic(cron="*/30 * * * *")
@app.task(name="reconciliation.open_due_runs", queueing_lock="reconciliation.open_due_runs")
def open_due_runs(timestamp: int) -> None:
    """Safe to repeat: a day is due once."""
    close_old_connections()
    with reading():
        due = queries.falling_due(CALENDAR)
    for account_id, due_on in due:
        command = OpenDueRun(account_id=account_id, due_on=due_on)
        door.submit(command, CALENDAR, f"due/{account_id}/{due_on}")
