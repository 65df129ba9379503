"""Refusals of batches (批量转账)."""

from yinxin.kernel.refusals import refusal

BATCH = "批次 {number} 当前状态是“{state_zh}”，"
BATCH_EN = "Batch {number} is {state_en}: "
BATCH_NOT_RECEIVED = refusal(
    "batch_not_received",
    BATCH + "核验结果不能再登记。",
    BATCH_EN + "results of checks cannot be recorded any more.",
)
BATCH_NOT_CHECKED = refusal(
    "batch_not_checked",
    BATCH + "只有已核验的批次可以提交。",
    BATCH_EN + "only a checked batch can be submitted.",
)
BATCH_NOT_SUBMITTED = refusal(
    "batch_not_submitted",
    BATCH + "只有已提交的批次可以付款。",
    BATCH_EN + "only a submitted batch can be released.",
)
BATCH_ENDED = refusal(
    "batch_ended", BATCH + "不能再退票。", BATCH_EN + "it cannot be rejected any more."
)
BATCH_EMPTY = refusal(
    "batch_empty",
    "批次中没有可付款的指令，只能退票。",
    "Nothing in the batch can be paid; it can only be rejected.",
)
BATCH_UNREADABLE = refusal(
    "batch_unreadable",
    "批量文件不能读取，整批未受理：{reason_zh}{place}",
    "The file cannot be read and nothing of it was received: {reason_en} {place}",
)
BATCH_ROWS_REFUSED = refusal(
    "batch_rows_refused",
    "文件中没有一行可以受理，例如第 {row} 行{field_zh}{reason_zh}。",
    "No row of the file can be received; in row {row}, for one, {field_en} {reason_en}.",
)
BATCH_FILE_TWICE = refusal(
    "batch_file_twice",
    "该文件已经受理过，不能重复受理。",
    "This very file was received before; it is not received twice.",
)
