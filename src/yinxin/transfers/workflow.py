"""转账 from the counter to the voucher, one by one and by file."""

from yinxin.kernel.text import Text
from yinxin.kernel.workflow import NOTHING, Step, Workflow, describes

from .commands import (
    ImportHistory,
    ReceiveBatch,
    ReceiveTransfer,
    RecordBatchChecks,
    RecordChecks,
    RejectBatch,
    RejectTransfer,
    ReleaseBatch,
    ReleaseTransfer,
    SubmitBatch,
    SubmitTransfer,
)
from .rules import STATE_NAMES

OPEN = ("received", "checked", "submitted")

describes(
    Workflow(
        "transfers_transfer",
        Text("客户转账", "Customer transfers"),
        Text(
            "客户盖有预留印鉴的付款指令，经核验、提交、逐级审批后付款，或注明理由退票；每一步留痕，"
            "凭证附可验证的证明。",
            "A customer's sealed instruction is checked, submitted, approved level by level and "
            "paid, or sent back with its reason; each step leaves evidence, and the voucher "
            "carries a proof.",
        ),
        STATE_NAMES,
        (
            Step(ReceiveTransfer, (NOTHING,), ("received",)),
            Step(ReceiveBatch, (NOTHING,), ("received",)),
            Step(ImportHistory, (NOTHING,), ("released",)),
            Step(RecordChecks, ("received",), ("checked",)),
            Step(RecordBatchChecks, ("received",), ("checked",)),
            Step(SubmitTransfer, ("checked",), ("submitted",)),
            Step(SubmitBatch, ("checked",), ("submitted", "rejected")),
            Step(ReleaseTransfer, ("submitted",), ("released",)),
            Step(ReleaseBatch, ("submitted",), ("released",)),
            Step(RejectTransfer, OPEN, ("rejected",)),
            Step(RejectBatch, OPEN, ("rejected",)),
        ),
        (
            "duplicate_instruction",
            "checks_failed",
            "override_needed",
            "insufficient_funds",
            "account_frozen",
            "limit_exceeded",
            "changed_since_preview",
        ),
        (
            (
                Text("印鉴核验结果为“存疑”怎么办？", "What if the seal is uncertain?"),
                Text(
                    "由经办人工比对、另一人复核比对后再提交；比对记录随转账存档。",
                    "A clerk compares it by eye and another person confirms; only then is it "
                    "submitted. The comparison stays with the transfer.",
                ),
            ),
            (
                Text("审批超过时限没有处理怎么办？", "What if a level does not decide in time?"),
                Text(
                    "系统自动升级：下一级审批人可以代为审批，但同一人不能审批两级。",
                    "It escalates by itself: the next level's people may decide in its place, but "
                    "nobody decides two levels.",
                ),
            ),
            (
                Text("凭证丢失可以再打印吗？", "May a lost voucher be printed again?"),
                Text(
                    "可以。第二次起标明“补打”和次数，打印人和时间留痕。",
                    "Yes. From the second print on it says 补打 with its number; who printed it "
                    "and when is on record.",
                ),
            ),
        ),
    )
)
describes(
    Workflow(
        "transfers_batch",
        Text("批量转账", "Batches of transfers"),
        Text(
            "一个文件中的多笔指令一起核验、一起审批、一起付款；不合格的行逐行说明原因，不影响其他行。",
            "The instructions of one file are checked, approved and paid together; each row that "
            "is refused says why and harms no other.",
        ),
        STATE_NAMES,
        (
            Step(ReceiveBatch, (NOTHING,), ("received",)),
            Step(RecordBatchChecks, ("received",), ("checked",)),
            Step(SubmitBatch, ("checked",), ("submitted",)),
            Step(ReleaseBatch, ("submitted",), ("released",)),
            Step(RejectBatch, OPEN, ("rejected",)),
        ),
        ("batch_unreadable", "batch_rows_refused", "batch_file_twice", "batch_empty"),
    )
)
