"""What a handler is given, beside its command."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from yinxin.kernel.actor import Actor
from yinxin.kernel.ids import IdSource, human_number
from yinxin.kernel.refusals import Refused

from .rules import Measure

INSTITUTION = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing that commands are about.

    `owner` is whose key seals what is said of it; `branch` is where it belongs, blank for
    wherever the actor works.
    """

    kind: str
    id: UUID
    number: str
    owner: UUID = INSTITUTION
    branch: str = ""


@dataclass
class Context:
    """One run of one command. `new_id` draws the same ids in a preview and its final run."""

    actor: Actor
    now: datetime
    new_id: IdSource
    approvers: tuple[UUID, ...] = ()
    subjects: list[Subject] = field(default_factory=list)
    measured: Measure | None = None
    jobs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    kept_refusal: Refused | None = None

    def about(self, *subjects: Subject) -> None:
        """Say early what the command concerns: a refusal is then kept on that trail too."""
        self.subjects += [each for each in subjects if each not in self.subjects]

    def measure(self, measure: Measure) -> None:
        """What the approval matrix shall look at; without it only the actor's branch counts."""
        self.measured = measure

    def enqueue(self, task: str, **ids: str) -> None:
        """Start a job if and when this command commits."""
        self.jobs.append((task, ids))

    def keep_and_refuse(self, refused: Refused) -> None:
        """Answer with a refusal, yet keep what was written."""
        self.kept_refusal = refused

    def draw_number(self, prefix: str, on: date) -> str:
        """The next human number of the day. A number drawn in a preview is given back."""
        return self.draw_numbers(prefix, on, 1)[0]

    def draw_numbers(self, prefix: str, on: date, count: int) -> list[str]:
        """Many at once, in their order."""
        from .numbers import draw

        first = draw(prefix, on, count)
        return [human_number(prefix, on, first + each) for each in range(count)]

    @property
    def owner(self) -> UUID:
        return self.subjects[0].owner if self.subjects else INSTITUTION
