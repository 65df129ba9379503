from dataclasses import replace
from uuid import uuid4

import pytest
from tests.bank.verbs import Bank, code

from yinxin.gate.models import Execution, Request
from yinxin.kernel.money import Money
from yinxin.kernel.refusals import Invalid
from yinxin.vault.sealing import destroy_key, seal
from yinxin.vault.tests.inside import command

from .acts import REVIEWER, MoveMoney, answers, at_once, leaves, moved, notices, rule


def test_the_same_key_answers_the_same(bank: Bank) -> None:
    move = MoveMoney()
    first = bank.do("张敏", move, "k1")
    before = leaves(), answers(), notices()
    again = bank.do("张敏", move, "k1")
    assert (again.status, again.execution_id, again.facts) == (
        "done",
        first.execution_id,
        first.facts,
    )
    assert (first.replayed, again.replayed) == (False, True)
    assert (leaves(), answers(), notices()) == before
    assert moved(move) == 1


def test_a_refusal_and_a_pending_request_are_answered_again(bank: Bank) -> None:
    move = MoveMoney()
    refused = bank.do("赵六", move, "k1")
    again = bank.do("赵六", move, "k1")
    assert code(again) == code(refused) == "duty_missing"
    assert again.refused.sentence == refused.refused.sentence
    rule(bank, (REVIEWER,))
    pending = bank.do("张敏", move, "k1")
    again = bank.do("张敏", move, "k1")
    assert replace(again, replayed=False, subjects=()) == replace(pending, subjects=())
    bank.approve(pending.request_id, "李强")
    # An answered key stays answered: the request has its own state.
    assert bank.do("张敏", move, "k1").status == "pending"
    assert Request.objects.get(execution_id=pending.request_id).state == "approved"


def test_the_same_key_with_other_content_is_refused(bank: Bank) -> None:
    move = MoveMoney()
    bank.do("张敏", move, "k1")
    before = leaves(), answers()
    for other in (
        move.model_copy(update={"money": Money("100.01", "CNY")}),
        move.model_copy(update={"account": uuid4()}),
    ):
        assert code(bank.do("张敏", other, "k1")) == "key_reused"
        assert moved(other) <= 1
    assert (leaves(), answers()) == before


def test_equal_content_is_the_same_content(bank: Bank) -> None:
    move = MoveMoney(money=Money("100", "CNY"), kind="e\u0301")
    bank.do("张敏", move, "k1")
    same = move.model_copy(update={"money": Money("100.00", "CNY"), "kind": "\u00e9"})
    assert bank.do("张敏", same, "k1").replayed


def test_keys_belong_to_their_actor(bank: Bank) -> None:
    move = MoveMoney()
    assert bank.do("张敏", move, "k1").status == "done"
    assert code(bank.do("赵六", move, "k1")) == "duty_missing"
    assert not bank.do("张敏", move, "k2").replayed
    assert moved(move) == 2


@pytest.mark.parametrize("key", ["", "k" * 101])
def test_a_key_has_a_length(bank: Bank, key: str) -> None:
    from yinxin.gate import door

    with pytest.raises(Invalid, match="key"):
        door.submit(MoveMoney(), bank.actor("张敏"), key)


def test_of_threads_with_one_key_one_does_it(bank: Bank) -> None:
    move, actor = MoveMoney(), bank.actor("张敏")
    outcomes = at_once(6, lambda _: bank.do(actor, move, "k1"))
    assert moved(move) == 1
    assert len({outcome.execution_id for outcome in outcomes}) == 1
    assert sorted(outcome.replayed for outcome in outcomes) == [False] + [True] * 5
    assert len({str(outcome.facts) for outcome in outcomes}) == 1
    assert Execution.objects.filter(key="k1").count() == 1


def test_after_erasure_the_answer_is_known_and_its_content_is_not(bank: Bank) -> None:
    owner = uuid4()
    move = MoveMoney(owner=owner)
    with command():
        seal(owner, "place", b"a customer")
    first = bank.do("张敏", move, "k1")
    assert first.facts
    with command():
        destroy_key(owner)
    again = bank.do("张敏", move, "k1")
    assert (again.status, again.facts, again.replayed) == ("done", (), True)
    # A command about somebody erased is answered and keeps its leaf, not its content.
    before = leaves()
    assert bank.do("张敏", move, "k2").status == "done"
    assert leaves() == before + 1
    assert bytes(Execution.objects.get(key="k2").content) == b""
