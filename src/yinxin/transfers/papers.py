"""转账凭证 and 退票通知书 as paper."""

from collections.abc import Iterable

from yinxin.gate.registry import name_of
from yinxin.kernel.text import Text
from yinxin.kernel.words import in_words
from yinxin.uikit.formats import instant, translated
from yinxin.uikit.page import Panel, Term
from yinxin.uikit.paper import Paper, pdf

from .models import Print, Transfer
from .queries import Detail
from .rules import STEP_NAMES

VOUCHER = Text("转账凭证", "Transfer voucher")
REJECTION = Text("退票通知书", "Notice of rejection")
AGAIN = Text("补打 第 {n} 次", "Reprint {n}")
State = Transfer.State


def payment(detail: Detail) -> Iterable[Term]:
    row = detail.transfer
    yield Term(Text("付款人", "Payer"), detail.payer.name)
    yield Term(Text("付款账号", "From account"), row.account.number)
    yield Term(Text("收款人", "Payee"), detail.payee_name)
    yield Term(Text("收款账号", "To account"), detail.payee_account)
    yield Term(Text("收款行", "Payee's bank"), detail.payee_bank)
    yield Term(Text("用途", "Purpose"), detail.purpose)
    yield Term(Text("金额", "Amount"), detail.money)
    yield Term(Text("大写金额", "In words"), in_words(detail.money), wide=True)


def handling(detail: Detail) -> Iterable[Term]:
    """Who did what, when."""
    for step in detail.steps:
        title = STEP_NAMES[step.state]
        who = translated(name_of(step.actor_id, step.actor_name))
        yield Term(title, f"{who} {instant(step.at)}")
        if step.state == State.SUBMITTED:
            for number, each in enumerate(detail.approvals, start=1):
                approval = Text(f"审批 {number}", f"Approval {number}")
                yield Term(approval, f"{each.actor_name} {instant(each.at)}")


def signatures(detail: Detail) -> Iterable[Term]:
    maker = detail.step(State.RECEIVED)
    yield Term(Text("经办", "Maker"), maker.actor_name if maker else None)
    yield Term(Text("审批", "Approved by"), [each.actor_name for each in detail.approvals])


def reasons(detail: Detail) -> Iterable[Term]:
    """退票理由."""
    for number, reason in enumerate(detail.reasons, start=1):
        yield Term(Text(f"理由 {number}", f"Reason {number}"), reason, wide=True)
    yield Term(Text("说明", "In words"), detail.transfer.rejection, wide=True)


def as_pdf(detail: Detail, printed: Print, institution: str, proof_url: str) -> bytes:
    """Each print after the first says that it is one, and each that the money came back."""
    rejected = printed.kind == Print.Kind.REJECTION
    panels = [Panel(Text("付款", "Payment"), list(payment(detail)))]
    if rejected:
        panels.append(Panel(Text("退票理由", "Reasons"), list(reasons(detail))))
    panels.append(Panel(Text("办理", "Handling"), list(handling(detail))))
    marks = [AGAIN.format(n=printed.ordinal)] if printed.ordinal > 1 else []
    marks += [detail.came_back] if detail.came_back else []
    return pdf(
        Paper(
            institution,
            REJECTION if rejected else VOUCHER,
            detail.transfer.number if rejected else detail.transfer.voucher,
            panels,
            signatures=[
                *signatures(detail),
                Term(Text("打印", "Printed"), f"{printed.actor_name} {instant(printed.at)}"),
            ],
            mark=Text("　".join(each.zh for each in marks), ", ".join(each.en for each in marks)),
            proof_url=proof_url,
        )
    )
