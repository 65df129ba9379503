"""Reading MT940 and MT942: what real banks write, and what is broken."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yinxin.kernel.incoming import Unreadable
from yinxin.reconciliation.statements import joined, read

PATIENT = settings(deadline=None)  # the first example loads what reads it


GOOD = """\
:20:STARTUMS
:25:12345678/1020304050
:28C:00001/001
:60F:C260105CNY1000,00
:61:2601050106C250,50NTRFINV-2026-1//B-77
:86:166?00GUTSCHRIFT?20EREF+INV-2026-1?21SVWZ+Rechnung?32ACME ?33GMBH
:61:260106RC50,NMSCNONREF
:86:free text
goes on
:62F:C260106CNY1200,50
-
"""

# file | statements, lines, or the refusal | why
FILES = """
ASNB_mt940                      | 31 | 8  | a message a day in SWIFT blocks, blank lines in :86:
betterplace_amount_formats      | field_outside 1 :60F: | | balances without a message
betterplace_empty_86            | field_outside 1 :86:  | | a :86: without a message
betterplace_empty_line          | missing 2 :25:        | | a message of one field
betterplace_sepa_mt9401         | 26 | 97 | German ?20 fields, pages 60M and 62M
betterplace_sepa_snippet_broken | field_misplaced 6 :25: | | :25: where :86: should be
citi_mt940                      | 1  | 5  | :28:, blanks for the entry date, amounts of nothing
cmxl_account_balance_debit      | field_outside 1 :60F: | | one field
cmxl_account_identification_legacy | field_outside 1 :25: | | one field
cmxl_closing_balance            | field_outside 1 :62F: | | one field
cmxl_reference                  | missing 1 :25:        | | one field
cmxl_statement_line             | field_outside 1 :61:  | | one field
jejik_abnamro                   | 2  | 10 | lines before each message, no cents
jejik_ing                       | 1  | 7  | lines before the message, control characters in texts
jejik_postfinance               | 2  | 4  | a reference behind the other, further details
jejik_rabobank                  | 4  | 5  | :940:, several :86: a line, a name behind the reference
jejik_triodos                   | 1  | 2  | > for ?
mBank_mt942                     | 1  | 3  | interim: no balances, ^A and ^C about it
sberbank_171011_01234945        | 1  | 3  | :NS: of Hungarian banks
self-provided_details_60-63     | 1  | 1  | text in ?60
self-provided_february_30       | 1  | 1  | interest of thirty days a month
self-provided_invalid_statement | format_unknown 1      | | ten lines of one digit
self-provided_malformed_details | 1  | 1  | a ? at the very end
self-provided_multiline         | field_outside 38 :61: | | a line after the end of its message
self-provided_raiffeisen-cmi    | 1  | 7  | code page 852
self-provided_sparkassen        | field_outside 1 :61:  | | a fragment, its line broken in two
self-provided_whitespace        | 1  | 1  | blanks at the ends of lines
"""
# what is changed | to what | code | row | field
DAMAGE = """
:20:STARTUMS              | :20:                    | missing         | 10 | :20:
:25:12345678/1020304050\\n |                        | missing         | 9  | :25:
:28C:00001/001\\n         |                         | missing         | 9  | :28C:
:60F:C260105CNY1000,00\\n |                         | missing         | 9  | :60F:
:62F:C260106CNY1200,50\\n |                         | missing         | 8  | :62F:
CNY1000,00                | CNY1000.00              | balance_wrong   | 4  | :60F:
CNY1000,00                | CNYNaN                  | balance_wrong   | 4  | :60F:
CNY1000,00                | XXX1000,00              | amount_wrong    | 4  | :60F:
CNY1200,50                | USD1200,50              | currency_mixed  | 10 | :62F:
C260105                   | C261305                 | date_wrong      | 4  | :60F:
C250,50                   | C-250,50                | line_wrong      | 5  | :61:
C250,50                   | C250.50                 | line_wrong      | 5  | :61:
C250,50                   | C２５０,50              | line_wrong      | 5  | :61:
C250,50                   | X250,50                 | line_wrong      | 5  | :61:
C250,50                   | C250,505                | amount_wrong    | 5  | :61:
:61:2601050106            | :61:2602310106          | date_wrong      | 5  | :61:
:61:2601050106            | :61:2601051306          | date_wrong      | 5  | :61:
:28C:00001/001            | :28C:00001/001\\n:99:x  | field_unknown   | 4  | :99:
:60F:C                    | :61:260105C1,NMSC\\n:60F:C | field_misplaced | 5 | :60F:
:62F:C                    | :60F:C260105CNY1,\\n:62F:C | field_misplaced | 10 | :60F:
"""


def cases(table: str) -> list[tuple[str, ...]]:
    lines = [line.replace("\\n", "\n").split("|") for line in table.strip("\n").splitlines()]
    return [tuple(cell.strip(" ") for cell in line) for line in lines]


def test_what_a_line_says() -> None:
    (statement,) = read(GOOD.encode())
    assert (statement.id, statement.account) == (
        "STARTUMS 00001/001 260105",
        "12345678/1020304050",
    )
    assert (statement.opening, statement.closing) == (Decimal(1000), Decimal("1200.50"))
    assert statement.adds_up
    first, second = statement.lines
    assert (first.id, first.on, first.amount) == ("B-77", date(2026, 1, 6), Decimal("250.50"))
    assert (first.reference, first.counterparty) == ("INV-2026-1", "ACME GMBH")
    assert (second.id, second.amount, second.reversal) == ("2", Decimal(-50), True)
    assert second.description == "free text goes on"


@pytest.mark.parametrize(("name", "found", "lines", "why"), cases(FILES))
def test_real_files(name: str, found: str, lines: str, why: str, shared_data: Path) -> None:
    (path,) = (shared_data / "mt940").glob(f"mt940_tests_{name}.*")
    if lines:
        statements = read(path.read_bytes())
        assert [len(statements), sum(len(each.lines) for each in statements)] == [
            int(found),
            int(lines),
        ]
        return
    with pytest.raises(Unreadable) as caught:
        read(path.read_bytes())
    error = caught.value
    assert " ".join(filter(None, [error.code, f"{error.row}", error.field])) == found


def test_the_other_file(shared_data: Path) -> None:
    (statement,) = read((shared_data / "mt940/tryton_MT940.txt").read_bytes())
    assert [line.amount for line in statement.lines] == [100]


@pytest.mark.parametrize(("old", "new", "code", "row", "field"), cases(DAMAGE))
def test_damage_is_named(old: str, new: str, code: str, row: str, field: str) -> None:
    assert old in GOOD
    with pytest.raises(Unreadable) as caught:
        read(GOOD.replace(old, new, 1).encode())
    error = caught.value
    assert (error.code, error.row, error.field) == (code, int(row), field)


def test_days_that_follow_are_one_statement() -> None:
    second = (
        GOOD.replace("C260106CNY1200,50", "C260107CNY1401,00")
        .replace("C260105CNY1000,00", "C260106CNY1200,50")
        .replace("00001/001", "00002/001")
    )
    (one,) = joined(read((GOOD + second).encode()))
    assert (one.opening, one.closing, len(one.lines)) == (1000, 1401, 4)
    assert one.adds_up
    third = second.replace("CNY1200,50", "CNY1200,51")
    assert len(joined(read((GOOD + third).encode()))) == 2


def _only_unreadable(content: bytes) -> None:
    with suppress(Unreadable):
        read(content)


@PATIENT
@given(st.data())
def test_any_damage(data: st.DataObject) -> None:
    content = GOOD.encode()
    start = data.draw(st.integers(0, len(content)))
    end = min(len(content), start + data.draw(st.integers(0, 30)))
    piece = data.draw(st.one_of(st.binary(max_size=12), st.text(":-?/6012CDR,", max_size=12)))
    new = piece if isinstance(piece, bytes) else piece.encode()
    _only_unreadable(content[:start] + new + content[end:])


@PATIENT
@given(st.integers(0, len(GOOD)))
def test_any_truncation(length: int) -> None:
    _only_unreadable(GOOD[:length].encode())


@PATIENT
@given(st.lists(st.sampled_from(GOOD.splitlines(keepends=True)), max_size=14))
def test_any_order_of_lines(lines: list[str]) -> None:
    _only_unreadable("".join(lines).encode())


@PATIENT
@given(
    st.lists(st.decimals("-99999.99", "99999.99", places=2), min_size=1, max_size=20),
    st.decimals("-1e9", "1e9", places=2),
)
def test_amounts_come_back_as_they_were(amounts: list[Decimal], opening: Decimal) -> None:
    def stated(amount: Decimal) -> str:
        return f"{'C' if amount >= 0 else 'D'}%s{abs(amount)}".replace(".", ",")

    lines = "".join(f":61:260105{stated(each) % ''}NTRFNONREF\n" for each in amounts)
    closing = opening + sum(amounts)
    content = (
        f":20:S\n:25:A\n:28C:1\n:60F:{stated(opening) % '260105CNY'}\n{lines}"
        f":62F:{stated(closing) % '260105CNY'}\n"
    )
    (statement,) = read(content.encode())
    assert [line.amount for line in statement.lines] == amounts
    assert statement.adds_up
