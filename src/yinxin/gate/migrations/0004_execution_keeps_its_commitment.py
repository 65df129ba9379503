from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("gate", "0003_escalation_and_future_rows")]

    operations = [
        # Executions of before have theirs in the leaf alone.
        migrations.AddField(
            "execution",
            "commitment",
            models.BinaryField(max_length=32, default=b""),
            preserve_default=False,
        ),
    ]
