from django.db import migrations


class Migration(migrations.Migration):
    """A decision's maker is its request's: no decision can claim another to pass the check."""

    dependencies = [("gate", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE gate_request
                ADD CONSTRAINT gate_request_maker UNIQUE (execution_id, maker_id);
            ALTER TABLE gate_decision
                ADD CONSTRAINT gate_decision_maker FOREIGN KEY (request_id, maker_id)
                REFERENCES gate_request (execution_id, maker_id);
            """,
            """
            ALTER TABLE gate_decision DROP CONSTRAINT gate_decision_maker;
            ALTER TABLE gate_request DROP CONSTRAINT gate_request_maker;
            """,
        )
    ]
