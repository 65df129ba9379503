"""The personal fields of a customer, sealed under the customer's own key."""

import hmac
from uuid import UUID

from yinxin.vault.keys import derived
from yinxin.vault.sealing import seal_text, unseal_text

from .documents import DocumentType


def sealed(customer_id: UUID, **plain: str) -> dict[str, bytes]:
    """The `sealed_` columns for these values."""
    return {
        f"sealed_{field}": seal_text(customer_id, _place(field, customer_id), value)
        for field, value in plain.items()
    }


def opened(customer_id: UUID, field: str, column: bytes | memoryview) -> str:
    """Raises Refused(content_erased) after crypto-erasure."""
    return unseal_text(customer_id, _place(field, customer_id), bytes(column))


def document_digest(document: DocumentType, number: str) -> bytes:
    message = f"{document}\x1f{number}".encode()
    return hmac.digest(derived("customers document"), message, "sha256")


def _place(field: str, customer_id: UUID) -> str:
    return f"customers.customer.{field}:{customer_id}"
