"""The personal fields of a customer, sealed under the customer's own key."""

import hmac
import json
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from yinxin.vault.keys import derived
from yinxin.vault.sealing import seal_text, unseal_text

from .documents import CITIZENS, DocumentType
from .particulars import Item, Values

# The items with a column of their own; the others lie together in one.
COLUMNS = (Item.NAME, Item.DOCUMENT_NUMBER, Item.PHONE, Item.ADDRESS)
PLAIN = (Item.DOCUMENT_TYPE, Item.VALID_UNTIL)


def sealed(customer_id: UUID, **plain: str) -> dict[str, bytes]:
    """The `sealed_` columns for these values."""
    return {
        f"sealed_{field}": seal_text(customer_id, _place(field, customer_id), value)
        for field, value in plain.items()
    }


def sealed_record(customer_id: UUID, values: Mapping[Item, str]) -> dict[str, bytes]:
    """The sealed columns of a customer's whole record."""
    rest = {item: text for item, text in values.items() if item not in (*COLUMNS, *PLAIN)}
    own = {str(item): values.get(item, "") for item in COLUMNS}
    return sealed(customer_id, particulars=json.dumps(rest, ensure_ascii=False), **own)


def opened(customer_id: UUID, field: str, column: bytes | memoryview) -> str:
    """Raises Refused(content_erased) after crypto-erasure."""
    return unseal_text(customer_id, _place(field, customer_id), bytes(column))


def document_digest(document: DocumentType, number: str) -> bytes:
    """One person is one customer, by whichever document of the same number they came."""
    family = DocumentType.ID_CARD if document in CITIZENS else document
    message = f"{family}\x1f{number}".encode()
    return hmac.digest(derived("customers document"), message, "sha256")


def kept_under(customer_id: UUID, place: str, content: Any) -> bytes:
    """Anything of a customer's, sealed for its place, such as `change.before:<id>`."""
    plain = json.dumps(content, ensure_ascii=False)
    return seal_text(customer_id, f"customers.{place}", plain)


def opened_from(customer_id: UUID, place: str, column: bytes | memoryview) -> Any:
    if not column:
        return None
    return json.loads(unseal_text(customer_id, f"customers.{place}", bytes(column)))


def only(values: Values, items: Collection[Item]) -> dict[str, str]:
    return {str(item): values.get(item, "") for item in items}


def _place(field: str, customer_id: UUID) -> str:
    return f"customers.customer.{field}:{customer_id}"
