"""XML from outside, as one tree or element by element, and nothing that XML can do beyond
elements.

A document type declaration is refused before the parser sees it: without one there are no
entities to expand and nothing to fetch.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from lxml import etree

from yinxin.kernel.text import Text

from . import Unreadable, require_small

ENCODINGS = frozenset(
    {
        *("utf-8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252"),
        *("gbk", "gb2312", "gb18030", "big5"),
    }
)
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*?\?>")
_ENCODING = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")

ENCODING_UNKNOWN = Text("文件编码不受支持。", "The encoding of the file is not supported.")
ENCODING_WRONG = Text(
    "文件内容与其声明的编码不符。", "The bytes of the file are not in the encoding it declares."
)
DOCTYPE = Text(
    "文件含有文档类型声明（DTD），出于安全原因不予读取。",
    "The file has a document type declaration; for safety it is not read.",
)
NOTHING_BUT_ELEMENTS: dict[str, Any] = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}

BROKEN = Text("文件不是完整的 XML，可能被截断。", "The file is not whole XML, it may be cut off.")


def document(content: bytes) -> etree._Element:
    """The root element. Raises Unreadable."""
    parser = etree.XMLParser(**NOTHING_BUT_ELEMENTS)
    try:
        return etree.fromstring(_as_utf8(content), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _broken(error) from error


def elements(content: bytes, *names: str) -> Iterator[etree._Element]:
    """The elements of these local names, each when it ends. Raises Unreadable."""
    source, tags = BytesIO(_as_utf8(content)), [f"{{*}}{name}" for name in names]
    try:
        for _, element in etree.iterparse(
            source, events=("end",), tag=tags, **NOTHING_BUT_ELEMENTS
        ):
            yield element
    except etree.XMLSyntaxError as error:
        raise _broken(error) from error


def found(element: etree._Element | None, path: str) -> Iterator[etree._Element]:
    """The elements at a path of local names."""
    if element is not None:
        name, _, rest = path.partition("/")
        for child in element.iterchildren("{*}" + name):
            if rest:
                yield from found(child, rest)
            else:
                yield child


def text(element: etree._Element | None, path: str) -> str:
    """The text of the first element at a path, blank where there is none."""
    first = next(found(element, path), None)
    return "" if first is None else (first.text or "").strip()


def _broken(error: Exception) -> Unreadable:
    return Unreadable("broken", BROKEN, ":".join(map(str, getattr(error, "position", ()))))


def _as_utf8(content: bytes) -> bytes:
    """The content, without a declaration that could contradict its bytes."""
    require_small(content)
    encoding = _encoding(content)
    try:
        told = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("encoding_wrong", ENCODING_WRONG, f"@{error.start}") from error
    if "<!DOCTYPE" in told:
        raise Unreadable("doctype", DOCTYPE)
    return _DECLARATION.sub("", told, count=1).encode("utf-8", "replace")


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if content.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    declared = _ENCODING.match(content.lstrip()[:200])
    encoding = declared[1].decode().lower() if declared else "utf-8"
    if encoding not in ENCODINGS:
        raise Unreadable("encoding_unknown", ENCODING_UNKNOWN, encoding)
    # Python's gb2312 and gbk refuse characters that banks write all the same.
    return "gb18030" if encoding.startswith("gb") else encoding
