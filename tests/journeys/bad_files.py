"""Files that nobody should have sent, and those that somebody did."""

import io
import zipfile
from functools import cache

from yinxin.transfers.tests.files import TITLES, row, workbook

BOMB = 300 * 2**20
NESTED = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = f'<!DOCTYPE Document [<!ENTITY e0 "ha">{NESTED}]><Document>&e9;</Document>'.encode()
FETCHES = b'<!DOCTYPE Document SYSTEM "file:///etc/passwd"><Document/>'


@cache
def book() -> bytes:
    return workbook([row(1)])


@cache
def bomb() -> bytes:
    """A workbook of 300 KB whose sheet unpacks to 300 MB."""
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book())) as whole,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for part in whole.namelist():
            with archive.open(part, "w", force_zip64=True) as written:
                content = whole.read(part)
                if "worksheets/" in part:
                    for _ in range(BOMB // 2**20):
                        written.write(b" " * 2**20)
                written.write(content)
    return output.getvalue()


def repacked(part: str, old: bytes, new: bytes) -> bytes:
    """The workbook with one thing changed inside."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as whole, zipfile.ZipFile(output, "w") as archive:
        for name in whole.namelist():
            content = whole.read(name)
            assert name != part or old in content
            archive.writestr(name, content.replace(old, new, 1) if name == part else content)
    return output.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
# What is no table at all.
TABLES = {
    "nothing": lambda: b"",
    "bytes": lambda: bytes(range(256)) * 8,
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(64),
    "no encoding": lambda: ",".join(TITLES).encode() + b"\n\xff\xfe\xfd,\x81,1,2,3,4\n",
    "an open quote": lambda: ",".join(TITLES).encode() + b'\n1,"a,b,c,10,d\n',
    "a workbook cut off": lambda: book()[:-60],
    "a damaged workbook": lambda: book()[:60] + b"\x00" * 20 + book()[80:],
    "a zip bomb": bomb,
    "an entity bomb": lambda: repacked("xl/sharedStrings.xml", b"<sst", b"<!DOCTYPE x []><sst"),
    "a formula": lambda: workbook([row(1)], "=1+1"),
    "a cell far out": lambda: repacked(SHEET, b'r="A2"', b'r="XFD1048576"'),
    "HTML named .xls": lambda: b"<html><table><tr><td>1</td></tr></table></html>",
}
MESSAGES = {
    "nothing": lambda: b"",
    "bytes": lambda: bytes(range(256)) * 8,
    "an entity bomb": lambda: ENTITIES,
    "an outside entity": lambda: FETCHES,
    "another message": lambda: b"<Document><Else/></Document>",
    "no encoding": lambda: "<Document>王</Document>".encode("gb18030"),
    "an encoding that is none": lambda: b'<?xml version="1.0" encoding="klingon"?><Document/>',
}
IMAGES = {
    "nothing": lambda: b"",
    "bytes": lambda: bytes(range(256)) * 8,
    "a text": lambda: "印章".encode(),
    "a picture cut off": lambda: b"\x89PNG\r\n\x1a\n" + bytes(200),
    "a page of gigapixels": lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\1\0\0\0\1\0\0\x08\2\0\0\0",
    "an SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a zip bomb": bomb,
}
