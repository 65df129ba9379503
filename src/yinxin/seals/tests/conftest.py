from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def job() -> Iterator[type[Any]]:
    """The command of an imagined domain that carries an examination to the record."""
    # This file is read before Django is set up.
    from yinxin.gate.registry import HANDLERS, handles
    from yinxin.kernel.actor import Channel
    from yinxin.kernel.command import COMMANDS, Command, command
    from yinxin.seals.commands import SealExamination
    from yinxin.seals.verification import record

    from .cards import ITEM

    @command("tests.examined", "9999", "验印完成", "Examined", channels=frozenset({Channel.JOB}))
    class Examined(Command):
        examination: SealExamination

    @handles(Examined)
    def examined(command: Any, context: Any) -> Any:
        context.about(ITEM)
        return record(context, ITEM, command.examination)

    yield Examined
    del COMMANDS["tests.examined"], HANDLERS[Examined]
