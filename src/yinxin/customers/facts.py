from datetime import date, datetime
from decimal import Decimal

from yinxin.kernel.fact import Fact, Volatile
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

from .allowances import PRODUCT_TITLES, Product
from .documents import DocumentType
from .opening import ReadVerdict
from .particulars import ITEM_TITLES, Item, shown
from .parties import CRITERION_TITLES, ROLE_TITLES, SCOPE_TITLES, Criterion, Role, Scope
from .reports import EVENT_TITLES, Event
from .rules import (
    DOCUMENT_TITLES,
    KIND_TITLES,
    PAPER_TITLES,
    RATING_TITLES,
    STATE_TITLES,
    Kind,
    Paper,
    Rating,
    State,
)
from .scorecard import FACTOR_TITLES, Factor


def _titles(items: tuple[Item, ...]) -> Text:
    found = [ITEM_TITLES[item] for item in items]
    return Text("、".join(each.zh for each in found), ", ".join(each.en for each in found))


class CustomerRegistered(Fact):
    """`document_number` is masked: the full one is only in the sealed column."""

    number: Volatile[str]
    name: str
    kind: Kind
    document_type: DocumentType
    document_number: str

    def sentence(self) -> Text:
        kind, document = KIND_TITLES[self.kind], DOCUMENT_TITLES[self.document_type]
        return Text(
            f"登记{kind.zh}客户 {self.number} {self.name}，{document.zh} {self.document_number}",
            f"{kind.en} {self.name} was registered as customer {self.number}, "
            f"{document.en.lower()} {self.document_number}",
        )


class CustomerOpened(Fact):
    number: str
    name: str
    kind: Kind
    document_type: DocumentType
    document_number: str
    rating: Rating
    points: int
    reasons: tuple[Text, ...]

    def sentence(self) -> Text:
        document, rating = DOCUMENT_TITLES[self.document_type], RATING_TITLES[self.rating]
        return Text(
            f"客户 {self.number} {self.name}（{document.zh} {self.document_number}，"
            f"风险等级：{rating.zh}，{self.points} 分）实名开户",
            f"Customer {self.number} {self.name} ({document.en.lower()} {self.document_number}, "
            f"rating {rating.en.lower()}, {self.points} points) was opened",
        )


class CustomerDeclined(Fact):
    number: str
    name: str
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"客户 {self.number} {self.name} 不予开户：{self.reason}",
            f"Customer {self.number} {self.name} was declined: {self.reason}",
        )


class NumberRevealed(Fact):
    number: str
    reason: str
    until: Volatile[datetime]

    def sentence(self) -> Text:
        return Text(
            f"查看客户 {self.number} 的完整证件号码，事由：{self.reason}",
            f"The document number of customer {self.number} was revealed: {self.reason}",
        )


class DocumentAdded(Fact):
    number: str
    paper: Paper

    def sentence(self) -> Text:
        paper = PAPER_TITLES[self.paper]
        return Text(
            f"客户 {self.number} 留存影像：{paper.zh}",
            f"{paper.en} was filed for customer {self.number}",
        )


class DocumentShown(Fact):
    number: str
    paper: Paper
    reason: str
    until: Volatile[datetime]

    def sentence(self) -> Text:
        paper = PAPER_TITLES[self.paper]
        return Text(
            f"调阅客户 {self.number} 的影像“{paper.zh}”，事由：{self.reason}",
            f"{paper.en} of customer {self.number} was viewed: {self.reason}",
        )


class EntryRepeated(Fact):
    """双人录入: `differing` is empty where both entries agree."""

    number: str
    differing: tuple[Item, ...]

    def sentence(self) -> Text:
        if not self.differing:
            return Text(
                f"客户 {self.number} 双人录入一致",
                f"Customer {self.number} was entered a second time; both entries agree",
            )
        titles = _titles(self.differing)
        return Text(
            f"客户 {self.number} 双人录入有差异：{titles.zh}",
            f"Customer {self.number} was entered a second time; the entries differ in {titles.en}",
        )


class EntryResolved(Fact):
    number: str
    second_is_right: tuple[Item, ...]
    reason: str

    def sentence(self) -> Text:
        titles = _titles(self.second_is_right)
        return Text(
            f"客户 {self.number} 的录入差异已处理，"
            + (f"以第二次录入为准：{titles.zh}" if titles.zh else "以首次录入为准")
            + f"；{self.reason}",
            f"The entries for customer {self.number} were resolved"
            + (f", the second one right in {titles.en}" if titles.en else ", the first one right")
            + f": {self.reason}",
        )


class CustomerChanged(Fact):
    """Each changed item with what stood there before and stands there now, masked."""

    number: str
    changes: tuple[tuple[Item, str, str], ...]
    reason: str

    def sentence(self) -> Text:
        told = [
            (ITEM_TITLES[item], shown(item, before), shown(item, after))
            for item, before, after in self.changes
        ]
        return Text(
            f"客户 {self.number} 信息变更："
            + "；".join(f"{title.zh}由“{was.zh or '无'}”改为“{now.zh}”" for title, was, now in told)
            + f"。事由：{self.reason}",
            f"Customer {self.number} was changed: "
            + "; ".join(
                f"{title.en} from “{was.en or 'none'}” to “{now.en}”" for title, was, now in told
            )
            + f". Reason: {self.reason}",
        )


class PartyRecorded(Fact):
    number: str
    role: Role
    name: str
    criteria: tuple[Criterion, ...] = ()
    share: Decimal | None = None
    scope: tuple[Scope, ...] = ()
    begins_on: date
    ends_on: date | None = None

    def sentence(self) -> Text:
        role = ROLE_TITLES[self.role]
        more = [CRITERION_TITLES[each] for each in self.criteria]
        more += [SCOPE_TITLES[each] for each in self.scope]
        zh, en = "、".join(each.zh for each in more), ", ".join(each.en for each in more)
        share = f" {self.share}%" if self.share is not None else ""
        until_zh = f"至 {self.ends_on}" if self.ends_on else "起"
        until_en = f" to {self.ends_on}" if self.ends_on else ""
        return Text(
            f"客户 {self.number} 登记{role.zh} {self.name}"
            + (f"（{zh}{share}）" if zh else "")
            + f"，{self.begins_on} {until_zh}",
            f"{role.en} {self.name} was recorded for customer {self.number}"
            + (f" ({en}{share})" if en else "")
            + f", from {self.begins_on}{until_en}",
        )


class PartyEnded(Fact):
    number: str
    role: Role
    name: str
    ends_on: date
    reason: str

    def sentence(self) -> Text:
        role = ROLE_TITLES[self.role]
        return Text(
            f"客户 {self.number} 的{role.zh} {self.name} 自 {self.ends_on} 起终止：{self.reason}",
            f"{role.en} {self.name} of customer {self.number} ended on {self.ends_on}: "
            f"{self.reason}",
        )


class CustomerRated(Fact):
    """`manual` where somebody knew more than the scorecard."""

    number: str
    before: Rating
    rating: Rating
    points: int
    reasons: tuple[Text, ...]
    manual: bool

    def sentence(self) -> Text:
        before, rating = RATING_TITLES[self.before], RATING_TITLES[self.rating]
        zh = "；".join(each.zh for each in self.reasons)
        en = "; ".join(each.en for each in self.reasons)
        return Text(
            f"客户 {self.number} 风险等级由“{before.zh}”评为“{rating.zh}”"
            + (f"（人工调整：{zh}）" if self.manual else f"（{self.points} 分：{zh}）"),
            f"Customer {self.number} was rated {rating.en.lower()}, before {before.en.lower()}, "
            + (f"by hand: {en}" if self.manual else f"with {self.points} points: {en}"),
        )


class StandingMoved(Fact):
    """中止, 恢复, 销户."""

    number: str
    name: str
    state: State
    reason: str

    def sentence(self) -> Text:
        state = STATE_TITLES[self.state]
        return Text(
            f"客户 {self.number} {self.name} 的状态变为“{state.zh}”：{self.reason}",
            f"Customer {self.number} {self.name} is now {state.en.lower()}: {self.reason}",
        )


class FindingReported(Fact):
    number: Volatile[str]
    customer: str
    event: Event
    happened_on: date
    account: str

    def sentence(self) -> Text:
        event = EVENT_TITLES[self.event]
        return Text(
            f"上报 {self.number}：客户 {self.customer} {event.zh}（{self.happened_on}）："
            f"{self.account}",
            f"Report {self.number} on customer {self.customer}, {event.en.lower()} of "
            f"{self.happened_on}: {self.account}",
        )


class ReportVerified(Fact):
    number: str
    confirmed: bool
    finding: str

    def sentence(self) -> Text:
        zh, en = ("属实", "confirmed") if self.confirmed else ("不属实", "found untrue")
        return Text(
            f"上报 {self.number} 核实{zh}：{self.finding}",
            f"Report {self.number} was {en}: {self.finding}",
        )


class ReportAnswered(Fact):
    number: str
    answer: str

    def sentence(self) -> Text:
        return Text(
            f"上报 {self.number} 已答复：{self.answer}",
            f"Report {self.number} was answered: {self.answer}",
        )


class ScoreSet(Fact):
    factor: Factor
    value: str
    points: int
    effective_on: date

    def sentence(self) -> Text:
        factor = FACTOR_TITLES[self.factor]
        return Text(
            f"评分卡：{factor.zh} {self.value} 自 {self.effective_on} 起计 {self.points} 分",
            f"Scorecard: {factor.en} {self.value} weighs {self.points} from {self.effective_on} on",
        )


class AllowanceSet(Fact):
    rating: Rating
    product: Product
    allowed: bool
    single: Money | None
    daily: Money | None
    effective_on: date

    def sentence(self) -> Text:
        rating, product = RATING_TITLES[self.rating], PRODUCT_TITLES[self.product]
        if not self.allowed:
            return Text(
                f"自 {self.effective_on} 起，风险等级“{rating.zh}”的客户不办理{product.zh}",
                f"From {self.effective_on} on, {product.en.lower()} are closed to the rating "
                f"{rating.en.lower()}",
            )
        single, daily = self.single or "—", self.daily or "—"
        return Text(
            f"自 {self.effective_on} 起，风险等级“{rating.zh}”的客户办理{product.zh}："
            f"单笔限额 {single}，日累计限额 {daily}",
            f"From {self.effective_on} on, {product.en.lower()} for the rating "
            f"{rating.en.lower()}: at once {single}, a day {daily}",
        )


class ItemRuleSet(Fact):
    item: Item
    alone: bool
    proof: bool
    effective_on: date

    def sentence(self) -> Text:
        title = ITEM_TITLES[self.item]
        zh = ("客户可自行变更" if self.alone else "须审核", "须证明" if self.proof else "免证明")
        en = ("by the customer alone" if self.alone else "reviewed",
              "with proof" if self.proof else "without proof")  # fmt: skip
        return Text(
            f"自 {self.effective_on} 起，“{title.zh}”的变更：{'，'.join(zh)}",
            f"From {self.effective_on} on, a change of {title.en} is {', '.join(en)}",
        )


class DocumentRead(Fact):
    number: str
    paper: Paper
    verdict: ReadVerdict
    doubtful: tuple[Item, ...]

    def sentence(self) -> Text:
        paper, titles = PAPER_TITLES[self.paper], _titles(self.doubtful)
        zh, en = {
            ReadVerdict.AGREES: ("与录入一致", "agrees with what was typed"),
            ReadVerdict.DIFFERS: (f"与录入不符：{titles.zh}", f"differs in {titles.en}"),
            ReadVerdict.UNSURE: (f"存疑，须人工核对：{titles.zh}", f"is in doubt: {titles.en}"),
            ReadVerdict.UNREADABLE: ("未能识读", "could not be read"),
        }[self.verdict]
        return Text(
            f"客户 {self.number} 的影像“{paper.zh}”识读{zh}",
            f"{paper.en} of customer {self.number} {en}",
        )


class ReadingConfirmed(Fact):
    number: str
    paper: Paper
    reason: str

    def sentence(self) -> Text:
        paper = PAPER_TITLES[self.paper]
        return Text(
            f"客户 {self.number} 的影像“{paper.zh}”经人工核对无误：{self.reason}",
            f"{paper.en} of customer {self.number} was confirmed by eye: {self.reason}",
        )
