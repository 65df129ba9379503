"""What the fields of a command are, as its types say it."""

import types
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from yinxin.kernel.command import Command, uploads_of


def titles(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Fields with their titles; those of rows as `field.part`."""
    for name, field in model.model_fields.items():
        if field.title:
            yield name, field.title
        if is_model(part := one(field.annotation)):
            yield from ((f"{name}.{inner}", title) for inner, title in titles(part))


def reference_fields(cls: type[Command]) -> list[str]:
    """The fields that name other things by their ids."""
    uploads = uploads_of(cls)
    return [
        name
        for name, field in cls.model_fields.items()
        if name not in uploads and one(field.annotation) is UUID
    ]


def bare(annotation: Any) -> Any:
    """The type without None and without marks."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [each for each in get_args(annotation) if each is not type(None)]
        return bare(rest[0]) if len(rest) == 1 else annotation
    return annotation


def one(annotation: Any) -> Any:
    """The type of a value, or of each of several."""
    plain = bare(annotation)
    return bare(get_args(plain)[0]) if get_origin(plain) is tuple else plain


def is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def members(annotation: Any) -> list[str]:
    """The values of an enum, a Literal, or a tuple of them."""
    annotation = one(annotation)
    if get_origin(annotation) is Literal:
        return [str(each) for each in get_args(annotation)]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [str(each.value) for each in annotation]
    return []


def mark(field: FieldInfo, name: str) -> Any:
    """A constraint of the field, None where it has none."""
    return next((found for each in field.metadata if (found := getattr(each, name, None))), None)
