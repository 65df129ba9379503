"""Bytes of text, in whatever of the usual encodings."""

import re

from yinxin.kernel.text import Text

from . import Unreadable

ENCODING_WRONG = Text(
    "文件编码不是 UTF-8、UTF-16 或 GB18030，请另存后重新上传。",
    "The file is neither UTF-8, UTF-16 nor GB18030; save it as one of them.",
)
NOT_TEXT = Text("文件不是文本或 Excel 工作簿。", "The file is neither text nor a workbook.")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_NO_LETTER = re.compile("[\ue000-\uf8ff\ufffd]")  # what GB18030 makes of other encodings


def decoded(content: bytes, *otherwise: str) -> str:
    """UTF-16 with its mark, UTF-8, GB18030 where that gives Chinese, else the first of `otherwise`
    that fits. Raises Unreadable."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030", *otherwise):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        fits = _is_chinese if otherwise else _is_written
        if encoding != "gb18030" or fits(text):
            return text
    raise Unreadable("encoding_wrong", ENCODING_WRONG)


def require_text(text: str) -> None:
    """Raises Unreadable for control characters, which no table has."""
    if found := _CONTROL.search(text):
        raise Unreadable("not_text", NOT_TEXT, row=text.count("\n", 0, found.start()) + 1)


def _is_written(text: str) -> bool:
    return not _NO_LETTER.search(text)


def _is_chinese(text: str) -> bool:
    foreign = [each for each in text if not each.isascii()]
    return all("\u3000" <= each <= "\u9fff" or "\uff00" <= each <= "\uffef" for each in foreign)
