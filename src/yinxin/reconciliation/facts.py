from datetime import date

from yinxin.kernel.fact import Fact, Volatile
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

from .statements.banks import FORMATS

FREQUENCIES = {
    "daily": Text("每日", "daily"),
    "weekly": Text("每周", "weekly"),
    "monthly": Text("每月", "monthly"),
    "quarterly": Text("每季", "quarterly"),
}


class StatementImported(Fact):
    """`file_digest` is the vault's keyed digest of the file's bytes."""

    number: Volatile[str]
    account: str
    bank_id: str
    bank_account: str
    from_on: date
    to_on: date
    lines: int
    opening: Money | None
    closing: Money | None
    file_digest: str
    format: str = "camt053"
    left_out: int = 0

    def sentence(self) -> Text:
        name = FORMATS.get(self.format, Text(self.format, self.format))
        balances = Text("，文件未载明余额", ", which states no balances")
        if self.opening is not None and self.closing is not None:
            balances = Text(
                f"，期初 {self.opening}，期末 {self.closing}",
                f", from {self.opening} to {self.closing}",
            )
        aside = Text("", "")
        if self.left_out:
            aside = Text(
                f"（另有 {self.left_out} 笔未入账，不计）", f" ({self.left_out} more not booked)"
            )
        theirs = self.bank_account
        return Text(
            f"账户 {self.account} 导入对账单 {self.number}（识别为{name.zh}；他行编号 "
            f"{self.bank_id}，账号 {theirs or '未注明'}），{self.from_on} 至 {self.to_on}，"
            f"{self.lines} 笔{aside.zh}{balances.zh}",
            f"Statement {self.number} of account {self.account} was imported (recognised as "
            f"{name.en}; the bank's {self.bank_id} of its account {theirs or 'unnamed'}): "
            f"{self.from_on} to {self.to_on}, {self.lines} lines{aside.en}{balances.en}",
        )


class StatementMatched(Fact):
    """`matched` counts what this run matched, `open_lines` and `open_postings` what remains."""

    number: str
    matched: int
    open_lines: int
    open_postings: int

    def sentence(self) -> Text:
        return Text(
            f"对账单 {self.number} 本次勾对 {self.matched} 笔，未达：他行 {self.open_lines} 笔，"
            f"本行 {self.open_postings} 笔",
            f"{self.matched} lines of statement {self.number} were matched; open are "
            f"{self.open_lines} of its lines and {self.open_postings} of our postings",
        )


class OpenItemExplained(Fact):
    number: str
    booked_on: date
    money: Money
    explanation: str

    def sentence(self) -> Text:
        return Text(
            f"对账单 {self.number} 的未达账项（{self.booked_on}，{self.money}）说明："
            f"{self.explanation}",
            f"An open item of statement {self.number} ({self.booked_on}, {self.money}) was "
            f"explained: {self.explanation}",
        )


class StatementSignedOff(Fact):
    number: str
    closing: Money | None
    matched: int
    open_items: int

    def sentence(self) -> Text:
        closing = Text(f"期末 {self.closing}，", f" at {self.closing}")
        if self.closing is None:
            closing = Text("", "")
        return Text(
            f"对账单 {self.number} 签核：{closing.zh}勾对 {self.matched} 笔，"
            f"未达账项 {self.open_items} 笔均已说明",
            f"Statement {self.number} was signed off{closing.en}: {self.matched} lines "
            f"matched, {self.open_items} open items explained",
        )


class OpenItemAssigned(Fact):
    number: str
    booked_on: date
    money: Money
    owner: str

    def sentence(self) -> Text:
        return Text(
            f"对账单 {self.number} 的未达账项（{self.booked_on}，{self.money}）"
            f"由 {self.owner} 负责",
            f"{self.owner} follows up the open item of statement {self.number} "
            f"({self.booked_on}, {self.money})",
        )


class ContactRecorded(Fact):
    number: str
    booked_on: date
    money: Money
    asked_on: date
    asked: str
    answer: str

    def sentence(self) -> Text:
        answer = Text(f"答复：{self.answer}", f"who said: {self.answer}")
        if not self.answer:
            answer = Text("尚无答复", "no answer yet")
        return Text(
            f"{self.asked_on} 就对账单 {self.number} 的未达账项（{self.booked_on}，{self.money}）"
            f"联系 {self.asked}，{answer.zh}",
            f"{self.asked} was asked on {self.asked_on} about the open item of statement "
            f"{self.number} ({self.booked_on}, {self.money}); {answer.en}",
        )


class FeeAccepted(Fact):
    """The line and the posting are matched; nothing is posted."""

    number: str
    booked_on: date
    money: Money
    fee: Money
    reference: str

    def sentence(self) -> Text:
        return Text(
            f"对账单 {self.number} 的明细（{self.booked_on}，{self.money}）与分录 {self.reference} "
            f"勾对，差额 {self.fee} 认可为他行手续费，待记账",
            f"The line of statement {self.number} ({self.booked_on}, {self.money}) is posting "
            f"{self.reference} less the bank's fee of {self.fee}, which is to be booked",
        )


class OpenItemsMatched(Fact):
    """`money` is what the lines come to, `difference` how far the postings are from that."""

    number: str
    lines: int
    postings: int
    money: Money
    difference: Money
    references: tuple[str, ...]
    reason: str

    def sentence(self) -> Text:
        why = Text("", "")
        if self.difference.amount:
            why = Text(f"，相差 {self.difference}", f", {self.difference} apart")
        if self.reason:
            why = Text(f"{why.zh}，原因：{self.reason}", f"{why.en}, because: {self.reason}")
        named = "、".join(filter(None, self.references))
        return Text(
            f"对账单 {self.number} 手工勾对：明细 {self.lines} 笔共 {self.money}，"
            f"分录 {self.postings} 笔（{named}）{why.zh}",
            f"{self.lines} lines of statement {self.number}, {self.money}, were matched by hand "
            f"with {self.postings} postings ({named}){why.en}",
        )


class ReconciliationAgreed(Fact):
    account: str
    frequency: str
    first_due_on: date
    tolerance: str
    window_d: int

    def sentence(self) -> Text:
        how_often = FREQUENCIES[self.frequency]
        return Text(
            f"账户 {self.account} {how_often.zh}对账，下次到期 {self.first_due_on}，金额容差 "
            f"{self.tolerance}，日期容差 {self.window_d} 天",
            f"Account {self.account} is reconciled {how_often.en}, next due on "
            f"{self.first_due_on}; amounts may differ by {self.tolerance}, dates by "
            f"{self.window_d} days",
        )


class DueRunOpened(Fact):
    account: str
    due_on: date

    def sentence(self) -> Text:
        return Text(
            f"账户 {self.account} 的对账于 {self.due_on} 到期",
            f"The reconciliation of account {self.account} is due on {self.due_on}",
        )


class ReportPrinted(Fact):
    report: Volatile[str]
    number: str

    def sentence(self) -> Text:
        return Text(
            f"打印对账单 {self.number} 的对账报告 {self.report}",
            f"Report {self.report} of statement {self.number} was printed",
        )
