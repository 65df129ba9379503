"""The counter's work on transfers, step by step."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tests.bank.verbs import Bank

from yinxin.gate.door import Outcome
from yinxin.kernel.actor import Channel
from yinxin.ledger.models import Account
from yinxin.ledger.tests.accounts import cny, funded
from yinxin.transfers import jobs
from yinxin.transfers.commands import (
    ReceiveTransfer,
    RejectTransfer,
    ReleaseTransfer,
    SubmitTransfer,
)
from yinxin.transfers.models import Transfer

REASON = "已电话核实"


@dataclass
class Desk:
    """张敏 at work for a customer whose account holds 2,000,000 CNY.

    Instructions come by API, so that no page is needed unless a test brings one.
    """

    bank: Bank
    account: Account
    nostro: Account

    @classmethod
    def of(cls, bank: Bank) -> "Desk":
        account, nostro = funded(bank, 2_000_000)
        return cls(bank, account, nostro)

    def receive(
        self, amount: int = 1000, channel: Channel = Channel.API, **changed: Any
    ) -> Outcome:
        command = {
            "account_id": self.account.id,
            "payee_name": "王秀英",
            "payee_account": "6222020000000000018",
            "payee_bank": "工商银行海淀支行",
            "money": cny(amount),
            "purpose": "货款",
            "instruction_number": "10012345",
            "issued_on": date(2026, 1, 5),
        }
        actor = self.bank.actor("张敏", channel)
        return self.bank.do(actor, ReceiveTransfer(**(command | changed)))

    def received(self, amount: int = 1000, **changed: Any) -> Transfer:
        outcome = self.receive(amount, **changed)
        assert outcome.status == "done", outcome
        return Transfer.objects.latest("number")

    def checked(self, amount: int = 1000, **changed: Any) -> Transfer:
        transfer = self.received(amount, **changed)
        jobs.check(transfer_id=str(transfer.id))
        transfer.refresh_from_db()
        return transfer

    def submit(self, transfer: Transfer, override_reason: str = REASON) -> Outcome:
        return self.bank.do(
            "张敏", SubmitTransfer(transfer_id=transfer.id, override_reason=override_reason)
        )

    def submitted(self, amount: int = 1000, **changed: Any) -> Transfer:
        transfer = self.checked(amount, **changed)
        outcome = self.submit(transfer)
        assert outcome.status == "done", outcome
        transfer.refresh_from_db()
        return transfer

    def release(self, transfer: Transfer, key: str | None = None) -> Outcome:
        return self.bank.do("张敏", ReleaseTransfer(transfer_id=transfer.id), key)

    def released(self, amount: int = 1000, **changed: Any) -> Transfer:
        transfer = self.submitted(amount, **changed)
        self.bank.done("张敏", ReleaseTransfer(transfer_id=transfer.id), "李强")
        transfer.refresh_from_db()
        return transfer

    def reject(self, transfer: Transfer, *checks: str, who: str = "张敏") -> Outcome:
        command = RejectTransfer(transfer_id=transfer.id, checks=checks, reason="客户要求退票")
        return self.bank.do(who, command)

    def funds(self) -> tuple[int, int]:
        """Balance and held."""
        self.account.refresh_from_db()
        return int(self.account.balance), int(self.account.held)


def state(transfer_id: UUID) -> str:
    return Transfer.objects.get(id=transfer_id).state
