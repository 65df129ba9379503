"""Kills processes of a house at work, at instants and in an order drawn from a seed.

After each kill the day must go on: for the database and the web every clerk is answered again,
for the worker a transfer is checked, for the sequencer the log is signed.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Event

from . import losses
from .day import Clerk
from .house import PATIENCE_S, House, Victim, serving

CLERKS = 2
LONGEST_PAUSE_S = 0.5  # between the day going on and the next kill
ALLOWED_OUTAGE_S = 15.0
SIGNS_OF_LIFE = {
    Victim.WORKER: "SELECT 1 FROM transfers_step WHERE state = 'checked' "
    "AND at > to_timestamp(%s) LIMIT 1",
    Victim.SEQUENCER: "SELECT 1 FROM evidence_checkpoint WHERE signed_at > to_timestamp(%s) "
    "LIMIT 1",
}


@dataclass(frozen=True)
class Kill:
    victim: Victim
    outage_s: float


@dataclass(frozen=True)
class Report:
    kills: list[Kill]
    acknowledged: int
    lost: list[str]
    findings: str

    @property
    def too_long(self) -> list[Kill]:
        return [each for each in self.kills if each.outage_s > ALLOWED_OUTAGE_S]


def kill(home: Path, count: int, seed: int) -> Report:
    """Found a house, let clerks work there, kill so often, and say what came of it."""
    draw = random.Random(seed)
    with serving(home, CLERKS) as house:
        home_time = Event()
        clerks = [Clerk(house, number, home_time) for number in range(CLERKS)]
        for clerk in clerks:
            clerk.start()
        try:
            kills = [_one(house, clerks, each, draw) for each in islice(_victims(draw), count)]
        finally:
            home_time.set()
        for clerk in clerks:
            clerk.leave()
        acknowledged = [each for clerk in clerks for each in clerk.acknowledged]
        lost = list(losses.lost(house, acknowledged))
        return Report(kills, len(acknowledged), lost, losses.findings(house))


def _victims(draw: random.Random) -> Iterator[Victim]:
    """Each as often as the others, in any order."""
    while True:
        yield from draw.sample(list(Victim), len(Victim))


def _one(house: House, clerks: list[Clerk], victim: Victim, draw: random.Random) -> Kill:
    time.sleep(draw.uniform(0, LONGEST_PAUSE_S))
    killed_at = house.kill(victim, draw)
    while not _goes_on(house, clerks, victim, killed_at):
        if time.time() > killed_at + PATIENCE_S:
            raise TimeoutError(f"after the kill of {victim} the day does not go on")
        time.sleep(0.1)
    return Kill(victim, time.time() - killed_at)


def _goes_on(house: House, clerks: list[Clerk], victim: Victim, killed_at: float) -> bool:
    for clerk in clerks:
        if clerk.wrong:
            raise clerk.wrong
    if victim in SIGNS_OF_LIFE:
        return bool(house.rows(SIGNS_OF_LIFE[victim], killed_at))
    return all(clerk.answered_since > killed_at for clerk in clerks)
