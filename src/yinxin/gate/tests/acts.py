"""A command to test the gate with, as a domain would bring one, and its verbs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from pydantic import Field
from tests.bank.verbs import Bank

from yinxin.evidence.models import Outbox
from yinxin.gate.commands import LevelOf, SetPolicy
from yinxin.gate.context import Context, Subject
from yinxin.gate.door import Outcome
from yinxin.gate.models import Execution
from yinxin.gate.rules import Measure
from yinxin.kernel.actor import Duty
from yinxin.kernel.command import Command, Meta, Upload
from yinxin.kernel.fact import Fact, Volatile
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text
from yinxin.people.models import CalendarDay
from yinxin.vault import blobs
from yinxin.vault.models import SearchToken

HEAD_OFFICE, EAST = "/0001/", "/0001/0002/"
CLERK, REVIEWER, MANAGER, RISK = Duty.CLERK, Duty.REVIEWER, Duty.MANAGER, Duty.RISK
MOVED_ON = date(1999, 9, 9)


class MoveMoney(Command):
    """Registered by conftest.py for the tests of the gate alone."""

    meta = Meta("gatetest.move", "9901", Text("划款", "Move money"), frozenset({Duty.CLERK}))

    account: UUID = Field(default_factory=uuid4)
    money: Money = Money(Decimal(100), "CNY")
    kind: str = ""
    rating: str = ""
    branch: str = HEAD_OFFICE
    owner: UUID = UUID(int=0)
    count: int = 1
    slip: Upload | None = None


class MoneyMoved(Fact):
    money: Money
    holiday: bool
    count: int
    number: Volatile[str]
    at: Volatile[datetime]

    def sentence(self) -> Text:
        return Text(f"划款 {self.money}", f"{self.money} were moved")


def move_money(command: MoveMoney, context: Context) -> Any:
    account = Subject("gatetest.account", command.account, "A1", command.owner, command.branch)
    context.about(account)
    context.measure(Measure(command.money, command.kind, command.rating, command.branch))
    if command.slip:
        blobs.keep(context.actor.id, command.slip, command.owner)
    SearchToken.objects.create(
        id=context.new_id(), owner=command.account, kind="moved", token=context.new_id().bytes
    )
    context.enqueue("gatetest.notify", account=str(command.account))
    yield MoneyMoved(
        money=command.money,
        holiday=CalendarDay.objects.filter(on=MOVED_ON, worked=False).exists(),
        count=command.count,
        number=context.draw_number("MV", MOVED_ON),
        at=context.now,
    )


def rule(bank: Bank, *levels: tuple[Duty, ...] | tuple[int, tuple[Duty, ...]], **cell: Any) -> None:
    """Have the administrators set a row of the matrix: duties a level, or (count, duties)."""
    of = tuple(
        LevelOf(count=level[0], duties=level[1])
        if isinstance(level[0], int)
        else LevelOf(duties=level)
        for level in levels
    )
    bank.done("吴刚", SetPolicy(**{"command": "gatetest.move", "levels": of, **cell}), "郑凯")


def moved(move: MoveMoney) -> int:
    """How often an account was moved."""
    return SearchToken.objects.filter(owner=move.account, kind="moved").count()


def notices() -> int:
    """How many jobs wait."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'gatetest.notify'"
        )
        return int(cursor.fetchone()[0])


def leaves() -> int:
    return Outbox.objects.count()


def answers() -> int:
    return Execution.objects.count()


def steps(bank: Bank, outcome: Outcome, *approvers: str) -> list[str]:
    """What each approver was answered: a refusal code, or whether that executed the request."""
    told = []
    for approver in approvers:
        answer = bank.approve(outcome.request_id, approver)
        if answer.refused:
            told.append(answer.refused.code)
        else:
            told.append("executed" if answer.facts[0]["fields"]["executed"] else "approved")
    return told


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """What `act` answers to so many threads that start together."""
    together = Barrier(count)

    def start(n: int) -> object:
        together.wait(10)
        try:
            return act(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(start, range(count)))
