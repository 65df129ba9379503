"""The sealed fields of a transfer."""

import hmac
from uuid import UUID

from yinxin.vault.keys import derived
from yinxin.vault.sealing import seal_text, unseal_text

from .models import Transfer

SEALED = ("payee_name", "payee_account", "payee_bank", "purpose")


def sealed(owner: UUID, transfer_id: UUID, **values: str) -> dict[str, bytes]:
    return {
        name: seal_text(owner, _place(name, transfer_id), value) for name, value in values.items()
    }


def opened(transfer: Transfer, name: str) -> str:
    """Raises Refused(content_erased) after crypto-erasure."""
    return unseal_text(transfer.customer_id, _place(name, transfer.id), getattr(transfer, name))


def all_opened(transfer: Transfer) -> dict[str, str]:
    return {name: opened(transfer, name) for name in SEALED}


def payee_digest(payee_account: str) -> bytes:
    """Recognises a payee's account again; keyed, because account numbers can be guessed."""
    return hmac.digest(derived("transfers payee"), payee_account.upper().encode(), "sha256")


def _place(name: str, transfer_id: UUID) -> str:
    return f"transfers.transfer.{name}:{transfer_id}"
