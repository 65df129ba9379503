"""Writing a customer's record anew, with what stood there before."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from yinxin.gate.context import Context
from yinxin.kernel.refusals import Refused
from yinxin.people.queries import bank_today

from .. import particulars, rules
from ..documents import DocumentType
from ..models import Change, Customer, Document, Report
from ..particulars import Item, Values
from ..personal import document_digest, kept_under, only, sealed_record
from ..rules import Kind
from .documents import read_anew
from .subjects import index, subject


@dataclass(frozen=True, slots=True)
class Changed:
    items: list[Item]
    before: Values
    after: Values


def intended(customer: Customer, wanted: Mapping[Item, str]) -> Changed:
    """What the record becomes. Raises Invalid where that is no record, Refused where nothing
    changes. What a citizen's number implies follows the number."""
    before = customer.values
    numbered = {Item.DOCUMENT_NUMBER, Item.DOCUMENT_TYPE} & set(wanted)
    implied = {Item.SEX, Item.BORN_ON} if numbered else set()
    rest = {item: text for item, text in before.items() if item not in implied}
    after = particulars.kept(Kind(customer.kind), {**rest, **wanted}, bank_today())
    items = [item for item in Item if before.get(item, "") != after.get(item, "")]
    if not items:
        raise Refused(rules.NOTHING_CHANGES)
    return Changed(items, before, after)


def rewrite(
    customer: Customer,
    wanted: Mapping[Item, str],
    reason: str,
    context: Context,
    proof: Document | None = None,
    report: Report | None = None,
) -> Changed:
    """Write the record and the row that says what it was."""
    changed = intended(customer, wanted)
    document = DocumentType(changed.after[Item.DOCUMENT_TYPE])
    digest = document_digest(document, changed.after[Item.DOCUMENT_NUMBER])
    _require_free(digest, customer.id, context)
    customer.document_type, customer.document_digest = document, digest
    customer.document_expires_on = particulars.expires_on(changed.after)
    for column, value in sealed_record(customer.id, changed.after).items():
        setattr(customer, column, value)
    customer.save()
    index(customer.id, changed.after)
    change_id = context.new_id()

    def kept(field: str, content: object) -> bytes:
        return kept_under(customer.id, f"change.{field}:{change_id}", content)

    Change.objects.create(
        id=change_id,
        customer=customer,
        report=report,
        items=changed.items,
        sealed_before=kept("before", only(changed.before, changed.items)),
        sealed_after=kept("after", only(changed.after, changed.items)),
        sealed_reason=kept("reason", reason),
        proof=proof,
        by_name=context.actor.name,
        at=context.now,
    )
    read_anew(customer, changed.items, change_id, context)
    return changed


def _require_free(digest: bytes, customer_id: UUID, context: Context) -> None:
    other = Customer.objects.filter(document_digest=digest).exclude(id=customer_id).first()
    if other is not None:
        context.about(subject(other))
        raise Refused(rules.CUSTOMER_EXISTS, number=other.number)
