"""What the pages of transfers show, and to whom."""

import pytest
from tests.bank.kept import once
from tests.bank.verbs import Bank

from yinxin.customers.tests.pages import page
from yinxin.kernel.refusals import Refused
from yinxin.transfers import print_views, views
from yinxin.uikit.choices import offered

from .desk import REASON, Desk


@pytest.fixture
@once
def desk(bank: Bank) -> Desk:
    return Desk.of(bank)


def test_the_list_is_filtered_and_searched(desk: Desk) -> None:
    first, second = desk.received(), desk.submitted(instruction_number="2")
    shown = page(desk.bank, "张敏", views.transfers)
    for expected in (first.number, second.number, "刘洋", "王秀英", "1,000.00"):
        assert expected in shown
    assert first.number not in page(desk.bank, "张敏", views.transfers, "/?state=submitted")
    assert second.number not in page(desk.bank, "张敏", views.transfers, f"/?number={first.number}")
    assert first.number not in page(desk.bank, "陈立", views.transfers)


STAGES = {
    "received": ("已受理", {"4005"}),
    "checked": ("接口指令无凭证影像", {"4003", "4005"}),
    "submitted": (REASON, {"4004", "4005"}),
    "released": ("审批：李强", set()),
}


@pytest.mark.parametrize("stage", STAGES)
def test_the_page_at_each_step(desk: Desk, stage: str) -> None:
    expected, buttons = STAGES[stage]
    transfer = getattr(desk, stage)()
    shown = page(desk.bank, "张敏", views.transfer, id=transfer.id)
    assert expected in shown
    assert "王秀英" in shown
    codes = {"4003", "4004", "4005"}
    assert {code for code in codes if f"/do/{code}/?transfer_id={transfer.id}" in shown} == buttons


def test_the_reasons_of_a_rejection_are_shown(desk: Desk) -> None:
    transfer = desk.checked(amount_in_words="壹万元整")
    desk.reject(transfer, "amount")
    shown = page(desk.bank, "张敏", views.transfer, id=transfer.id)
    assert "大小写金额不一致，应为人民币壹仟元整" in shown
    assert "客户要求退票" in shown


def test_the_voucher_of_what_was_paid(desk: Desk) -> None:
    transfer = desk.released()
    shown = page(desk.bank, "张敏", print_views.voucher, id=transfer.id)
    for expected in (transfer.voucher, "人民币壹仟元整", "张敏", "李强", "王秀英", "<svg"):
        assert expected in shown
    with pytest.raises(Refused, match="not_found"):
        page(desk.bank, "张敏", print_views.voucher, id=desk.received(instruction_number="2").id)


def test_another_branch_has_no_page(desk: Desk) -> None:
    transfer = desk.received()
    with pytest.raises(Refused, match="not_found"):
        page(desk.bank, "陈立", views.transfer, id=transfer.id)


def test_forms_offer_what_their_step_allows(desk: Desk) -> None:
    first, second = desk.checked(), desk.submitted(instruction_number="2")
    clerk = desk.bank.actor("张敏")
    assert [id for id, _ in offered("transfers.submit", clerk)["transfer_id"]] == [str(first.id)]
    assert [id for id, _ in offered("transfers.release", clerk)["transfer_id"]] == [str(second.id)]
    offers = offered("transfers.reject", clerk)
    assert len(list(offers["transfer_id"])) == 2
    assert ("seal", "预留印鉴") in [(name, title.zh) for name, title in offers["checks"]]
