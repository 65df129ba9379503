"""What states, rules and reasons are called."""

from yinxin.kernel.text import Text
from yinxin.uikit.page import State, Tone

from .matching import Reason, Rule
from .models import BankStatement

States = BankStatement.State
STATES = {
    States.IMPORTED: State(Text("待对账", "To match"), Tone.ACTIVE),
    States.MATCHED: State(Text("已对账", "Matched"), Tone.WARN),
    States.SIGNED_OFF: State(Text("已签核", "Signed off"), Tone.GOOD),
}
RULES: dict[str, Text] = {
    Rule.REFERENCE: Text("参考号", "Reference"),
    Rule.REFERENCE_SUM: Text("参考号，合计相符", "Reference, in sum"),
    Rule.SIMILAR_REFERENCE: Text("参考号近似", "Similar reference"),
    Rule.COUNTERPARTY: Text("对方户名与金额", "Counterparty and amount"),
    Rule.AMOUNT_DATE: Text("金额与日期", "Amount and date"),
    Rule.SUM: Text("对方户名，合计相符", "Counterparty, in sum"),
    "net_of_fee": Text("扣除手续费", "Net of a fee"),
    "by_hand": Text("手工", "By hand"),
}
REASONS: dict[str, Text] = {
    Reason.NO_COUNTERPART: Text("对方无此笔", "Not on the other side"),
    Reason.AMBIGUOUS: Text("多笔相同，无法区分", "Several alike, nothing tells them apart"),
    Reason.AMOUNT_DIFFERS: Text("参考号相符，金额或方向不符", "Same reference, another amount"),
    Reason.NET_OF_FEE: Text("差额疑为手续费", "Differs by what may be a fee"),
    Reason.OUTSIDE_WINDOW: Text("参考号相符，日期相差过大", "Same reference, too far in time"),
    Reason.DUPLICATE: Text("所指分录已勾对，疑似重复", "What it names is matched: a duplicate?"),
    Reason.REVERSED: Text("同一方已冲正", "Taken back on its own side"),
    Reason.NO_AMOUNT: Text("零金额，仅供参考", "No amount, for information"),
    Reason.CONTRADICTED: Text(
        "金额相符，参考号或户名矛盾", "The amount fits, reference or name do not"
    ),
}
