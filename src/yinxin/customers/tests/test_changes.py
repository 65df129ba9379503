"""客户信息变更, and the life of a customer after opening."""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from tests.bank import customers
from tests.bank.verbs import Bank, code

from yinxin.customers import queries
from yinxin.customers.commands import (
    ChangeCustomer,
    CloseCustomer,
    ReviveCustomer,
    SetItemRule,
    SuspendCustomer,
)
from yinxin.customers.models import Change
from yinxin.customers.particulars import Item
from yinxin.customers.profile import profile
from yinxin.kernel.refusals import Invalid
from yinxin.people.queries import bank_today

from .cast import opened, person
from .races import tamper


def change(customer_id: UUID, **fields: object) -> ChangeCustomer:
    return ChangeCustomer.model_validate(
        {"customer_id": customer_id, "reason": "客户来函变更", **fields}
    )


def test_what_is_the_customer_s_own_changes_at_once(bank: Bank) -> None:
    customer_id = opened(bank)
    outcome = bank.done("张敏", change(customer_id, phone="13900139000"))
    assert outcome.facts[0]["zh"].count("139****9000") == 1
    (line,) = profile(bank.actor("张敏"), customer_id).changes
    assert [(item, was.zh, now.zh) for item, was, now in line.rows] == [
        (Item.PHONE, "138****8000", "139****9000")
    ]
    assert (line.reason, line.by) == ("客户来函变更", "张敏")
    viewer = bank.actor("张敏")
    assert queries.customers_for(viewer, "13900139000").count() == 1
    assert queries.customers_for(viewer, "13800138000").count() == 0


def test_a_name_changes_with_proof_and_review(bank: Bank) -> None:
    customer_id = opened(bank)
    assert code(bank.do("张敏", change(customer_id, name="欧阳雷"))) == "proof_needed"
    proof = customers.staged(bank)
    asked = bank.do("张敏", change(customer_id, name="欧阳雷", proof=proof))
    assert asked.status == "pending"
    assert "由“欧阳雪”改为“欧阳雷”" in asked.facts[0]["zh"]
    assert queries.brief(bank.actor("张敏"), customer_id).name == "欧阳雪"
    bank.approve(asked.request_id, "李强")
    assert queries.brief(bank.actor("张敏"), customer_id).name == "欧阳雷"
    viewer = bank.actor("张敏")
    found = [queries.customers_for(viewer, name).count() for name in ("欧阳雪", "欧阳雷", "oyl")]
    assert found == [0, 1, 1]
    assert Change.objects.get().proof is not None


def test_a_new_number_carries_its_birth_date_and_stays_one_customer_s(bank: Bank) -> None:
    customer_id = opened(bank)
    other = opened(bank, document_number="110104197001010015")
    taken = change(other, document_number="110101199003071233", proof=customers.staged(bank))
    assert code(bank.do("张敏", taken)) == "customer_exists"
    new = change(customer_id, document_number="11010119900307002X", proof=customers.staged(bank))
    bank.done("张敏", new, "李强")
    changed = Change.objects.get()
    assert changed.items == ["document_number", "sex"]
    assert changed.opened("before")["sex"] == "male"


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"phone": "13800138000"}, "nothing_changes"),
        ({}, "nothing_changes"),
    ],
)
def test_what_changes_nothing_is_refused(
    bank: Bank, fields: dict[str, object], answer: str
) -> None:
    assert code(bank.do("张敏", change(opened(bank), **fields))) == answer


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"document_number": "110101199003071234"}, "document_number"),
        ({"valid_until": "2001-01-01"}, "valid_until"),
        ({"sex": "female"}, "sex"),
        ({"document_type": "uscc"}, "document_type"),
        ({"business_scope": "批发"}, "business_scope"),
    ],
)
def test_a_record_that_cannot_be_is_invalid(
    bank: Bank, fields: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as raised:
        bank.do("张敏", change(opened(bank), **fields, proof=customers.staged(bank)))
    assert [each for each, _ in raised.value.errors] == [field]


def test_which_items_a_customer_changes_alone_is_data(bank: Bank) -> None:
    customer_id = opened(bank)
    rule = SetItemRule(item="address", alone=False, proof=True, effective_on=bank_today())
    bank.done("何静", rule, "王芳")
    assert code(bank.do("张敏", change(customer_id, address="新址"))) == "proof_needed"
    free = SetItemRule(item="name", alone=True, proof=False, effective_on=bank_today())
    bank.done("何静", free, "王芳")
    assert code(bank.do("张敏", change(customer_id, name="欧阳雷"))) == "done"
    past = SetItemRule(
        item="name", alone=False, proof=True, effective_on=bank_today() - timedelta(days=1)
    )
    with pytest.raises(Invalid):
        bank.do("何静", past)


def test_a_rule_of_tomorrow_does_not_hold_today(bank: Bank) -> None:
    tomorrow = bank_today() + timedelta(days=1)
    rule = SetItemRule(item="phone", alone=False, proof=True, effective_on=tomorrow)
    bank.done("何静", rule, "王芳")
    assert queries.item_rules(bank_today())[Item.PHONE].alone
    assert not queries.item_rules(tomorrow)[Item.PHONE].alone


def test_a_customer_is_suspended_revived_and_closed(bank: Bank) -> None:
    customer_id = opened(bank)
    reason = "证件到期未更新"
    bank.done("张敏", SuspendCustomer(customer_id=customer_id, reason=reason))
    assert profile(bank.actor("张敏"), customer_id).state_reason == reason
    assert not any(each.allowed for each in queries.allowances(
        bank.actor("张敏"), customer_id).values())  # fmt: skip
    bank.done("张敏", ReviveCustomer(customer_id=customer_id, reason="已更新证件"), "李强")
    assert queries.active(bank.actor("张敏"), customer_id).number
    bank.done("张敏", CloseCustomer(customer_id=customer_id, reason="客户申请销户"), "李强")
    for command in (
        change(customer_id, phone="13900139000"),
        SuspendCustomer(customer_id=customer_id, reason=reason),
        ReviveCustomer(customer_id=customer_id, reason=reason),
        CloseCustomer(customer_id=customer_id, reason=reason),
    ):
        assert bank.do("张敏", command).refused


def test_other_branches_change_nothing(bank: Bank) -> None:
    customer_id = opened(bank)
    assert code(bank.do("陈立", SuspendCustomer(customer_id=customer_id, reason="无关"))) == (
        "not_found"
    )


@pytest.mark.parametrize("statement", ["UPDATE {} SET by_name = ''", "DELETE FROM {}"])
def test_what_was_changed_is_never_unsaid(
    bank: Bank, owner: psycopg.Connection, statement: str
) -> None:
    bank.done("张敏", change(opened(bank), phone="13900139000"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never allowed"):
        tamper(owner, statement.format("customers_change"))


def test_of_two_changes_the_second_starts_from_the_first(bank: Bank) -> None:
    customer_id = opened(bank)
    proof = customers.staged(bank)
    asked = bank.do("张敏", change(customer_id, name="欧阳雷", proof=proof))
    bank.done("张敏", change(customer_id, phone="13900139000"))
    assert code(bank.approve(asked.request_id, "李强")) == "done"
    row = profile(bank.actor("张敏"), customer_id)
    assert (row.brief.name, row.values[Item.PHONE].zh) == ("欧阳雷", "139****9000")
    assert person().name == "欧阳雪"
