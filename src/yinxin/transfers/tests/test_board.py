"""The board: where each transfer stands, who has it, what is late, in a few statements."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.bank.kept import once
from tests.bank.verbs import Bank

from yinxin.customers.tests.pages import page
from yinxin.kernel import clock
from yinxin.kernel.money import Money
from yinxin.transfers import batch_views
from yinxin.transfers.board import board_for

from .desk import Desk


@pytest.fixture
@once
def desk(bank: Bank) -> Desk:
    return Desk.of(bank)


def test_each_transfer_has_a_step_an_owner_and_a_due_time(desk: Desk) -> None:
    received = desk.received()
    checked = desk.checked(instruction_number="2")
    submitted = desk.submitted(instruction_number="3")
    desk.release(submitted)
    desk.released(instruction_number="4")
    board = board_for(desk.bank.actor("张敏"))
    owners = {place.transfer.number: place.owner.zh for place in board.places}
    assert owners == {
        received.number: "自动核验",
        checked.number: "张敏",
        submitted.number: "待复核",
    }
    assert board.late == 0
    assert [(each.state, each.count) for each in board.open] == [
        ("received", 1),
        ("checked", 1),
        ("submitted", 1),
    ]
    assert sum((each.money for each in board.today), Money("0", "CNY")) == Money("4000", "CNY")
    shown = page(desk.bank, "张敏", batch_views.board)
    for expected in (received.number, "待复核", "在途"):
        assert expected in shown
    assert received.number not in page(desk.bank, "陈立", batch_views.board)


def test_what_stays_too_long_is_late(desk: Desk) -> None:
    desk.received()
    desk.checked(instruction_number="2")
    with clock.at(clock.now() + timedelta(minutes=30)):
        assert [place.late for place in board_for(desk.bank.actor("张敏")).places] == [True, False]
        assert "超时" in page(desk.bank, "张敏", batch_views.board)


def test_a_fixed_number_of_statements(desk: Desk) -> None:
    counts = []
    for number in range(2, 5):
        desk.received(instruction_number=str(number))
        with CaptureQueriesContext(connection) as captured:
            board_for(desk.bank.actor("张敏"))
        counts.append(len(captured))
    assert len(set(counts)) == 1
