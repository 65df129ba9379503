from django.db import migrations, models
from django.db.models import F, Q

NOBODY = "00000000-0000-0000-0000-000000000000"


class Migration(migrations.Migration):
    """A decision's maker, and the authority that the maker acted on, are its request's: no
    decision can claim others to pass the checks."""

    dependencies = [("gate", "0001_initial")]

    operations = [
        migrations.AddField(
            "request", "maker_authority_id", models.UUIDField(default=NOBODY), False
        ),
        migrations.AddField(
            "decision", "maker_authority_id", models.UUIDField(default=NOBODY), False
        ),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=~Q(actor_id=F("maker_authority_id"))
                & ~Q(authority_id=F("maker_authority_id")),
                name="gate_decision_not_by_maker_authority",
            ),
        ),
        migrations.RunSQL(
            """
            ALTER TABLE gate_request
                ADD CONSTRAINT gate_request_maker
                UNIQUE (execution_id, maker_id, maker_authority_id);
            ALTER TABLE gate_decision
                ADD CONSTRAINT gate_decision_maker
                FOREIGN KEY (request_id, maker_id, maker_authority_id)
                REFERENCES gate_request (execution_id, maker_id, maker_authority_id);
            """,
            """
            ALTER TABLE gate_decision DROP CONSTRAINT gate_decision_maker;
            ALTER TABLE gate_request DROP CONSTRAINT gate_request_maker;
            """,
        ),
    ]
