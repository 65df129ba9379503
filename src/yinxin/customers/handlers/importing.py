"""存量客户迁移: the customers of the system before, and verifying them anew."""

from collections.abc import Iterator, Sequence

from yinxin.gate.bulk import copy_in
from yinxin.gate.context import Context
from yinxin.gate.registry import explains, handles
from yinxin.kernel.fact import Fact
from yinxin.kernel.incoming.records import Fault
from yinxin.kernel.refusals import Invalid, Refused
from yinxin.kernel.text import Text
from yinxin.people.queries import bank_today
from yinxin.vault.sealing import new_keys
from yinxin.vault.search import index_all

from .. import imports, opening, particulars, queries, rules
from ..commands import ImportCustomers, ReviewCustomer
from ..documents import DocumentType
from ..import_facts import CustomerReviewed, CustomersImported
from ..importfile import COLUMNS, MOST_ROWS, Entry, entry
from ..models import Customer, Import
from ..particulars import Item
from ..personal import document_digest, sealed_record
from ..rules import State
from ..scorecard import rated, traits
from .rating import assess
from .standards import IN_PAST
from .subjects import findable, locked, measured

TWICE = Text("与第 {row} 行重复", "was used in row {row} already")
KNOWN = Text("已登记为客户 {number}", "is registered as customer {number}")

explains("customers_customer_former_number_once", rules.IMPORT_JUST_CLASHED)


@handles(ImportCustomers)
def import_customers(command: ImportCustomers, context: Context) -> Fact:
    today = bank_today()
    if command.review_by <= today:
        raise Invalid(("review_by", IN_PAST))
    digest, rows = imports.opened(command.file, COLUMNS, MOST_ROWS, context)
    taken = imports.create(Import.Kind.CUSTOMERS, digest, len(rows), context)
    entries = imports.each(rows, COLUMNS, lambda row: entry(row, today))
    digests = [_digest(each) for each in entries]
    imports.require_clean([*_repeated(entries, digests), *_known(entries, digests)], COLUMNS)
    _write(command, entries, digests, taken, context)
    return CustomersImported(
        number=taken.number,
        rows=len(entries),
        active=sum(each.state is State.ACTIVE for each in entries),
        review_by=command.review_by,
        digest=digest.hex(),
    )


@handles(ReviewCustomer)
def review_customer(command: ReviewCustomer, context: Context) -> Fact:
    customer = locked(command.customer_id, context)
    if customer.review_by is None:
        raise Refused(rules.NOT_UNDER_REVIEW, number=customer.number)
    found = opening.checks(queries.standing_of(customer), bank_today())
    opening.require_met(found, customer.number)
    rating, points, reasons = assess(customer, context)
    measured(customer, context)
    customer.review_by = None
    customer.save(update_fields=["review_by", "rating"])
    return CustomerReviewed(
        number=customer.number, name=customer.name, rating=rating, points=points, reasons=reasons
    )


def _write(
    command: ImportCustomers,
    entries: Sequence[Entry],
    digests: Sequence[bytes],
    taken: Import,
    context: Context,
) -> None:
    numbers = context.draw_numbers("CU", bank_today(), len(entries))
    ids = [context.new_id() for _ in entries]
    card = queries.scorecard(bank_today())
    actor = context.actor
    opened = {
        "opened_by_id": actor.id,
        "opened_by_name": actor.name,
        "opened_at": context.now,
        "review_by": command.review_by,
    }
    with new_keys(ids):
        rows = [
            {
                "id": id,
                "number": number,
                "kind": each.kind,
                "document_type": each.values[Item.DOCUMENT_TYPE],
                "document_digest": digest,
                "document_expires_on": particulars.expires_on(each.values),
                "state": each.state,
                "rating": rated(traits(each.kind, each.values), card).rating,
                "former_number": each.former_number,
                **(opened if each.state is State.ACTIVE else {}),
                **sealed_record(id, each.values),
            }
            for id, number, each, digest in zip(ids, numbers, entries, digests, strict=True)
        ]
    copy_in(
        Customer,
        rows,
        branch=actor.branch,
        registered_by_id=actor.id,
        registered_by_name=actor.name,
        registered_at=context.now,
        entered_by_id=actor.id,
        came_by_id=taken.id,
    )
    index_all(
        token for id, each in zip(ids, entries, strict=True) for token in findable(id, each.values)
    )


def _repeated(entries: Sequence[Entry], digests: Sequence[bytes]) -> Iterator[Fault]:
    """Rows that say what a row before them said."""
    seen: dict[bytes | str, int] = {}
    for each, digest in zip(entries, digests, strict=True):
        for field, key in (("former_number", each.former_number), (Item.DOCUMENT_NUMBER, digest)):
            if (first := seen.setdefault(key, each.row)) != each.row:
                yield Fault(each.row, field, TWICE.format(row=first))


def _known(entries: Sequence[Entry], digests: Sequence[bytes]) -> Iterator[Fault]:
    """Rows of customers that this system has."""
    former = {each.former_number: each.row for each in entries}
    documents = {digest: each.row for digest, each in zip(digests, entries, strict=True)}
    rows = Customer.objects.filter(former_number__in=former)
    for number, known in rows.values_list("number", "former_number"):
        yield Fault(former[known], "former_number", KNOWN.format(number=number))
    rows = Customer.objects.filter(document_digest__in=documents)
    for number, digest in rows.values_list("number", "document_digest"):
        yield Fault(documents[bytes(digest)], Item.DOCUMENT_NUMBER, KNOWN.format(number=number))


def _digest(each: Entry) -> bytes:
    values = each.values
    return document_digest(DocumentType(values[Item.DOCUMENT_TYPE]), values[Item.DOCUMENT_NUMBER])
