"""What an execution keeps of its command: sealed under its owner's key, committed to in the
evidence by a salted digest, so that erasure stays possible."""

import json
import secrets
from typing import Any
from uuid import UUID

from yinxin.evidence.log import commitment
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused
from yinxin.vault.sealing import seal, unseal

from .models import Execution

SALT = 32


def told(fact: Fact) -> dict[str, Any]:
    sentence = fact.sentence()
    return {
        "fact": type(fact).__name__,
        "zh": sentence.zh,
        "en": sentence.en,
        "fields": fact.model_dump(mode="json"),
    }


def sealed(owner: UUID, execution_id: UUID, content: dict[str, Any]) -> tuple[bytes, bytes]:
    """The sealed column and the commitment that goes into the leaf."""
    salt = secrets.token_bytes(SALT)
    plain = json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    try:
        column = seal(owner, _place(execution_id), salt + plain)
    except Refused:  # the owner's key is destroyed: this is erased as soon as it is said
        column = b""
    return column, commitment(salt, plain)


def opened(execution: Execution) -> dict[str, Any]:
    """Raises Refused(content_erased) after crypto-erasure."""
    content: dict[str, Any] = json.loads(_unsealed(execution)[SALT:])
    return content


def commitment_of(execution: Execution) -> bytes:
    plain = _unsealed(execution)
    return commitment(plain[:SALT], plain[SALT:])


def _unsealed(execution: Execution) -> bytes:
    return unseal(execution.owner, _place(execution.id), execution.content)


def _place(execution_id: UUID) -> str:
    return f"gate.execution.content:{execution_id}"
