"""How a command enters the log: one insert, no lock on any head."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

from yinxin.kernel.canonical import canonical_bytes

# "writes" sorts last, so the database completes the leaf and no second round trip is needed.
_APPEND = """
INSERT INTO evidence_outbox (command, data)
VALUES (%s, convert_to(%s || evidence_writes(%s) || '"}', 'UTF8'))
"""


def append(
    *,
    command_id: UUID,
    kind: str,
    name: str,
    actor: str,
    at: datetime,
    outcome: str,
    commitments: Mapping[str, str],
    using: str = DEFAULT_DB_ALIAS,
) -> None:
    """Put the leaf of a command into the outbox, as the last statement of its transaction.

    The leaf is canonical JSON of the arguments and the digest of everything the command wrote;
    what the command writes afterwards is not covered and the verifier reports it.
    """
    leaf = canonical_bytes(
        {
            "v": "1",
            "id": command_id,
            "kind": kind,
            "name": name,
            "actor": actor,
            "at": at,
            "outcome": outcome,
            "commitments": commitments,
            "writes": "",
        }
    )
    database = connections[using]
    database.ensure_connection()
    # Every command pays for this statement, so it is one that the server has parsed already.
    with database.wrap_database_errors, psycopg.Cursor(database.connection) as cursor:
        text = leaf.decode().removesuffix('"}')
        cursor.execute(_APPEND, [command_id, text, command_id], prepare=True)


def commitment(salt: bytes, value: bytes) -> str:
    """The hex HMAC-SHA-256 by which a leaf commits to `value` without telling it."""
    return hmac.digest(salt, value, "sha256").hex()
