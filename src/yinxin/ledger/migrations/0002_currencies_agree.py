from django.db import migrations

# A posting and a hold are of the currency of their accounts: the keys say so.
KEYS = [
    ("ledger_posting", "debit_id", "ledger_posting_debit_currency"),
    ("ledger_posting", "credit_id", "ledger_posting_credit_currency"),
    ("ledger_hold", "account_id", "ledger_hold_currency"),
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, currency) "
            "REFERENCES ledger_account (id, currency)",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
        for table, column, name in KEYS
    ] + [
        # Room on each page, so that a new balance needs no new index entries.
        migrations.RunSQL(
            "ALTER TABLE ledger_account SET (fillfactor = 70)",
            "ALTER TABLE ledger_account RESET (fillfactor)",
        )
    ]
