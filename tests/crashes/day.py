"""Clerks at work over HTTP, who send again what was not answered and note what was."""

import itertools
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import date
from threading import Event, Thread

from stdnum.cn import uscc

from tests.bank.caller import Answer, NoAnswer

from .house import House

PAID_IN, PAID_OUT = 300, 100
GIVE_UP_AFTER_S = 120.0
PAUSE_S = 0.05  # after an answer, and before sending the same again


@dataclass(frozen=True)
class Acknowledged:
    """What the bank said it did: `code` is the refusal, or `done`."""

    key: str
    command: str
    code: str
    execution_id: str | None


@dataclass
class Clerk:
    """One who takes in customers, money and instructions, and pays what was checked."""

    house: House
    number: int
    home_time: Event
    acknowledged: list[Acknowledged] = field(default_factory=list)
    wrong: Exception | None = None
    answered_since: float = 0.0  # when the last command that was answered was first sent

    def __post_init__(self) -> None:
        self._account = self.house.accounts[self.number]
        self._count = itertools.count()
        self._received: deque[str] = deque()
        self._thread = Thread(target=self._work, name=f"clerk {self.number}")

    def start(self) -> None:
        self._thread.start()

    def leave(self) -> None:
        """After home time: the command at hand is still brought to its answer."""
        self._thread.join()
        if self.wrong:
            raise self.wrong

    def _work(self) -> None:
        try:
            while not self.home_time.is_set():
                self._register()
                self._pay_in()
                self._receive()
                if len(self._received) > 1:
                    self._pay_out(self._received.popleft())
        except Exception as error:
            self.wrong = error

    def _register(self) -> None:
        body = f"911101{self.number:02}MA{next(self._count) % 10**7:07}"
        self._send(
            "customers.register",
            {
                "kind": "organisation",
                "name": "清河商贸有限公司",
                "document_type": "uscc",
                "document_number": body + uscc.calc_check_digit(body),
                "phone": "010-65550100",
                "address": "北京市海淀区清河路 1 号",
            },
        )

    def _pay_in(self) -> None:
        reference = self._key("IN")
        self._send(
            "ledger.pay_in",
            {
                "account_id": self._account,
                "own_account_id": self.house.own,
                "money": _cny(PAID_IN),
                "payer": "周宁",
                "reference": reference,
            },
            reference,
        )

    def _receive(self) -> None:
        instruction = self._key("TR")
        self._send(
            "transfers.receive",
            {
                "account_id": self._account,
                "payee_name": "王秀英",
                "payee_account": "6222020000000000018",
                "payee_bank": "工商银行海淀支行",
                "money": _cny(PAID_OUT),
                "purpose": "货款",
                "instruction_number": instruction,
                "issued_on": f"{date(2026, 1, 5)}",
            },
            instruction,
        )
        self._received.append(instruction)

    def _pay_out(self, instruction: str) -> None:
        """Submit and release; what is not checked yet is tried again later."""
        ((transfer_id,),) = self.house.rows(
            "SELECT id FROM transfers_transfer WHERE instruction_number = %s", instruction
        )
        transfer = {"transfer_id": str(transfer_id)}
        answer = self._send("transfers.submit", transfer | {"override_reason": "已电话核实"})
        if answer.code == "done":
            self._send("transfers.release", transfer)
        else:
            self._received.append(instruction)

    def _send(self, command: str, body: object, key: str = "") -> Answer:
        key = key or self._key(command)
        began = time.time()
        while True:
            answer = self._try(command, body, key)
            if answer:
                self.acknowledged.append(
                    Acknowledged(key, command, answer.code, answer.body.get("execution_id"))
                )
                self.answered_since = began
            elif time.time() > began + GIVE_UP_AFTER_S:
                raise TimeoutError(f"{command} {key} is not answered")
            time.sleep(PAUSE_S)
            if answer:
                return answer

    def _try(self, command: str, body: object, key: str) -> Answer | None:
        """The answer, None where it was lost or is the apology of a house in trouble."""
        try:
            answer = self.house.caller.send(command, body, key)
        except NoAnswer:
            return None
        if answer.status >= 500:
            return None
        if answer.status not in (200, 409):
            raise AssertionError(f"{command}: {answer}")
        return answer

    def _key(self, what: str) -> str:
        return f"{what}-{self.number}-{next(self._count):06}"


def _cny(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "CNY"}
