from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from tests.bank.verbs import Bank, code

from yinxin.gate.commands import ExpireRequest, SetPolicy
from yinxin.gate.registry import AUTHORISERS, authorises, service
from yinxin.gate.rules import SECOND_FACTOR_FRESH
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor, ActorKind, Channel
from yinxin.kernel.command import Command
from yinxin.kernel.refusals import REFUSALS, Refused, refusal
from yinxin.kernel.text import Text
from yinxin.people.commands import EstablishInstitution, Founder, OpenBranch

from .acts import EAST, HEAD_OFFICE, MoveMoney, leaves, moved


@pytest.mark.parametrize(
    ("who", "channel", "answer"),
    [
        ("张敏", Channel.WEB, "done"),
        ("张敏", Channel.API, "done"),
        ("张敏", Channel.CLI, "done"),
        ("张敏", Channel.JOB, "channel_closed"),
        ("李强", Channel.WEB, "duty_missing"),
        ("周洁", Channel.WEB, "duty_missing"),
        ("赵六", Channel.WEB, "duty_missing"),
        ("吴刚", Channel.WEB, "duty_missing"),
    ],
)
def test_duty_and_channel(bank: Bank, who: str, channel: Channel, answer: str) -> None:
    move, before = MoveMoney(), leaves()
    assert code(bank.do(bank.actor(who, channel), move)) == answer
    assert moved(move) == (answer == "done")
    assert leaves() == before + 1


@pytest.mark.parametrize(
    ("branch", "of", "answer"),
    [
        (HEAD_OFFICE, EAST, "done"),
        (EAST, EAST, "done"),
        (EAST, EAST + "0007/", "done"),
        (EAST, HEAD_OFFICE, "out_of_scope"),
        (EAST, "/0001/0003/", "out_of_scope"),
        ("/0001/0003/", EAST, "out_of_scope"),
    ],
)
def test_staff_act_on_their_branch_and_below(bank: Bank, branch: str, of: str, answer: str) -> None:
    move = MoveMoney(branch=of)
    assert code(bank.do(replace(bank.actor("张敏"), branch=branch), move)) == answer
    assert moved(move) == (answer == "done")


def test_a_branch_sets_rules_for_itself_alone(bank: Bank) -> None:
    east = replace(bank.actor("吴刚"), branch=EAST)
    for branch, answer in (("/", "out_of_scope"), (HEAD_OFFICE, "out_of_scope"), (EAST, "pending")):
        rule = SetPolicy(command="gatetest.move", levels=(), branch=branch)
        assert code(bank.do(east, rule)) == answer


def policy() -> SetPolicy:
    return SetPolicy(command="gatetest.move", levels=())


def test_a_second_factor_is_asked_for_and_fresh(bank: Bank) -> None:
    now, actor = clock.now(), bank.actor("吴刚")
    for confirmed_at, answer in (
        (None, "second_factor_needed"),
        (now - SECOND_FACTOR_FRESH - timedelta(seconds=1), "second_factor_needed"),
        (now - SECOND_FACTOR_FRESH, "pending"),
    ):
        with clock.at(now):
            outcome = bank.do(replace(actor, second_factor_at=confirmed_at), policy())
        assert code(outcome) == answer
    # A command that does not ask for it does not look.
    assert bank.do(replace(bank.actor("张敏"), second_factor_at=None), MoveMoney()).status == "done"


def test_a_service_sends_what_people_cannot(bank: Bank) -> None:
    job = service("gatetest.job", Text("测试作业", "Test job"))
    assert code(bank.do(job, ExpireRequest(request_id=uuid4()))) == "not_found"
    assert code(bank.do(bank.actor("吴刚"), ExpireRequest(request_id=uuid4()))) == "channel_closed"
    assert code(bank.do(job, MoveMoney())) == "channel_closed"
    # The founder has the command line, and founds; nothing else.
    founder = replace(job, channel=Channel.CLI)
    branch = OpenBranch(parent_id=uuid4(), code="0009", name="西城支行", name_en="Xicheng")
    assert code(bank.do(founder, branch)) == "duty_missing"
    assert code(bank.do(founder, establishment())) == "founded_already"


def establishment() -> EstablishInstitution:
    founders = (
        Founder(number=n, name=n, login=n, password_hash="argon2$" + n) for n in ("one", "two")
    )
    return EstablishInstitution(name="另一家", name_en="Another", administrators=tuple(founders))


def test_customers_are_not_staff(bank: Bank) -> None:
    customer = replace(bank.actor("张敏"), kind=ActorKind.CUSTOMER)
    assert code(bank.do(customer, MoveMoney())) == "duty_missing"


def test_higher_rooms_add_questions(bank: Bank) -> None:
    held = refusal("gatetest_untrained", "{name}未培训", "{name} is not trained")

    @authorises
    def trained(command: Command, actor: Actor, now: object) -> None:
        if isinstance(command, MoveMoney) and actor.name == "张敏":
            raise Refused(held, name=actor.name)

    try:
        outcome = bank.do("张敏", move := MoveMoney())
        assert code(outcome) == held
        assert outcome.refused.sentence.zh == "张敏未培训"
        assert moved(move) == 0
    finally:
        AUTHORISERS.remove(trained)
        del REFUSALS[held]
    assert bank.do("张敏", move).status == "done"
