"""A command with every kind of field that a form knows."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, field_validator

from yinxin.kernel.command import Command
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

POSITIVE = Text("金额应大于零。", "The amount must be more than zero.")


class Urgency(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"


class Row(BaseModel):
    name: str
    count: int = Field(1, ge=1, title="份数")


class Everything(Command):
    subject_id: UUID
    code: str = Field(pattern="^[A-Z0-9]+$", max_length=12, title="代码")
    name: str = Field(min_length=2, max_length=60, title="户名")
    reason: str = Field("", max_length=500)
    count: Annotated[int, Field(ge=1, le=9)] | None = None
    rate: Decimal = Field(Decimal("1.5"), gt=0, lt=100, max_digits=5, decimal_places=3)
    amount: Money
    on: date
    urgency: Urgency = Urgency.NORMAL
    bank: str = "icbc"
    kinds: tuple[Literal["goods", "wages"], ...] = ()
    images: tuple[UUID, ...] = Field(min_length=1)
    notify: bool = False
    rows: tuple[Row, ...] = Field((), max_length=3)

    @field_validator("amount")
    @classmethod
    def positive(cls, amount: Money) -> Money:
        if amount.amount <= 0:
            raise ValueError(POSITIVE)
        return amount
