"""How a command enters the log: its leaf goes into the outbox, and no head is locked.

What the outbox holds is the leaf's beginning. The digest of what the command wrote, by which it
ends, is added by the sequencer: a snapshot that shows the one shows the other.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections

from yinxin.kernel.canonical import canonical_bytes

# Canonical JSON: ids and code names are ASCII, and "writes" sorts last.
_ENTER = """
INSERT INTO evidence_outbox (command, data) VALUES ({id}, convert_to(
    '{{"actor":' || to_json({actor}::text) ||
    ',"at":"' || to_char({at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') ||
    '","commitments":' || {commitments} ||
    ',"id":' || to_json({id}::text) ||
    ',"kind":' || to_json({kind}::text) ||
    ',"name":' || to_json({name}::text) ||
    ',"outcome":' || to_json({outcome}::text) ||
    ',"v":"1","writes":"', 'UTF8'))
"""
_FIELDS = ("id", "kind", "name", "actor", "at", "outcome", "commitments")
_APPEND = _ENTER.format_map({field: f"%({field})s" for field in _FIELDS})


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
    """Put a leaf into the outbox for what has no row that `install_sql` watches."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            _APPEND,
            {
                "id": command_id,
                "kind": kind,
                "name": name,
                "actor": actor,
                "at": at,
                "outcome": outcome,
                "commitments": canonical_bytes(commitments).decode(),
            },
        )


def install_sql(table: str, **fields: str) -> str:
    """The SQL by which each row inserted into `table` puts its leaf into the outbox; it can be run
    again at any time.

    `fields` are SQL expressions over the row `NEW` for what `append` takes; commitments are text.
    In a trigger it costs a writer no statement, and no row comes in without its leaf.
    """
    return f"""
CREATE OR REPLACE FUNCTION "log_{table}"() RETURNS trigger
LANGUAGE plpgsql
AS $$ BEGIN {_ENTER.format_map(fields)}; RETURN NULL; END $$;
CREATE OR REPLACE TRIGGER log_insert AFTER INSERT ON "{table}"
FOR EACH ROW EXECUTE FUNCTION "log_{table}"();
"""


def commitment(salt: bytes, value: bytes) -> bytes:
    """The HMAC-SHA-256 by which a leaf commits to `value` without telling it."""
    return hmac.digest(salt, value, "sha256")
