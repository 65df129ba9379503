"""A workflow (业务流程) as its people know it: the states of a thing, and the commands that lead
from one to the next. The manual is written from it, and simulated days are held against it."""

from collections.abc import Mapping
from dataclasses import dataclass

from .command import Command
from .text import Text

NOTHING = ""  # before there is anything


@dataclass(frozen=True, slots=True)
class Step:
    """`command` leads from one of the states `before` to one of those `after`."""

    command: type[Command]
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Workflow:
    """Of the rows of `table`, whose column `state` holds one of `states`.

    `refusals` are the codes that its people meet, `questions` what else they ask.
    """

    table: str
    title: Text
    purpose: Text
    states: Mapping[str, Text]
    steps: tuple[Step, ...]
    refusals: tuple[str, ...] = ()
    questions: tuple[tuple[Text, Text], ...] = ()

    def leads(self, before: str, after: str) -> bool:
        """Whether steps lead from one state to the other."""
        reached, more = set[str](), {before}
        while more:
            reached |= more
            more = {
                state
                for step in self.steps
                if reached.intersection(step.before)
                for state in step.after
            } - reached
        return after in reached


WORKFLOWS: dict[str, Workflow] = {}


def describes(workflow: Workflow) -> None:
    """Raises ValueError where a step names a state that is none, or a state has no step."""
    named = {each for step in workflow.steps for each in (*step.before, *step.after)} - {NOTHING}
    if named != set(workflow.states):
        raise ValueError(f"{workflow.table}: {sorted(named ^ set(workflow.states))}")
    WORKFLOWS[workflow.table] = workflow
