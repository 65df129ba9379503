"""How the story is told on the terminal."""

from yinxin.gate.door import Outcome


def say(zh: str, en: str) -> None:
    """A chapter."""
    print(f"\n■ {zh}\n  {en}", flush=True)


def tell(zh: str, en: str) -> None:
    print(f"  {zh}　{en}", flush=True)


def show(outcome: Outcome) -> None:
    """What happened, in the bank's own words; a refusal with its code."""
    for fact in outcome.facts:
        print(f"  {fact['zh']}", flush=True)
    if outcome.refused:
        print(f"  ✗ {outcome.refused.sentence.zh}（{outcome.refused.code}）", flush=True)
