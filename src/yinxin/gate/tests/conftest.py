from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _move_money_is_known() -> Iterator[None]:
    from yinxin.gate.registry import HANDLERS  # Django is not set up when this file is read
    from yinxin.kernel.command import COMMANDS

    from .acts import MoveMoney, move_money

    COMMANDS[MoveMoney.meta.name], HANDLERS[MoveMoney] = MoveMoney, move_money
    yield
    del COMMANDS[MoveMoney.meta.name], HANDLERS[MoveMoney]
