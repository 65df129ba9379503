"""pain.001.001.09: tell the bank that keeps our account to pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lxml import etree
from lxml.builder import ElementMaker

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
LONGEST_NAME, LONGEST_TEXT, LONGEST_ACCOUNT = 140, 140, 34


@dataclass(frozen=True, slots=True)
class Payment:
    """`end_to_end_id` is what comes back with every answer."""

    end_to_end_id: str
    amount: Decimal
    currency: str
    payee_name: str
    payee_account: str
    payee_bank: str
    purpose: str
    payer_name: str


@dataclass(frozen=True, slots=True)
class Sender:
    """The institution, and its account at the bank that is told to pay."""

    name: str
    account: str
    bank: str


def written(
    message_id: str, made_at: datetime, pay_on: date, sender: Sender, payments: Sequence[Payment]
) -> bytes:
    """One message with one payment information of all payments."""
    e = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})
    total = sum((each.amount for each in payments), Decimal(0))
    sums = (e.NbOfTxs(str(len(payments))), e.CtrlSum(f"{total.normalize():f}"))
    root = e.Document(
        e.CstmrCdtTrfInitn(
            e.GrpHdr(
                e.MsgId(message_id),
                e.CreDtTm(made_at.strftime("%Y-%m-%dT%H:%M:%SZ")),
                *sums,
                e.InitgPty(e.Nm(sender.name[:LONGEST_NAME])),
            ),
            e.PmtInf(
                e.PmtInfId(message_id),
                e.PmtMtd("TRF"),
                *(_copy(each) for each in sums),
                e.ReqdExctnDt(e.Dt(pay_on.isoformat())),
                e.Dbtr(e.Nm(sender.name[:LONGEST_NAME])),
                e.DbtrAcct(_account(e, sender.account)),
                e.DbtrAgt(_bank(e, sender.bank)),
                *(_payment(e, each) for each in payments),
            ),
        )
    )
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return made


def _payment(e: ElementMaker, payment: Payment) -> etree._Element:
    return e.CdtTrfTxInf(
        e.PmtId(e.EndToEndId(payment.end_to_end_id)),
        e.Amt(e.InstdAmt(f"{payment.amount.normalize():f}", Ccy=payment.currency)),
        e.UltmtDbtr(e.Nm(payment.payer_name[:LONGEST_NAME])),
        e.CdtrAgt(_bank(e, payment.payee_bank)),
        e.Cdtr(e.Nm(payment.payee_name[:LONGEST_NAME])),
        e.CdtrAcct(_account(e, payment.payee_account)),
        e.RmtInf(e.Ustrd(payment.purpose[:LONGEST_TEXT])),
    )


def _bank(e: ElementMaker, name: str) -> etree._Element:
    """Chinese banks are named in words here; a code of theirs would be a BIC or a CNAPS number."""
    return e.FinInstnId(e.Nm(name[:LONGEST_NAME] or "NOTPROVIDED"))


def _account(e: ElementMaker, number: str) -> etree._Element:
    return e.Id(e.Othr(e.Id(number[:LONGEST_ACCOUNT] or "NOTPROVIDED")))


def _copy(element: etree._Element) -> etree._Element:
    copied = etree.Element(element.tag)
    copied.text = element.text
    return copied
