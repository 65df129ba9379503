"""What commands wrote: triggers that keep a digest of each written row, one insert a statement.

A row's digest is SHA-256 over PostgreSQL's text form of the row, its trailing nulls cut off: a
nullable column added later does not disturb it. A migration that alters rows otherwise (a column
with a default, a dropped one) updates every row of the table within its command, and so records
them anew.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import connection

# The text form of a row depends on these, so neither the triggers nor the verifier may inherit
# them from a session.
SETTINGS: Mapping[str, str] = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}

# The digest of a row `c`. Cut as bytes, which unlike characters need no measuring.
DIGEST = "sha256(rtrim(convert_to(c::text, 'UTF8'), ',)'::bytea))"

# The aggregate over a command's changes to which its leaf commits: their binary form, which says
# where each value ends. The id is part of it: whoever reorders changes could otherwise pass an old
# row off as the latest.
WRITES = """encode(sha256(coalesce(string_agg(
    record_send((id, relation, op, row_ids, digests)), ''::bytea ORDER BY id
), '')), 'hex')"""

_SET = "\n".join(f"SET {name} = '{value}'" for name, value in SETTINGS.items())

# In plpgsql, which keeps the plan for the next command of the session.
FUNCTIONS_SQL = f"""
CREATE OR REPLACE FUNCTION evidence_writes(command_id uuid) RETURNS text
LANGUAGE plpgsql STABLE
AS $$ BEGIN RETURN (SELECT {WRITES} FROM evidence_change WHERE command = command_id); END $$;
"""


def install_sql(table: str, pk: str) -> str:
    """The SQL by which every write to `table` is recorded; it can be run again at any time.

    `pk` is the column of the primary key, which no command changes. Needs FUNCTIONS_SQL first.
    A write outside of a command (`yinxin.command` unset or empty) fails.
    """
    return f"""
CREATE OR REPLACE FUNCTION "record_{table}"() RETURNS trigger
LANGUAGE plpgsql
{_SET}
AS $$
BEGIN
    INSERT INTO evidence_change (command, relation, op, row_ids, digests)
    SELECT current_setting('yinxin.command', true)::uuid, '{table}', left(TG_OP, 1),
           array_agg(c."{pk}"::text),
           array_agg(CASE WHEN TG_OP <> 'DELETE' THEN {DIGEST} END)
    FROM changed c
    HAVING count(*) > 0;
    RETURN NULL;
END
$$;
""" + "".join(
        f"""
CREATE OR REPLACE TRIGGER record_{event.lower()} AFTER {event} ON "{table}"
REFERENCING {side} TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION "record_{table}"();
"""
        for event, side in [("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")]
    )


def writes_digest(command_id: UUID) -> str:
    """The hex digest over the ordered changes of a command; that of nothing if it wrote none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT evidence_writes(%s)", [command_id])
        return str(cursor.fetchone()[0])
