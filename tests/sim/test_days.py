"""Seeded random days; `SIM_SEED=7 SIM_STEPS=5000` repeats or lengthens them."""

import os
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest

from tests.bank.verbs import Bank
from yinxin.gate.models import Request
from yinxin.kernel import clock

from .administration import ADMINISTRATION
from .checkers import GATE, PEOPLE, check, check_evidence
from .world import World

STEPS = int(os.environ.get("SIM_STEPS", "60"))
SEEDS = [int(os.environ["SIM_SEED"])] if "SIM_SEED" in os.environ else [1, 2, 3]


@pytest.mark.parametrize("seed", SEEDS)
def test_days_of_administration(bank: Bank, seed: int) -> None:
    world = World(seed, ADMINISTRATION, clock.now() + timedelta(minutes=1))
    for _ in range(3):
        world.live(STEPS // 3)
        check(GATE)
        check(PEOPLE)
    world.ask_again()
    check(GATE)
    assert check_evidence() > len(world.sent)
    # A life in which nothing was decided would prove nothing.
    assert Counter(Request.objects.values_list("state", flat=True))["approved"] > 20


TAMPERING = {
    "somebody approved their own request": """
        UPDATE gate_execution SET actor_id = d.actor_id FROM gate_decision d
        WHERE d.request_id = gate_execution.id
    """,
    "somebody, or an authority, decided twice": """
        UPDATE gate_decision SET authority_id = gen_random_uuid();
        INSERT INTO gate_decision SELECT gen_random_uuid(), maker_id, 0, verdict, gen_random_uuid(),
        actor_name, actor_id, authority_name, reason, shown, at, request_id, maker_authority_id
        FROM gate_decision
    """,
    "a request was executed without the persons of its levels": """
        UPDATE gate_decision SET verdict = 'reject'
    """,
    "a command has not exactly one leaf": "DELETE FROM evidence_outbox WHERE id % 7 = 0",
    "a write is of a command without a leaf": "DELETE FROM evidence_outbox WHERE id % 5 = 0",
    "fewer than two administrators": "UPDATE people_dutygrant SET ended_at = now()",
    "somebody holds duties that exclude each other": """
        UPDATE people_dutygrant SET duty = 'reviewer' WHERE duty = 'seal_registrar';
        INSERT INTO people_dutygrant SELECT gen_random_uuid(), 'clerk', now(), NULL, staff_id
        FROM people_dutygrant WHERE duty = 'reviewer'
    """,
    "somebody who left has duties or signs on": "UPDATE people_staff SET state = 'left'",
}


@pytest.mark.parametrize("wrong", TAMPERING)
def test_a_checker_finds_what_it_looks_for(
    bank: Bank, owner: psycopg.Connection, wrong: str
) -> None:
    everything = {**GATE, **PEOPLE}
    check(everything)
    owner.execute("SET session_replication_role = replica")
    owner.execute(TAMPERING[wrong])
    with pytest.raises(AssertionError, match=wrong):
        check({wrong: everything[wrong]})


def test_the_log_finds_a_row_that_no_command_wrote(bank: Bank, owner: psycopg.Connection) -> None:
    assert check_evidence() > 0
    owner.execute("SELECT set_config('yinxin.command', %s, false)", [str(uuid4())])
    owner.execute("SET session_replication_role = replica")
    owner.execute("UPDATE people_staff SET name = '无名' WHERE number = '1001'")
    with pytest.raises(AssertionError, match="people_staff"):
        check_evidence()


def test_the_same_seed_lives_the_same_days(bank: Bank) -> None:
    one, other = (World(7, ADMINISTRATION, clock.now()) for _ in range(2))
    assert [one.random.random() for _ in range(9)] == [other.random.random() for _ in range(9)]


def test_a_failure_tells_its_seed(bank: Bank) -> None:
    from .world import Move

    def fail(world: World) -> str:
        raise AssertionError("wrong")

    with pytest.raises(AssertionError) as caught:
        World(41, [Move(1, fail)], clock.now()).live(1)
    assert "SIM_SEED=41" in caught.value.__notes__[0]
