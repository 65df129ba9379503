"""One day of 清河银行: three sealed instructions, and what becomes of each."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from tests.bank.founding import found

from yinxin.evidence import queries as evidence
from yinxin.gate.door import Outcome
from yinxin.kernel.money import Money
from yinxin.ledger.models import Account
from yinxin.people.queries import bank_today
from yinxin.transfers.commands import RejectTransfer, ReleaseTransfer, SubmitTransfer
from yinxin.transfers.models import Transfer
from yinxin.transfers.rules import CHECK_NAMES, STATE_NAMES
from yinxin.web import terminal

from . import people, scenes, settling

PATIENCE_S = 60


def run() -> int:
    started = time.monotonic()
    with _working("worker"), _working("sequencer"):
        return _run(started)


def _run(started: float) -> int:
    say(
        "建立清河银行：机构、网点、员工与岗位", "Founding Qinghe Bank: institution, branches, staff"
    )
    bank = found()
    say("员工首次登录：修改口令，绑定动态口令", "First sign-on: new passwords, second factors")
    people.sign_on_first()

    say("两位客户开户，建立预留印鉴（双人）", "Two customers open accounts and register seals")
    own = scenes.nostro(bank)
    qinghe = scenes.company(bank, "清河商贸有限公司", "01234567"[:7])
    beiling = scenes.company(bank, "北岭机械有限公司", "07654321"[:7])
    show(scenes.register_seal(bank, qinghe, seed=11))
    show(scenes.register_seal(bank, beiling, seed=31))
    scenes.pay_in(bank, qinghe, own, Money("500000.00", "CNY"), "RM20260105001")

    say("三张盖章的转账委托书上柜", "Three sealed instructions come over the counter")
    today = bank_today()
    amounts = [Money(amount, "CNY") for amount in ("88000.00", "36500.00", "120000.00")]
    first, second, third = (
        scenes.receive(bank, qinghe, sealed_by, money, f"0001{n}", today, seed=50 + n)
        for n, (sealed_by, money) in enumerate(zip((qinghe, beiling, qinghe), amounts, strict=True))
    )
    for transfer_id in (first, second, third):
        tell(_checked(transfer_id))

    say("第一笔：印鉴相符，两级审批后付款", "First: the seal agrees; two levels approve; paid")
    bank.done("张敏", SubmitTransfer(transfer_id=first))
    released = bank.do("张敏", ReleaseTransfer(transfer_id=first))
    show(bank.approve(released.request_id, "李强"))
    show(bank.approve(released.request_id, "王芳"))

    say("第二笔：盖的是另一客户的印章，退票", "Second: another customer's seal; sent back")
    show(bank.done("张敏", RejectTransfer(transfer_id=second, checks=("seal",), reason="印鉴不符")))

    say("第三笔：复核通过，主管拒绝，解除冻结并退票", "Third: the second approver says no")
    bank.done("张敏", SubmitTransfer(transfer_id=third))
    asked = bank.do("张敏", ReleaseTransfer(transfer_id=third))
    show(bank.approve(asked.request_id, "李强"))
    show(bank.reject(asked.request_id, "王芳", "用途与合同不符"))
    show(bank.done("张敏", RejectTransfer(transfer_id=third, reason="主管拒绝：用途与合同不符")))

    say("收到他行对账单（camt.053），逐笔对账", "The other bank's statement arrives and is matched")
    show(settling.reconcile(bank, own, Transfer.objects.get(id=first), today))

    say("核验日志", "Verifying the log")
    _sequenced()
    code = terminal.verify_evidence()
    _report((first, second, third), qinghe.account_id, time.monotonic() - started)
    return code


def say(zh: str, en: str) -> None:
    print(f"\n■ {zh}\n  {en}", flush=True)


def tell(transfer: Transfer) -> None:
    print(f"  {transfer.number}  {_in_words(transfer)}", flush=True)
    results = {result.name: result for result in transfer.checks.all()}
    for name, title in CHECK_NAMES.items():
        mark = {"passed": "✓", "attention": "!", "failed": "✗"}[results[name].verdict]
        print(f"    {mark} {title.zh}：{results[name].zh}", flush=True)


def show(outcome: Outcome) -> None:
    for fact in outcome.facts:
        print(f"  {fact['zh']}", flush=True)


def _in_words(transfer: Transfer) -> str:
    return STATE_NAMES[Transfer.State(transfer.state)].zh


def _checked(transfer_id: UUID) -> Transfer:
    """Wait for the worker."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        transfer = Transfer.objects.get(id=transfer_id)
        if transfer.state != Transfer.State.RECEIVED:
            return transfer
        time.sleep(0.2)
    raise TimeoutError("the worker has not checked the transfer")


def _sequenced() -> None:
    deadline = time.monotonic() + PATIENCE_S
    while evidence.waiting():
        if time.monotonic() > deadline:
            raise TimeoutError("the sequencer has not emptied the outbox")
        time.sleep(0.2)


def _report(transfers: tuple[UUID, ...], account_id: UUID, seconds: float) -> None:
    say("结果", "What happened")
    for transfer in Transfer.objects.filter(id__in=transfers).order_by("id"):
        amount = Money(transfer.amount, transfer.currency)
        print(f"  {transfer.number}  {amount}  {_in_words(transfer)}")
    account = Account.objects.get(id=account_id)
    balance, held = (Money(each, account.currency) for each in (account.balance, account.held))
    print(f"  账户余额 balance {balance}，冻结 held {held}")
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
