"""What commands wrote: triggers that keep a digest of each written row, one insert a statement.

A row's digest is SHA-256 over PostgreSQL's text form of the row, its trailing nulls cut off: a
nullable column added later does not disturb it. A migration that alters rows otherwise (a column
with a default, a dropped one) updates every row of the table within its command, and so records
them anew.
"""

from collections.abc import Mapping

# The text form of a row depends on these, so neither a command nor the verifier inherits them from
# its session: PostgreSQL's own defaults, which nobody need be told of, and UTC.
SETTINGS: Mapping[str, str] = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
}

# Opens the guards for the transaction of a command, whose id is the parameter.
BEGIN = "SELECT set_config('yinxin.command', %s, true), " + ", ".join(
    f"set_config('{name}', '{value}', true)" for name, value in SETTINGS.items()
)

# The digest of a row `c`. Cut as bytes, which unlike characters need no measuring.
DIGEST = "sha256(rtrim(convert_to(c::text, 'UTF8'), ',)'::bytea))"

# The aggregate over a command's changes to which its leaf commits: their binary form, which says
# where each value ends. The id is part of it: whoever reorders changes could otherwise pass an old
# row off as the latest.
WRITES = """encode(sha256(coalesce(string_agg(
    record_send((id, relation, op, row_ids, digests)), ''::bytea ORDER BY id
), '')), 'hex')"""


def install_sql(table: str, pk: str) -> str:
    """The SQL by which every write to `table` is recorded; it can be run again at any time.

    `pk` is the column of the primary key, which no command changes.
    A write outside of a command (`yinxin.command` unset or empty) fails.
    """
    return f"""
CREATE OR REPLACE FUNCTION "record_{table}"() RETURNS trigger
LANGUAGE plpgsql
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
