from yinxin.kernel.fact import Fact, Volatile
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

from .rules import CheckName, CheckResult, Verdict, names_of


class TransferReceived(Fact):
    number: Volatile[str]
    account: str
    money: Money
    payee_name: str
    payee_account: str
    payee_bank: str
    purpose: str

    def sentence(self) -> Text:
        return Text(
            f"受理转账 {self.number}：账户 {self.account} 向{self.payee_name}付款 {self.money}",
            f"Transfer {self.number} received: {self.money} from {self.account} "
            f"to {self.payee_name}",
        )


class ChecksRecorded(Fact):
    number: str
    results: tuple[CheckResult, ...]

    def sentence(self) -> Text:
        failed = names_of(r.name for r in self.results if r.verdict is Verdict.FAILED)
        doubtful = names_of(r.name for r in self.results if r.verdict is Verdict.ATTENTION)
        parts = []
        if failed.zh:
            parts.append(Text(f"未通过：{failed.zh}", f"failed: {failed.en}"))
        if doubtful.zh:
            parts.append(Text(f"存疑：{doubtful.zh}", f"in doubt: {doubtful.en}"))
        zh = "；".join(part.zh for part in parts) or "全部通过"
        en = "; ".join(part.en for part in parts) or "all passed"
        return Text(
            f"转账 {self.number} 核验完成，{zh}", f"Transfer {self.number} was checked, {en}"
        )


class TransferSubmitted(Fact):
    number: str
    money: Money
    override_reason: str

    def sentence(self) -> Text:
        why_zh = f"，存疑核验的处理理由：{self.override_reason}" if self.override_reason else ""
        why_en = f"; despite doubts because: {self.override_reason}" if self.override_reason else ""
        return Text(
            f"转账 {self.number} 提交，冻结 {self.money}{why_zh}",
            f"Transfer {self.number} was submitted and {self.money} held{why_en}",
        )


class TransferReleased(Fact):
    number: str
    voucher: Volatile[str]
    account: str
    clearing_account: str
    money: Money
    payee_name: str
    payee_account: str
    payee_bank: str
    purpose: str
    in_doubt: tuple[CheckName, ...]
    override_reason: str

    def sentence(self) -> Text:
        doubts = names_of(self.in_doubt)
        why_zh = f"（{doubts.zh}存疑，理由：{self.override_reason}）" if self.in_doubt else ""
        why_en = f" ({doubts.en} in doubt: {self.override_reason})" if self.in_doubt else ""
        return Text(
            f"转账 {self.number} 付款：账户 {self.account} 向{self.payee_name}"
            f"（{self.payee_account}，{self.payee_bank}）付 {self.money}，"
            f"经清算户 {self.clearing_account}，凭证 {self.voucher}{why_zh}",
            f"Transfer {self.number} was released: {self.money} from {self.account} to "
            f"{self.payee_name} ({self.payee_account}, {self.payee_bank}) through "
            f"{self.clearing_account}, voucher {self.voucher}{why_en}",
        )


class TransferRejected(Fact):
    number: str
    checks: tuple[CheckName, ...]
    reason: str

    def sentence(self) -> Text:
        names = names_of(self.checks)
        return Text(
            f"转账 {self.number} 退票：" + "；".join(filter(None, [names.zh, self.reason])),
            f"Transfer {self.number} was rejected: "
            + "; ".join(filter(None, [names.en, self.reason])),
        )
