"""Reading the images of documents, outside the transaction that records what was read."""

from collections.abc import Sequence
from uuid import UUID

from yinxin.gate import door
from yinxin.gate.door import Outcome
from yinxin.gate.jobs import job
from yinxin.gate.reading import reading
from yinxin.gate.registry import service
from yinxin.kernel.text import Text
from yinxin.vault import blobs

from . import ocr, queries, readings
from .commands import ReadItem, RecordReading
from .images import Unreadable
from .readings import Answer
from .rules import Kind, Paper

READER = service("customers.reader", Text("影像识读", "Document reader"))


@job("customers.read_document", Text("识读证件影像", "Read a document"), "customers.document")
def read_document(document_id: str, change_id: str = "") -> None:
    """Safe to repeat: a document that was read, since the change that asks for it again, is left
    alone."""
    with reading():
        found = queries.document_to_read(READER, document_id)
        if found is None:
            return
        document, customer = found
        content, values = blobs.read(blobs.kept(document.blob_id)), customer.values
    paper, kind = Paper(document.paper), Kind(customer.kind)
    try:
        answers = readings.compared(paper, kind, values, ocr.read(content))
    except (Unreadable, ocr.NoEngines):
        answers = []
    record(document.id, answers, change_id)


def record(document_id: UUID, answers: Sequence[Answer], change_id: str = "") -> Outcome:
    """What the engines answered, as the command that keeps it."""
    items = tuple(map(_item, answers))
    command = RecordReading(document_id=document_id, engines=ocr.NAMES, items=items)
    return door.submit(command, READER, f"reading/{document_id}/{change_id}")


def _item(answer: Answer) -> ReadItem:
    return ReadItem(item=answer.item, verdict=answer.verdict, read=answer.read, rare=answer.rare)
