from datetime import date
from decimal import Decimal

from yinxin.kernel.fact import Fact, Volatile
from yinxin.kernel.text import Text

from .rules import (
    ACTION_TITLES,
    CAUSE_TITLES,
    COPY_TITLES,
    KIND_TITLES,
    VERDICT_TITLES,
    Action,
    Cause,
    Copy,
    Kind,
    Verdict,
)


class SealEntered(Fact):
    """`imprints` is how many imprints passed the quality gate and made the specimen."""

    number: Volatile[str]
    account_number: str
    kind: Kind
    name: str
    width_mm: Decimal
    height_mm: Decimal
    version: int = 1
    imprints: int = 1

    def sentence(self) -> Text:
        kind = KIND_TITLES[self.kind]
        return Text(
            f"印鉴卡 {self.number}（账户 {self.account_number}）录入{kind.zh}“{self.name}”"
            f"第 {self.version} 版，{self.imprints} 枚印文质量合格，"
            f"{self.width_mm}×{self.height_mm} 毫米，待另一人核对",
            f"{kind.en} “{self.name}” version {self.version}, {self.width_mm} × {self.height_mm} "
            f"mm, of {self.imprints} imprint(s) good enough, was entered on card {self.number} of "
            f"account {self.account_number}; somebody else must check it",
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
            f"印鉴卡 {self.number} 恢复使用，事由：{self.reason}",
            f"Seal card {self.number} may be used again: {self.reason}",
        )


class SealApplied(Fact):
    number: Volatile[str]
    action: Action
    cause: Cause
    about: str
    applicant: str

    def sentence(self) -> Text:
        action, cause = ACTION_TITLES[self.action], CAUSE_TITLES[self.cause]
        return Text(
            f"受理印鉴{action.zh}申请 {self.number}（{self.about}），申请人 {self.applicant}，"
            f"原因：{cause.zh}，待另一人审核",
            f"{self.applicant} applied for {action.en.lower()} ({self.number}, {self.about}): "
            f"{cause.en.lower()}; somebody else must review it",
        )


class LossReported(Fact):
    number: str
    seal: str
    applicant: str

    def sentence(self) -> Text:
        return Text(
            f"{self.applicant} 挂失印鉴卡 {self.number} 的“{self.seal}”，该卡即时停止使用",
            f"{self.applicant} reported “{self.seal}” of card {self.number} lost; the card stopped "
            "at once",
        )


class ApplicationReviewed(Fact):
    number: str
    accepted: bool
    opinion: str

    def sentence(self) -> Text:
        zh, en = ("同意受理", "was accepted") if self.accepted else ("审核未通过", "was refused")
        return Text(
            f"印鉴业务申请 {self.number} {zh}：{self.opinion}",
            f"Seal application {self.number} {en}: {self.opinion}",
        )


class SealsCancelled(Fact):
    """`seal` is blank where the whole card ended."""

    number: str
    seal: str
    ended_on: date
    reason: str

    def sentence(self) -> Text:
        zh, en = f"的“{self.seal}”" if self.seal else "", f"“{self.seal}” of " if self.seal else ""
        return Text(
            f"印鉴卡 {self.number} {zh}自 {self.ended_on} 起注销，事由：{self.reason}",
            f"{en}seal card {self.number} was cancelled from {self.ended_on}: {self.reason}",
        )


class CardDestroyed(Fact):
    number: str
    copies: int
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"印鉴卡 {self.number} 及其 {self.copies} 联由两人销毁，事由：{self.reason}",
            f"Seal card {self.number} and its {self.copies} copies were destroyed by two persons: "
            f"{self.reason}",
        )


class CardShared(Fact):
    number: str
    account_number: str
    from_on: date

    def sentence(self) -> Text:
        return Text(
            f"账户 {self.account_number} 自 {self.from_on} 起共用印鉴卡 {self.number}",
            f"Account {self.account_number} follows seal card {self.number} from {self.from_on}",
        )


class CardUnshared(Fact):
    number: str
    account_number: str
    to_on: date
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"账户 {self.account_number} 自 {self.to_on} 起不再共用印鉴卡 {self.number}，"
            f"事由：{self.reason}",
            f"From {self.to_on} account {self.account_number} no longer follows seal card "
            f"{self.number}: {self.reason}",
        )


class CombinationSet(Fact):
    number: str
    rule: Text
    instrument: str
    currency: str
    from_amount: Decimal
    from_on: date

    def sentence(self) -> Text:
        conditions = " ".join(
            each
            for each in (
                self.instrument,
                self.currency,
                f"≥ {self.from_amount:,}" if self.from_amount else "",
            )
            if each
        )
        return Text(
            f"印鉴卡 {self.number} 自 {self.from_on} 起用印组合（{conditions or '全部业务'}）："
            f"{self.rule.zh}",
            f"From {self.from_on} card {self.number} needs ({conditions or 'any item'}): "
            f"{self.rule.en}",
        )


class CopyIssued(Fact):
    number: str
    kind: Copy
    ordinal: int
    kept_at: str

    def sentence(self) -> Text:
        kind = COPY_TITLES[self.kind]
        return Text(
            f"印鉴卡 {self.number} {kind.zh}第 {self.ordinal} 联存放于 {self.kept_at}",
            f"{kind.en} {self.ordinal} of card {self.number} is kept at {self.kept_at}",
        )


class SealsExamined(Fact):
    """`item` is the number of what bears the imprints, `card` blank where none was in force."""

    item: str
    card: str
    verdict: Verdict
    reasons: tuple[Text, ...]
    warnings: Volatile[tuple[Text, ...]] = ()

    def sentence(self) -> Text:
        title = VERDICT_TITLES[self.verdict]
        zh, en = f"{self.item} 验印：{title.zh}", f"Seals on {self.item}: {title.en.lower()}"
        if self.reasons:
            zh += f"（{'；'.join(each.zh.rstrip('。') for each in self.reasons)}）"
            en += f" ({'; '.join(each.en.rstrip('.') for each in self.reasons)})"
        if self.warnings:
            zh += f"；预警：{'；'.join(each.zh for each in self.warnings)}"
            en += f"; warnings: {'; '.join(each.en for each in self.warnings)}"
        return Text(zh, en)


class VerificationRepeated(Fact):
    item: str
    before: Verdict
    engine_before: str
    verdict: Verdict
    engine: str

    def sentence(self) -> Text:
        old, new = VERDICT_TITLES[self.before], VERDICT_TITLES[self.verdict]
        same = self.before == self.verdict
        return Text(
            f"{self.item} 重新验印：{new.zh}（{self.engine}），原结论{old.zh}"
            f"（{self.engine_before}），{'一致' if same else '不一致'}",
            f"Seals on {self.item} run again: {new.en.lower()} ({self.engine}); before "
            f"{old.en.lower()} ({self.engine_before}), {'the same' if same else 'not the same'}",
        )


class SealsCompared(Fact):
    item: str
    verdict: Verdict
    remark: str

    def sentence(self) -> Text:
        title = VERDICT_TITLES[self.verdict]
        return Text(
            f"{self.item} 人工比对：{title.zh}，依据：{self.remark}，待另一人复核",
            f"Seals on {self.item} compared by eye: {title.en.lower()} ({self.remark}); somebody "
            "else must confirm it",
        )


class ComparisonConfirmed(Fact):
    item: str
    verdict: Verdict
    agrees: bool
    remark: str

    def sentence(self) -> Text:
        title = VERDICT_TITLES[self.verdict]
        zh, en = ("同意", "confirmed") if self.agrees else ("不同意", "not confirmed")
        said = f"：{self.remark}" if self.remark else ""
        return Text(
            f"{self.item} 人工比对结论“{title.zh}”复核{zh}{said}",
            f"The comparison of {self.item}, {title.en.lower()}, was {en}{said}",
        )


class ReturnNoticeIssued(Fact):
    number: Volatile[str]
    item: str
    reasons: tuple[Text, ...]

    def sentence(self) -> Text:
        return Text(
            f"{self.item} 出具退票理由书 {self.number}："
            f"{'；'.join(each.zh for each in self.reasons)}",
            f"Return notice {self.number} was issued for {self.item}: "
            f"{'; '.join(each.en for each in self.reasons)}",
        )


class ReturnReasonSet(Fact):
    code: str
    meaning: Text
    in_use: bool

    def sentence(self) -> Text:
        zh, en = ("启用", "in use") if self.in_use else ("停用", "out of use")
        return Text(
            f"退票理由 {self.code}“{self.meaning.zh}”{zh}",
            f"Reason for return {self.code} “{self.meaning.en}” is {en}",
        )


class ThresholdSet(Fact):
    currency: str
    from_amount: Decimal
    score: Decimal

    def sentence(self) -> Text:
        band = f"{self.currency} {self.from_amount:,}"
        return Text(
            f"{band} 起印鉴自动通过的最低得分设为 {self.score}",
            f"From {band} an imprint passes by itself with {self.score} or more",
        )
