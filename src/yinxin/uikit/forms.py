"""From a command class to a flat form, and back to the body that the API would take."""

import json
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any, get_origin
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from pydantic import AwareDatetime, BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticUndefined

from yinxin.kernel.command import Command
from yinxin.kernel.ids import new_id
from yinxin.kernel.money import BAD_AMOUNT, MINOR_UNITS, Money
from yinxin.kernel.text import Text

from .annotations import bare, is_model, mark, members, one
from .choices import Choices, Found, Records
from .field import Field
from .page import Term
from .pydantic_messages import message, own_words

LONG_TEXT = 100  # a text that may be longer gets several lines
SEVERAL = ("many", "uploads")
MONEY = ("amount", "currency")
MOST_ROWS = 5
NO_ROWS = Text("无", "None")
CURRENCIES = tuple((code, Text(code, code)) for code in MINOR_UNITS)
STAGED = Text("已上传 {count} 个文件", "{count} file(s) uploaded")
NARROW = {0x3000: " "} | {
    wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F) if chr(wide - 0xFEE0).isalnum()
}
CONTROLS = dict.fromkeys({*range(32), 127} - {ord("\n"), ord("\t")})

FINDING = "find"  # the step that looks for what to choose, and asks for nothing else yet


@dataclass(frozen=True, slots=True)
class Problem:
    """An error for the summary; `field` is blank where no widget of the form has it."""

    field: str
    label: Text | None
    sentence: Text


class CommandForm:
    """`post` is None for a fresh form. What no widget fits, such as rows of rows, is left out. Of
    rows there are as many as there may be; those left as they were are none. What they name and
    offer is found under `field.part`.

    A UUID without choices is carried hidden from `initial`; one with them keeps what `initial` or
    the post names, though of many records only some are listed: those found by what was typed
    under `field.find`. The value of an upload is the id of a staged file, put there by
    `with_staged`.
    """

    def __init__(
        self,
        command_class: type[BaseModel],
        post: QueryDict | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
        labels: Mapping[str, Text] | None = None,
        helps: Mapping[str, Text] | None = None,
        choices: Mapping[str, Choices | Records] | None = None,
        uploads: Collection[str] = (),
    ) -> None:
        self.command_class = command_class
        self.post = post
        self.uploads = frozenset(uploads)
        self._initial = initial or {}
        self._labels = labels or {}
        self._helps = helps or {}
        self._choices = choices or {}
        self._invalid: dict[str, Text] = {}

    @cached_property
    def key(self) -> str:
        """The idempotency key: drawn for each confirmation, the same however often that is sent.

        The form itself carries none, so that going back and changing something is a new request.
        """
        return (self.post and self.post.get("key")) or str(new_id())

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The kind of each field that has a flat widget."""
        found = {
            name: self._kind(name, field) for name, field in self.command_class.model_fields.items()
        }
        return {name: kind for name, kind in found.items() if kind}

    @property
    def fields(self) -> dict[str, Field]:
        return {name: self._field(name, kind) for name, kind in self.kinds.items()}

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Names and values that carry the form through a page that does not show it."""
        return [
            (name, value)
            for name, values in self._source.lists()
            for value in values
            if name.split(".")[0] in self.command_class.model_fields
        ]

    def parse(self, post: QueryDict) -> dict[str, Any]:
        """The body that the API would take. A blank is left out, so that defaults and `missing`
        are pydantic's to say."""
        body: dict[str, Any] = {}
        for name, kind in self.kinds.items():
            if kind == "bool":
                body[name] = name in post
            elif kind in SEVERAL:
                body[name] = [each for each in post.getlist(name) if each]
            elif kind == "rows":
                rows = [row for row in self._rows(name) if row.given]
                body[name] = [row.parse(row._source) for row in rows]
            elif kind == "money":
                amount, currency = (post.get(f"{name}.{part}", "") for part in MONEY)
                if amount.strip():
                    body[name] = {"amount": _number(amount), "currency": currency}
            elif text := self._clean(name, kind, post.get(name, "")):
                body[name] = text
        return body

    @property
    def given(self) -> bool:
        """Whether anything was filled in that was not there before."""
        fresh = CommandForm(self.command_class, choices=self._choices)
        return dict(self._source.lists()) != dict(fresh._source.lists())

    @property
    def code(self) -> str:
        """交易码."""
        return self.command_class.meta.code  # type: ignore[attr-defined, no-any-return]

    @property
    def finding(self) -> bool:
        return self.post is not None and self.post.get("step") == FINDING

    @property
    def command(self) -> Command | None:
        """The command that was posted, None where nothing was or it has errors."""
        return self._checked[0]

    @property
    def errors(self) -> dict[str, Text]:
        """What is wrong, by field; what belongs to no one field is under ''."""
        return {**self._checked[1], **self._invalid}

    @property
    def problems(self) -> list[Problem]:
        return [
            Problem(name if name in self.kinds else "", self._label(name), sentence)
            for name, sentence in self.errors.items()
        ]

    @property
    def terms(self) -> list[Term]:
        """What was filled in, as a preview shows it."""
        return [
            term
            for field in self.fields.values()
            if field.kind != "hidden"
            for term in (
                self._row_terms(field)
                if field.kind == "rows"
                else [Term(field.label, self._shown(field), wide=field.kind == "lines")]
            )
        ]

    def reject(self, errors: Sequence[tuple[str, Text]]) -> None:
        """Add what the gate found invalid, as `Invalid.errors` has it."""
        self._invalid |= {path.split(".")[0]: sentence for path, sentence in errors}

    def with_staged(self, staged: Mapping[str, Sequence[UUID]]) -> None:
        """Put the ids of staged files into their fields. To be called first."""
        if self.post is not None:
            self.post = self.post.copy()
            for name, ids in staged.items():
                self.post.setlist(name, [str(each) for each in ids])

    @cached_property
    def _source(self) -> QueryDict:
        """What the widgets show: the post, or the initial values written as one."""
        if self.post is not None:
            return self.post
        source = QueryDict(mutable=True)
        for name, kind in self.kinds.items():
            default = self.command_class.model_fields[name].default
            value = self._initial.get(name, default)
            if value is None or value is PydanticUndefined or kind == "rows":
                continue
            if kind == "money":
                value = value.wire() if isinstance(value, Money) else value
                source[f"{name}.amount"] = f"{Decimal(value['amount']):,}"
                source[f"{name}.currency"] = value["currency"]
            elif kind in SEVERAL:
                source.setlist(name, [_written(each) for each in value])
            elif value is not False:
                source[name] = _written(value)
        return source

    @cached_property
    def _checked(self) -> tuple[Command | None, dict[str, Text]]:
        if self.post is None or self.finding:
            return None, {}
        try:
            body = json.dumps(self.parse(self.post))
            return self.command_class.model_validate_json(body), {}
        except ValidationError as invalid:
            errors: dict[str, Text] = {}
            for error in invalid.errors(include_url=False, include_input=False):
                name = str(error["loc"][0]) if error["loc"] else ""
                errors.setdefault(name, _sentence(self.kinds.get(name), error))
            return None, errors

    def _rows(self, name: str) -> list["CommandForm"]:
        """A form for each row that there may be."""
        field = self.command_class.model_fields[name]
        forms = []
        for i in range(mark(field, "max_length") or MOST_ROWS):
            posted = QueryDict(mutable=True)
            for key, values in self._source.lists():
                row, _, part = key.rpartition(".")
                if row == f"{name}.{i}":
                    posted.setlist(part, values)
            forms.append(
                CommandForm(
                    one(field.annotation),
                    posted or None,
                    labels=_under(self._labels, name),
                    choices=_under(self._choices, name),
                )
            )
        return forms

    def _row_terms(self, field: Field) -> list[Term]:
        """What was filled in of each row, or that there is none."""
        rows = [row for row in self._rows(field.name) if row.given]
        if not rows:
            return [Term(field.label, NO_ROWS)]
        numbered = [Text(f"{field.label.zh} {i}", f"{field.label.en} {i}")
                    for i in range(1, len(rows) + 1)]  # fmt: skip
        return [
            replace(term, title=Text(f"{of.zh} {term.title.zh}", f"{of.en}: {term.title.en}"))
            for of, row in zip(numbered, rows, strict=True)
            for term in row.terms
        ]

    def _field(self, name: str, kind: str) -> Field:
        field = self.command_class.model_fields[name]
        return Field(
            name,
            kind,
            self._label(name) or Text(name, name),
            self._value(name, kind),
            required=bool(mark(field, "min_length"))
            if kind in SEVERAL
            else kind != "bool" and field.is_required(),
            help=self._helps.get(name),
            error=self.errors.get(name),
            choices=self._offered(name, kind),
            found=self._found.get(name),
            max_length=mark(field, "max_length") if kind in ("text", "lines") else None,
        )

    def _label(self, name: str) -> Text | None:
        field = self.command_class.model_fields.get(name)
        title = field.title if field else None
        return self._labels.get(name) or (Text(title, title) if title else None)

    def _value(self, name: str, kind: str) -> Any:
        if kind == "money":
            return {part: self._source.get(f"{name}.{part}", "") for part in MONEY}
        if kind in (*SEVERAL, "upload"):
            return [each for each in self._source.getlist(name) if each]
        if kind == "rows":
            return [
                [replace(each, name=f"{name}.{i}.{each.name}") for each in row.fields.values()]
                for i, row in enumerate(self._rows(name))
            ]
        if kind == "bool":
            return name in self._source
        return self._source.get(name, "")

    def _shown(self, field: Field) -> Any:
        value = getattr(self.command, field.name, None)
        if field.kind in ("choice", "many"):
            titles = dict(field.choices)
            return [titles[each] for each in self._source.getlist(field.name) if each in titles]
        if field.kind in ("upload", "uploads"):
            return STAGED.format(count=len(field.value)) if field.value else None
        return value

    def _kind(self, name: str, field: FieldInfo) -> str:
        annotation = bare(field.annotation)
        several = get_origin(annotation) is tuple
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("hidden"):
            return "hidden"
        if name in self.uploads:
            return "uploads" if several else "upload"
        if name in self._choices or members(annotation):
            return "many" if several else "choice"
        if several and is_model(one(annotation)):
            return "rows"
        if annotation is str:
            return "lines" if (mark(field, "max_length") or 0) > LONG_TEXT else "text"
        return {
            Money: "money", bool: "bool", int: "number", Decimal: "number", date: "date",
            AwareDatetime: "instant", UUID: "hidden",
        }.get(annotation, "")  # fmt: skip

    def _offered(self, name: str, kind: str) -> Choices:
        if kind == "money":
            return CURRENCIES
        if name in self._found:
            return self._found[name].choices
        if name in self._choices:
            return list(self._choices[name])
        found = members(self.command_class.model_fields[name].annotation)
        return [(each, Text(each, each)) for each in found]

    @cached_property
    def _found(self) -> dict[str, Found]:
        return {
            name: self._find(name, records)
            for name, records in self._choices.items()
            if isinstance(records, Records)
        }

    def _find(self, name: str, records: Records) -> Found:
        """While somebody still looks for one record, what they type takes the place of what was
        chosen; several that were ticked stay."""
        typed = self._source.get(f"{name}.{FINDING}", "")
        keeps = self.kinds.get(name) == "many" or not (self.finding and typed.strip())
        return records.find(typed, self._source.getlist(name) if keeps else ())

    def _clean(self, name: str, kind: str, text: str) -> str:
        """Free text keeps its Chinese punctuation; only letters and digits are narrowed."""
        text = text.replace("\r\n", "\n").translate(CONTROLS)
        if kind == "number":
            return _number(text)
        if kind == "instant":
            return _zoned(text)
        if kind in ("text", "lines") and not mark(self.command_class.model_fields[name], "pattern"):
            return unicodedata.normalize("NFC", text.translate(NARROW)).strip()
        return unicodedata.normalize("NFKC", text).strip()


def _sentence(kind: str | None, error: ErrorDetails) -> Text:
    if kind == "money" and error["type"] != "missing":
        return own_words(error) or BAD_AMOUNT
    return message(error)


def _number(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")


def _zoned(text: str) -> str:
    """What was typed is the time at the institution's place."""
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (typed if typed.tzinfo else timezone.make_aware(typed)).isoformat()


def _written(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    return f"{value:,}" if isinstance(value, int | Decimal) and value is not True else str(value)


def _under(named: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What is named `name.part`, by its part."""
    return {key.removeprefix(f"{name}."): value for key, value in named.items()
            if key.startswith(f"{name}.")}  # fmt: skip
