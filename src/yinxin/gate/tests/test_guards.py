"""Every way past the gate that the database itself refuses."""

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Model
from tests.bank.verbs import Bank

from yinxin.evidence.models import Change, Outbox
from yinxin.gate import guards
from yinxin.gate.models import Decision, Execution, Request, TwoPersonAct
from yinxin.gate.reading import reading
from yinxin.kernel import clock
from yinxin.people.models import CalendarDay, Delegation, Staff
from yinxin.vault.tests.inside import command

from .acts import REVIEWER, MoveMoney, rule
from .tables import GUARDED, HOUSE, execute, refused, table

# Everything in the database that changes outside commands, beside `guards.UNGUARDED`.
FOREIGN = {
    "account_emailaddress",
    "account_emailconfirmation",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "django_session",
    "mfa_authenticator",
    "procrastinate_events",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
    "web_cache",
}


def test_each_model_of_the_house_is_guarded_or_listed(bank: Bank) -> None:
    listed = guards.UNGUARDED | guards.EVIDENCE
    assert {table(model) for model in HOUSE} == {table(model) for model in GUARDED} | listed


def test_each_table_of_the_database_is_guarded_or_listed(
    bank: Bank, owner: psycopg.Connection
) -> None:
    rows = owner.execute(
        "SELECT c.relname, array_agg(t.tgname::text) FROM pg_class c LEFT JOIN pg_trigger t "
        "ON t.tgrelid = c.oid AND t.tgenabled <> 'D' "
        "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace GROUP BY 1"
    ).fetchall()
    unguarded = {name for name, triggers in rows if "yinxin_in_command" not in triggers}
    assert unguarded == FOREIGN | guards.UNGUARDED | guards.EVIDENCE
    undigested = {name for name, triggers in rows if "record_insert" not in triggers}
    assert undigested == unguarded | guards.NO_DIGEST


def test_by_the_orm(bank: Bank) -> None:
    day = CalendarDay.objects.first()
    assert day
    refused(day.save, "outside a command")
    refused(day.delete, "outside a command")
    refused(lambda: CalendarDay.objects.update(worked=True), "outside a command")
    refused(lambda: CalendarDay.objects.all().delete(), "outside a command")
    refused(lambda: CalendarDay.objects.bulk_create([CalendarDay(on="1999-09-09", worked=True)]),
            "outside a command")  # fmt: skip


def test_by_a_copy(bank: Bank) -> None:
    def copy() -> None:
        with connection.cursor() as cursor, cursor.copy("COPY people_branch FROM STDIN") as rows:
            rows.write_row((uuid4(), "1", "1", "1", "/1/", None))

    refused(copy, "outside a command")


def test_by_the_connection_that_just_ran_a_command(bank: Bank) -> None:
    bank.done("张敏", MoveMoney())
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('yinxin.command', true)")
        assert cursor.fetchone() == ("",)  # not null any more, and closed all the same
    refused(lambda: Staff.objects.update(name="?"), "outside a command")
    bank.do("赵六", MoveMoney())
    refused(lambda: Staff.objects.update(name="?"), "outside a command")


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE yinxin_owner",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION yinxin_owner",
        "SET session_replication_role = replica",
        "ALTER TABLE people_staff DISABLE TRIGGER ALL",
        "ALTER TABLE people_staff DISABLE TRIGGER yinxin_in_command",
        "DROP TRIGGER yinxin_in_command ON people_staff",
        "DROP FUNCTION yinxin_require_command CASCADE",
        "CREATE OR REPLACE FUNCTION yinxin_require_command() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RETURN NULL; END $$",
        "CREATE OR REPLACE FUNCTION yinxin_refuse() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RETURN NULL; END $$",
        "CREATE OR REPLACE TRIGGER yinxin_in_command AFTER INSERT ON people_staff "
        "FOR EACH STATEMENT EXECUTE FUNCTION yinxin_refuse()",
        "ALTER TABLE people_staff RENAME TO people_staff_old",
        "ALTER TABLE people_staff OWNER TO yinxin_app",
        "ALTER TABLE gate_decision DROP CONSTRAINT gate_decision_person_once",
        "DROP TABLE gate_decision CASCADE",
        "CREATE TABLE elsewhere (id int)",
        "CREATE FUNCTION elsewhere() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "GRANT UPDATE ON gate_execution TO CURRENT_USER",
        "COPY people_staff TO PROGRAM 'true'",
        "COPY people_staff TO '/dev/null'",
        "SELECT setval('evidence_outbox_id_seq', 1)",
    ],
)
def test_as_the_application_s_role(bank: Bank, owner: psycopg.Connection, statement: str) -> None:
    with command():
        if statement.startswith("GRANT"):  # PostgreSQL only warns of a grant that grants nothing
            execute(statement)
        else:
            refused(lambda: execute(statement), "permission denied|must be (owner|able)|owner of")
    may = "SELECT has_table_privilege('yinxin_app', 'gate_execution', 'UPDATE')"
    assert owner.execute(may).fetchone() == (False,)


def insert(row: Model) -> None:
    row.save(force_insert=True)


def decision(request: Request, **values: object) -> Decision:
    someone = uuid4()
    return Decision(
        **{
            "id": uuid4(),
            "request": request,
            "maker_id": request.maker_id,
            "maker_authority_id": request.maker_authority_id,
            "level": 0,
            "verdict": "approve",
            "actor_id": someone,
            "actor_name": "某人",
            "authority_id": someone,
            "authority_name": "某人",
            "shown": bytes(32),
            "at": clock.now(),
        }
        | values
    )


@pytest.fixture
def request_open(bank: Bank) -> Request:
    rule(bank, (REVIEWER,))
    return Request.objects.get(execution_id=bank.do("张敏", MoveMoney()).request_id)


def test_a_decision_by_its_maker(request_open: Request) -> None:
    maker = request_open.maker_id
    with command():
        insert(decision(request_open))
        for forged in (
            {"actor_id": maker},
            {"authority_id": maker},
            {"actor_id": maker, "authority_id": maker, "verdict": "withdraw"},
        ):
            refused(
                lambda f=forged: insert(decision(request_open, **f)), "gate_decision_not_by_maker"
            )


def test_a_decision_that_names_another_maker(request_open: Request) -> None:
    def forge() -> None:
        others = {"maker_id": uuid4(), "maker_authority_id": uuid4()}
        insert(decision(request_open, actor_id=request_open.maker_id, **others))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with command():
        refused(forge, "gate_decision_maker")


def test_two_decisions_of_one_person_or_authority(request_open: Request) -> None:
    first = decision(request_open)
    with command():
        insert(first)
        again = decision(request_open, actor_id=first.actor_id)
        refused(lambda: insert(again), "gate_decision_person_once")
        lent = decision(request_open, authority_id=first.authority_id)
        refused(lambda: insert(lent), "gate_decision_authority_once")


def test_two_open_requests_of_one_subject(request_open: Request) -> None:
    execution = Execution.objects.exclude(request__isnull=False).first()
    request_open.pk = execution.pk
    with command():
        refused(lambda: request_open.save(force_insert=True), "gate_request_one_open")


def test_a_request_closed_without_a_time(request_open: Request) -> None:
    def close(state: str, closed_at: object) -> None:
        Request.objects.filter(pk=request_open.pk).update(state=state, closed_at=closed_at)

    with command():
        refused(lambda: close("approved", None), "gate_request_closed_has_time")
        refused(lambda: close("open", clock.now()), "gate_request_closed_has_time")


def test_an_act_of_two_that_one_did(bank: Bank) -> None:
    one = uuid4()
    alone = TwoPersonAct(
        id=uuid4(), act="x", subject_kind="x", subject_id=one, first_id=one, first_name="",
        second_id=one, second_name="", reason="", at=clock.now(),
    )  # fmt: skip
    with command():
        refused(lambda: insert(alone), "gate_twopersonact_two_persons")


def test_an_answered_key_a_second_time(bank: Bank) -> None:
    execution = Execution.objects.first()
    execution.pk = uuid4()
    with command():
        refused(lambda: execution.save(force_insert=True), "gate_execution_key_once")


def test_a_delegation_without_end_or_to_oneself(bank: Bank) -> None:
    lender, borrower = bank.staff_id("王芳"), bank.staff_id("赵六")

    def lend(to: UUID, days: int) -> None:
        Delegation.objects.create(
            id=uuid4(), lender_id=lender, borrower_id=to, duties=[], reason="",
            starts_at=clock.now(), ends_at=clock.now() + timedelta(days),
        )  # fmt: skip

    with command():
        refused(lambda: lend(lender, 1), "people_delegation_two_persons")
        refused(lambda: lend(borrower, -1), "people_delegation_has_length")


def test_who_sets_the_command_by_hand_is_found_afterwards(bank: Bank) -> None:
    """The guard stops mistakes; a write under a made-up command has no leaf, and that is found."""
    forged = uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yinxin.command', %s, true)", [str(forged)])
        cursor.execute("UPDATE people_staff SET name = '无名' WHERE number = '1001'")
    assert Change.objects.filter(command=forged, relation="people_staff").exists()
    assert not Outbox.objects.filter(command=forged).exists()


def test_no_execution_comes_in_without_its_leaf(bank: Bank) -> None:
    forged = uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yinxin.command', %s, true)", [str(forged)])
        execution = Execution.objects.latest("id")
        execution.id, execution.key = forged, str(forged)
        execution.save(force_insert=True)
    assert f'"id":"{forged}"'.encode() in bytes(Outbox.objects.get(command=forged).data)


def test_a_command_setting_that_is_no_id_writes_nothing(bank: Bank) -> None:
    def forge() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('yinxin.command', 'me', true)")
            cursor.execute("UPDATE people_staff SET name = '无名' WHERE number = '1001'")

    refused(forge, "invalid input syntax for type uuid")


def test_a_view_cannot_write(bank: Bank) -> None:
    with pytest.raises(DatabaseError, match="read-only transaction"), reading():  # noqa: PT012
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('yinxin.command', %s, true)", [str(uuid4())])
        Staff.objects.update(name="?")


def test_installing_again_changes_nothing(bank: Bank, owner: psycopg.Connection) -> None:
    def state() -> list[tuple]:
        return owner.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled, tgtype FROM pg_trigger "
            "UNION ALL SELECT relname, relacl::text, 'x', 0 FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace ORDER BY 1, 2"
        ).fetchall()

    before = state()
    guards.install(connections["owner"], settings.DATABASES["default"]["USER"])
    assert state() == before
