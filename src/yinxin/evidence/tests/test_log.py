"""The log on a real database: what goes in, what comes out, what may go wrong on the way."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DataError, IntegrityError, connection, transaction

from yinxin.evidence.changes import WRITES
from yinxin.evidence.log import commitment
from yinxin.evidence.merkle.proof import verify_proof
from yinxin.evidence.merkle.tree import verify_consistency
from yinxin.evidence.models import Change, Checkpoint, Leaf, Outbox
from yinxin.evidence.queries import (
    consistency_proof,
    inclusion_proof,
    latest_checkpoint,
    leaves_for,
    size,
    waiting,
)
from yinxin.evidence.sequencer import Diverged, Sequencer
from yinxin.evidence.verifier import verify

from .sample import SIGNER, TABLES, auditor, command, insert, sample_table, sequence, write

pytestmark = pytest.mark.usefixtures(sample_table.__name__)


def test_a_leaf_says_who_did_what_and_commits_to_the_writes() -> None:
    made = command(insert)
    sequence()
    leaf = Leaf.objects.get(command=made)
    entry = json.loads(leaf.data)
    assert entry == {
        "v": "1",
        "id": str(made),
        "kind": "command",
        "name": "sample.write",
        "actor": "张敏",
        "at": "2026-01-05T01:00:00.000000Z",
        "outcome": "done",
        "commitments": {"command": commitment(b"salt", b"body").hex()},
        "writes": _writes(made),
    }
    assert (
        bytes(leaf.data)
        == json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    )


def test_a_command_that_writes_nothing_has_a_leaf_too() -> None:
    made = command(lambda: None)
    sequence()
    assert json.loads(Leaf.objects.get(command=made).data)["writes"] == sha256().hexdigest()


def test_a_statement_is_one_change_however_many_rows_it_writes() -> None:
    ids = [uuid4() for _ in range(1000)]

    def writes() -> None:
        write("INSERT INTO evidence_sample (id, note) SELECT unnest(%s::uuid[]), 'a'", ids)
        write("UPDATE evidence_sample SET note = 'b'")
        write("UPDATE evidence_sample SET note = 'c' WHERE note = 'none'")
        write("DELETE FROM evidence_sample WHERE id = %s", ids[0])

    command(writes)
    inserted, updated, deleted = Change.objects.order_by("id")
    assert [inserted.op, updated.op, deleted.op] == ["I", "U", "D"]
    assert sorted(inserted.row_ids) == sorted(map(str, ids))
    assert len(updated.digests) == len(set(map(bytes, updated.digests))) == 1000
    assert (deleted.row_ids, deleted.digests) == ([str(ids[0])], [None])


def test_a_write_outside_of_a_command_fails() -> None:
    with pytest.raises(IntegrityError, match="null value"):
        insert()
    command(insert)
    with pytest.raises(DataError, match="uuid"):
        insert()


def test_what_is_rolled_back_leaves_no_trace() -> None:
    def tried() -> None:
        with transaction.atomic():
            insert()
            transaction.set_rollback(True)

    made = command(tried)
    sequence()
    assert not Change.objects.exists()
    assert json.loads(Leaf.objects.get(command=made).data)["writes"] == sha256().hexdigest()


def test_digests_do_not_depend_on_the_session(owner: psycopg.Connection) -> None:
    write("SET TimeZone = 'America/New_York'")
    write("SET DateStyle = 'SQL, DMY'")
    write("SET bytea_output = 'escape'")
    write("SET extra_float_digits = -5")

    def writes() -> None:
        write(
            "INSERT INTO evidence_sample (id, note, at, on_date, raw, rate)"
            " VALUES (%s, 'a', now(), now(), '\\x00ff', 0.1)",
            uuid4(),
        )

    command(writes)
    sequence()
    assert not list(verify([SIGNER.verifier], TABLES))


def test_digests_survive_a_new_nullable_column(owner: psycopg.Connection) -> None:
    command(lambda: write("INSERT INTO evidence_sample (id, note) VALUES (%s, 'a,)')", uuid4()))
    with owner.transaction():
        owner.execute("ALTER TABLE evidence_sample ADD later text, ADD later_still int")
    command(lambda: write("INSERT INTO evidence_sample (id, later) VALUES (%s, 'x')", uuid4()))
    sequence()
    assert not list(verify([SIGNER.verifier], TABLES))


def test_the_log_proves_itself_to_somebody_without_a_database() -> None:
    commands = [command(lambda: None) for _ in range(11)]
    assert latest_checkpoint(auditor) is None
    assert inclusion_proof(auditor, commands[0]) is None
    sequence(batch=4)
    heads = list(Checkpoint.objects.order_by("size"))
    assert [head.size for head in heads] == [4, 8, 11]
    assert latest_checkpoint(auditor) == heads[-1]
    for made in commands:
        entry = verify_proof(str(inclusion_proof(auditor, made)), str(SIGNER.verifier))
        assert json.loads(entry)["id"] == str(made)
    for old, new in [(heads[0], heads[1]), (heads[0], heads[2]), (heads[1], heads[2])]:
        proof = consistency_proof(auditor, old.size, new.size)
        verify_consistency(old.size, new.size, bytes(old.root), bytes(new.root), proof)
    assert [leaf.command for leaf, _ in leaves_for(auditor, limit=3)] == commands[:-4:-1]
    assert [leaf.index for leaf, _ in leaves_for(auditor, before=2)] == [1, 0]
    assert {entry["name"] for _, entry in leaves_for(auditor)} == {"sample.write"}
    assert (size(), waiting()) == (11, 0)
    command(insert)
    assert (size(), waiting()) == (11, 1)


def test_one_sequencer_works_and_the_next_takes_over() -> None:
    first = Sequencer(SIGNER)
    command(lambda: None)
    assert first.step() == 1
    command(lambda: None)
    moved: list[int] = []

    def second() -> None:
        sequencer = Sequencer(SIGNER)
        moved.append(sequencer.step())
        handed_over.wait(10)
        while not (size := sequencer.step()):  # the server takes a moment to see the other go
            time.sleep(0.01)
        moved.append(size)
        sequencer.close()

    handed_over = threading.Event()
    thread = threading.Thread(target=second)
    thread.start()
    while not moved:
        time.sleep(0.01)
    first.close()
    handed_over.set()
    thread.join()
    assert moved == [0, 1]
    assert not list(verify([SIGNER.verifier], TABLES))


def test_a_sequencer_does_not_sign_on_over_an_altered_tree(owner: psycopg.Connection) -> None:
    for _ in range(5):
        command(lambda: None)
    sequence()
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute("UPDATE evidence_node SET hash = sha256('x') WHERE level = 2")
    command(lambda: None)
    with pytest.raises(Diverged):
        Sequencer(SIGNER).step()


def test_writers_race_and_nothing_is_lost_or_doubled() -> None:
    made: list[UUID] = []
    stop = threading.Event()

    def writer() -> None:
        try:
            for _ in range(50):
                made.append(command(insert))
        finally:
            connection.close()

    sequencer = threading.Thread(target=Sequencer(SIGNER, batch=16).run, args=[stop])
    writers = [threading.Thread(target=writer) for _ in range(8)]
    for thread in [sequencer, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    _wait_for(lambda: not Outbox.objects.exists())
    stop.set()
    sequencer.join()
    assert Counter(Leaf.objects.values_list("command", flat=True)) == Counter(made)
    assert len(made) == 400
    assert not list(verify([SIGNER.verifier], TABLES))


def test_a_sequencer_outlives_its_connection(owner: psycopg.Connection) -> None:
    stop = threading.Event()
    sequencer = threading.Thread(target=Sequencer(SIGNER).run, args=[stop])
    sequencer.start()
    command(insert)
    _wait_for(lambda: not Outbox.objects.exists())
    with owner.transaction():
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON oid = database "
            "WHERE locktype = 'advisory' AND datname = current_database()"
        )
    command(insert)
    _wait_for(lambda: not Outbox.objects.exists())
    stop.set()
    sequencer.join()
    assert not list(verify([SIGNER.verifier], TABLES))


def test_a_killed_sequencer_loses_nothing_and_never_forks() -> None:
    total = 3000
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO evidence_outbox (command, data)"
            """ SELECT id, convert_to('{"id":"' || id || '","writes":"', 'UTF8')"""
            " FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, %s)) made",
            [total],
        )
    heads: dict[int, str] = {}
    for _ in range(5):
        before = Leaf.objects.count()
        process = _sequencer_process()
        _wait_for(lambda: Leaf.objects.count() > before)  # noqa: B023
        time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        signed = dict(Checkpoint.objects.values_list("size", "note"))
        assert heads.items() <= signed.items()
        heads = signed
    # The server may still be ending the last victim's session, which holds the lock.
    _wait_for(lambda: bool(sequence()) or not Outbox.objects.exists())
    assert Leaf.objects.count() == total
    assert not list(verify([SIGNER.verifier], TABLES))


def test_a_leaf_that_waited_whole_is_ended_anew() -> None:
    """As it lay in the outbox before the sequencer ended leaves."""
    made = command(insert)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE evidence_outbox SET data = data || convert_to('{_writes(made)}\"}}', 'UTF8')"
        )
        migration = import_module("yinxin.evidence.migrations.0004_the_sequencer_ends_the_leaf")
        cursor.execute(migration.CUT)
    sequence()
    assert json.loads(Leaf.objects.get(command=made).data)["writes"] == _writes(made)
    assert not list(verify([SIGNER.verifier], TABLES))


def _writes(command_id: UUID) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {WRITES} FROM evidence_change WHERE command = %s", [command_id])
        return str(cursor.fetchone()[0])


def _sequencer_process() -> subprocess.Popen[bytes]:
    program = """
import json, sys, threading
import django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["yinxin.evidence"], USE_TZ=True, DATABASES={"default": json.loads(sys.argv[1])}
)
django.setup()
from yinxin.evidence.sequencer import Sequencer
from yinxin.evidence.tests.sample import SIGNER
Sequencer(SIGNER, batch=7, pause=0).run(threading.Event())
"""
    database = {
        key: value
        for key, value in connection.settings_dict.items()
        if key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")
    }
    return subprocess.Popen(
        [sys.executable, "-c", program, json.dumps(database)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


def _wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)
