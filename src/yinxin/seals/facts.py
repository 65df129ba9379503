from datetime import date
from decimal import Decimal

from yinxin.kernel.fact import Fact, Volatile
from yinxin.kernel.text import Text

from .rules import KIND_TITLES, VERDICT_TITLES, Kind, Verdict


class SealEntered(Fact):
    number: Volatile[str]
    account_number: str
    kind: Kind
    name: str
    width_mm: Decimal
    height_mm: Decimal

    def sentence(self) -> Text:
        kind = KIND_TITLES[self.kind]
        return Text(
            f"印鉴卡 {self.number}（账户 {self.account_number}）录入{kind.zh}“{self.name}”，"
            f"{self.width_mm}×{self.height_mm} 毫米，待另一人核对",
            f"{kind.en} “{self.name}”, {self.width_mm} × {self.height_mm} mm, was entered on card "
            f"{self.number} of account {self.account_number}; somebody else must check it",
        )


class SealsChecked(Fact):
    number: str
    account_number: str
    effective_on: date

    def sentence(self) -> Text:
        return Text(
            f"印鉴卡 {self.number} 核对相符，自 {self.effective_on} 起启用",
            f"The seals of card {self.number} were checked and found the same; the card is in "
            f"force from {self.effective_on}",
        )


class SealCheckDiffered(Fact):
    """The card stays as it was."""

    number: str
    account_number: str
    differences: tuple[Text, ...]

    def sentence(self) -> Text:
        return Text(
            f"印鉴卡 {self.number} 核对未通过：{'；'.join(each.zh for each in self.differences)}",
            f"The seals of card {self.number} did not agree: "
            f"{'; '.join(each.en for each in self.differences)}",
        )


class CardFrozen(Fact):
    number: str
    account_number: str
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"印鉴卡 {self.number} 冻结，事由：{self.reason}",
            f"Seal card {self.number} was frozen: {self.reason}",
        )


class CardUnfrozen(Fact):
    number: str
    account_number: str
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"印鉴卡 {self.number} 解冻，事由：{self.reason}",
            f"Seal card {self.number} was unfrozen: {self.reason}",
        )


class SealsExamined(Fact):
    """`item` is the number of what bears the imprints, `card` blank where none was in force."""

    item: str
    card: str
    verdict: Verdict
    reasons: tuple[Text, ...]

    def sentence(self) -> Text:
        title = VERDICT_TITLES[self.verdict]
        zh, en = f"{self.item} 验印：{title.zh}", f"Seals on {self.item}: {title.en.lower()}"
        if self.reasons:
            zh += f"（{'；'.join(each.zh.rstrip('。') for each in self.reasons)}）"
            en += f" ({'; '.join(each.en.rstrip('.') for each in self.reasons)})"
        return Text(zh, en)
