"""What happened, in the past tense, with its sentence."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict

from .text import Text

T = TypeVar("T")


class _Volatile:
    """Marks a field that may differ between a preview and its final run, such as an instant."""


Volatile = Annotated[T, _Volatile()]


class Fact(BaseModel):
    """Every field is material, that is, approvers approved it, unless marked `Volatile`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def sentence(self) -> Text:
        raise NotImplementedError

    def material(self) -> dict[str, Any]:
        volatile = {
            name
            for name, field in type(self).model_fields.items()
            if any(isinstance(mark, _Volatile) for mark in field.metadata)
        }
        return {"fact": type(self).__name__, **self.model_dump(mode="json", exclude=volatile)}
