import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('transfers', '0004_stray_answers_and_agents'),
    ]

    operations = [
        migrations.CreateModel(
            name='StrayTicket',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('actor_id', models.UUIDField()),
                ('until', models.DateTimeField()),
                ('stray', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='transfers.strayanswer')),
            ],
        ),
    ]
