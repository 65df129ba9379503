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
from uuid import UUID

from django.db import connection

from yinxin.gate import door
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor, Channel
from yinxin.kernel.command import Command
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

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def live(self, steps: int) -> None:
        """So many moves; a failure tells the seed and the last of the diary."""
        try:
            for _ in range(steps):
                self.now += timedelta(minutes=self.random.randint(0, 240))
                with clock.at(self.now):
                    (move,) = self.random.choices(self.moves, [each.weight for each in self.moves])
                    self.diary.append(move.name)
                    self.diary[-1] += f": {move.act(self)}"
        except BaseException as error:
            error.add_note(f"SIM_SEED={self.seed}, step {len(self.diary)}")
            error.add_note("\n".join(self.diary[-10:]))
            raise

    def staff(self) -> list[UUID]:
        """Everybody who works here, in an order that follows from the seed's history alone."""
        active = Staff.objects.filter(state=Staff.State.ACTIVE)
        return list(active.order_by("number").values_list("id", flat=True))

    def somebody(self) -> UUID:
        return self.random.choice(self.staff())

    def actor(self, staff_id: UUID) -> Actor | None:
        return people.actor_for(staff_id, Channel.WEB, clock.now())

    def do(self, staff_id: UUID, command: Command) -> str:
        """Send a command once, or as an impatient person does: twice, at once, with one key."""
        actor = self.actor(staff_id)
        if actor is None:
            return "nobody"
        key, times = f"sim-{len(self.sent)}", self.random.choice((1, 1, 1, 2))
        outcomes = self.at_once(lambda: door.submit(command, actor, key) for _ in range(times))
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
