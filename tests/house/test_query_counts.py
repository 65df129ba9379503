"""Every list costs the same number of queries, however many rows it shows."""

from collections.abc import Iterator
from functools import partial

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.urls.resolvers import RoutePattern, URLPattern, URLResolver
from stdnum.iso7064 import mod_11_2

from tests.bank import imports
from tests.bank.verbs import Bank
from yinxin.customers.commands import ReportOnCustomer
from yinxin.customers.models import Report
from yinxin.customers.tests.pages import page
from yinxin.ledger.models import Account
from yinxin.people.queries import bank_today
from yinxin.seals.commands import ApplySeal
from yinxin.seals.models import SealCard
from yinxin.seals.tests import cards
from yinxin.vault import sealing

MANY, FEW = 20, 3


def lists() -> Iterator[tuple[str, URLPattern]]:
    """Every page of a domain whose address names no thing."""
    for found in get_resolver().url_patterns:
        if isinstance(found, URLResolver) and _of_domain(found):
            for each in found.url_patterns:
                if isinstance(each, URLPattern) and not each.pattern.converters:
                    yield f"{found.app_name}:{each.name}", each


def _of_domain(found: URLResolver) -> bool:
    return isinstance(found.pattern, RoutePattern) and found.app_name in (
        "customers", "seals", "ledger", "transfers", "reconciliation", "people",
    )  # fmt: skip


def _brought(bank: Bank, first: int, count: int, own: Account) -> None:
    customers, accounts, history = [], [], []
    for serial in range(first, first + count):
        body = f"11010119900307{serial:03}"
        number = body + mod_11_2.calc_check_digit(body)
        customers.append(
            imports.XUE.replace("A-1", f"A-{serial}").replace("110101199003071233", number)
        )
        accounts.append(f"A-{serial},621700000{serial:04},个人结算账户,工资,10,正常")
        history.append(
            f"621700000{serial:04},V{serial},I{serial},王秀英,6222020000000000018,工商银行,5,货款,"
            "2025-03-01,2025-03-01,跨行"
        )
    for asked in (
        partial(imports.customers, bank, imports.table(imports.CUSTOMERS, *customers)),
        partial(imports.accounts, bank, imports.table(imports.ACCOUNTS, *accounts), own),
        partial(imports.history, bank, imports.table(imports.HISTORY, *history)),
    ):
        imports.approved(bank, asked())
    for serial in range(first, first + min(count, FEW)):
        _told_of(bank, Account.objects.get(number=f"621700000{serial:04}"))


def _told_of(bank: Bank, account: Account) -> None:
    """What takes a command for each customer: a report, an application, a card."""
    of = {"customer_id": account.customer_id}
    happened = {"event": "litigation", "happened_on": bank_today(), "account": "法院立案执行"}
    bank.done("张敏", ReportOnCustomer(**of, **happened))
    wanted = {"action": "open", "cause": "new_account", "applicant": "王小明"}
    bank.done("张敏", ApplySeal(**of, **wanted, account_id=account.id))
    scan = cards.scan(cards.PERSON)
    bank.done("孙梅", cards.enter(bank, account.customer_id, account.id, scan))


def _cost(bank: Bank) -> dict[str, int]:
    costs = {}
    for name, found in lists():
        sealing._opened.clear()
        with CaptureQueriesContext(connection) as captured:
            page(bank, "王芳", found.callback)
        costs[name] = len(captured)
    return costs


def test_a_list_costs_the_same_however_long_it_is(bank: Bank) -> None:
    own = imports.transit(bank)
    _brought(bank, 1, 1, own)
    one = _cost(bank)
    _brought(bank, 2, MANY, own)
    assert _cost(bank) == one
    assert {"customers:customers", "ledger:accounts", "transfers:transfers"} <= set(one)
    assert (Report.objects.count(), SealCard.objects.count()) == (1 + FEW, 1 + FEW)
