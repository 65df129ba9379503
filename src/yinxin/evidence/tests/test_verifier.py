"""Whatever a super-user changes behind the gate is found and named."""

from collections.abc import Iterator
from functools import partial
from uuid import UUID, uuid4

import psycopg
import pytest

from yinxin.evidence import verifier
from yinxin.evidence.merkle.note import Signer
from yinxin.evidence.models import Leaf
from yinxin.evidence.verifier import Finding, verify
from yinxin.kernel.text import Text

from .sample import SIGNER, TABLES, command, insert, sample_table, sequence, write

pytestmark = pytest.mark.usefixtures(sample_table.__name__)

ROWS = [UUID(int=number) for number in range(1, 9)]


@pytest.fixture(autouse=True)
def history(sample_table: None) -> list[UUID]:
    """Leaves 0 to 7 each insert a row, leaf 8 updates row 1, leaf 9 deletes row 2."""
    inserts = [command(partial(insert, row)) for row in ROWS]
    sequence(batch=4)
    update = "UPDATE evidence_sample SET note = 'b' WHERE id = %s"
    delete = "DELETE FROM evidence_sample WHERE id = %s"
    changes = [command(partial(write, update, ROWS[0])), command(partial(write, delete, ROWS[1]))]
    sequence()
    return inserts + changes


def tamper(owner: psycopg.Connection, sql: str, *args: object) -> None:
    """Run SQL as a super-user who knows to switch the triggers off."""
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute(sql, args)


def found() -> list[tuple[str, str, int | None]]:
    return [(each.code, each.id, each.leaf) for each in verify([SIGNER.verifier], TABLES)]


def test_an_honest_log_has_no_findings() -> None:
    assert found() == []


def test_pending_leaves_are_no_finding() -> None:
    command(lambda: write("UPDATE evidence_sample SET note = 'c'"))
    assert found() == []


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "UPDATE evidence_sample SET note = 'x' WHERE id = '{row4}'",
            [("row_altered", "{row4}", 3)],
        ),
        (
            # Back to what an earlier command wrote.
            "UPDATE evidence_sample SET note = 'a' WHERE id = '{row1}'",
            [("row_altered", "{row1}", 8)],
        ),
        ("DELETE FROM evidence_sample WHERE id = '{row8}'", [("row_deleted", "{row8}", 7)]),
        (
            "INSERT INTO evidence_sample (id, note) VALUES ('{row2}', 'a')",
            [("row_unrecorded", "{row2}", 9)],
        ),
        (
            "INSERT INTO evidence_sample (id, note) VALUES ('{row0}', 'a')",
            [("row_unrecorded", "{row0}", None)],
        ),
        (
            "UPDATE evidence_sample SET note = 'x' WHERE id IN ('{row8}', '{row4}', '{row1}')",
            [
                ("row_altered", "{row4}", 3),
                ("row_altered", "{row8}", 7),
                ("row_altered", "{row1}", 8),
            ],
        ),
    ],
)
def test_a_tampered_row(
    owner: psycopg.Connection, sql: str, expected: list[tuple[str, str, int | None]]
) -> None:
    rows = {f"row{number}": str(UUID(int=number)) for number in range(9)}
    tamper(owner, sql.format(**rows))
    assert found() == [(code, row.format(**rows), leaf) for code, row, leaf in expected]


def test_a_leaf_with_other_content(owner: psycopg.Connection) -> None:
    tamper(owner, "UPDATE evidence_leaf SET data = 'other' WHERE index = 3")
    assert found() == [("leaf_altered", "3", 3)]


def test_a_leaf_with_another_hash(owner: psycopg.Connection) -> None:
    tamper(owner, "UPDATE evidence_leaf SET hash = sha256('other') WHERE index = 3")
    assert found()[0] == ("leaf_altered", "3", 3)
    assert ("tree_altered", "4", 0) in found()


def test_a_leaf_rewritten_with_its_hash(owner: psycopg.Connection) -> None:
    tamper(
        owner,
        "UPDATE evidence_leaf SET data = convert_to(replace("
        "convert_from(data, 'UTF8'), 'done', 'none'), 'UTF8') WHERE index = 5",
    )
    tamper(owner, "UPDATE evidence_leaf SET hash = sha256('\\x00'::bytea || data) WHERE index = 5")
    assert found() == [
        ("node_altered", "1/2", 5),
        ("node_altered", "2/1", 7),
        ("node_altered", "3/0", 7),
        ("tree_altered", "8", 4),
    ]


def test_a_leaf_that_names_another_command(owner: psycopg.Connection, history: list[UUID]) -> None:
    other = uuid4()
    tamper(owner, "UPDATE evidence_leaf SET command = %s WHERE index = 5", other)
    assert found()[0] == ("leaf_misnamed", str(other), 5)


def test_a_missing_leaf(owner: psycopg.Connection) -> None:
    tamper(owner, "DELETE FROM evidence_leaf WHERE index = 5")
    assert found()[0] == ("leaf_missing", "5", 5)
    assert "change_unlogged" in {code for code, _, _ in found()}


def test_a_log_cut_short(owner: psycopg.Connection) -> None:
    """Even with its nodes and checkpoints gone, what the last leaves explained remains."""
    tamper(owner, "DELETE FROM evidence_leaf WHERE index >= 8")
    tamper(owner, "DELETE FROM evidence_node WHERE level = 1 AND index = 4")
    assert ("checkpoint_surplus", "10", None) in found()
    assert ("node_surplus", "1/4", None) not in found()
    tamper(owner, "DELETE FROM evidence_checkpoint WHERE size = 10")
    assert {code for code, _, _ in found()} == {"change_unlogged"}


def test_a_leaf_that_nobody_signed(owner: psycopg.Connection, history: list[UUID]) -> None:
    tamper(
        owner,
        "INSERT INTO evidence_leaf SELECT 10, 999, command, data, hash"
        " FROM evidence_leaf WHERE index = 9",
    )
    assert found() == [
        ("leaf_unsigned", "10", 10),
        ("leaf_doubled", str(history[9]), 10),
    ]


def test_a_leaf_that_waits_again(owner: psycopg.Connection) -> None:
    tamper(
        owner,
        "INSERT INTO evidence_outbox (id, command, data)"
        " SELECT outbox_id, command, data FROM evidence_leaf WHERE index = 2",
    )
    [(code, _, leaf)] = found()
    assert (code, leaf) == ("outbox_doubled", 2)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE evidence_change SET digests[1] = sha256('x') WHERE command = '{}'",
        "UPDATE evidence_change SET row_ids[1] = 'x' WHERE command = '{}'",
        "UPDATE evidence_change SET op = 'U' WHERE command = '{}'",
        "UPDATE evidence_change SET relation = 'other' WHERE command = '{}'",
        "UPDATE evidence_change SET id = id + 1000 WHERE command = '{}'",
        "DELETE FROM evidence_change WHERE command = '{}'",
        "INSERT INTO evidence_change (command, relation, op, row_ids, digests)"
        " VALUES ('{}', 'evidence_sample', 'U', '{{x}}', '{{NULL}}')",
    ],
)
def test_a_tampered_change(owner: psycopg.Connection, history: list[UUID], sql: str) -> None:
    tamper(owner, sql.format(history[4]))
    assert found()[0] == ("writes_altered", str(history[4]), 4)


def test_a_change_of_a_command_that_has_no_leaf(owner: psycopg.Connection) -> None:
    tamper(
        owner,
        "INSERT INTO evidence_change (id, command, relation, op, row_ids, digests)"
        " VALUES (777, %s, 'evidence_sample', 'U', %s, ARRAY[NULL::bytea])",
        uuid4(),
        [str(ROWS[6])],
    )
    assert found() == [("change_unlogged", "777", None), ("row_unrecorded", str(ROWS[6]), None)]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("UPDATE evidence_node SET hash = sha256('x') WHERE level = 1 AND index = 3",
         [("node_altered", "1/3", 7)]),
        ("DELETE FROM evidence_node WHERE level = 3", [("node_missing", "3/0", 7)]),
        ("INSERT INTO evidence_node VALUES (2, 2, sha256('x'))", [("node_surplus", "2/2", None)]),
    ],
)  # fmt: skip
def test_a_tampered_node(
    owner: psycopg.Connection, sql: str, expected: list[tuple[str, str, int | None]]
) -> None:
    tamper(owner, sql)
    assert found() == expected


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("UPDATE evidence_checkpoint SET root = sha256('x') WHERE size = 8", "checkpoint_altered"),
        (
            "UPDATE evidence_checkpoint SET note = replace(note, 'example', 'elsewhere')"
            " WHERE size = 8",
            "checkpoint_unsigned",
        ),
        (
            "UPDATE evidence_checkpoint SET note = (SELECT note FROM evidence_checkpoint"
            " WHERE size = 4) WHERE size = 8",
            "checkpoint_altered",
        ),
    ],
)
def test_a_tampered_checkpoint(owner: psycopg.Connection, sql: str, code: str) -> None:
    tamper(owner, sql)
    assert found() == [(code, "8", 7)]


def test_a_checkpoint_signed_by_nobody_we_trust() -> None:
    stranger = Signer(SIGNER.name, bytes(31) + b"\x01")
    codes = {each.code for each in verify([stranger.verifier], TABLES)}
    assert codes == {"checkpoint_unsigned"}


def test_a_replaced_trigger_deceives_nobody(owner: psycopg.Connection) -> None:
    with owner.transaction():
        owner.execute(
            "CREATE OR REPLACE FUNCTION record_evidence_sample() RETURNS trigger"
            " LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        )
        owner.execute("UPDATE evidence_sample SET note = 'x' WHERE id = %s", [ROWS[2]])
    assert found() == [("row_altered", str(ROWS[2]), 2)]


def test_a_finding_is_a_sentence_in_both_languages(owner: psycopg.Connection) -> None:
    tamper(owner, "UPDATE evidence_sample SET note = 'x' WHERE id = %s", ROWS[3])
    [finding] = verify([SIGNER.verifier], TABLES)
    assert finding.place == f"evidence_sample/{ROWS[3]} leaf 3"
    assert finding.sentence == Text(
        f"evidence_sample 的 {ROWS[3]} 在命令之外被改动",
        f"{ROWS[3]} of evidence_sample was altered",
    )


def test_higher_rooms_add_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "_checks", {})
    wrong = Finding("balance_off", Text("余额不符", "The balance is off"), "ledger_account", "7")

    @verifier.check("ledger.balances")
    def balances() -> Iterator[Finding]:
        if Leaf.objects.exists():
            yield wrong

    assert list(verify([SIGNER.verifier], TABLES)) == [wrong]
