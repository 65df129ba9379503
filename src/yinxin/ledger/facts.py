from yinxin.kernel.fact import Fact, Volatile
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

KIND_NAMES = {
    "customer": Text("客户账户", "customer account"),
    "cash": Text("现金", "cash account"),
    "nostro": Text("存放同业", "nostro account"),
    "other": Text("其他内部账户", "other own account"),
}


class AccountOpened(Fact):
    number: Volatile[str]
    customer: str
    currency: str
    title: str

    def sentence(self) -> Text:
        return Text(
            f"为客户{self.customer}开立 {self.currency} 账户 {self.number}（{self.title}）",
            f"{self.currency} account {self.number} ({self.title}) opened for {self.customer}",
        )


class OwnAccountOpened(Fact):
    number: Volatile[str]
    kind: str
    currency: str
    title: str
    may_overdraw: bool

    def sentence(self) -> Text:
        kind = KIND_NAMES[self.kind]
        return Text(
            f"开立内部账户 {self.number}（{kind.zh}，{self.currency}，{self.title}）",
            f"Own account {self.number} opened ({kind.en}, {self.currency}, {self.title})",
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
