"""What a bank where we hold an account sends us: camt.053 files."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree
from lxml.builder import ElementMaker

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"


@dataclass(frozen=True)
class Movement:
    """A line of the bank: `amount` is positive where money came in. Blanks are left out."""

    on: date
    amount: Decimal
    reference: str = ""
    counterparty: str = ""
    remittance: str = ""
    bank_reference: str = ""


def camt053(
    account: str,
    opening: Decimal,
    lines: Iterable[Movement],
    *,
    closing: Decimal | None = None,
    statement_id: str = "STMT-1",
    currency: str = "CNY",
    from_on: date = date(2026, 1, 5),
    to_on: date = date(2026, 1, 5),
    version: str = "08",
    encoding: str = "utf-8",
) -> bytes:
    """A statement of one account that adds up, unless `closing` is given; valid by the schema of
    versions 02 to 14."""
    lines = list(lines)
    if closing is None:
        closing = opening + sum(line.amount for line in lines)
    of = _Elements(version, currency)
    made_at = f"{to_on}T23:59:59"
    root = of.e.Document(
        of.e.BkToCstmrStmt(
            of.e.GrpHdr(of.e.MsgId(statement_id), of.e.CreDtTm(made_at)),
            of.e.Stmt(
                of.e.Id(statement_id),
                of.e.CreDtTm(made_at),
                of.e.FrToDt(of.e.FrDtTm(f"{from_on}T00:00:00"), of.e.ToDtTm(made_at)),
                of.e.Acct(of.e.Id(of.e.Othr(of.e.Id(account))), of.e.Ccy(currency)),
                of.balance("OPBD", opening, from_on),
                of.balance("CLBD", closing, to_on),
                *map(of.entry, lines),
            ),
        )
    )
    made: bytes = etree.tostring(root, xml_declaration=True, encoding=encoding)
    return made


class _Elements:
    def __init__(self, version: str, currency: str) -> None:
        namespace = NAMESPACE.format(version=version)
        self.e = ElementMaker(namespace=namespace, nsmap={None: namespace})
        self.currency = currency
        self.version = int(version)
        self.recent = self.version > 6  # a status and a party are choices by now

    def balance(self, code: str, amount: Decimal, on: date) -> etree._Element:
        kind = self.e.Tp(self.e.CdOrPrtry(self.e.Cd(code)))
        return self.e.Bal(kind, *self._money(amount), self.e.Dt(self.e.Dt(f"{on}")))

    def entry(self, line: Movement) -> etree._Element:
        e = self.e
        status = e.Sts(e.Cd("BOOK")) if self.recent else e.Sts("BOOK")
        own = [e.AcctSvcrRef(line.bank_reference)] if line.bank_reference else []
        return e.Ntry(
            *self._money(line.amount),
            status,
            e.BookgDt(e.Dt(f"{line.on}")),
            *own,
            e.BkTxCd(e.Prtry(e.Cd("NTRF"))),
            e.NtryDtls(self._transaction(line)),
        )

    def _transaction(self, line: Movement) -> etree._Element:
        e = self.e
        made = e.TxDtls(e.Refs(e.EndToEndId(line.reference or "NOTPROVIDED")))
        if self.version > 2:  # until then an amount of its own had another place
            made.extend(self._money(line.amount))
        if line.counterparty:
            name = e.Nm(line.counterparty)
            party = e.Dbtr if line.amount > 0 else e.Cdtr
            made.append(e.RltdPties(party(e.Pty(name) if self.recent else name)))
        if line.remittance:
            made.append(e.RmtInf(e.Ustrd(line.remittance)))
        return made

    def _money(self, amount: Decimal) -> tuple[etree._Element, etree._Element]:
        return (
            self.e.Amt(f"{abs(amount)}", Ccy=self.currency),
            self.e.CdtDbtInd("CRDT" if amount >= 0 else "DBIT"),
        )
