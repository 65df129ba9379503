"""Executing what was approved: as of now, and exactly what was shown."""

from tests.bank.verbs import Bank, code

from yinxin.evidence.models import Outbox
from yinxin.gate.models import Decision, Execution, Request
from yinxin.kernel.actor import Duty
from yinxin.people.commands import DismissStaff, EndDuty, GrantDuty, HireStaff, SetCalendar
from yinxin.people.models import Branch, Staff

from .acts import MANAGER, MOVED_ON, REVIEWER, MoveMoney, leaves, moved, notices, rule, steps


def holiday(bank: Bank) -> None:
    bank.done("吴刚", SetCalendar(on=MOVED_ON, worked=False, source="通知"), "郑凯")


def state_of(request_id: object) -> tuple[str, int]:
    """The request's state, and how many decisions it has."""
    request = Request.objects.get(execution_id=request_id)
    return request.state, Decision.objects.filter(request=request).count()


def test_preview_and_final_run_agree(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    asked = bank.do("张敏", MoveMoney())
    answer = bank.approve(asked.request_id, "李强")
    shown, done = asked.facts[0]["fields"], answer.facts[1]["fields"]
    volatile = {"number", "at"}
    assert {k: v for k, v in shown.items() if k not in volatile} == {
        k: v for k, v in done.items() if k not in volatile
    }
    assert done["number"] == "MV19990909-0001"  # the preview gave its number back
    assert done["at"] > shown["at"]


def test_ids_of_the_preview_are_those_of_the_final_run(bank: Bank) -> None:
    branch = Branch.objects.get(code="0001")
    hire = HireStaff(
        branch_id=branch.id, number="3001", name="新人", login="xinren", password_hash="argon2$x"
    )
    asked = bank.do("吴刚", hire)
    foreseen = Request.objects.get(execution_id=asked.request_id).subject_id
    bank.approve(asked.request_id, "郑凯")
    assert Staff.objects.get(number="3001").id == foreseen


def test_what_changed_since_the_preview_is_not_done(bank: Bank) -> None:
    rule(bank, (REVIEWER,), (MANAGER,))
    move = MoveMoney()
    asked = bank.do("张敏", move)
    assert steps(bank, asked, "李强") == ["approved"]
    holiday(bank)
    before = leaves()
    answer = bank.approve(asked.request_id, "王芳")
    assert code(answer) == "changed_since_preview"
    assert [fact["fact"] for fact in answer.facts] == ["RequestReturned"]
    # The approval does not count, the return is committed and told, nothing was moved.
    assert state_of(asked.request_id) == ("returned", 1)
    assert (moved(move), notices(), leaves()) == (0, 0, before + 1)
    kept = Execution.objects.get(id=answer.execution_id)
    assert (kept.outcome, kept.refusal) == ("refused", "changed_since_preview")
    # The same key answers the same.
    assert code(bank.do("王芳", *_again(answer))) == "changed_since_preview"
    assert bank.do("张敏", move).facts[0]["fields"]["holiday"]


def _again(answer: object) -> tuple:
    from yinxin.gate.handlers import stored_command

    kept = Execution.objects.get(id=answer.execution_id)
    return stored_command(kept), kept.key


def test_what_may_not_be_done_any_more_goes_back(bank: Bank) -> None:
    hire = {"branch_id": Branch.objects.get(code="0001").id, "number": "3001", "name": "新人"}
    asked = [
        bank.do("吴刚", HireStaff(**hire, login=login, password_hash="argon2$x"))
        for login in ("xinren", "laoren")
    ]
    assert steps(bank, asked[0], "郑凯") == ["executed"]
    assert steps(bank, asked[1], "郑凯") == ["number_taken"]
    assert state_of(asked[1].request_id) == ("returned", 0)


def test_policy_grows_a_level_while_a_request_waits(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    move = MoveMoney()
    asked = bank.do("张敏", move)
    rule(bank, (REVIEWER,), (MANAGER,))
    assert steps(bank, asked, "李强") == ["approved"]
    assert (moved(move), notices()) == (0, 0)
    request = Request.objects.get(execution_id=asked.request_id)
    assert (request.state, request.level, request.level_duties) == ("open", 1, ["manager"])
    assert steps(bank, asked, "李强", "王芳") == ["decided_already", "executed"]
    assert (moved(move), notices()) == (1, 1)


def test_policy_asks_for_one_person_more(bank: Bank) -> None:
    rule(bank, (REVIEWER, MANAGER))
    asked = bank.do("张敏", MoveMoney())
    rule(bank, (2, (REVIEWER, MANAGER)))
    assert steps(bank, asked, "李强", "王芳") == ["approved", "executed"]


def test_policy_that_asks_for_others_returns(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    asked = bank.do("张敏", MoveMoney())
    rule(bank, (MANAGER,))
    assert steps(bank, asked, "李强") == ["approver_lost_authority"]
    assert state_of(asked.request_id) == ("returned", 0)


def test_policy_that_asks_for_less_still_takes_the_stored_levels(bank: Bank) -> None:
    rule(bank, (REVIEWER,), (MANAGER,))
    asked = bank.do("张敏", MoveMoney())
    rule(bank)
    assert steps(bank, asked, "李强", "王芳") == ["approved", "executed"]


def test_the_maker_has_left(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    move = MoveMoney()
    asked = bank.do("张敏", move)
    bank.done("吴刚", DismissStaff(staff_id=bank.staff_id("张敏")), "郑凯")
    assert steps(bank, asked, "李强") == ["maker_lost_authority"]
    assert (state_of(asked.request_id), moved(move)) == (("returned", 0), 0)


def test_the_maker_lost_the_duty(bank: Bank) -> None:
    rule(bank, (REVIEWER,))
    asked = bank.do("张敏", MoveMoney())
    bank.done("吴刚", EndDuty(staff_id=bank.staff_id("张敏"), duty=Duty.CLERK), "郑凯")
    assert steps(bank, asked, "李强") == ["maker_lost_authority"]


def test_an_earlier_approver_lost_the_duty(bank: Bank) -> None:
    rule(bank, (REVIEWER,), (MANAGER,))
    move = MoveMoney()
    asked = bank.do("张敏", move)
    assert steps(bank, asked, "李强") == ["approved"]
    bank.done("吴刚", EndDuty(staff_id=bank.staff_id("李强"), duty=Duty.REVIEWER), "郑凯")
    answer = bank.approve(asked.request_id, "王芳")
    assert code(answer) == "approver_lost_authority"
    assert "李强" in answer.refused.sentence.zh
    assert (state_of(asked.request_id), moved(move)) == (("returned", 1), 0)


def test_a_command_does_not_unseat_its_own_approver(bank: Bank) -> None:
    """Who approves the end of their own duty still held it when they approved."""
    third = GrantDuty(staff_id=bank.staff_id("赵六"), duty=Duty.ADMINISTRATOR)
    bank.done("吴刚", third, "郑凯")
    end = EndDuty(staff_id=bank.staff_id("郑凯"), duty=Duty.ADMINISTRATOR)
    assert steps(bank, bank.do("吴刚", end), "郑凯") == ["executed"]


def test_an_older_version_of_the_command_goes_back(bank: Bank, monkeypatch: object) -> None:
    from dataclasses import replace

    rule(bank, (REVIEWER,))
    asked = bank.do("张敏", MoveMoney())
    monkeypatch.setattr(MoveMoney, "meta", replace(MoveMoney.meta, version=2))  # type: ignore
    assert steps(bank, asked, "李强") == ["changed_since_preview"]


def test_each_step_leaves_one_leaf(bank: Bank) -> None:
    rule(bank, (REVIEWER,), (MANAGER,))
    before = Outbox.objects.count()
    asked = bank.do("张敏", MoveMoney())
    steps(bank, asked, "王芳", "李强", "王芳")
    assert Outbox.objects.count() == before + 4
