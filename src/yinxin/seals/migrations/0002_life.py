import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import yinxin.seals.rules
from django.db import migrations, models


# An account follows one card: its own, or one that it shares. Two tables say so, so that neither
# can by itself; the lock makes two at once queue up.
ONE_CARD = """
CREATE FUNCTION seals_one_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('seals account ' || NEW.account_id, 0));
    IF (CASE TG_TABLE_NAME
        WHEN 'seals_sealcard' THEN
            to_jsonb(NEW) ->> 'state' IN ('entered', 'active', 'frozen', 'lost') AND EXISTS (
                SELECT FROM seals_sharedaccount
                WHERE account_id = NEW.account_id AND to_on IS NULL)
        ELSE
            to_jsonb(NEW) ->> 'to_on' IS NULL AND EXISTS (
                SELECT FROM seals_sealcard WHERE account_id = NEW.account_id
                AND state IN ('entered', 'active', 'frozen', 'lost'))
    END) THEN
        RAISE EXCEPTION 'account % has another seal card', NEW.account_id
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'seals_shared_account_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER seals_one_card BEFORE INSERT OR UPDATE ON seals_sealcard
    FOR EACH ROW EXECUTE FUNCTION seals_one_card();
CREATE TRIGGER seals_one_card BEFORE INSERT OR UPDATE ON seals_sharedaccount
    FOR EACH ROW EXECUTE FUNCTION seals_one_card();
"""
NO_ONE_CARD = "DROP FUNCTION seals_one_card() CASCADE"


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0001_initial'),
        ('gate', '0002_decision_names_the_maker'),
        ('seals', '0001_initial'),
        ('vault', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True)),
                ('branch', models.CharField(max_length=200)),
                ('action', models.CharField(max_length=10)),
                ('cause', models.CharField(max_length=20)),
                ('account_id', models.UUIDField(null=True)),
                ('sealed_applicant', models.BinaryField()),
                ('explanation', models.CharField(max_length=200)),
                ('wanted_on', models.DateField(null=True)),
                ('channel', models.CharField(max_length=10)),
                ('state', models.CharField(default=yinxin.seals.rules.Progress['APPLIED'], max_length=10)),
                ('applied_by_id', models.UUIDField()),
                ('applied_by_name', models.CharField(max_length=100)),
                ('applied_authority_id', models.UUIDField()),
                ('applied_at', models.DateTimeField()),
                ('applied_on', models.DateField()),
                ('reviewed_by_id', models.UUIDField(null=True)),
                ('reviewed_by_name', models.CharField(blank=True, max_length=100)),
                ('reviewed_authority_id', models.UUIDField(null=True)),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('opinion', models.CharField(blank=True, max_length=200)),
                ('card', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='seals.sealcard')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('letter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vault.blob')),
                ('seal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='seals.seal')),
            ],
            options={
                'indexes': [models.Index(fields=['branch', 'number'], name='seals_application_branch')],
                'constraints': [models.CheckConstraint(condition=models.Q(('action__in', yinxin.seals.rules.Action), ('cause__in', yinxin.seals.rules.Cause), ('state__in', yinxin.seals.rules.Progress)), name='seals_application_known'), models.CheckConstraint(condition=models.Q(('state__in', (yinxin.seals.rules.Progress['APPLIED'], yinxin.seals.rules.Progress['LIFTED'])), models.Q(('reviewed_at__isnull', False), ('reviewed_by_id__isnull', False)), _connector='OR'), name='seals_application_reviewed'), models.CheckConstraint(condition=models.Q(('reviewed_by_id__isnull', True), models.Q(('reviewed_authority_id__isnull', False), models.Q(('reviewed_by_id', models.F('applied_by_id')), _negated=True), models.Q(('reviewed_authority_id', models.F('applied_by_id')), _negated=True), models.Q(('reviewed_by_id', models.F('applied_authority_id')), _negated=True), models.Q(('reviewed_authority_id', models.F('applied_authority_id')), _negated=True)), _connector='OR'), name='seals_application_two_persons'), models.CheckConstraint(condition=models.Q(('card__isnull', False), models.Q(('account_id__isnull', False), ('action', yinxin.seals.rules.Action['OPEN'])), _connector='OR'), name='seals_application_about_something')],
            },
        ),
        migrations.CreateModel(
            name='CardCopy',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=10)),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('kept_at', models.CharField(max_length=100)),
                ('issued_by_name', models.CharField(max_length=100)),
                ('issued_at', models.DateTimeField()),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='seals.sealcard')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('card', 'kind', 'ordinal'), name='seals_copy_once'), models.CheckConstraint(condition=models.Q(('kind__in', yinxin.seals.rules.Copy)), name='seals_copy_known_kind')],
            },
        ),
        migrations.CreateModel(
            name='Combination',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('expression', models.CharField(max_length=300)),
                ('instrument', models.CharField(blank=True, max_length=20)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('from_amount', models.DecimalField(decimal_places=3, default=0, max_digits=18)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('set_by_name', models.CharField(max_length=100)),
                ('set_at', models.DateTimeField()),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='combinations', to='seals.sealcard')),
            ],
            options={
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('card', '='), ('instrument', '='), ('currency', '='), ('from_amount', '='), (models.Func(models.F('from_on'), models.F('to_on'), function='daterange', output_field=models.CharField()), '&&')], name='seals_combination_one_in_force'), models.CheckConstraint(condition=models.Q(('from_amount', 0), models.Q(('from_amount__gt', 0), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='seals_combination_band_has_currency')],
            },
        ),
        migrations.CreateModel(
            name='Comparison',
            fields=[
                ('verification', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='seals.verification')),
                ('verdict', models.CharField(max_length=12)),
                ('remark', models.CharField(max_length=200)),
                ('compared_by_id', models.UUIDField()),
                ('compared_by_name', models.CharField(max_length=100)),
                ('compared_authority_id', models.UUIDField()),
                ('compared_at', models.DateTimeField()),
                ('agrees', models.BooleanField(null=True)),
                ('confirmed_remark', models.CharField(blank=True, max_length=200)),
                ('confirmed_by_id', models.UUIDField(null=True)),
                ('confirmed_by_name', models.CharField(blank=True, max_length=100)),
                ('confirmed_authority_id', models.UUIDField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('verdict__in', (yinxin.seals.rules.Verdict['GENUINE'], yinxin.seals.rules.Verdict['FORGED']))), name='seals_comparison_known_verdict'), models.CheckConstraint(condition=models.Q(('agrees__isnull', True), ('confirmed_by_id__isnull', False), _connector='XOR'), name='seals_comparison_confirmed_by_somebody'), models.CheckConstraint(condition=models.Q(('confirmed_by_id__isnull', True), models.Q(('confirmed_authority_id__isnull', False), models.Q(('confirmed_by_id', models.F('compared_by_id')), _negated=True), models.Q(('confirmed_authority_id', models.F('compared_by_id')), _negated=True), models.Q(('confirmed_by_id', models.F('compared_authority_id')), _negated=True), models.Q(('confirmed_authority_id', models.F('compared_authority_id')), _negated=True)), _connector='OR'), name='seals_comparison_two_persons')],
            },
        ),
        migrations.CreateModel(
            name='FurtherImprint',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vault.blob')),
                ('specimen', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='further', to='seals.specimen')),
            ],
        ),
        migrations.CreateModel(
            name='ReturnNotice',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True)),
                ('codes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), size=None)),
                ('reasons', models.JSONField()),
                ('remark', models.CharField(blank=True, max_length=200)),
                ('by_name', models.CharField(max_length=100)),
                ('execution_id', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('verification', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='seals.verification')),
            ],
        ),
        migrations.CreateModel(
            name='ReturnReason',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=10)),
                ('zh', models.CharField(max_length=100)),
                ('en', models.CharField(max_length=200)),
                ('in_use', models.BooleanField()),
                ('effective_from', models.DateTimeField()),
                ('effective_to', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('effective_to__isnull', True)), fields=('code',), name='seals_return_reason_one_in_force')],
            },
        ),
        migrations.CreateModel(
            name='SealWarning',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('branch', models.CharField(max_length=200)),
                ('kind', models.CharField(max_length=20)),
                ('on', models.DateField()),
                ('zh', models.CharField(max_length=100)),
                ('en', models.CharField(max_length=100)),
                ('at', models.DateTimeField()),
                ('seal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='warnings', to='seals.seal')),
                ('verification', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='warnings', to='seals.verification')),
            ],
            options={
                'indexes': [models.Index(fields=['branch', '-id'], name='seals_warning_branch')],
                'constraints': [models.UniqueConstraint(fields=('seal', 'kind', 'on'), name='seals_warning_once_a_day'), models.CheckConstraint(condition=models.Q(('kind__in', yinxin.seals.rules.Warning)), name='seals_warning_known_kind')],
            },
        ),
        migrations.CreateModel(
            name='SharedAccount',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('account_id', models.UUIDField()),
                ('account_number', models.CharField(max_length=40)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField(null=True)),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shared', to='seals.sealcard')),
            ],
            options={
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('account_id', '='), (models.Func(models.F('from_on'), models.F('to_on'), function='daterange', output_field=models.CharField()), '&&')], name='seals_shared_account_once')],
            },
        ),
        migrations.CreateModel(
            name='Threshold',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3)),
                ('from_amount', models.DecimalField(decimal_places=3, max_digits=18)),
                ('score', models.DecimalField(decimal_places=4, max_digits=5)),
                ('effective_from', models.DateTimeField()),
                ('effective_to', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('effective_to__isnull', True)), fields=('currency', 'from_amount'), name='seals_threshold_one_in_force'), models.CheckConstraint(condition=models.Q(('from_amount__gte', 0), ('score__range', (0, 1))), name='seals_threshold_sane')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='seal',
            name='seals_seal_kind_once',
        ),
        migrations.RemoveConstraint(
            model_name='sealcard',
            name='seals_card_one_in_force',
        ),
        migrations.RemoveConstraint(
            model_name='sealcard',
            name='seals_card_in_use_has_date',
        ),
        migrations.RemoveConstraint(
            model_name='specimen',
            name='seals_specimen_one_active',
        ),
        migrations.RemoveConstraint(
            model_name='specimen',
            name='seals_specimen_active_when_checked',
        ),
        migrations.RemoveConstraint(
            model_name='specimen',
            name='seals_specimen_two_persons',
        ),
        migrations.AddField(
            model_name='finding',
            name='copy_of',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='seals.finding'),
        ),
        migrations.AddField(
            model_name='finding',
            name='elastic_mm',
            field=models.DecimalField(decimal_places=3, max_digits=6, null=True),
        ),
        migrations.AddField(
            model_name='finding',
            name='presentation',
            field=models.DecimalField(decimal_places=4, max_digits=5, null=True),
        ),
        migrations.AddField(
            model_name='seal',
            name='ordinal',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='sealcard',
            name='destruction',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='gate.twopersonact'),
        ),
        migrations.AddField(
            model_name='sealcard',
            name='ended_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='specimen',
            name='ended_for',
            field=models.CharField(max_length=10, null=True),
        ),
        migrations.AddField(
            model_name='specimen',
            name='from_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='specimen',
            name='imprints',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='specimen',
            name='quality',
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name='specimen',
            name='to_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='verification',
            name='amount',
            field=models.DecimalField(decimal_places=3, max_digits=18, null=True),
        ),
        migrations.AddField(
            model_name='verification',
            name='currency',
            field=models.CharField(max_length=3, null=True),
        ),
        migrations.AddField(
            model_name='verification',
            name='dpi',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='verification',
            name='instrument',
            field=models.CharField(max_length=20, null=True),
        ),
        migrations.AddField(
            model_name='verification',
            name='rerun_of',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reruns', to='seals.verification'),
        ),
        migrations.AddField(
            model_name='verification',
            name='rule',
            field=models.CharField(max_length=300, null=True),
        ),
        migrations.AlterField(
            model_name='finding',
            name='specimen',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='seals.specimen'),
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.UniqueConstraint(fields=('card', 'kind', 'ordinal'), name='seals_seal_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.CheckConstraint(condition=models.Q(('ordinal__isnull', True), ('ordinal__range', (2, 9)), _connector='OR'), name='seals_seal_ordinal'),
        ),
        migrations.AddConstraint(
            model_name='sealcard',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', (yinxin.seals.rules.State['ENTERED'], yinxin.seals.rules.State['ACTIVE'], yinxin.seals.rules.State['FROZEN'], yinxin.seals.rules.State['LOST']))), fields=('account_id',), name='seals_card_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='sealcard',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', (yinxin.seals.rules.State['ENTERED'], yinxin.seals.rules.State['CANCELLED'], yinxin.seals.rules.State['DESTROYED'])), ('effective_on__isnull', False), _connector='OR'), name='seals_card_in_use_has_date'),
        ),
        migrations.AddConstraint(
            model_name='sealcard',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', (yinxin.seals.rules.State['ENTERED'], yinxin.seals.rules.State['ACTIVE'], yinxin.seals.rules.State['FROZEN'], yinxin.seals.rules.State['LOST'])), ('ended_on__isnull', False), _connector='XOR'), name='seals_card_ended_has_date'),
        ),
        migrations.AddConstraint(
            model_name='sealcard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', yinxin.seals.rules.State['DESTROYED']), _negated=True), ('destruction__isnull', False), _connector='OR'), name='seals_card_destroyed_by_two'),
        ),
        migrations.AddField(
            model_name='specimen',
            name='application',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='specimens', to='seals.application'),
        ),
        migrations.AddConstraint(
            model_name='specimen',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state', yinxin.seals.rules.State['ACTIVE'])), expressions=[('seal', '='), (models.Func(models.F('from_on'), models.F('to_on'), function='daterange', output_field=models.CharField()), '&&')], name='seals_specimen_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='specimen',
            constraint=models.UniqueConstraint(condition=models.Q(('state', yinxin.seals.rules.State['ENTERED'])), fields=('seal',), name='seals_specimen_one_entered'),
        ),
        migrations.AddConstraint(
            model_name='specimen',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', (yinxin.seals.rules.State['ENTERED'], yinxin.seals.rules.State['CANCELLED'])), models.Q(('checked_at__isnull', False), ('checked_authority_id__isnull', False), ('checked_by_id__isnull', False), ('state', yinxin.seals.rules.State['ACTIVE'])), _connector='XOR'), name='seals_specimen_active_when_checked'),
        ),
        migrations.AddConstraint(
            model_name='specimen',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by_id__isnull', True), models.Q(('checked_authority_id__isnull', False), models.Q(('checked_by_id', models.F('entered_by_id')), _negated=True), models.Q(('checked_authority_id', models.F('entered_by_id')), _negated=True), models.Q(('checked_by_id', models.F('entered_authority_id')), _negated=True), models.Q(('checked_authority_id', models.F('entered_authority_id')), _negated=True)), _connector='OR'), name='seals_specimen_two_persons'),
        ),
        migrations.RunSQL(ONE_CARD, NO_ONE_CARD),
    ]
