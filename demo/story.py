"""One business day of 清河银行, from the first customer to the closed books."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from tests.bank.founding import found
from tests.bank.verbs import Bank

from yinxin.evidence import queries as evidence
from yinxin.gate.door import Outcome
from yinxin.kernel.money import Money
from yinxin.ledger.commands import OpenOwnAccount, PayIn
from yinxin.ledger.models import Account
from yinxin.people.queries import bank_today
from yinxin.seals.commands import CompareSeals, ConfirmComparison
from yinxin.seals.models import Verification
from yinxin.transfers.commands import (
    PrintVoucher,
    RejectTransfer,
    ReleaseBatch,
    ReleaseTransfer,
    SubmitBatch,
    SubmitTransfer,
)
from yinxin.transfers.models import Batch, Transfer
from yinxin.transfers.rules import CHECK_NAMES, STATE_NAMES, CheckName
from yinxin.web import terminal

from . import customers, instructing, people, sealing, settling
from .customers import Customer
from .instructing import REFUSED_BY_MANAGER, Sealed
from .telling import say, show, tell

PATIENCE_S = 120
CALLS = 18
APPROVERS = ("李强", "王芳", people.SECOND_MANAGER.name)
FUNDS = {"清河": "3000000.00", "北岭": "500000.00", "南山": "300000.00", "东湖": "200000.00",
         "刘洋": "100000.00"}  # fmt: skip


def run() -> int:
    started = time.monotonic()
    with _working("worker"), _working("sequencer"):
        return _run(started)


def _run(started: float) -> int:
    say("建立清河银行：机构、网点、员工与岗位", "Founding Qinghe Bank")
    bank = found()
    people.hire_second_manager(bank)
    say("员工首次登录：修改口令，绑定动态口令", "First sign-on: new passwords, second factors")
    people.sign_on_first()

    say("六位客户申请开户：一位退回补正，一位不予开户", "Six customers: one sent back, one refused")
    present = customers.open_all(bank)
    own = _own_account(bank)
    for number, (name, amount) in enumerate(FUNDS.items(), start=1):
        _pay_in(bank, present[name], own, Money(Decimal(amount), "CNY"), f"RM{number:05d}")

    say("预留印鉴：一人录入，另一人用自己的扫描件核对", "Seals: one enters, another checks")
    companies = [each for each in present.values() if each.faces]
    for number, company in enumerate(companies):
        show(sealing.register(bank, company, seed=11 + 20 * number))
    say("南山物资的印章遗失，挂失即时生效", "A seal is lost; the card stops at once")
    show(sealing.lose(bank, present["南山"]))

    say("四十笔指令：柜面盖章凭证、接口、批量文件", "Forty instructions: pages, calls, a file")
    received = _receive(bank, present)
    say("自动核验", "What the checks found")
    for transfer_id in received.pages:
        _checked(Transfer, transfer_id)
        _tell(Transfer.objects.get(id=transfer_id))
    for transfer_id in received.calls:
        _checked(Transfer, transfer_id)
    _checked(Batch, received.batch)

    say("提交、逐级审批、付款或退票", "Submitted, approved level by level, paid or sent back")
    for transfer_id, page in received.pages.items():
        _carry(bank, transfer_id, page)
    for transfer_id in received.calls:
        _carry(bank, transfer_id)
    _carry_batch(bank, received.batch)

    say("打印凭证：第二次标明补打", "The voucher; its second print says so")
    first = PrintVoucher(transfer_id=next(iter(received.pages)))
    show(bank.done("张敏", first))
    show(bank.done("张敏", first))

    say("日切与试算平衡", "The day is closed with its trial balance")
    show(settling.close_day(bank))
    say("三种格式的对账单：camt.053、MT940、CSV", "Statements in three formats are reconciled")
    settling.reconcile(bank, own)

    say("核验日志", "Verifying the log")
    _until(lambda: not evidence.waiting(), "the sequencer has not emptied the outbox")
    code = terminal.verify_evidence()
    _report(time.monotonic() - started)
    return code


@dataclass(frozen=True)
class _Received:
    pages: dict[UUID, Sealed]
    calls: list[UUID]
    batch: UUID


def _receive(bank: Bank, present: dict[str, Customer]) -> _Received:
    today, pages = bank_today(), dict[UUID, Sealed]()
    for place, page in enumerate(instructing.pages(present)):
        outcome = instructing.receive(bank, page, place, today)
        tell(f"{page.payer.name} {page.amount}：{page.what}", outcome.status)
        if outcome.refused:
            show(outcome)
        else:
            pages[outcome.subjects[0].id] = page
    payers = [present[each] for each in ("清河", "北岭", "东湖", "刘洋")]
    calls = instructing.call(bank, payers, CALLS, today)
    batch = instructing.batch(bank, present["清河"], today)
    show(batch)
    return _Received(pages, calls, batch.subjects[0].id)


def _carry(bank: Bank, transfer_id: UUID, page: Sealed | None = None) -> None:
    """Submit what may be submitted, compare by eye what is in doubt, release or send back."""
    submit = SubmitTransfer(transfer_id=transfer_id, override_reason="已与客户电话核实")
    outcome = bank.do("张敏", submit)
    if outcome.refused and outcome.refused.code == "seals_not_compared":
        _compare(bank, transfer_id, bool(page and page.genuine))
        outcome = bank.do("张敏", submit)
    if outcome.refused:
        show(outcome)
        checks = Transfer.objects.get(id=transfer_id).checks
        failed = tuple(checks.filter(verdict="failed").values_list("name", flat=True))
        reason = outcome.refused.sentence.zh
        show(bank.done("张敏", RejectTransfer(
            transfer_id=transfer_id, checks=failed, reason=reason)))  # fmt: skip
        return
    asked = bank.do("张敏", ReleaseTransfer(transfer_id=transfer_id))
    if page and page.what == REFUSED_BY_MANAGER:
        bank.approve(asked.request_id, "李强")
        show(bank.reject(asked.request_id, "王芳", "用途与合同不符"))
        reject = RejectTransfer(transfer_id=transfer_id, reason="主管拒绝：用途与合同不符")
        show(bank.done("张敏", reject))
        return
    _approve(bank, asked, show_last=page is not None)


def _carry_batch(bank: Bank, batch_id: UUID) -> None:
    submitted = SubmitBatch(batch_id=batch_id, override_reason="工资代发，已核对名册")
    show(bank.done("张敏", submitted))
    _approve(bank, bank.do("张敏", ReleaseBatch(batch_id=batch_id)), show_last=True)


def _approve(bank: Bank, asked: Outcome, show_last: bool) -> None:
    """As many persons as the matrix asks for."""
    persons = sum(level.count for level in asked.levels)
    for approver in APPROVERS[:persons]:
        answer = bank.approve(asked.request_id, approver)
    if show_last:
        show(answer)


def _compare(bank: Bank, transfer_id: UUID, genuine: bool) -> None:
    latest = Verification.objects.filter(item_id=transfer_id).latest("id")
    seen = ("genuine", "折角比对一致") if genuine else ("forged", "折角比对，字形与边框不符")
    see = CompareSeals(verification_id=latest.id, verdict=seen[0], remark=seen[1])
    show(bank.done("张敏", see))
    show(bank.done("何静", ConfirmComparison(verification_id=latest.id, agrees=True)))


def _own_account(bank: Bank) -> Account:
    """The bank's account at another bank, through which payments leave and arrive."""
    command = OpenOwnAccount(
        kind="nostro", currency="CNY", title="存放同业清算户", bank="工商银行清算中心",
        bank_account=settling.THEIR_NUMBER,
    )  # fmt: skip
    bank.done("王芳", command, "李强")
    return Account.objects.get(kind="nostro")


def _pay_in(bank: Bank, to: Customer, own: Account, money: Money, reference: str) -> None:
    command = PayIn(
        account_id=to.account_id, own_account_id=own.id, money=money, payer="北方贸易集团",
        reference=reference,
    )  # fmt: skip
    bank.done("张敏", command, "李强")


def _tell(transfer: Transfer) -> None:
    amount = Money(transfer.amount, transfer.currency)
    print(f"  {transfer.number}  {amount}", flush=True)
    for check in transfer.checks.exclude(verdict="passed").order_by("id"):
        mark = {"attention": "!", "failed": "✗"}[check.verdict]
        print(f"    {mark} {CHECK_NAMES[CheckName(check.name)].zh}：{check.zh}", flush=True)


def _checked(model: type[Transfer] | type[Batch], row_id: UUID) -> None:
    """Wait for the worker."""
    waiting = model.objects.filter(id=row_id, state="received")
    _until(lambda: not waiting.exists(), "the worker has not checked what came in")


def _until(done: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(0.2)


def _report(seconds: float) -> None:
    say("结果", "What happened")
    states: Sequence[str] = list(Transfer.objects.values_list("state", flat=True))
    for state, count in Counter(states).most_common():
        print(f"  {STATE_NAMES[state].zh} {STATE_NAMES[state].en}: {count}")
    for account in Account.objects.order_by("number"):
        balance, held = (Money(each, account.currency) for each in (account.balance, account.held))
        print(f"  {account.number}  余额 balance {balance}  冻结 held {held}")
    print(f"  日志 log: {evidence.size()} 条 leaves；用时 {seconds:.0f} s")


@contextmanager
def _working(part: str) -> Iterator[None]:
    """The real process of this part, for as long as the story lasts."""
    process = subprocess.Popen([sys.executable, "-m", "yinxin", part], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)
