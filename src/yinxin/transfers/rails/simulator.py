"""A bank that answers, for tests and the demonstration: it reads a pain.001 as strictly as a real
one, and says of each payment whether it accepts, books or returns it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from lxml import etree
from lxml.builder import ElementMaker

from yinxin.kernel.incoming.xml import document, found, text

PAIN002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"
CAMT054 = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
MADE_AT = "2026-01-05T10:00:00Z"

Ordered = tuple[str, Decimal, str]  # end-to-end id, amount, currency


def pays_all(end_to_end_id: str) -> str:
    return "paid"


@dataclass
class SimulatedBank:
    """`judge` says of each end-to-end id: paid, refused or returned. Messages wait to be fetched;
    the same message again is known and ignored."""

    judge: Callable[[str], str] = pays_all
    waiting: list[bytes] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def send(self, message_id: str, pain001: bytes) -> None:
        if message_id in self.known:
            return
        self.known.add(message_id)
        payments = list(_payments(pain001))
        verdicts = {each[0]: self.judge(each[0]) for each in payments}
        self.waiting.append(status_report(message_id, verdicts))
        taken = [each for each in payments if verdicts[each[0]] != "refused"]
        if taken:
            self.waiting.append(notification(f"{message_id}-D", taken, "DBIT"))
        back = [each for each in payments if verdicts[each[0]] == "returned"]
        if back:
            self.waiting.append(notification(f"{message_id}-C", back, "CRDT", "AC04"))

    def fetch(self) -> Iterable[bytes]:
        return tuple(self.waiting)


def status_report(message_id: str, verdicts: dict[str, str]) -> bytes:
    e = ElementMaker(namespace=PAIN002, nsmap={None: PAIN002})
    payments = []
    for end_to_end_id, verdict in verdicts.items():
        refused = verdict == "refused"
        status = [e.TxSts("RJCT" if refused else "ACSP")]
        if refused:
            status.append(e.StsRsnInf(e.Rsn(e.Cd("AC01"))))
        payments.append(e.TxInfAndSts(e.OrgnlEndToEndId(end_to_end_id), *status))
    root = e.Document(
        e.CstmrPmtStsRpt(
            e.GrpHdr(e.MsgId(f"{message_id}-S"), e.CreDtTm(MADE_AT)),
            e.OrgnlGrpInfAndSts(e.OrgnlMsgId(message_id), e.OrgnlMsgNmId("pain.001.001.09")),
            e.OrgnlPmtInfAndSts(e.OrgnlPmtInfId(message_id), *payments),
        )
    )
    return _bytes(root)


def notification(
    message_id: str, payments: Iterable[Ordered], direction: str, reason: str = ""
) -> bytes:
    e = ElementMaker(namespace=CAMT054, nsmap={None: CAMT054})
    root = e.Document(
        e.BkToCstmrDbtCdtNtfctn(
            e.GrpHdr(e.MsgId(message_id), e.CreDtTm(MADE_AT)),
            e.Ntfctn(
                e.Id(message_id),
                e.CreDtTm(MADE_AT),
                e.Acct(e.Id(e.Othr(e.Id("NOSTRO")))),
                *(_entry(e, each, direction, reason) for each in payments),
            ),
        )
    )
    return _bytes(root)


def _entry(e: ElementMaker, payment: Ordered, direction: str, reason: str) -> etree._Element:
    end_to_end_id, amount, currency = payment
    returned = [e.RtrInf(e.Rsn(e.Cd(reason)))] if reason else []
    money = (f"{amount:f}", currency)
    return e.Ntry(
        e.Amt(money[0], Ccy=money[1]),
        e.CdtDbtInd(direction),
        e.Sts(e.Cd("BOOK")),
        e.BkTxCd(e.Prtry(e.Cd("NTRF"))),
        e.NtryDtls(
            e.TxDtls(
                e.Refs(e.EndToEndId(end_to_end_id)),
                e.Amt(money[0], Ccy=money[1]),
                e.CdtDbtInd(direction),
                *returned,
            )
        ),
    )


def _payments(pain001: bytes) -> Iterable[Ordered]:
    root = document(pain001)
    for payment in found(root, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf"):
        amount = next(found(payment, "Amt/InstdAmt"))
        told = amount.text or ""
        yield text(payment, "PmtId/EndToEndId"), Decimal(told), amount.get("Ccy", "")


def _bytes(root: etree._Element) -> bytes:
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return made
