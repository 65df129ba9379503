"""Reading camt.053: every version, and every way in which a file is not to be trusted."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.bank.statements import Movement, camt053

from yinxin.kernel import incoming
from yinxin.kernel.incoming import Unreadable
from yinxin.reconciliation.statements import read, require_whole

PATIENT = settings(deadline=None)  # the first example loads what reads it


DAY = date(2026, 1, 5)
SCRIPT = "<script>alert('x')</script> & 王 & 公司"
LINES = [
    Movement(DAY, Decimal("1000.50"), "TR20260105-0007", "清河贸易有限公司", "货款", "SVC-1"),
    Movement(DAY, Decimal("-20.25"), "", SCRIPT, "/ROC/TR20260105-0008//", "SVC-2"),
    Movement(DAY, Decimal("3"), bank_reference="TWICE"),
    Movement(DAY, Decimal("4"), bank_reference="TWICE"),
    Movement(DAY, Decimal("5")),
]
VERSIONS = [f"{version:02}" for version in range(2, 15)]

# The first version has other names for some things.
FIRST = """<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.01"><BkToCstmrStmtV01>
<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-01-05T23:59:59</CreDtTm></GrpHdr>
<Stmt><Id>S-1</Id><CreDtTm>2026-01-05T23:59:59</CreDtTm>
<Acct><Id><PrtryAcct><Id>6001</Id></PrtryAcct></Id><Ccy>CNY</Ccy></Acct>
<Bal><Tp><Cd>PRCD</Cd></Tp><Amt Ccy="CNY">10</Amt><CdtDbtInd>DBIT</CdtDbtInd>
<Dt><Dt>2026-01-04</Dt></Dt></Bal>
<Bal><Tp><Cd>CLBD</Cd></Tp><Amt Ccy="CNY">2.50</Amt><CdtDbtInd>DBIT</CdtDbtInd>
<Dt><Dt>2026-01-05</Dt></Dt></Bal>
<Ntry><Amt Ccy="CNY">7.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<ValDt><DtTm>2026-01-05T10:00:00+08:00</DtTm></ValDt><BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>
<TxDtls><Refs><AcctSvcrRef>A1</AcctSvcrRef><InstrId>I-1</InstrId></Refs>
<RltdPties><Dbtr><Nm>甲</Nm></Dbtr></RltdPties>
<RmtInf><Ustrd>one</Ustrd><Strd><CdtrRefInf><CdtrRef>RF18</CdtrRef></CdtrRefInf></Strd></RmtInf>
</TxDtls></Ntry>
<Ntry><Amt Ccy="CNY">99</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts>
<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd></Ntry>
</Stmt></BkToCstmrStmtV01></Document>""".encode()

BOMB = b"""<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Document>&b;</Document>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<Document>&x;</Document>"""


def made(*lines: Movement, **changed: object) -> bytes:
    return camt053("6001 0000", Decimal("100.00"), lines or LINES, **changed)  # type: ignore[arg-type]


def altered(old: str, new: str, content: bytes | None = None) -> bytes:
    """A good file in which the first `old` is `new`."""
    content = made() if content is None else content
    assert old.encode() in content
    return content.replace(old.encode(), new.encode(), 1)


def unreadable(content: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(content)
    assert caught.value.sentence.zh
    assert caught.value.sentence.en
    return caught.value


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_reads_alike(version: str) -> None:
    (statement,) = read(made(version=version))
    assert (statement.id, statement.account, statement.currency) == ("STMT-1", "6001 0000", "CNY")
    assert (statement.opening, statement.closing) == (Decimal("100.00"), Decimal("1092.25"))
    assert (statement.from_on, statement.to_on) == (DAY, DAY)
    first, second, *others = statement.lines
    assert (first.id, first.on, first.amount) == ("SVC-1", DAY, Decimal("1000.50"))
    assert (first.reference, first.counterparty) == ("TR20260105-0007", "清河贸易有限公司")
    assert first.description == "货款"
    assert (second.amount, second.reference) == (Decimal("-20.25"), "")
    assert second.counterparty == SCRIPT
    assert [each.id for each in others] == ["3", "4", "5"]


@pytest.mark.parametrize("version", VERSIONS)
def test_what_our_bank_writes_is_valid(version: str, shared_data: Path) -> None:
    schema = etree.XMLSchema(file=shared_data / f"iso20022/xsd/camt.053.001.{version}.xsd")
    schema.assertValid(etree.fromstring(made(version=version)))


def test_the_first_version(shared_data: Path) -> None:
    schema = etree.XMLSchema(file=shared_data / "iso20022/xsd/camt.053.001.01.xsd")
    booked = etree.fromstring(FIRST)
    for pending in booked.xpath("//*[local-name()='Ntry'][*[.='PDNG']]"):
        pending.getparent().remove(pending)  # it had no such status yet
    schema.assertValid(booked)
    (statement,) = read(FIRST)
    assert (statement.account, statement.opening, statement.closing) == (
        "6001",
        Decimal(-10),
        Decimal("-2.50"),
    )
    assert (statement.from_on, statement.to_on) == (date(2026, 1, 4), DAY)
    (line,) = statement.lines
    assert (line.id, line.on, line.amount, line.reference) == ("A1", DAY, Decimal("7.50"), "I-1")
    assert (line.counterparty, line.description) == ("甲", "one RF18")


def test_a_file_of_two_statements_has_one_run_of_positions() -> None:
    one, two = (etree.fromstring(made(statement_id=each)) for each in ("A", "B"))
    one[0].append(two[0][1])
    first, second = read(etree.tostring(one))
    assert (first.id, second.id) == ("A", "B")
    # Each of the bank's references comes twice now.
    ids = [line.id for each in (first, second) for line in each.lines]
    assert ids == [f"{position}" for position in range(1, 11)]


def test_a_reversal_keeps_its_parties() -> None:
    given = made(Movement(DAY, Decimal(-5), "R1", "受款人"))
    back = altered("<Sts>", "<RvslInd>true</RvslInd><Sts>", given)
    back = altered("<Cdtr><Pty>", "<Dbtr><Pty>", altered("</Pty></Cdtr>", "</Pty></Dbtr>", back))
    assert read(back)[0].lines[0].counterparty == "受款人"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030", "gbk"])
def test_encodings(encoding: str) -> None:
    content = made(LINES[0], encoding=encoding)
    assert read(content)[0].lines[0].counterparty == "清河贸易有限公司"


def test_a_real_sample_without_booked_balances(shared_data: Path) -> None:
    sample = shared_data / "iso20022/samples/prowide_camt.053.001.07.xml"
    (statement,) = read(sample.read_bytes())
    assert (statement.account, statement.opening, statement.closing) == ("2345234534", None, None)


@pytest.mark.parametrize(
    "name", ["prowide_pacs.008.001.07.xml", "prowide_pacs.002-CDATA-with-header.xml"]
)
def test_other_messages_are_refused(name: str, shared_data: Path) -> None:
    assert unreadable((shared_data / "iso20022/samples" / name).read_bytes()).code == "no_statement"


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b"", "format_unknown", None),
        (b"not xml", "format_unknown", None),
        (b"<Document/>", "no_statement", ""),
        (made()[:-30], "broken", None),
        (made()[:1500], "broken", None),
        (BOMB, "doctype", ""),
        (OUTSIDE, "doctype", ""),
        (altered("utf-8", "utf-7"), "encoding_unknown", "utf-7"),
        (made(LINES[0], encoding="gbk").replace(b"gbk", b"utf-8"), "encoding_wrong", None),
        (made(LINES[0]).decode().encode("gbk"), "encoding_wrong", None),
        (b"<a>&lol;</a>", "broken", None),
        (b"<a>" * 100_000, "broken", None),
        (altered("1000.50", "NaN"), "amount_wrong", "Stmt[1]/Ntry[1]/Amt"),
        (altered("1000.50", "Infinity"), "amount_wrong", "Stmt[1]/Ntry[1]/Amt"),
        (altered("1000.50", "-1000.50"), "amount_wrong", "Stmt[1]/Ntry[1]/Amt"),
        (altered("1000.50", "1,000.50"), "amount_wrong", "Stmt[1]/Ntry[1]/Amt"),
        (altered("1000.50", "1E3"), "amount_wrong", "Stmt[1]/Ntry[1]/Amt"),
        (altered("1000.50", "1000.505"), "amount_wrong", "Stmt[1]/Ntry[1]/Amt"),
        (altered("1000.50", "٣"), "amount_wrong", "Stmt[1]/Ntry[1]/Amt"),
        (altered("1000.50", "9" * 16), "amount_wrong", "Stmt[1]/Ntry[1]/Amt"),
        (altered("100.00", "NaN"), "amount_wrong", "Stmt[1]/Bal/Amt"),
        (altered('"CNY">1000.50', '"XXX">1000.50'), "amount_wrong", "Stmt[1]/Ntry[1]/Amt"),
        (altered('"CNY">1000.50', '"USD">1000.50'), "currency_mixed", "Stmt[1]"),
        (altered("DBIT", "BOTH"), "direction_wrong", "Stmt[1]/Ntry[2]/CdtDbtInd"),
        (altered("<Dt>2026-01-05</Dt></BookgDt>", "<Dt>2026-02-30</Dt></BookgDt>"),
         "date_wrong", "Stmt[1]/Ntry[1]/BookgDt/Dt"),
        (altered("<BookgDt><Dt>2026-01-05</Dt></BookgDt>", ""),
         "missing", "Stmt[1]/Ntry[1]/BookgDt"),
        (altered("2026-01-05T00", "2026-01-06T00"), "date_wrong", "Stmt[1]/FrToDt"),
        (altered("<Stmt><Id>STMT-1</Id>", "<Stmt>"), "missing", "Stmt[1]/Id"),
        (altered("<Stmt><Id>STMT-1", f"<Stmt><Id>{'S' * 36}"), "too_long", "Stmt[1]/Id"),
        (altered("<Id>6001 0000</Id>", "<Id> </Id>"), "missing", "Stmt[1]/Acct/Id"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_whole_and_true(content: bytes, code: str, place: str | None) -> None:
    error = unreadable(content)
    assert error.code == code
    if place is not None:
        assert error.place == place


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (altered("1000.50", "1000.51"), "sums_differ"),
        (made(closing=Decimal(1)), "sums_differ"),
        (altered("DBIT", "CRDT"), "sums_differ"),
        (altered("OPBD", "OPAV"), "balance_missing"),
    ],
)
def test_a_file_that_may_lack_lines(content: bytes, code: str) -> None:
    """It can be read, and is not taken as the whole statement."""
    (statement,) = read(content)
    with pytest.raises(Unreadable, match=code):
        require_whole(statement)


def test_a_file_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incoming, "LARGEST", 100)
    assert unreadable(made()).code == "too_large"


def _only_unreadable(content: bytes) -> None:
    with suppress(Unreadable):
        read(content)


@PATIENT
@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    _only_unreadable(content)


@PATIENT
@given(st.data())
def test_any_damage_to_a_good_file(data: st.DataObject) -> None:
    content = made(LINES[0], LINES[1])
    start = data.draw(st.integers(0, len(content)))
    end = min(len(content), start + data.draw(st.integers(0, 40)))
    _only_unreadable(content[:start] + data.draw(st.binary(max_size=20)) + content[end:])


@PATIENT
@given(
    st.data(), st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30)
)
def test_any_text_in_any_element(data: st.DataObject, text: str) -> None:
    root = etree.fromstring(made(LINES[0]))
    leaf = data.draw(st.sampled_from([each for each in root.iter() if not len(each)]))
    try:
        leaf.text = text
    except ValueError:
        return  # not a character of XML
    _only_unreadable(etree.tostring(root, encoding="utf-8"))


@PATIENT
@given(
    st.lists(st.decimals("-99999.99", "99999.99", places=2).filter(bool), min_size=1, max_size=30),
    st.decimals("-1e9", "1e9", places=2),
)
def test_amounts_come_back_as_they_were(amounts: list[Decimal], opening: Decimal) -> None:
    (statement,) = read(camt053("6001", opening, [Movement(DAY, each) for each in amounts]))
    assert [line.amount for line in statement.lines] == amounts
    assert statement.closing == opening + sum(amounts)
