from datetime import date

from yinxin.kernel.fact import Fact, Volatile
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

from .rules import NATURE_NAMES, Nature, TrialRow

KIND_NAMES = {
    "customer": Text("客户账户", "customer account"),
    "cash": Text("现金", "cash account"),
    "nostro": Text("存放同业", "nostro account"),
    "other": Text("其他内部账户", "other own account"),
}


class AccountOpened(Fact):
    number: Volatile[str]
    customer: str
    nature: Nature
    currency: str
    title: str

    def sentence(self) -> Text:
        nature = NATURE_NAMES[self.nature]
        return Text(
            f"为客户{self.customer}开立 {self.currency} {nature.zh} {self.number}（{self.title}）",
            f"{self.currency} {nature.en} {self.number} ({self.title}) opened for {self.customer}",
        )


class OwnAccountOpened(Fact):
    number: Volatile[str]
    kind: str
    currency: str
    title: str
    bank: str
    bank_account: str
    may_overdraw: bool

    def sentence(self) -> Text:
        kind = KIND_NAMES[self.kind]
        where = " ".join(filter(None, [self.bank, self.bank_account]))
        zh, en = (f"，{where}", f", at {where}") if where else ("", "")
        return Text(
            f"开立内部账户 {self.number}（{kind.zh}，{self.currency}，{self.title}{zh}）",
            f"Own account {self.number} opened ({kind.en}, {self.currency}, {self.title}{en})",
        )


class PaidIn(Fact):
    account: str
    own_account: str
    money: Money
    payer: str
    reference: str

    def sentence(self) -> Text:
        return Text(
            f"{self.payer}来款 {self.money} 记入账户 {self.account}（流水号 {self.reference}）",
            f"{self.money} from {self.payer} was paid into {self.account} ({self.reference})",
        )


class AccountFrozen(Fact):
    number: str
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"账户 {self.number} 冻结：{self.reason}",
            f"Account {self.number} was frozen: {self.reason}",
        )


class AccountUnfrozen(Fact):
    number: str
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"账户 {self.number} 解冻：{self.reason}",
            f"Account {self.number} was unfrozen: {self.reason}",
        )


class CreditOnlySet(Fact):
    number: str
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"账户 {self.number} 设为只收不付：{self.reason}",
            f"Account {self.number} was set to credits only: {self.reason}",
        )


class CreditOnlyLifted(Fact):
    number: str
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"账户 {self.number} 解除只收不付：{self.reason}",
            f"Account {self.number} may pay out again: {self.reason}",
        )


class AccountClosed(Fact):
    number: str
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"账户 {self.number} 销户：{self.reason}",
            f"Account {self.number} was closed: {self.reason}",
        )


class MoneyHeld(Fact):
    account: str
    money: Money
    reference: str
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"账户 {self.account} 冻结 {self.money}（{self.reference}）：{self.reason}",
            f"{self.money} held on account {self.account} ({self.reference}): {self.reason}",
        )


class HeldMoneyReleased(Fact):
    account: str
    money: Money
    reference: str
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"账户 {self.account} 解除冻结 {self.money}（{self.reference}）：{self.reason}",
            f"{self.money} released on account {self.account} ({self.reference}): {self.reason}",
        )


class PostingReversed(Fact):
    reference: str
    debited: str
    credited: str
    money: Money
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"冲正 {self.reference}：借 {self.debited}，贷 {self.credited}，{self.money}。"
            f"事由：{self.reason}",
            f"{self.reference} was reversed: {self.money} from {self.debited} back to "
            f"{self.credited}: {self.reason}",
        )


class DayClosed(Fact):
    on: date
    next_on: date
    rows: tuple[TrialRow, ...]
    digest: str

    def sentence(self) -> Text:
        currencies = ", ".join(sorted({row.currency for row in self.rows})) or "—"
        return Text(
            f"营业日 {self.on} 日切，试算平衡（{currencies}），摘要 {self.digest[:16]}；"
            f"下一营业日 {self.next_on}",
            f"Business day {self.on} was closed in balance ({currencies}), digest "
            f"{self.digest[:16]}; the next is {self.next_on}",
        )


class StatementPrinted(Fact):
    number: Volatile[str]
    account: str
    since: date
    until: date
    opening: Money
    closing: Money

    def sentence(self) -> Text:
        return Text(
            f"打印账户 {self.account} 对账单 {self.number}（{self.since} 至 {self.until}），"
            f"期初 {self.opening}，期末 {self.closing}",
            f"Statement {self.number} of account {self.account} printed ({self.since} to "
            f"{self.until}): from {self.opening} to {self.closing}",
        )


class OutsideAccountRegistered(Fact):
    number: Volatile[str]
    customer: str
    bank: str
    account_number: str
    nature: Nature
    currency: str

    def sentence(self) -> Text:
        return Text(
            f"登记客户{self.customer}的行外账户 {self.number}：{self.bank}，"
            f"尾号 {self.account_number[-4:]}",
            f"Outside account {self.number} of {self.customer} registered: "
            f"at {self.bank}, ending in {self.account_number[-4:]}",
        )


class OutsideAccountClosed(Fact):
    number: str
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"注销行外账户 {self.number}：{self.reason}",
            f"Outside account {self.number} is no longer registered: {self.reason}",
        )


class AccountsImported(Fact):
    """`digest` is the keyed one of the file, which binds an approver to its content."""

    number: Volatile[str]
    own_account: str
    rows: int
    total: Money
    digest: str

    def sentence(self) -> Text:
        return Text(
            f"存量账户迁移 {self.number}：导入 {self.rows} 户，余额合计 {self.total}，"
            f"过渡户 {self.own_account}",
            f"Import {self.number} brought {self.rows} accounts with {self.total}, "
            f"against own account {self.own_account}",
        )
