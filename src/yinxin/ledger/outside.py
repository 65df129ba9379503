"""The sealed number of an outside account (行外账户)."""

import hmac

from yinxin.vault.keys import derived
from yinxin.vault.sealing import seal_text, unseal_text

from .models import OutsideAccount


def seal_number(row: OutsideAccount, number: str) -> bytes:
    return seal_text(row.customer_id, _place(row), number)


def opened_number(row: OutsideAccount) -> str:
    """Raises Refused(content_erased) after crypto-erasure."""
    return unseal_text(row.customer_id, _place(row), row.account_number)


def number_digest(number: str) -> bytes:
    """Recognises a number again; keyed, because account numbers can be guessed."""
    return hmac.digest(derived("ledger outside account"), number.upper().encode(), "sha256")


def _place(row: OutsideAccount) -> str:
    return f"ledger.outsideaccount.account_number:{row.id}"
