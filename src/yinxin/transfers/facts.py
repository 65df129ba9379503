from pydantic import AwareDatetime, BaseModel, ConfigDict

from yinxin.kernel.fact import Fact, Volatile
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

from .limit_rules import PER_NAMES, SCOPE_NAMES
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
        doubts, why_zh, why_en = names_of(self.in_doubt), "", ""
        if self.in_doubt:
            settled = Text("已由两人比对", "compared by two persons")
            if self.override_reason:
                settled = Text(f"理由：{self.override_reason}", self.override_reason)
            why_zh = f"（{doubts.zh}存疑，{settled.zh}）"
            why_en = f" ({doubts.en} in doubt: {settled.en})"
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


class BatchReceived(Fact):
    number: Volatile[str]
    account: str
    accepted: int
    refused: int
    total: Money
    biggest: Money
    file_digest: str

    def sentence(self) -> Text:
        return Text(
            f"受理批量转账 {self.number}：账户 {self.account}，受理 {self.accepted} 笔，"
            f"不予受理 {self.refused} 行，合计 {self.total}，最大一笔 {self.biggest}",
            f"Batch {self.number} received from {self.account}: {self.accepted} rows accepted, "
            f"{self.refused} refused, {self.total} in all, the biggest {self.biggest}",
        )


class BatchChecksRecorded(Fact):
    number: str
    results: tuple[CheckResult, ...]
    failed: int
    in_doubt: int

    def sentence(self) -> Text:
        names = names_of(r.name for r in self.results if r.verdict is not Verdict.PASSED)
        zh = f"整批未通过或存疑：{names.zh}；" if names.zh else ""
        en = f"as a whole not passed: {names.en}; " if names.en else ""
        return Text(
            f"批次 {self.number} 核验完成，{zh}未通过 {self.failed} 笔，存疑 {self.in_doubt} 笔",
            f"Batch {self.number} was checked, {en}{self.failed} rows failed, "
            f"{self.in_doubt} are in doubt",
        )


class BatchSubmitted(Fact):
    number: str
    rows: int
    rejected: int
    money: Money
    override_reason: str

    def sentence(self) -> Text:
        why_zh = f"，存疑核验的处理理由：{self.override_reason}" if self.override_reason else ""
        why_en = f"; despite doubts because: {self.override_reason}" if self.override_reason else ""
        return Text(
            f"批次 {self.number} 提交 {self.rows} 笔，冻结 {self.money}，"
            f"退票 {self.rejected} 笔{why_zh}",
            f"Batch {self.number}: {self.rows} transfers submitted, {self.money} held, "
            f"{self.rejected} rejected{why_en}",
        )


class PaidRow(BaseModel):
    model_config = ConfigDict(frozen=True)

    row: int
    payee_name: str
    payee_account: str
    money: Money


class BatchReleased(Fact):
    """`largest` are the few rows that an approver looks at first, the biggest before."""

    number: str
    account: str
    rows: int
    money: Money
    largest: tuple[PaidRow, ...]
    first_voucher: Volatile[str]
    last_voucher: Volatile[str]
    override_reason: str

    def sentence(self) -> Text:
        zh = "；".join(
            f"第 {each.row} 行 {each.payee_name}（{each.payee_account}）{each.money}"
            for each in self.largest
        )
        en = "; ".join(
            f"row {each.row} {each.payee_name} ({each.payee_account}) {each.money}"
            for each in self.largest
        )
        return Text(
            f"批次 {self.number} 付款 {self.rows} 笔，合计 {self.money}，"
            f"凭证 {self.first_voucher} 至 {self.last_voucher}；金额最大的 "
            f"{len(self.largest)} 笔：{zh}",
            f"Batch {self.number} was released: {self.rows} transfers, {self.money} in all, "
            f"vouchers {self.first_voucher} to {self.last_voucher}; the {len(self.largest)} "
            f"biggest: {en}",
        )


class BatchRejected(Fact):
    number: str
    rows: int
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"批次 {self.number} 退票 {self.rows} 笔：{self.reason}",
            f"Batch {self.number} was rejected, {self.rows} transfers: {self.reason}",
        )


class VoucherPrinted(Fact):
    number: str
    ordinal: int

    def sentence(self) -> Text:
        again_zh = f"（补打，第 {self.ordinal} 次）" if self.ordinal > 1 else ""
        again_en = f" again (print {self.ordinal})" if self.ordinal > 1 else ""
        return Text(
            f"打印转账 {self.number} 的凭证{again_zh}",
            f"The voucher of transfer {self.number} was printed{again_en}",
        )


class LimitSet(Fact):
    scope: str
    number: str
    per: str
    money: Money

    def sentence(self) -> Text:
        scope, per = SCOPE_NAMES[self.scope], PER_NAMES[self.per]
        return Text(
            f"{scope.zh} {self.number} 的{per.zh}限额设为 {self.money}",
            f"The limit {per.en} of {scope.en} {self.number} was set to {self.money}",
        )


class LimitLifted(Fact):
    scope: str
    number: str
    per: str
    reason: str

    def sentence(self) -> Text:
        scope, per = SCOPE_NAMES[self.scope], PER_NAMES[self.per]
        return Text(
            f"取消{scope.zh} {self.number} 的{per.zh}限额：{self.reason}",
            f"The limit {per.en} of {scope.en} {self.number} was lifted: {self.reason}",
        )


class PaymentsDispatched(Fact):
    number: str
    account: str
    count: int
    total: Money

    def sentence(self) -> Text:
        return Text(
            f"付款报文 {self.number} 发送：经 {self.account}，{self.count} 笔，合计 {self.total}",
            f"Message {self.number} sent through {self.account}: {self.count} payments, "
            f"{self.total} in all",
        )


class AnswerTaken(Fact):
    kind: str
    message_id: str
    applied: int
    unknown: int

    def sentence(self) -> Text:
        return Text(
            f"处理回执 {self.kind} {self.message_id}：{self.applied} 笔，"
            f"无对应转账 {self.unknown} 笔",
            f"Answer {self.kind} {self.message_id} taken in: {self.applied} payments, "
            f"{self.unknown} of no transfer",
        )


class AnswerShelved(Fact):
    number: Volatile[str]
    why: Text

    def sentence(self) -> Text:
        return Text(
            f"清算回执搁置 {self.number}，待人工处理：{self.why.zh}",
            f"An answer was set aside as {self.number} for a person: {self.why.en}",
        )


class StrayAnswerFetched(Fact):
    number: str
    until: Volatile[AwareDatetime]

    def sentence(self) -> Text:
        return Text(
            f"下载搁置回执 {self.number} 的报文",
            f"The file of the answer set aside as {self.number} was downloaded",
        )


class StrayAnswerClosed(Fact):
    number: str
    remark: str

    def sentence(self) -> Text:
        return Text(
            f"搁置回执 {self.number} 办结：{self.remark}",
            f"The answer set aside as {self.number} was dealt with: {self.remark}",
        )


class TransferReturned(Fact):
    number: str
    account: str
    money: Money
    reason: str

    def sentence(self) -> Text:
        return Text(
            f"转账 {self.number} 退汇：{self.money} 记回账户 {self.account}（{self.reason}）",
            f"Transfer {self.number} was returned: {self.money} back on account {self.account} "
            f"({self.reason})",
        )


class HistoryImported(Fact):
    """`digest` is the keyed one of the file, which binds an approver to its content."""

    number: Volatile[str]
    rows: int
    totals: tuple[Money, ...]
    digest: str

    def sentence(self) -> Text:
        total = "、".join(map(str, self.totals))
        return Text(
            f"历史转账迁移 {self.number}：导入 {self.rows} 笔，合计 {total}，不动资金",
            f"Import {self.number} brought {self.rows} past transfers, {total} in all; "
            "no money moved",
        )
