"""预留印鉴: the life of a card, and of the application for an act about it."""

from yinxin.kernel.text import Text
from yinxin.kernel.workflow import NOTHING, Step, Workflow, describes

from .commands import (
    ApplySeal,
    CancelSeals,
    CheckSeals,
    DestroyCard,
    EnterSeal,
    FreezeCard,
    ReportLoss,
    ReviewApplication,
    UnfreezeCard,
)
from .rules import PROGRESS_TITLES, STATE_TITLES

describes(
    Workflow(
        "seals_sealcard",
        Text("预留印鉴卡", "Seal cards"),
        Text(
            "印鉴由一人录入、另一人用自己的扫描件核对后启用；挂失即时生效，变更次日起生效，"
            "生效前签发的凭证仍按旧印鉴核验；任何版本都不覆盖。",
            "One person enters a seal and another checks it against a scan of their own. A loss "
            "counts at once, a change from the next day on, and what was issued before follows "
            "the old seal; no version is ever overwritten.",
        ),
        {str(state): title for state, title in STATE_TITLES.items()},
        (
            Step(EnterSeal, (NOTHING,), ("entered",)),
            Step(CheckSeals, ("entered", "lost"), ("active",)),
            Step(FreezeCard, ("active",), ("frozen",)),
            Step(ReportLoss, ("active", "frozen", "lost"), ("lost",)),
            Step(UnfreezeCard, ("frozen", "lost"), ("active",)),
            Step(CancelSeals, ("entered", "active", "frozen", "lost"), ("cancelled",)),
            Step(DestroyCard, ("cancelled",), ("destroyed",)),
        ),
        ("scan_poor", "seal_checked_by_another", "effective_too_early", "seal_on_card"),
        (
            (
                Text("印文不清、只盖上半枚怎么办？", "What of a pale or a half imprint?"),
                Text(
                    "系统给出“存疑”，不会猜测；由经办人工比对、另一人复核后才能继续。",
                    "The answer is “uncertain”, never a guess: a clerk compares it by eye and "
                    "another person confirms before it goes on.",
                ),
            ),
            (
                Text(
                    "同一套图样刻的另一枚印章能分辨吗？", "Can a twin of the same artwork be told?"
                ),
                Text(
                    "300 dpi 的扫描件上常常不能；遇有疑点按“存疑”处理，并核对印章实物和来人身份。",
                    "Often not from a scan at 300 dpi: treat doubts as uncertain, and look at the "
                    "seal itself and at who presents it.",
                ),
            ),
        ),
    )
)
describes(
    Workflow(
        "seals_application",
        Text("印鉴业务申请", "Seal applications"),
        Text(
            "客户申请预留、变更、挂失或注销印鉴；受理与审核由不同的人办理。",
            "A customer applies to register, change, report lost or cancel a seal; receiving and "
            "reviewing are done by different persons.",
        ),
        {str(state): title for state, title in PROGRESS_TITLES.items()},
        (
            Step(ApplySeal, (NOTHING,), ("applied",)),
            Step(ReportLoss, (NOTHING,), ("applied",)),
            Step(ReviewApplication, ("applied",), ("accepted", "refused")),
            Step(CheckSeals, ("accepted",), ("done",)),
            Step(CancelSeals, ("accepted",), ("done",)),
            Step(UnfreezeCard, ("applied", "accepted"), ("lifted",)),
        ),
        ("application_reviewed_by_another", "card_needed", "seal_needed"),
    )
)
