from django.db import migrations

# Digests do not compress: trying it cost a large batch more than storing them.
SQL = """
ALTER TABLE evidence_change
    ALTER COLUMN row_ids SET STORAGE {0}, ALTER COLUMN digests SET STORAGE {0}
"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]

    operations = [migrations.RunSQL(SQL.format("EXTERNAL"), SQL.format("EXTENDED"))]
