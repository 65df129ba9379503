"""What is no table: said in terms of statements, for a file of any kind may have been chosen."""

from collections.abc import Iterator
from contextlib import contextmanager

from yinxin.kernel.incoming import Unreadable, decoding
from yinxin.kernel.incoming.sheets import Row, text_tables
from yinxin.kernel.text import Text

ENCODING_UNKNOWN = Text(
    "文件不是文本，也不是受支持的格式，或编码不受支持（可用 UTF-8、UTF-16、GB18030）。",
    "The file is neither text nor of a known format, or not in UTF-8, UTF-16 or GB18030.",
)


def decoded(content: bytes, *otherwise: str) -> str:
    with _of_any_kind():
        return decoding.decoded(content, *otherwise)


def tables_of(content: bytes) -> Iterator[list[Row]]:
    """The rows of a text, by each delimiter that it has."""
    with _of_any_kind():
        text = decoding.decoded(content)
        decoding.require_text(text)
    return text_tables(text)


@contextmanager
def _of_any_kind() -> Iterator[None]:
    try:
        yield
    except Unreadable as error:
        raise Unreadable("encoding_unknown", ENCODING_UNKNOWN, row=error.row) from error
