"""What the pages show, and what they keep to themselves."""

import pytest
from tests.bank.verbs import Bank

from yinxin.customers import views
from yinxin.customers.commands import RevealNumber
from yinxin.kernel.refusals import Refused

from .pages import page
from .test_customers import COMPANY, NUMBER, person, registered


def test_the_list_shows_names_and_no_document_numbers(bank: Bank) -> None:
    registered(bank)
    bank.done("张敏", COMPANY)
    shown = page(bank, "李强", views.customers)
    assert "欧阳雪" in shown
    assert "清河商贸有限公司" in shown
    assert NUMBER not in shown
    assert "欧阳雪" not in page(bank, "陈立", views.customers)


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=oyx", True), ("q=1233", True), ("q=远山", False), ("state=active", False)],
)
def test_the_list_is_searched(bank: Bank, query: str, found: bool) -> None:
    registered(bank)
    assert ("欧阳雪" in page(bank, "李强", views.customers, f"/customers/?{query}")) is found


def test_the_page_of_a_customer(bank: Bank) -> None:
    customer_id = registered(bank)
    clerk, auditor = (page(bank, who, views.customer, id=customer_id) for who in ("张敏", "周洁"))
    for shown in (clerk, auditor):
        assert "110***********1233" in shown
        assert NUMBER not in shown
        assert "和平路" in shown
        assert "登记个人客户" in shown  # the trail
    assert "/do/1002/" in clerk
    assert "/do/1002/" not in auditor
    bank.done("周洁", RevealNumber(customer_id=customer_id, reason="抽查证件"))
    assert NUMBER in page(bank, "周洁", views.customer, id=customer_id)
    assert NUMBER not in page(bank, "张敏", views.customer, id=customer_id)


def test_another_branch_has_no_page(bank: Bank) -> None:
    with pytest.raises(Refused, match="not_found"):
        page(bank, "陈立", views.customer, id=registered(bank))


def test_choices_are_named_in_words(bank: Bank) -> None:
    from yinxin.uikit.choices import offered

    bank.done("张敏", person())
    offers = offered("customers.open", bank.actor("张敏"))
    assert [text.zh.split()[1] for _, text in offers["customer_id"]] == ["欧阳雪"]
    kinds = offered("customers.register", bank.actor("张敏"))["kind"]
    assert kinds[0][0] == "person"
    assert kinds[0][1].zh == "个人"
