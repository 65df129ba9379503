"""A field of a form as a template shows it."""

from dataclasses import dataclass
from typing import Any

from yinxin.kernel.text import Text

from .choices import Choices, Found

MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class Field:
    """`value` is what was posted, or where the form starts."""

    name: str
    kind: str
    label: Text
    value: Any
    required: bool = False
    help: Text | None = None
    error: Text | None = None
    choices: Choices = ()
    found: Found | None = None
    max_length: int | None = None

    @property
    def described_by(self) -> str:
        notes = (("error", self.error), ("help", self.help))
        return " ".join(f"{self.name}-{suffix}" for suffix, text in notes if text)

    @property
    def searched(self) -> bool:
        """Whether there is more to choose from than a list shows at once."""
        return self.found is not None and bool(self.found.more or self.found.typed)

    @property
    def lines(self) -> int:
        """How many a search lays open to choose from; none where one is enough to see."""
        several = self.found is not None and self.found.typed and self.found.count > 1
        return min(len(self.choices), MOST_LINES) if several else 0

    @property
    def sole(self) -> bool:
        """Whether what was typed is one record, which is then the chosen one."""
        return bool(self.found and self.found.typed and self.found.count == 1)
