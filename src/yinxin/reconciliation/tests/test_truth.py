"""What matching recovers of a truth that was planted, traps included."""

from decimal import Decimal

from yinxin.reconciliation.matching import match

from .planted import month
from .test_matching import require_sound

SEEDS = range(12)


def test_planted_truth_is_recovered() -> None:
    """Precision first: of a thousand matches at most two are not the truth, and of a hundred of
    the truth at most two are left open."""
    right = wrong = missed = 0
    for seed in SEEDS:
        of = month(seed)
        result = match(of.statement, of.ledger)
        require_sound(result, of.statement, of.ledger, Decimal(0), 5)
        found = {
            (frozenset(map(str, each.statement_ids)), frozenset(map(str, each.ledger_ids)))
            for each in result.matches
        }
        right += len(found & of.truth)
        wrong += len(found - of.truth)
        missed += len(of.truth - found)
    assert right > 2000
    assert wrong <= 0.002 * (right + wrong), (right, wrong)
    assert missed <= 0.02 * (right + missed), (right, missed)


def test_the_order_of_a_month_does_not_matter() -> None:
    of = month(3)
    first = match(of.statement, of.ledger)
    of.dice.shuffle(of.statement)
    of.dice.shuffle(of.ledger)
    again = match(of.statement, of.ledger)

    def told(result: object) -> set[object]:
        return {
            (frozenset(each.statement_ids), frozenset(each.ledger_ids), each.rule)
            for each in result.matches  # type: ignore[attr-defined]
        }

    assert told(first) == told(again)
    assert set(first.unmatched_statement) == set(again.unmatched_statement)
    assert set(first.unmatched_ledger) == set(again.unmatched_ledger)
