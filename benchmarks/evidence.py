"""What the log costs: leaves sequenced a second, and what writers lose by having a log at all.

    python benchmarks/evidence.py

Runs on a durable server of its own in a temporary home. The writers' transaction is the
statements of a transfer and nothing else, no handler and no rule, so that they lose the most that
writers can; what the gate's own writers lose is in `posting.py`. It claims, tries in a savepoint
(lock two accounts, two balances, two postings), checks the constraints, reads the policy, writes
three mentions, commits; once on plain tables, once on guarded ones with a leaf, in alternating
rounds.
"""

import multiprocessing
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import django
import psycopg
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from yinxin.web.postgres import Server

LEAVES = 200_000
CHANGES = 4  # of each leaf's command
ACCOUNTS = 10_000
WRITERS = (2, 4, 8)
ROUNDS = 7
SECONDS = 2.0

TABLES = """
CREATE TABLE {0}_execution (id uuid PRIMARY KEY, key text, actor_id uuid, digest bytea,
    content bytea, commitment bytea, outcome text, at timestamptz, UNIQUE (actor_id, key));
CREATE TABLE {0}_account (id uuid PRIMARY KEY, number text UNIQUE, balance numeric(18, 3),
    state text, branch text, opened_at timestamptz);
CREATE TABLE {0}_posting (id uuid PRIMARY KEY, execution_id uuid, account_id uuid,
    amount numeric(18, 3), booked_at timestamptz);
CREATE INDEX ON {0}_posting (account_id, booked_at);
CREATE TABLE {0}_mention (id uuid PRIMARY KEY, execution_id uuid, kind text, subject_id uuid);
CREATE INDEX ON {0}_mention (kind, subject_id);
CREATE TABLE {0}_policy (command text PRIMARY KEY, levels jsonb);
INSERT INTO {0}_policy VALUES ('transfers.release', '[]');
INSERT INTO {0}_account SELECT md5(n::text)::uuid, n::text, 1000, 'open', '/1/2/', now()
    FROM generate_series(1, {1}) n;
"""

LEAF = {
    "id": "NEW.id",
    "kind": "'command'",
    "name": "'transfers.release'",
    "actor": "NEW.actor_id",
    "at": "NEW.at",
    "outcome": "NEW.outcome",
    "commitments": """'{"content":"' || encode(NEW.commitment, 'hex') || '"}'""",
}

DELAY = """
SELECT percentile_disc(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM signed_at - begun_at))
FROM (
    SELECT (convert_from(data, 'UTF8')::json ->> 'at')::timestamptz AS begun_at,
           (SELECT signed_at FROM evidence_checkpoint WHERE size > index ORDER BY size LIMIT 1)
    FROM evidence_leaf WHERE index >= %s
) leaf
"""


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="yinxin-evidence-") as home,
        Server(Path(home)).running() as server,
        _scratch_database(server.admin_url) as url,
    ):
        _use(url)
        _prepare()
        rate = _sequenced()
        written = _written(url)
        delay = _delay()
    shutil.rmtree(server.folder, ignore_errors=True)  # as root it is not below the home
    sys.stdout.write(
        f"{'cores':<44}{os.cpu_count():>12}\n"
        f"{'leaves sequenced':<44}{rate:>12,.0f} a second, at least 25,000\n"
        + "".join(
            f"{f'{count} writers, bare statements without the log':<44}{plain:>12,.0f} a second\n"
            f"{'  with it they lose':<44}{loss:>12.1%}, at most 25%\n"
            for count, plain, loss in written
        )
        + f"{'command begun to leaf signed, 99th percentile':<44}{delay:>12.0f} ms\n"
    )


@contextmanager
def _scratch_database(server: str) -> Iterator[str]:
    name = f"yinxin_benchmark_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name}")
        try:
            yield make_conninfo(server, dbname=name)
        finally:
            owner.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _use(url: str) -> None:
    parts = conninfo_to_dict(url)
    settings.configure(
        INSTALLED_APPS=["yinxin.evidence"],
        USE_TZ=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts["dbname"],
                "USER": parts.get("user", ""),
                "PASSWORD": parts.get("password", ""),
                "HOST": parts.get("host", ""),
                "PORT": parts.get("port", ""),
            }
        },
    )
    django.setup()


def _prepare() -> None:
    from django.core.management import call_command
    from django.db import connection

    from yinxin.evidence import changes, log

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        for prefix in ("plain", "guarded"):
            cursor.execute(TABLES.format(prefix, ACCOUNTS))
        for table in ("execution", "account", "posting", "mention"):
            cursor.execute(changes.install_sql(f"guarded_{table}", "id"))
        cursor.execute(log.install_sql("guarded_execution", **LEAF))


def _sequenced() -> float:
    from django.db import connection

    from yinxin.evidence.log import append
    from yinxin.evidence.merkle.note import Signer
    from yinxin.evidence.sequencer import Sequencer
    from yinxin.kernel import clock
    from yinxin.kernel.ids import new_id

    append(
        command_id=new_id(),
        kind="command",
        name="transfers.release",
        actor=str(new_id()),
        at=clock.now(),
        outcome="done",
        commitments={"content": "0" * 64},
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO evidence_outbox (command, data)"
            " SELECT gen_random_uuid(), data FROM evidence_outbox, generate_series(2, %s)",
            [LEAVES],
        )
        cursor.execute(
            "INSERT INTO evidence_change (command, relation, op, row_ids, digests)"
            " SELECT command, 'account', 'U', ARRAY[id::text], ARRAY[sha256(data)]"
            " FROM evidence_outbox, generate_series(1, %s)",
            [CHANGES],
        )
        cursor.execute("VACUUM ANALYZE evidence_outbox, evidence_change")
    sequencer = Sequencer(Signer("benchmark", bytes(32)))
    start = time.perf_counter()
    moved = 0
    while count := sequencer.step():
        moved += count
    elapsed = time.perf_counter() - start
    assert moved == LEAVES
    sequencer.close()
    return moved / elapsed


def _written(url: str) -> list[tuple[int, float, float]]:
    """For each number of writers the median transactions a second without the log, and what is
    lost by having it."""
    from django.db import connection

    from yinxin.evidence.models import Outbox

    connection.close()
    spawn = multiprocessing.get_context("spawn")
    stop = spawn.Event()
    sequencer = spawn.Process(target=_sequence, args=(url, stop))
    sequencer.start()
    found = [(count, *_compared(url, count)) for count in WRITERS]
    while Outbox.objects.exists():
        time.sleep(0.1)
    stop.set()
    sequencer.join()
    return found


def _compared(url: str, writers: int) -> tuple[float, float]:
    plain: list[float] = []
    kept: list[float] = []
    with multiprocessing.get_context("spawn").Pool(writers, _use, (url,)) as pool:
        pool.map(_write, [(False, 1.0), (True, 1.0)] * writers, chunksize=1)
        for _ in range(ROUNDS):
            rates = [
                sum(pool.map(_write, [(guarded, SECONDS)] * writers, chunksize=1)) / SECONDS
                for guarded in (False, True)
            ]
            plain.append(rates[0])
            kept.append(rates[1] / rates[0])
    return statistics.median(plain), 1 - statistics.median(kept)


def _delay() -> float:
    """Milliseconds from a command's begin to its leaf's signature, the 99th of 100."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(DELAY, [LEAVES])
        delay = 1000 * cursor.fetchone()[0]
    connection.close()
    return float(delay)


def _sequence(url: str, stop: threading.Event) -> None:
    _use(url)
    from yinxin.evidence.merkle.note import Signer
    from yinxin.evidence.sequencer import Sequencer

    Sequencer(Signer("benchmark", bytes(32))).run(stop)


def _write(job: tuple[bool, float]) -> int:
    guarded, seconds = job
    end = time.perf_counter() + seconds
    done = 0
    while time.perf_counter() < end:
        _transfer(guarded)
        done += 1
    return done


def _transfer(guarded: bool) -> None:
    from django.db import connection, transaction

    from yinxin.evidence.changes import BEGIN
    from yinxin.kernel import clock
    from yinxin.kernel.canonical import canonical_bytes
    from yinxin.kernel.ids import new_id

    prefix = "guarded" if guarded else "plain"
    begin = BEGIN if guarded else "SELECT set_config('yinxin.command', %s, true)"
    command_id, actor_id, at = new_id(), UUID(int=1), clock.now()
    payer, payee = random.sample(range(1, ACCOUNTS + 1), 2)
    body = {"payer": str(payer), "payee": str(payee), "amount": Decimal("1.00"), "currency": "CNY"}
    digest = sha256(canonical_bytes(body)).digest()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(begin, [str(command_id)])
        cursor.execute(
            f"INSERT INTO {prefix}_execution VALUES (%s, %s, %s, %s, %s, %s, 'done', %s)",
            [command_id, str(command_id), actor_id, digest, bytes(600), digest, at],
        )
        with transaction.atomic():
            cursor.execute(
                f"SELECT id, balance FROM {prefix}_account WHERE number = ANY(%s)"
                " ORDER BY id FOR UPDATE",
                [[str(payer), str(payee)]],
            )
            (first, _), (second, _) = cursor.fetchall()
            cursor.execute(
                f"UPDATE {prefix}_account SET balance = balance"
                " + CASE id WHEN %s THEN 1 ELSE -1 END WHERE id IN (%s, %s)",
                [first, first, second],
            )
            cursor.execute(
                f"INSERT INTO {prefix}_posting VALUES (%s, %s, %s, 1, %s), (%s, %s, %s, -1, %s)",
                [new_id(), command_id, first, at, new_id(), command_id, second, at],
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"SELECT * FROM {prefix}_policy WHERE command = %s", ["transfers.release"])
        cursor.execute(
            f"INSERT INTO {prefix}_mention VALUES"
            " (%s, %s, 'account', %s), (%s, %s, 'account', %s), (%s, %s, 'transfer', %s)",
            [
                *(new_id(), command_id, first),
                *(new_id(), command_id, second),
                *(new_id(), command_id, new_id()),
            ],
        )


if __name__ == "__main__":
    main()
