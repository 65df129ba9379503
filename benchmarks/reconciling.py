"""What reconciling costs: the matching core beside a plain DuckDB equality join of the same rows,
and a camt.053 file from its bytes to its matches, alone and through the gate.

    python benchmarks/reconciling.py [ROWS [LINES]]

The join only finds equal reference, amount and currency, each pair of them, within the window; it
reads no texts, names nobody, adds nothing up and gives no reasons. It is a floor, not a peer.

Through the gate means: staged, imported by one command and matched by another, in a process of its
own, on a durable server of its own in a temporary folder on this machine.
"""

import multiprocessing
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import astuple
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

ROWS, LINES = 1_000_000, 100_000
START, DAYS, NAMES = date(2026, 1, 1), 300, 50_000
# How the bank writes them: the reference as it is, in a text, not at all, or another amount.
EQUAL, IN_TEXT, UNNAMED = 0.80, 0.92, 0.97
COLUMNS = ("id", "date", "amount", "currency", "reference", "counterparty", "description")
JOIN_SQL = """
SELECT count(*) FROM (
    SELECT s.id FROM s JOIN l USING (reference, amount, currency)
    WHERE s.reference <> '' AND abs(s.day - l.day) <= 5
)
"""


def movements(rows: int) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
    """Ours, and the same as the bank has it."""
    dice = random.Random(7)
    for row in range(rows):
        on = START + timedelta(dice.randrange(DAYS))
        amount = Decimal(dice.randrange(100, 10**9) * dice.choice((1, -1))) / 100
        reference, who = f"TR{on:%Y%m%d}-{row:07}", f"第{dice.randrange(NAMES)}贸易有限公司"
        ours = (f"l{row}", on, amount, "CNY", reference, who, "货款")
        kind, later = dice.random(), on + timedelta(dice.randrange(3))
        if kind < EQUAL:
            yield ours, (f"b{row}", later, amount, "CNY", reference, who, "")
        elif kind < IN_TEXT:
            yield ours, (f"b{row}", later, amount, "CNY", "", who, f"/ROC/{reference}//货款")
        elif kind < UNNAMED:
            yield ours, (f"b{row}", later, amount, "CNY", "", who, "货款")
        else:
            yield ours, (f"b{row}", later, amount + 1, "CNY", "", f"另{row}公司", "货款")


def core(rows: int) -> tuple[float, float, float, float]:
    """Seconds of the core, by the clock and of the processor, and of the join; and the share of
    the truth that the core found."""
    from yinxin.reconciliation.matching import LedgerLine, StatementLine, match

    ledger, statement = [], []
    for ours, theirs in movements(rows):
        ledger.append(LedgerLine(*ours))  # type: ignore[arg-type]
        statement.append(StatementLine(*theirs))  # type: ignore[arg-type]
    random.Random(8).shuffle(statement)
    started, worked = time.perf_counter(), time.process_time()
    result = match(statement, ledger)
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    right = sum(
        str(each.statement_ids[0])[1:] == str(each.ledger_ids[0])[1:] for each in result.matches
    )
    print(f"{len(result.matches) - right} matches are not the truth", file=sys.stderr)
    del result
    return seconds, worked, join(statement, ledger), right / rows


def join(statement: list[object], ledger: list[object]) -> float:
    """Seconds of DuckDB for an equality join of columns that are already its own."""
    import duckdb
    import numpy as np

    with duckdb.connect() as database:
        for name, lines in (("s", statement), ("l", ledger)):
            rows = [astuple(line) for line in lines]  # type: ignore[call-overload]
            given = {
                "id": np.array([row[0] for row in rows]),
                "day": np.array([row[1].toordinal() for row in rows]),
                "amount": np.array([int(row[2] * 1000) for row in rows]),
                "currency": np.array([row[3] for row in rows]),
                "reference": np.array([row[4] for row in rows]),
            }
            database.register("given", given)
            database.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
            database.unregister("given")
        started = time.perf_counter()
        database.execute(JOIN_SQL).fetchall()
        return time.perf_counter() - started


def write_files(lines: int, folder: Path) -> None:
    """A camt.053 of so many lines, and our side of it."""
    import csv

    from tests.bank.statements import Movement, camt053

    entries, theirs = [], []
    for ours, (id, on, amount, _, reference, who, text) in movements(lines):
        entries.append(ours)
        theirs.append(Movement(on, amount, reference, who, text, id))  # type: ignore[arg-type]
    period = {"from_on": START, "to_on": START + timedelta(DAYS + 3)}
    (folder / "camt053.xml").write_bytes(camt053("6001", Decimal(0), theirs, **period))
    with (folder / "ledger.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(entries)


def from_file(lines: int, folder: Path) -> tuple[float, float, float, float]:
    """Seconds by the clock and of the processor, and peak MiB, of `yinxin reconcile` in a
    process of its own; and MiB of the file."""
    write_files(lines, folder)
    command = [
        *(sys.executable, "-m", "yinxin", "reconcile", "--json"),
        *(str(folder / "camt053.xml"), str(folder / "ledger.csv")),
    ]
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (
        seconds,
        used.ru_utime + used.ru_stime,
        used.ru_maxrss / 1024,
        (folder / "camt053.xml").stat().st_size / 2**20,
    )


def through_gate(lines: int, folder: Path) -> dict[str, tuple[float, float, float]]:
    """Of the import and of the matching: seconds by the clock, of the processor, and peak MiB."""
    import posting

    from yinxin.web.postgres import Server

    with Server(folder / "home").running() as server:
        house = posting.House(
            str(folder / "home"), server.app_url, server.owner_url, server.admin_url
        )
        house.enter()
        from django.core.management import call_command
        from tests.bank.founding import found

        from yinxin.ledger.tests.accounts import nostro

        call_command("migrate", verbosity=0)
        bank = found()
        account, other = nostro(bank), nostro(bank)
        book(lines, account.id, other.id, house.on("yinxin").admin_url)
        content = (folder / "camt053.xml").read_bytes()
        spawn = multiprocessing.get_context("spawn")
        with spawn.Pool(1, house.enter) as pool:
            measured = pool.apply(reconciled, (str(account.id), content))
        posting._disconnect()
    return measured


def book(lines: int, account_id: UUID, other: UUID, admin_url: str) -> None:
    """Our side as postings, past the guards, for they belong to past days."""
    import psycopg

    from yinxin.kernel import clock
    from yinxin.vault.sealing import INSTITUTION, seal_text

    columns = (
        "id, debit_id, credit_id, amount, currency, booked_on, booked_at, reference, cause, owner,"
        "counterparty, narrative"
    )
    with psycopg.connect(admin_url) as admin:
        admin.execute("SET session_replication_role = replica")
        with admin.cursor().copy(f"COPY ledger_posting ({columns}) FROM STDIN") as copy:
            for (_, on, amount, currency, reference, who, text), _ in movements(lines):
                id = uuid4()
                sides = (account_id, other) if amount > 0 else (other, account_id)  # type: ignore[operator]
                sealed = [
                    seal_text(INSTITUTION, f"ledger.posting.{field}:{id}", plain)  # type: ignore[arg-type]
                    for field, plain in (("counterparty", who), ("narrative", text))
                ]
                copy.write_row(
                    (id, *sides, abs(amount), currency, on, clock.now(), reference, id,  # type: ignore[arg-type]
                     INSTITUTION, *sealed)
                )  # fmt: skip


def reconciled(account_id: str, content: bytes) -> dict[str, tuple[float, float, float]]:
    from tests.bank.verbs import Bank

    from yinxin.kernel.command import Command
    from yinxin.reconciliation.commands import ImportStatement, MatchStatement
    from yinxin.reconciliation.models import BankStatement
    from yinxin.vault import blobs

    bank, measured = Bank(), {}

    def measure(what: str, command: Command) -> None:
        started, worked = time.perf_counter(), time.process_time()
        bank.done("张敏", command)
        measured[what] = (
            time.perf_counter() - started,
            time.process_time() - worked,
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        )

    upload = blobs.stage(bank.staff_id("张敏"), content, "application/xml")
    measure("imported", ImportStatement(account_id=UUID(account_id), file=upload))
    measure("matched", MatchStatement(statement_id=BankStatement.objects.get().id))
    return measured


def main() -> None:
    import tempfile

    given = list(map(int, sys.argv[1:]))
    rows, lines = given + [ROWS, LINES][len(given) :]
    with tempfile.TemporaryDirectory() as folder:
        seconds, worked, peak, size = from_file(lines, Path(folder))
        gate = through_gate(lines, Path(folder))
    ours, ours_worked, joined, found = core(rows)

    def row(what: str, *figures: str) -> None:
        print(f"{what:<54}" + "".join(f"{each:>16}" for each in figures))

    row("", "seconds", "of processor", "MiB", "limit")
    row(
        f"core, {rows:,} against {rows:,}, {found:.1%} matched",
        f"{ours:.1f}",
        f"{ours_worked:.1f}",
        "",
        "20 s a million",
    )
    row("DuckDB, equality join of the same rows", f"{joined:.1f}")
    row(
        f"camt.053 of {lines:,} lines ({size:.0f} MiB), read and matched",
        f"{seconds:.1f}",
        f"{worked:.1f}",
        f"{peak:.0f}",
        "60 s, 1024 MiB",
    )
    for what, figures in gate.items():
        told = [f"{each:.{places}f}" for each, places in zip(figures, (1, 1, 0), strict=True)]
        row(f"  {what} through the gate", *told, "together as above")


if __name__ == "__main__":
    main()
