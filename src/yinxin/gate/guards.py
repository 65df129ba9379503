"""What the database itself refuses, for every business table, installed by each `migrate`.

`UNGUARDED` is the one list of tables that change outside commands.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from yinxin.evidence import changes, log

UNGUARDED = frozenset(
    {
        "evidence_outbox",  # written by every command and by sign-on; moved by the sequencer
        "vault_stagedupload",  # owned by its actor until a command names it
        "people_login",  # sign-on state alone
    }
)
EVIDENCE = frozenset({"evidence_leaf", "evidence_node", "evidence_checkpoint", "evidence_change"})
NO_DIGEST = frozenset({"gate_counter"})  # says nothing that the numbered rows do not

# What the leaf of a command says, of the row of its execution.
LEAF = {
    "id": "NEW.id",
    "kind": "'command'",
    "name": "NEW.command",
    "actor": "NEW.actor_id",
    "at": "NEW.at",
    "outcome": "coalesce(nullif(NEW.refusal, ''), NEW.outcome)",
    "commitments": """'{"content":"' || encode(NEW.commitment, 'hex') || '"}'""",
}

FUNCTIONS_SQL = """
CREATE OR REPLACE FUNCTION yinxin_require_command() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- After one command the setting reads as empty, not null.
    IF coalesce(current_setting('yinxin.command', true), '') = '' THEN
        RAISE EXCEPTION '% on % outside a command', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION yinxin_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is never allowed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def guarded_models() -> Iterator[type[Model]]:
    """Every model of the house whose table changes only inside a command."""
    for model in _house_models():
        if model._meta.db_table not in UNGUARDED | EVIDENCE:
            yield model


def evidence_bearing() -> list[tuple[str, str]]:
    """(table, primary key column) of every table whose rows the evidence commits to."""
    return sorted(
        (model._meta.db_table, str(model._meta.pk.column))
        for model in guarded_models()
        if model._meta.db_table not in NO_DIGEST
    )


def is_append_only(model: type[Model]) -> bool:
    return getattr(model, "append_only", False) or model._meta.db_table in EVIDENCE


def install(owner: BaseDatabaseWrapper, app_role: str) -> None:
    """Create triggers and grants, as the owner; safe to repeat."""
    with owner.cursor() as cursor:
        cursor.execute(FUNCTIONS_SQL)
        for statement in _statements(app_role):
            cursor.execute(statement)


def _statements(role: str) -> Iterator[str]:
    yield f'GRANT USAGE ON SCHEMA public TO "{role}"'
    yield f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"'
    yield f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{role}"'
    yield f'GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO "{role}"'
    for model in _house_models():
        table = model._meta.db_table
        yield _trigger(table, "no_truncate", "BEFORE TRUNCATE", "yinxin_refuse")
        if is_append_only(model):
            yield f'REVOKE UPDATE, DELETE ON "{table}" FROM "{role}"'
            yield _trigger(table, "append_only", "BEFORE UPDATE OR DELETE", "yinxin_refuse")
    for model in guarded_models():
        table = model._meta.db_table
        yield _trigger(
            table, "in_command", "BEFORE INSERT OR UPDATE OR DELETE", "yinxin_require_command"
        )
    for table, pk in evidence_bearing():
        yield changes.install_sql(table, pk)
    yield log.install_sql("gate_execution", **LEAF)


def _trigger(table: str, name: str, event: str, function: str) -> str:
    return (
        f'CREATE OR REPLACE TRIGGER yinxin_{name} {event} ON "{table}" '
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    )


def _house_models() -> Iterator[type[Model]]:
    for config in apps.get_app_configs():
        if config.name.startswith("yinxin."):
            yield from (
                model
                for model in config.get_models(include_auto_created=True)
                if model._meta.managed
            )
