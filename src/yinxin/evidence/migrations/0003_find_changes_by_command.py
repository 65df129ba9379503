from django.db import migrations, models

# One index finds a command's changes in their order and keeps them apart; two cost every writer.
SQL = """
DROP INDEX evidence_change_command_b518f45c;
ALTER TABLE evidence_change DROP CONSTRAINT evidence_change_pkey, ADD PRIMARY KEY (command, id)
"""
BACK = """
ALTER TABLE evidence_change DROP CONSTRAINT evidence_change_pkey, ADD PRIMARY KEY (id);
CREATE INDEX evidence_change_command_b518f45c ON evidence_change (command)
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0002_keep_digests_uncompressed")]

    operations = [
        migrations.RunSQL(
            SQL,
            BACK,
            [
                migrations.AlterField("change", "id", models.BigIntegerField()),
                migrations.AlterField("change", "command", models.UUIDField()),
                migrations.AddField(
                    "change",
                    "pk",
                    models.CompositePrimaryKey(
                        "command", "id", blank=True, editable=False, primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
        )
    ]  # fmt: skip
