"""What may be asked: one frozen class a command, the same for form, API, CLI and job."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, TypeVar, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator

from .actor import Channel, Duty
from .text import Text


class Staged:
    """Marks a field as the id of a staged upload; the command that names it keeps the file."""


Upload = Annotated[UUID, Staged()]

UNSTORABLE = Text(
    "文字中含有不可用的字符，请删除后重填。",
    "A text holds characters that no text has; remove them and enter it again.",
)
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
                raise ValueError(UNSTORABLE)
        return body


def uploads_of(cls: type[Command]) -> frozenset[str]:
    """The fields that name staged uploads, optional ones too."""
    return frozenset(
        name
        for name, field in cls.model_fields.items()
        if any(
            isinstance(mark, Staged)
            for marks in (
                field.metadata,
                *(getattr(part, "__metadata__", ()) for part in get_args(field.annotation)),
            )
            for mark in marks
        )
    )


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
