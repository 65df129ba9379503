"""What must be true after any number of kills, asked with SQL of its own.

Each function yields a sentence for whatever is not.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from .day import PAID_IN, PAID_OUT, Acknowledged
from .house import House

DRAINED_WITHIN_S = 60.0
# The gate's own housekeeping comes again by the clock, whatever became of it.
UNFINISHED = """
SELECT (SELECT count(*) FROM evidence_outbox),
       (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
        AND task_name NOT LIKE 'gate.%%')
"""
FAILED = """
SELECT task_name, args FROM procrastinate_jobs WHERE status NOT IN ('todo', 'doing')
AND task_name NOT LIKE 'gate.%%'
"""
UNEQUAL = """
SELECT number FROM ledger_account a WHERE balance <>
    (SELECT coalesce(sum(amount), 0) FROM ledger_posting WHERE credit_id = a.id)
  - (SELECT coalesce(sum(amount), 0) FROM ledger_posting WHERE debit_id = a.id)
   OR held <> (SELECT coalesce(sum(amount), 0) FROM ledger_hold
               WHERE account_id = a.id AND state = 'open')
"""


def lost(house: House, acknowledged: Sequence[Acknowledged]) -> Iterator[str]:
    yield from _unfinished(house)
    yield from _not_as_acknowledged(house, acknowledged)
    yield from _effects(house, acknowledged)


def findings(house: House) -> str:
    """What `yinxin evidence verify` finds wrong, nothing where all agrees."""
    verified = house.run(sys.executable, "-m", "yinxin", "evidence", "verify")
    return "" if verified.returncode == 0 else verified.stdout + verified.stderr


def _unfinished(house: House) -> Iterator[str]:
    """The outbox drains, and every job is done."""
    deadline = time.monotonic() + DRAINED_WITHIN_S
    while (left := house.rows(UNFINISHED)) != [(0, 0)]:
        if time.monotonic() > deadline:
            yield f"leaves and jobs that wait: {left}"
            return
        time.sleep(0.2)
    for name, args in house.rows(FAILED):
        yield f"job {name} {args} failed"


def _not_as_acknowledged(house: House, acknowledged: Sequence[Acknowledged]) -> Iterator[str]:
    """Each acknowledged command is kept once, as what it was acknowledged to be."""
    kept = {
        key: (outcome if outcome != "refused" else refusal, str(execution_id))
        for key, outcome, refusal, execution_id in house.rows(
            "SELECT key, outcome, refusal, id FROM gate_execution WHERE channel = 'api'"
        )
    }
    times = Counter(key for (key,) in house.rows("SELECT key FROM gate_execution"))
    for each in acknowledged:
        code, execution_id = kept.get(each.key, ("nothing", ""))
        if code != each.code or each.execution_id not in (None, execution_id):
            yield f"{each.key} was acknowledged as {each.code} and is {code}"
        if times[each.key] > 1:
            yield f"{each.key} was done {times[each.key]} times"
    for key in kept.keys() - {each.key for each in acknowledged}:
        yield f"{key} was done and never acknowledged"


def _effects(house: House, acknowledged: Sequence[Acknowledged]) -> Iterator[str]:
    """The books hold what was acknowledged, no more and no less."""
    done = Counter(each.command for each in acknowledged if each.code == "done")
    received, paid_in, paid_out = (
        done[name] for name in ("transfers.receive", "ledger.pay_in", "transfers.release")
    )
    expected = {
        "SELECT sum(balance) FROM ledger_account": 0,
        "SELECT sum(balance) FROM ledger_account WHERE kind = 'customer'": PAID_IN * paid_in
        - PAID_OUT * paid_out,
        "SELECT count(*) FROM ledger_posting": paid_in + paid_out,
        "SELECT count(*) FROM customers_customer": done["customers.register"] + 1,
        "SELECT count(*) FROM transfers_transfer": received,
        "SELECT count(*) FROM transfers_step WHERE state = 'checked'": received,
        "SELECT count(*) FROM transfers_step WHERE state = 'released'": paid_out,
    }
    for query, count in expected.items():
        ((found,),) = house.rows(query)
        if found != count:
            yield f"{query}: {found}, and {count} was acknowledged"
    for (number,) in house.rows(UNEQUAL):
        yield f"the balance of {number} is not its postings"
