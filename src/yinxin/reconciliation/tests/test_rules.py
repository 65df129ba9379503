"""Decisions about statements, one row a case."""

import pytest

from yinxin.kernel.refusals import Refused
from yinxin.reconciliation import rules

# accounts in the file | known as | which one, or the refusal
CHOICE = """
A      |   | A
A      | A | A
A B    | B | B
B      | A | statement_of_other_account
A B    |   | statements_several
A A    | A | statements_several
"""
# state | unexplained | refusal
SIGN_OFF = """
imported   | 0 | statement_not_matched
matched    | 2 | open_items_unexplained
matched    | 0 |
signed_off | 0 | statement_signed_off
"""


def cases(table: str) -> list[tuple[str, ...]]:
    return [tuple(map(str.strip, line.split("|"))) for line in table.strip().splitlines()]


@pytest.mark.parametrize(("accounts", "known", "answer"), cases(CHOICE))
def test_which_statement_of_a_file(accounts: str, known: str, answer: str) -> None:
    try:
        found = accounts.split()[rules.which_statement(accounts.split(), known)]
    except Refused as refused:
        found = refused.code
    assert found == answer


@pytest.mark.parametrize(("state", "unexplained", "answer"), cases(SIGN_OFF))
def test_when_a_statement_may_be_signed_off(state: str, unexplained: str, answer: str) -> None:
    found = ""
    try:
        rules.require_reconciled("RS1", state, int(unexplained))
    except Refused as refused:
        found = refused.code
    assert found == answer
