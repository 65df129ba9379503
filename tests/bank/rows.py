"""Rows as nobody may write them, for the database to refuse."""


def row_again(table: str, **altered: str) -> str:
    """SQL that adds one row of a table once more, with a new id and some columns otherwise."""
    pairs = {"id": "gen_random_uuid()"} | altered
    columns = ", ".join(f"'{column}', {value}" for column, value in pairs.items())
    return (
        f"INSERT INTO {table} SELECT "
        f"(jsonb_populate_record(r, jsonb_build_object({columns}))).* FROM {table} r LIMIT 1"
    )
