from datetime import date

from yinxin.kernel.fact import Fact, Volatile
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text


class StatementImported(Fact):
    """`file_digest` is the vault's keyed digest of the file's bytes."""

    number: Volatile[str]
    account: str
    bank_id: str
    bank_account: str
    from_on: date
    to_on: date
    lines: int
    opening: Money
    closing: Money
    file_digest: str

    def sentence(self) -> Text:
        return Text(
            f"账户 {self.account} 导入对账单 {self.number}（他行编号 {self.bank_id}，账号 "
            f"{self.bank_account}），{self.from_on} 至 {self.to_on}，{self.lines} 笔，"
            f"期初 {self.opening}，期末 {self.closing}",
            f"Statement {self.number} of account {self.account} was imported (the bank's "
            f"{self.bank_id} of its account {self.bank_account}): {self.from_on} to "
            f"{self.to_on}, {self.lines} lines, from {self.opening} to {self.closing}",
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
    closing: Money
    matched: int
    open_items: int

    def sentence(self) -> Text:
        return Text(
            f"对账单 {self.number} 签核：期末 {self.closing}，勾对 {self.matched} 笔，"
            f"未达账项 {self.open_items} 笔均已说明",
            f"Statement {self.number} was signed off at {self.closing}: {self.matched} lines "
            f"matched, {self.open_items} open items explained",
        )
