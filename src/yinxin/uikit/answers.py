"""What the gate answered, as pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yinxin.gate.door import Outcome
from yinxin.gate.rules import Level
from yinxin.kernel.actor import DUTY_TITLES
from yinxin.kernel.text import Text

from .page import Link

LEVEL = Text("第 {number} 级：{duties}", "Level {number}: {duties}")
PERSONS = Text("，{count} 人", ", {count} persons")


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is `done`, `pending` or `refused`; `next` are the pages to go on to."""

    status: str
    sentences: Sequence[Text] = ()
    levels: Sequence[Text] = ()
    refused: Text | None = None
    code: str = ""
    rule: str = ""
    next: Sequence[Link] = ()


def answer_of(outcome: Outcome, next: Sequence[Link] = ()) -> Answer:
    refused = outcome.refused
    return Answer(
        outcome.status,
        [sentence_of(fact) for fact in outcome.facts],
        levels_of(outcome.levels),
        refused.sentence if refused else None,
        refused.code if refused else "",
        refused.refusal.rule if refused else "",
        next,
    )


def sentence_of(fact: dict[str, Any]) -> Text:
    """The sentence of a fact as the gate keeps it."""
    return Text(fact["zh"], fact["en"])


def levels_of(levels: Sequence[Level]) -> list[Text]:
    """The levels of approval, in order, in words."""
    return [
        Text(
            LEVEL.zh.format(number=number, duties=_duties(level, "zh", "或")) + persons.zh,
            LEVEL.en.format(number=number, duties=_duties(level, "en", " or ")) + persons.en,
        )
        for number, level in enumerate(levels, start=1)
        for persons in [PERSONS.format(count=level.count) if level.count > 1 else Text("", "")]
    ]


def _duties(level: Level, language: str, joined: str) -> str:
    return joined.join(DUTY_TITLES[duty].in_language(language) for duty in sorted(level.duties))
