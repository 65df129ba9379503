"""Seeded days of a branch; `SIM_DAYS=100 SIM_SEED=7` lengthens or repeats them."""

import os
from collections import Counter
from datetime import timedelta

import pytest

from tests.bank.verbs import Bank
from yinxin.kernel import clock
from yinxin.ledger.models import BusinessDay
from yinxin.transfers.models import Transfer

from .banking import BANKING, begin, close_day
from .checkers import BANK, GATE, check, check_evidence
from .paperwork import PAPERWORK
from .world import World

DAYS = int(os.environ.get("SIM_DAYS", "2"))
SEEDS = [int(os.environ["SIM_SEED"])] if "SIM_SEED" in os.environ else [1, 2]
STEPS = 120


@pytest.mark.parametrize("seed", SEEDS)
def test_days_of_banking(bank: Bank, seed: int) -> None:
    begin(bank)
    world = World(seed, (*BANKING, *PAPERWORK), clock.now() + timedelta(minutes=1))
    for _ in range(DAYS):
        world.live(STEPS, pace=5)
        check(GATE)
        check(BANK)
        with clock.at(world.now):
            while close_day(world).split()[-1] == "out_of_scope":
                pass  # a manager of another branch tried
        world.now += timedelta(hours=12)
    world.ask_again()
    check(GATE)
    check(BANK)
    assert check_evidence() > len(world.sent)
    states = Counter(Transfer.objects.values_list("state", flat=True))
    assert states["released"] >= DAYS, states  # days without a transfer would prove nothing
    assert BusinessDay.objects.filter(state="closed").exists()
