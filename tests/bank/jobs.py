"""Jobs of the worker, as they end without one."""

from django.db import connection

TAKE_UP = """
UPDATE procrastinate_jobs SET status = 'doing'
WHERE id = (SELECT max(id) FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s)
RETURNING id
"""
GIVE_UP = "SELECT procrastinate_finish_job_v1(%s, 'failed', false)"


def given_up(task: str = "transfers.check") -> int:
    """The number of the newest such job, which from now on has failed too often."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_UP, [task])
        number = int(cursor.fetchone()[0])
        cursor.execute(GIVE_UP, [number])
    return number
