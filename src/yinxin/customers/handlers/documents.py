"""Images of documents, and looking at them and at full numbers."""

from collections.abc import Collection
from uuid import UUID

from yinxin.gate.context import Context
from yinxin.gate.registry import handles
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused
from yinxin.vault import blobs

from .. import readings, rules
from ..commands import AddDocument, ConfirmReading, RecordReading, RevealNumber, ViewDocument
from ..facts import DocumentAdded, DocumentRead, DocumentShown, NumberRevealed, ReadingConfirmed
from ..images import require_image
from ..models import Customer, Document, Reading, Revelation
from ..opening import ReadVerdict
from ..particulars import Item
from ..personal import kept_under
from ..rules import Kind, Paper
from .subjects import document, locked


@handles(AddDocument)
def add_document(command: AddDocument, context: Context) -> Fact:
    customer = locked(command.customer_id, context)
    keep_image(customer, command.paper, command.image, context, "image")
    return DocumentAdded(number=customer.number, paper=command.paper)


def keep_image(
    customer: Customer, paper: Paper, upload: UUID, context: Context, field: str
) -> Document:
    """Keep an upload as a document of the customer; what can be read is read by a job."""
    require_image(blobs.read_staged(context.actor.id, upload), field)
    blob = blobs.keep(context.actor.id, upload, customer.id)
    image = Document.objects.create(
        id=context.new_id(),
        customer=customer,
        paper=paper,
        blob_id=blob.id,
        added_by_name=context.actor.name,
        added_at=context.now,
    )
    if paper in readings.READABLE:
        context.enqueue("customers.read_document", document_id=str(image.id))
    return image


def read_anew(
    customer: Customer, items: Collection[Item], change_id: UUID, context: Context
) -> None:
    """更正之后重新识读: what was read, and what a person confirmed of it, was about values that are
    no longer on record. The newest image of each paper that bears one is read again."""
    papers = readings.bearing(Kind(customer.kind), items)
    images = Document.objects.filter(customer=customer, paper__in=papers).order_by("id")
    for image in {image.paper: image for image in images}.values():
        read, _ = Reading.objects.filter(document=image).delete()
        if read:
            context.enqueue(
                "customers.read_document", document_id=str(image.id), change_id=str(change_id)
            )


@handles(RevealNumber)
def reveal_number(command: RevealNumber, context: Context) -> Fact:
    """The number itself is no part of the fact: a preview, which leaves no evidence, would
    give it away."""
    customer = locked(command.customer_id, context)
    until = context.now + rules.REVEALED_FOR
    Revelation.objects.create(
        id=context.new_id(), customer=customer, actor_id=context.actor.id, until=until
    )
    return NumberRevealed(number=customer.number, reason=command.reason, until=until)


@handles(ViewDocument)
def view_document(command: ViewDocument, context: Context) -> Fact:
    image = document(command.document_id, context)
    until = context.now + rules.REVEALED_FOR
    Revelation.objects.create(
        id=context.new_id(),
        customer=image.customer,
        document=image,
        actor_id=context.actor.id,
        until=until,
    )
    return DocumentShown(
        number=image.customer.number, paper=Paper(image.paper), reason=command.reason, until=until
    )


@handles(RecordReading)
def record_reading(command: RecordReading, context: Context) -> Fact:
    image = document(command.document_id, context)
    verdict = readings.verdict_of([each.verdict for each in command.items])
    Reading.objects.create(
        document=image,
        engines="、".join(command.engines),
        verdict=verdict,
        sealed_items=kept_under(
            image.customer_id,
            f"reading.items:{image.id}",
            [each.model_dump(mode="json") for each in command.items],
        ),
        read_at=context.now,
    )
    doubtful = [each.item for each in command.items if each.verdict is not ReadVerdict.AGREES]
    return DocumentRead(
        number=image.customer.number,
        paper=Paper(image.paper),
        verdict=verdict,
        doubtful=tuple(doubtful),
    )


@handles(ConfirmReading)
def confirm_reading(command: ConfirmReading, context: Context) -> Fact:
    image = document(command.document_id, context)
    waiting = Reading.objects.select_for_update().filter(document=image, confirmed_at=None)
    reading = waiting.exclude(verdict=ReadVerdict.AGREES).first()
    if reading is None:
        raise Refused(rules.READING_NOT_IN_DOUBT)
    reading.confirmed_by_id = context.actor.id
    reading.confirmed_by_name = context.actor.name
    reading.confirmed_at = context.now
    reading.save(update_fields=["confirmed_by_id", "confirmed_by_name", "confirmed_at"])
    return ReadingConfirmed(
        number=image.customer.number, paper=Paper(image.paper), reason=command.reason
    )
