"""What the domain refuses, each with its sentence."""

from yinxin.kernel.refusals import refusal

SCAN_UNREADABLE = refusal(
    "scan_unreadable",
    "扫描件无法读取：{reason_zh}。请重新扫描后上传。",
    "The scan cannot be read: {reason_en}. Scan again and upload.",
)
SCAN_POOR = refusal(
    "scan_poor",
    "{reason_zh}，不能作为预留印鉴，请重新盖印并以 300 dpi 以上扫描。",
    "This cannot be a specimen: {reason_en}. Stamp again and scan at 300 dpi or more.",
    "GB/T 20206-2025",
)
DPI_MISSING = refusal(
    "dpi_missing",
    "扫描件没有注明分辨率，请填写扫描时的分辨率（dpi）。",
    "The scan does not state its resolution; enter the dpi it was scanned at.",
)
DPI_DIFFERS = refusal(
    "dpi_differs",
    "同一印章的几张扫描件分辨率不同，请以相同分辨率扫描。",
    "The scans of one seal have different resolutions; scan them alike.",
)
NO_SEAL_FOUND = refusal(
    "no_seal_found",
    "扫描件上没有找到印文，请确认上传的是盖章页。",
    "No seal imprint is on the scan; make sure that it is the stamped page.",
)
SEVERAL_SEALS_FOUND = refusal(
    "several_seals_found",
    "扫描件上有多枚印文，每次只能录入一枚，请裁剪后分别上传。",
    "The scan shows more than one imprint; a seal is entered alone, so cut them apart.",
)
ACCOUNT_HAS_CARD = refusal(
    "account_has_card",
    "账户 {account_number} 已有印鉴卡，更换印鉴须办理印鉴变更。",
    "Account {account_number} has a seal card already; its seals change by a change of seals.",
    "一户一卡",
)
CARD_JUST_ENTERED = refusal(
    "card_just_entered",
    "该账户的印鉴卡刚刚由他人录入，请刷新后继续。",
    "Somebody else entered a card of this account a moment ago; reload and go on.",
    "一户一卡",
)
SEAL_ON_CARD = refusal(
    "seal_on_card",
    "印鉴卡 {number} 上已有该印章；同类多枚请填写序号。",
    "Card {number} has this seal already; number several seals of a kind.",
)
CARD_NOT_ENTERED = refusal(
    "card_not_entered",
    "印鉴卡 {number} 没有待核对的印鉴。",
    "Seal card {number} has no seal that waits for a check.",
)
CARD_NOT_ACTIVE = refusal(
    "card_not_active",
    "印鉴卡 {number} 未启用，不能办理。",
    "Seal card {number} is not active, so this cannot be done.",
)
CARD_NOT_FROZEN = refusal(
    "card_not_frozen",
    "印鉴卡 {number} 未冻结或挂失，不需要解除。",
    "Seal card {number} is neither frozen nor lost, so there is nothing to lift.",
)
CARD_ENDED = refusal(
    "card_ended",
    "印鉴卡 {number} 已注销。",
    "Seal card {number} is cancelled.",
)
CARD_NOT_CANCELLED = refusal(
    "card_not_cancelled",
    "印鉴卡 {number} 尚未注销，不能销毁。",
    "Seal card {number} is not cancelled yet, so it cannot be destroyed.",
)
SEAL_CHECKED_BY_ANOTHER = refusal(
    "seal_checked_by_another",
    "印鉴须由录入人以外的另一人以本人扫描件核对。",
    "A seal is checked by somebody other than whoever entered it, with a scan of their own.",
    "双人建库",
)
EFFECTIVE_TOO_EARLY = refusal(
    "effective_too_early",
    "启用日期最早为 {earliest}，变更的印鉴次日起启用。",
    "The first day in force is {earliest} at the earliest; a change counts from the next day.",
    "印鉴变更次日生效",
)
VERSIONS_OVERLAP = refusal(
    "versions_overlap",
    "同一期间已有启用的版本，请核对启用日期。",
    "Another version is in force in that time; check the dates.",
)
APPLICATION_STATE = refusal(
    "application_state",
    "印鉴业务申请 {number} 当前为“{state_zh}”，不能办理此步骤。",
    "Seal application {number} is {state_en}; this step is not possible now.",
)
APPLICATION_OTHER = refusal(
    "application_other",
    "印鉴业务申请 {number} 不是为此客户、账户或业务提出的。",
    "Seal application {number} is for another customer, account or act.",
)
APPLICATION_REVIEWED_BY_ANOTHER = refusal(
    "application_reviewed_by_another",
    "申请须由受理人以外的另一人审核。",
    "An application is reviewed by somebody other than whoever received it.",
    "双人分离",
)
CARD_NEEDED = refusal(
    "card_needed",
    "变更、挂失、注销申请须指明印鉴卡；启用申请须指明账户。",
    "A change, loss or cancellation names its card, an opening names its account.",
)
SEAL_NEEDED = refusal(
    "seal_needed",
    "该申请没有指明要更换的印章。",
    "The application does not name the seal to replace.",
)
COMBINATION_UNKNOWN_SEAL = refusal(
    "combination_unknown_seal",
    "印鉴卡 {number} 上没有：{seals_zh}。",
    "Card {number} does not bear: {seals_en}.",
)
SEAL_IN_COMBINATION = refusal(
    "seal_in_combination",
    "用印组合“{rule}”需要这枚印章，请先变更组合。",
    "The combination “{rule}” needs this seal; change the combination first.",
)
BAND_NEEDS_CURRENCY = refusal(
    "band_needs_currency",
    "按金额设定的组合须同时选择币种。",
    "A combination from an amount on needs a currency.",
)
COMBINATION_DATED = refusal(
    "combination_dated",
    "该条件自 {on} 起已有用印组合，新组合须晚于该日启用。",
    "A combination for these conditions is in force from {on}; a new one begins later.",
)
COPY_ISSUED = refusal(
    "copy_issued",
    "该联次已登记。",
    "This copy of the card is on record already.",
)
VERDICT_AUTOMATIC = refusal(
    "verdict_automatic",
    "该次验印已由系统得出结论，不需要人工比对。",
    "This verification was decided without a person; there is nothing to compare.",
)
COMPARED_ALREADY = refusal(
    "compared_already",
    "该次验印已有人工比对结论。",
    "Somebody compared this verification already.",
)
COMPARISON_MISSING = refusal(
    "comparison_missing",
    "尚无人工比对结论，或已复核。",
    "Nobody compared this yet, or it is confirmed already.",
)
COMPARED_BY_ANOTHER = refusal(
    "compared_by_another",
    "比对结论须由比对人以外的另一人复核。",
    "A comparison is confirmed by somebody other than whoever made it.",
    "双人复核",
)
PAGE_NOT_KEPT = refusal(
    "page_not_kept",
    "该次验印没有留存页面影像，不能重验。",
    "The page of this verification was not kept, so it cannot be run again.",
)
NOTHING_TO_RETURN = refusal(
    "nothing_to_return",
    "该次验印相符，不能出具退票理由书。",
    "The seals were found genuine; there is no reason to return the item.",
)
RETURN_REASON_UNKNOWN = refusal(
    "return_reason_unknown",
    "退票理由代码 {reason} 不存在或已停用。",
    "There is no reason {reason} for return, or it is out of use.",
)
ACCOUNT_SHARED_ALREADY = refusal(
    "account_shared_already",
    "该账户已使用这张印鉴卡，或另有印鉴卡。",
    "The account follows this card, or another, already.",
    "一户一卡",
)
ACCOUNT_NOT_SHARED = refusal(
    "account_not_shared",
    "该账户没有共用这张印鉴卡。",
    "This account does not share the card.",
)
