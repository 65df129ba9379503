"""Finding what to choose without JavaScript, and the address that htmx asks."""

import pytest
from django.urls import reverse

from tests.bank import imports
from tests.bank.cast import CAST
from tests.bank.verbs import Bank

from .clerk import signed_on


def test_a_button_finds_what_was_typed(bank: Bank) -> None:
    """Nothing is wrong yet with a form that is still being filled in, and nothing gets lost."""
    xue = imports.xue(bank)
    asked = {"step": "find", "customer_id.find": "oyx", "title": "货款结算"}
    answer = signed_on(CAST["张敏"].login).post(reverse("do", args=["2001"]), asked)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert f'<option value="{xue.id}"' in shown
    assert 'value="货款结算"' in shown
    assert "此项必填" not in shown


@pytest.mark.parametrize(
    ("code", "field"), [("9999", "customer_id"), ("2001", "title"), ("2001", "nature"),
                        ("0007", "levels.duties")],
)  # fmt: skip
def test_only_records_are_looked_for(bank: Bank, code: str, field: str) -> None:
    found = signed_on(CAST["张敏"].login).get(reverse("find", args=[code, field]))
    assert found.status_code == 404


def test_who_may_not_send_it_gets_no_form(bank: Bank) -> None:
    auditor = signed_on(CAST["周洁"].login)
    for address in (reverse("do", args=["2001"]), reverse("find", args=["2001", "customer_id"])):
        refused = auditor.get(address)
        assert refused.status_code == 403
        assert "岗位" in refused.content.decode()
