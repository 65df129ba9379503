"""What is sealed under the institution's key: the texts of lines, and explanations."""

import hmac
import json
from typing import NamedTuple
from uuid import UUID

from yinxin.vault.keys import derived
from yinxin.vault.sealing import INSTITUTION, seal_text, unseal_text

from .matching.references import folded
from .models import Contact, OpenItem, StatementLine


class Words(NamedTuple):
    """Of a contact: who was asked, and what they said."""

    asked: str
    answer: str


class Texts(NamedTuple):
    reference: str
    counterparty: str
    description: str


def seal_texts(line_id: UUID, texts: Texts) -> bytes:
    return seal_text(INSTITUTION, _texts(line_id), json.dumps(texts, ensure_ascii=False))


def texts_of(line: StatementLine) -> Texts:
    return opened(line.id, line.texts)


def opened(line_id: UUID, texts: bytes | memoryview) -> Texts:
    return Texts(*json.loads(unseal_text(INSTITUTION, _texts(line_id), texts)))


def reference_digest(reference: str) -> bytes:
    """Recognises a reference again, whatever its case, width and punctuation."""
    key = derived("reconciliation reference")
    return hmac.digest(key, folded(reference).encode(), "sha256")[:16]


def seal_explanation(item_id: UUID, explanation: str) -> bytes:
    return seal_text(INSTITUTION, _explanation(item_id), explanation)


def explanation_of(item: OpenItem) -> str:
    if item.explanation is None:
        return ""
    return unseal_text(INSTITUTION, _explanation(item.id), item.explanation)


def seal_words(contact_id: UUID, words: Words) -> bytes:
    return seal_text(INSTITUTION, _words(contact_id), json.dumps(words, ensure_ascii=False))


def words_of(contact: Contact) -> Words:
    return Words(*json.loads(unseal_text(INSTITUTION, _words(contact.id), contact.words)))


def _texts(line_id: UUID) -> str:
    return f"reconciliation.statementline.texts:{line_id}"


def _explanation(item_id: UUID) -> str:
    return f"reconciliation.openitem.explanation:{item_id}"


def _words(contact_id: UUID) -> str:
    return f"reconciliation.contact.words:{contact_id}"
