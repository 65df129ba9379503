from django.db import migrations

# What waits was whole; now the sequencer adds the last 64 digits, a quote and a brace.
CUT = "UPDATE evidence_outbox SET data = substring(data FROM 1 FOR length(data) - 66)"


class Migration(migrations.Migration):
    dependencies = [("evidence", "0003_find_changes_by_command")]

    operations = [
        migrations.RunSQL(CUT),
        migrations.RunSQL("DROP FUNCTION IF EXISTS evidence_writes(uuid)"),
    ]
