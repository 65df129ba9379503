"""A bank that lives through seeded random days.

A `Move` is one thing that somebody may try; other domains bring their own and plug them in by
adding them to the list that the world is given. A world remembers every command it sent, so that
it can send it again and compare the answers.
"""

import contextvars
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection

from yinxin.gate import door
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor, Channel
from yinxin.kernel.command import Command
from yinxin.kernel.refusals import Invalid
from yinxin.kernel.workflow import NOTHING, WORKFLOWS
from yinxin.people import queries as people
from yinxin.people.models import Staff


@dataclass(frozen=True)
class Move:
    """`act` returns what it tried, for the diary; an empty string where there was nothing to do."""

    weight: int
    act: Callable[["World"], str]

    @property
    def name(self) -> str:
        return self.act.__name__


@dataclass(frozen=True)
class Sent:
    actor_id: UUID
    command: Command
    key: str
    outcome: door.Outcome


@dataclass
class World:
    seed: int
    moves: Sequence[Move]
    now: datetime
    random: Random = field(init=False)
    sent: list[Sent] = field(default_factory=list)
    diary: list[str] = field(default_factory=list)
    states: dict[str, dict[UUID, str]] = field(default_factory=dict)
    known: dict[UUID, Any] = field(default_factory=dict)  # what was asked of each customer

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def live(self, steps: int, pace: int = 240) -> None:
        """So many moves, up to `pace` minutes apart; a failure tells the seed and the last of the
        diary."""
        try:
            for _ in range(steps):
                self.now += timedelta(minutes=self.random.randint(0, pace))
                with clock.at(self.now):
                    (move,) = self.random.choices(self.moves, [each.weight for each in self.moves])
                    self.diary.append(move.name)
                    self.diary[-1] += f": {move.act(self)}"
                    self._hold_against_the_manual()
        except BaseException as error:
            error.add_note(f"SIM_SEED={self.seed}, step {len(self.diary)}")
            error.add_note("\n".join(self.diary[-10:]))
            raise

    def _hold_against_the_manual(self) -> None:
        """What is in another state now got there by steps that a workflow names."""
        for table, workflow in WORKFLOWS.items():
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT id, state FROM {table}")
                now = dict(cursor.fetchall())
            before = self.states.setdefault(table, {})
            for row_id, state in now.items():
                was = before.get(row_id, NOTHING)
                assert workflow.leads(was, state), f"{table}: from {was!r} to {state!r}"
            assert before.keys() <= now.keys(), f"{table} lost rows"
            self.states[table] = now

    def staff(self) -> list[UUID]:
        """Everybody who works here, in an order that follows from the seed's history alone."""
        active = Staff.objects.filter(state=Staff.State.ACTIVE)
        return list(active.order_by("number").values_list("id", flat=True))

    def somebody(self) -> UUID:
        return self.random.choice(self.staff())

    def actor(self, staff_id: UUID, channel: Channel = Channel.WEB) -> Actor | None:
        return people.actor_for(staff_id, channel, clock.now())

    def do(self, staff_id: UUID, command: Command, channel: Channel = Channel.WEB) -> str:
        """Send a command once, or as an impatient person does: twice, at once, with one key."""
        actor = self.actor(staff_id, channel)
        if actor is None:
            return "nobody"
        key, times = f"sim-{len(self.sent)}", self.random.choice((1, 1, 1, 2))
        try:
            outcomes = self.at_once(lambda: door.submit(command, actor, key) for _ in range(times))
        except Invalid:  # it makes no sense, and nothing is kept of it
            return f"{actor.name} {command.meta.name} invalid"
        self.sent.append(Sent(staff_id, command, key, outcomes[0]))
        for outcome in outcomes[1:]:
            same(outcomes[0], outcome)
        code = outcomes[0].refused.code if outcomes[0].refused else outcomes[0].status
        return f"{actor.name} {command.meta.name} {code}"

    def at_once(self, acts: Iterator[Callable[[], door.Outcome]]) -> list[door.Outcome]:
        """What each act answers, started together; the threads see the world's clock."""
        chosen = list(acts)
        if len(chosen) == 1:
            return [chosen[0]()]

        def run(act: Callable[[], door.Outcome]) -> door.Outcome:
            try:
                return act()
            finally:
                connection.close()

        with ThreadPoolExecutor(len(chosen)) as pool:
            running = [pool.submit(contextvars.copy_context().run, run, act) for act in chosen]
            return [each.result(30) for each in running]

    def ask_again(self) -> None:
        """Every key that was answered answers the same, in whatever order it is asked."""
        for sent in self.random.sample(self.sent, len(self.sent)):
            actor = self.actor(sent.actor_id)
            if actor is not None:
                same(sent.outcome, door.submit(sent.command, actor, sent.key))


def same(one: door.Outcome, other: door.Outcome) -> None:
    def told(outcome: door.Outcome) -> tuple:
        refused = outcome.refused
        return (
            outcome.status,
            outcome.execution_id,
            outcome.facts,
            outcome.request_id,
            outcome.levels,
            refused and (refused.code, refused.values),
        )

    assert told(one) == told(other)
