"""pydantic speaks English only: what its errors mean, to somebody who fills in a form."""

from pydantic_core import ErrorDetails

from yinxin.kernel.text import Text

NOT_A_NUMBER = Text("请填写数字。", "Enter a number.")
NOT_WHOLE = Text("请填写整数。", "Enter a whole number.")
NOT_A_DATE = Text("请填写有效日期，格式为 yyyy-mm-dd。", "Enter a date that exists, as yyyy-mm-dd.")
NOT_A_TIME = Text("请填写有效的日期和时间。", "Enter a date and time that exist.")
NOT_OFFERED = Text("请从所列选项中选择。", "Choose one of the options.")
NOT_TEXT = Text("请填写文字。", "Enter text.")
NOT_AN_ID = Text("编号格式不正确，请重新选择。", "This is not a valid identifier; choose again.")
WRONG_FORM = Text("格式不正确，请检查后重填。", "The form is wrong; check it and enter it again.")
OTHER = Text("内容不正确，请检查后重填。", "This is not right; check it and enter it again.")

MESSAGES = {
    "missing": Text("此项必填。", "This is required."),
    "extra_forbidden": Text("不接受此项。", "This is not accepted."),
    "json_invalid": Text("内容含有无法识别的字符。", "There are characters that cannot be read."),
    "string_type": NOT_TEXT,
    "string_unicode": NOT_TEXT,
    "string_too_short": Text(
        "至少填写 {min_length} 个字。", "Enter at least {min_length} characters."
    ),
    "string_too_long": Text(
        "最多填写 {max_length} 个字。", "Enter at most {max_length} characters."
    ),
    "string_pattern_mismatch": WRONG_FORM,
    "money_amount": Text(
        '金额以字符串填写，如 "1234.50"，不带千分位。',
        'Write the amount as a string such as "1234.50", without separators.',
    ),
    "int_type": NOT_WHOLE,
    "int_parsing": NOT_WHOLE,
    "int_parsing_size": Text("数字过大。", "The number is too large."),
    "int_from_float": NOT_WHOLE,
    "decimal_type": NOT_A_NUMBER,
    "decimal_parsing": NOT_A_NUMBER,
    "decimal_max_digits": Text("最多 {max_digits} 位数字。", "At most {max_digits} digits."),
    "decimal_max_places": Text(
        "最多 {decimal_places} 位小数。", "At most {decimal_places} decimal places."
    ),
    "decimal_whole_digits": Text(
        "整数部分最多 {whole_digits} 位。", "At most {whole_digits} digits before the point."
    ),
    "finite_number": NOT_A_NUMBER,
    "greater_than": Text("应大于 {gt}。", "This must be more than {gt}."),
    "greater_than_equal": Text("不得小于 {ge}。", "This must be {ge} or more."),
    "less_than": Text("应小于 {lt}。", "This must be less than {lt}."),
    "less_than_equal": Text("不得大于 {le}。", "This must be {le} or less."),
    "multiple_of": Text("应为 {multiple_of} 的倍数。", "This must be a multiple of {multiple_of}."),
    "date_type": NOT_A_DATE,
    "date_parsing": NOT_A_DATE,
    "date_from_datetime_parsing": NOT_A_DATE,
    "date_from_datetime_inexact": NOT_A_DATE,
    "datetime_type": NOT_A_TIME,
    "datetime_parsing": NOT_A_TIME,
    "datetime_from_date_parsing": NOT_A_TIME,
    "timezone_aware": NOT_A_TIME,
    "date_past": Text("应为过去的日期。", "The date must be in the past."),
    "date_future": Text("应为将来的日期。", "The date must be in the future."),
    "bool_type": NOT_OFFERED,
    "bool_parsing": NOT_OFFERED,
    "uuid_type": NOT_AN_ID,
    "uuid_parsing": NOT_AN_ID,
    "uuid_version": NOT_AN_ID,
    "enum": NOT_OFFERED,
    "literal_error": NOT_OFFERED,
    "dict_type": WRONG_FORM,
    "tuple_type": WRONG_FORM,
    "too_short": Text("至少选择 {min_length} 项。", "Choose at least {min_length}."),
    "too_long": Text("最多选择 {max_length} 项。", "Choose at most {max_length}."),
}


def message(error: ErrorDetails) -> Text:
    return own_words(error) or MESSAGES.get(error["type"], OTHER).format(**error.get("ctx", {}))


def own_words(error: ErrorDetails) -> Text | None:
    """What a command's own validator said by raising ValueError with a Text."""
    match error.get("ctx", {}).get("error"):
        case ValueError(args=(Text() as own,)) | AssertionError(args=(Text() as own,)):
            return own
    return None
