"""Papers to print: vouchers, statements and notices, as PDF, all of one layout."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

import segno
import typst
from django.utils.translation import get_language
from PIL import ImageFont
from pylopdf_fonts_zh_cn import sans_path

from yinxin.kernel.refusals import Refused, refusal
from yinxin.kernel.text import Text

from .formats import plain, translated
from .page import Panel, Term

NUMBER, PROOF = Text("编号", "No."), Text("扫码核验", "Scan to verify")
NO_GLYPH = "\uffff"

GLYPH_MISSING = refusal(
    "glyph_missing",
    "打印字体缺少“{letters}”，为避免错字不予打印，请联系管理员补充字库。",
    "The fonts lack {letters}; nothing is printed rather than something wrong. Ask an "
    "administrator for a font that has them.",
)


@dataclass(frozen=True, slots=True)
class Table:
    """`widths` are shares of the page, 0 for as wide as needed."""

    titles: Sequence[Text]
    widths: Sequence[int]
    numeric: Sequence[bool]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Paper:
    """`mark` stands beside the title, such as 补打; the code leads to `proof_url`."""

    institution: str
    title: Text
    number: str
    panels: Sequence[Panel]
    table: Table | None = None
    signatures: Sequence[Term] = ()
    mark: Text | str = ""
    proof_url: str = ""


def pdf(paper: Paper) -> bytes:
    """Raises Refused(glyph_missing) rather than print an empty box for a letter."""
    told = json.dumps(_told(paper), ensure_ascii=False)
    require_glyphs(told)
    with _lock:
        made: bytes = _compiler().compile(sys_inputs={"paper": told}, format="pdf")
    return made


def require_glyphs(text: str) -> None:
    lacking = sorted(letter for letter in set(text) if not _has_glyph(letter))
    if lacking:
        raise Refused(GLYPH_MISSING, letters="".join(lacking))


_lock = Lock()


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    """Kept, because reading the fonts takes a hundred times longer than a page."""
    folder = Path(str(files("yinxin.uikit") / "typst"))
    return typst.Compiler(
        input=str(folder / "paper.typ"),
        root=str(folder),
        font_paths=[str(Path(sans_path()).parent)],
        ignore_system_fonts=True,
    )


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(sans_path()), 16)


@lru_cache(maxsize=20_000)
def _has_glyph(letter: str) -> bool:
    blank = letter.isspace() or letter == "\\"
    return blank or bytes(_font().getmask(letter)) != bytes(_font().getmask(NO_GLYPH))


def _told(paper: Paper) -> dict[str, Any]:
    table = paper.table
    return {
        "lang": "en" if (get_language() or "").startswith("en") else "zh",
        "institution": paper.institution,
        "title": translated(paper.title),
        "number": paper.number,
        "number_label": translated(NUMBER),
        "mark": translated(paper.mark),
        "code": _code(paper.proof_url) if paper.proof_url else "",
        "code_label": translated(PROOF),
        "sections": [
            {"title": translated(panel.title), "terms": _terms(panel.terms)}
            for panel in paper.panels
        ],
        "table": table
        and asdict(table)
        | {
            "titles": [translated(each) for each in table.titles],
            "rows": [[plain(each) for each in row] for row in table.rows],
        },
        "signatures": _terms(paper.signatures),
    }


def _terms(terms: Sequence[Term]) -> list[dict[str, Any]]:
    """Two to a row; a wide one begins a row of its own."""
    told: list[dict[str, Any]] = []
    taken = 0
    for term in terms:
        if term.wide and taken % 2:
            told.append({"title": "", "value": "", "wide": False})
            taken += 1
        told.append(
            {"title": translated(term.title), "value": plain(term.value), "wide": term.wide}
        )
        taken += 2 if term.wide else 1
    return told


def _code(url: str) -> str:
    code: str = segno.make_qr(url, error="m").svg_inline(border=2)
    return code.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
