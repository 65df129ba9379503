"""账户 from opening to closing, and the business day."""

from yinxin.kernel.text import Text
from yinxin.kernel.workflow import NOTHING, Step, Workflow, describes

from .commands import (
    CloseAccount,
    CloseDay,
    FreezeAccount,
    ImportAccounts,
    LiftCreditOnly,
    OpenAccount,
    OpenOwnAccount,
    PayIn,
    SetCreditOnly,
    UnfreezeAccount,
)

describes(
    Workflow(
        "ledger_account",
        Text("账户管理", "Accounts"),
        Text(
            "账户的开立、止付、冻结与销户；销户后记录永久保留。",
            "Accounts are opened, stopped, frozen and closed; a closed one is kept for ever.",
        ),
        {
            "open": Text("正常", "open"),
            "credit_only": Text("只收不付", "credits only"),
            "frozen": Text("已冻结", "frozen"),
            "closed": Text("已销户", "closed"),
        },
        (
            Step(OpenAccount, (NOTHING,), ("open",)),
            Step(OpenOwnAccount, (NOTHING,), ("open",)),
            Step(ImportAccounts, (NOTHING,), ("open",)),
            Step(SetCreditOnly, ("open",), ("credit_only",)),
            Step(LiftCreditOnly, ("credit_only",), ("open",)),
            Step(FreezeAccount, ("open", "credit_only"), ("frozen",)),
            Step(UnfreezeAccount, ("frozen",), ("open", "credit_only")),
            Step(CloseAccount, ("open", "credit_only"), ("closed",)),
        ),
        ("account_not_empty", "basic_account_already", "nature_differs", "account_closed"),
        (
            (
                Text(
                    "法院只要求冻结一部分金额怎么办？",
                    "What if a court freezes a part of the money?",
                ),
                Text(
                    "用“冻结金额”登记该金额和依据文号，其余资金照常使用；不要冻结整个账户。",
                    "Hold that amount with the number of the order; the rest stays usable. Do not "
                    "freeze the whole account.",
                ),
            ),
        ),
    )
)
describes(
    Workflow(
        "ledger_businessday",
        Text("营业日与日切", "The business day"),
        Text(
            "每笔分录属于一个营业日；日切时试算平衡必须为零，随即开启下一营业日。",
            "Each posting belongs to a business day; closing it takes a trial balance of zero and "
            "opens the next one.",
        ),
        {"open": Text("营业中", "open"), "closed": Text("已日切", "closed")},
        (
            Step(PayIn, (NOTHING,), ("open",)),
            Step(CloseDay, ("open",), ("closed",)),
            Step(CloseDay, (NOTHING,), ("open",)),
        ),
        ("day_not_open", "day_not_begun", "trial_balance_off"),
    )
)
