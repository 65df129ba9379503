"""What may be asked: one frozen class a command, the same for form, API, CLI and job."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .actor import Channel, Duty
from .text import Text

# The id of a staged upload; the command that names it keeps the file.
Upload = Annotated[UUID, Field(json_schema_extra={"upload": True})]

OPEN_CHANNELS = frozenset({Channel.WEB, Channel.API, Channel.CLI})


@dataclass(frozen=True, slots=True)
class Meta:
    """What the house knows of a command beside its fields.

    `code` is the four-digit 交易码; `makers` are the duties that may send it, none meaning any
    member of staff; `second_factor` demands a fresh one; a change of the fields' meaning raises
    `version`.
    """

    name: str
    code: str
    title: Text
    makers: frozenset[Duty] = frozenset()
    channels: frozenset[Channel] = OPEN_CHANNELS
    second_factor: bool = False
    version: int = 1


class Command(BaseModel):
    """Unknown fields are refused, strings lose outer blanks."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    meta: ClassVar[Meta]

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, body: object) -> object:
        for text in _texts(body):
            if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
                raise ValueError("a text holds characters that no text has")
        return body


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for key, item in value.items():
                yield from _texts(key)
                yield from _texts(item)
        case list() | tuple():
            for item in value:
                yield from _texts(item)


C = TypeVar("C", bound=Command)

COMMANDS: dict[str, type[Command]] = {}


def command(
    name: str,
    code: str,
    zh: str,
    en: str,
    *,
    makers: tuple[Duty, ...] = (),
    channels: frozenset[Channel] = OPEN_CHANNELS,
    second_factor: bool = False,
    version: int = 1,
) -> Callable[[type[C]], type[C]]:
    """Register a command class under its stable name. Raises ValueError on a name or code
    that is taken."""

    def register(cls: type[C]) -> type[C]:
        if name in COMMANDS or any(other.meta.code == code for other in COMMANDS.values()):
            raise ValueError(f"command {name} ({code}) is registered twice")
        cls.meta = Meta(
            name, code, Text(zh, en), frozenset(makers), channels, second_factor, version
        )
        COMMANDS[name] = cls
        return cls

    return register
