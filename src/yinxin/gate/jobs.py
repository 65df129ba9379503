"""Work outside the database, started by commands; and the gate's own housekeeping.

A job acts as a named service actor and changes things by commands like everybody else. It may
run again after a crash: its idempotency key is derived from what it is about.
"""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any

from django.db import close_old_connections
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from yinxin.kernel import clock
from yinxin.kernel.text import Text
from yinxin.vault import blobs

from . import door, queries
from .commands import Escalate, ExpireRequest
from .registry import JOBS, JobKind, service

Job = Callable[..., None]

# A server that restarts or a deadlock passes; what still fails after these waits for a person.
RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)
# A worker that was killed cannot give its job back; it is known by its silence.
HEARTBEAT_S, SILENT_AFTER_S = 2, 10


def job(name: str, title: Text, subject: str) -> Callable[[Job], Job]:
    """Register a job under its stable name; its arguments are ids, the first that of a thing of
    the kind `subject`."""

    def register(function: Job) -> Job:
        JOBS[name] = JobKind(title, next(iter(signature(function).parameters)), subject)

        @app.task(name=name, retry=RETRY)
        @wraps(function)
        def run(**ids: Any) -> None:
            close_old_connections()
            function(**ids)

        return function

    return register


@app.periodic(cron="*/5 * * * *")
@app.task(name="gate.expire_requests", queueing_lock="gate.expire_requests")
def expire_requests(timestamp: int) -> None:
    """Close the requests whose time has passed, so that their subjects are free again."""
    close_old_connections()
    for request_id in queries.overdue(clock.now()):
        actor = service("gate.clock", Text("系统时钟", "System clock"))
        door.submit(ExpireRequest(request_id=request_id), actor, f"expire {request_id}")


@app.periodic(cron="*/5 * * * *")
@app.task(name="gate.escalate_requests", queueing_lock="gate.escalate_requests")
def escalate_requests(timestamp: int) -> None:
    """Open the late levels to the next ones."""
    close_old_connections()
    for request_id, level in queries.late(clock.now()):
        actor = service("gate.clock", Text("系统时钟", "System clock"))
        door.submit(Escalate(request_id=request_id), actor, f"escalate {request_id} {level}")


@app.periodic(cron="17 * * * *")
@app.task(name="gate.sweep_uploads", queueing_lock="gate.sweep_uploads")
def sweep_uploads(timestamp: int) -> None:
    """Drop uploads that no command named within a day."""
    close_old_connections()
    blobs.sweep()


@app.periodic(cron="* * * * * */10")
@app.task(name="gate.resume_jobs", queueing_lock="gate.resume_jobs", pass_context=True)
async def resume_jobs(context: JobContext, timestamp: int) -> None:
    """Start the jobs of dead workers again."""
    jobs = context.app.job_manager
    for stalled in await jobs.get_stalled_jobs(seconds_since_heartbeat=SILENT_AFTER_S):
        await jobs.retry_job(stalled)
