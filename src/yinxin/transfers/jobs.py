"""Checking what was received, outside the transaction that records the results."""

from yinxin.customers import queries as customers
from yinxin.gate import door
from yinxin.gate.jobs import job
from yinxin.gate.reading import reading
from yinxin.gate.registry import service
from yinxin.kernel.actor import Actor
from yinxin.kernel.money import Money
from yinxin.seals.commands import SealExamination
from yinxin.seals.verification import examine
from yinxin.vault import blobs

from . import queries, rules
from .commands import RecordChecks
from .models import Transfer
from .rules import CheckResult

CHECKER = service("transfers.checks", "自动核验")


@job("transfers.check")
def check(transfer_id: str) -> None:
    """Safe to repeat: a transfer that was checked already is left alone."""
    with reading():
        row = queries.transfers_for(CHECKER).filter(id=transfer_id).first()
        if row is None or row.state != Transfer.State.RECEIVED:
            return
        results = results_for(CHECKER, row)
    command = RecordChecks(transfer_id=row.id, results=results, examination=_examined(row))
    door.submit(command, CHECKER, f"checks/{row.id}")


def results_for(viewer: Actor, row: Transfer) -> tuple[CheckResult, ...]:
    """Every check but that of the seal."""
    payer = customers.brief(viewer, row.customer_id)
    money = Money(row.amount, row.currency)
    available = Money(row.account.balance - row.account.held, row.account.currency)
    return (
        rules.check_identity(payer.state, payer.number),
        rules.check_account(row.account.state, row.account.number),
        rules.check_balance(available, money),
        rules.check_amount(money, row.amount_in_words, has_page=row.page_id is not None),
        rules.check_duplicate(queries.similar_to(viewer, row)),
    )


def _examined(row: Transfer) -> SealExamination | None:
    if row.page_id is None:
        return None
    page = blobs.read(blobs.kept(row.page_id))
    found = examine(CHECKER, row.account_id, page, row.page_dpi, row.issued_on)
    return found.staged(CHECKER.id)
