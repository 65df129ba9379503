"""What moving money costs: set-based posting beside pgbench's TPC-B, what each guard takes of it,
and a transfer through the whole gate beside its bare handler and beside the gate without a log.

    python benchmarks/posting.py

Starts a durable server of its own in a temporary folder, all on this machine, and removes it
afterwards. Clients are processes; a sequencer runs beside them, as in the product.
"""

import multiprocessing
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, partial
from itertools import product
from operator import truediv
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from yinxin.web.postgres import Server  # noqa: E402
from yinxin.web.programs import tool  # noqa: E402

SCALE, TPCB_CLIENTS = 20, 8
ACCOUNTS, BATCH, POSTERS = 200_000, 1000, 2
ROUNDS, SECONDS = 3, 10
GUARD_ROUNDS, GUARD_SECONDS = 5, 3
GATE_CLIENTS, TRANSFERS, GATE_ROUNDS = 2, 300, 3
WHOLE, DROPPED, TPCB = "whole", "dropped", "tpcb"
WAYS = ("bare", "gate", UNLOGGED := "unlogged")

ACCOUNTS_SQL = f"""
SET session_replication_role = replica;
INSERT INTO ledger_account (id, number, kind, customer_id, title, currency, branch, balance, held,
                            may_overdraw, state, opened_at, nature, bank, bank_account)
SELECT ('0190' || lpad(to_hex(n), 8, '0') || left(md5(n::text), 20))::uuid,
       '0000' || lpad(n::text, 12, '0'), 'customer', md5(n::text)::uuid, '基本存款账户', 'CNY',
       '/0001/', 1000000, 0, false, 'open', now(), 'general', '', ''
FROM generate_series(1, {ACCOUNTS}) n;
SET session_replication_role = origin;
"""
TRIGGERS_SQL = """
SELECT format('DROP TRIGGER %%I ON %%s', tgname, tgrelid::regclass) FROM pg_trigger
WHERE NOT tgisinternal AND tgname LIKE %s
"""
CONSTRAINTS_SQL = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I CASCADE', conrelid::regclass, conname)
FROM pg_constraint WHERE contype = %s AND conrelid::regclass::text ~ '^(ledger|gate)_'
"""
SEALING = "sealed narratives"
# What is dropped from a clone of the database, one kind at a time.
GUARDS: dict[str, list[tuple[str, str]]] = {
    "only inside a command": [(TRIGGERS_SQL, "yinxin%in_command")],
    "row digests": [(TRIGGERS_SQL, "record%")],
    "foreign keys": [(CONSTRAINTS_SQL, "f")],
    "checks": [(CONSTRAINTS_SQL, "c")],
    SEALING: [],
    "all but sealing": [
        (TRIGGERS_SQL, "yinxin%"),
        (TRIGGERS_SQL, "record%"),
        (CONSTRAINTS_SQL, "f"),
        (CONSTRAINTS_SQL, "c"),
    ],
}


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="yinxin-posting-") as folder,
        Server(Path(folder)).running() as server,
    ):
        house = House(folder, server.app_url, server.owner_url, server.admin_url)
        house.enter()
        _found(house)
        print(f"{os.cpu_count()} cores, PostgreSQL durable, clients on the same machine\n")
        _beside_tpcb(house)
        _guards(house)
        _gate(house)
    shutil.rmtree(server.folder, ignore_errors=True)  # as root it is not below the home


@dataclass(frozen=True)
class House:
    """Where one database of the product is."""

    home: str
    url: str
    owner_url: str
    admin_url: str

    def enter(self) -> None:
        """Make this process one of the product's."""
        os.environ |= {
            "YINXIN_HOME": self.home,
            "DATABASE_URL": self.url,
            "DATABASE_OWNER_URL": self.owner_url,
            "DJANGO_SETTINGS_MODULE": "yinxin.web.settings",
        }
        from yinxin.vault.keys import KeyFile

        key = Path(self.home) / "keys" / "root.key"
        if not key.exists():
            KeyFile.create(key)
        import django

        django.setup()
        _post_batch_command()

    def on(self, database: str) -> "House":
        urls = (self.url, self.owner_url, self.admin_url)
        return House(self.home, *(re.sub(r"/\w+\?", f"/{database}?", url) for url in urls))

    def admin(self, statement: str) -> None:
        with psycopg.connect(self.on("postgres").admin_url, autocommit=True) as admin:
            admin.execute(statement)

    def drop(self, guards: list[tuple[str, str]]) -> None:
        """Drop what each query of `guards` names."""
        with psycopg.connect(self.owner_url, autocommit=True) as owner:
            for query, kind in guards:
                for (statement,) in owner.execute(query, [kind]).fetchall():
                    owner.execute(statement)

    @contextmanager
    def clone(self, database: str) -> Iterator["House"]:
        """A copy of this house as it was founded: what one part posts slows no other."""
        self.admin(f"CREATE DATABASE {database} TEMPLATE yinxin OWNER yinxin_owner")
        try:
            yield self.on(database)
        finally:
            self.admin(f"DROP DATABASE {database} WITH (FORCE)")

    @contextmanager
    def pool(self, clients: int) -> Iterator[Any]:
        """Client processes in this house."""
        spawn = multiprocessing.get_context("spawn")
        with spawn.Pool(clients, self.enter) as pool:
            yield pool

    @contextmanager
    def sequencer(self) -> Iterator[None]:
        spawn = multiprocessing.get_context("spawn")
        stop = spawn.Event()
        process = spawn.Process(target=_sequence, args=(self, stop))
        process.start()
        try:
            yield
        finally:
            stop.set()
            process.join()


def _sequence(house: House, stop: Any) -> None:
    house.enter()
    from yinxin.evidence.merkle.note import Signer
    from yinxin.evidence.sequencer import Sequencer

    Sequencer(Signer("benchmark", bytes(32))).run(stop)


def _found(house: House) -> None:
    """Found the cast's bank and open the accounts."""
    from django.core.management import call_command
    from django.db import connections
    from tests.bank.founding import found

    call_command("migrate", verbosity=0)
    found()
    with psycopg.connect(house.on("yinxin").admin_url, autocommit=True) as admin:
        admin.execute(ACCOUNTS_SQL)
        admin.execute("VACUUM ANALYZE")
    connections.close_all()


@cache
def _post_batch_command() -> type[Any]:
    """A bulk command, as a payroll file is one: it names its content, the handler posts it."""
    from yinxin.gate.registry import handles
    from yinxin.kernel.command import Command, command
    from yinxin.kernel.fact import Fact
    from yinxin.kernel.money import Money
    from yinxin.kernel.text import Text
    from yinxin.ledger.posting import Entry, post

    @command("benchmark.post", "9999", "批量记账", "Post a batch")
    class PostBatch(Command):
        seed: int
        narrative: str

    class BatchPosted(Fact):
        def sentence(self) -> Text:
            return Text("批量记账完成", "A batch was posted")

    @handles(PostBatch)
    def post_batch(batch: PostBatch, context: Any) -> Fact:
        draw = random.Random(batch.seed)
        cause = context.new_id()
        entries = []
        for _ in range(BATCH):
            debit, credit = draw.sample(_accounts(), 2)
            money = Money(Decimal(draw.randint(1, 100)), "CNY")
            entries.append(Entry(debit, credit, money, cause, "BATCH-1", narrative=batch.narrative))
        post(context, entries)
        return BatchPosted()

    return PostBatch


@cache
def _accounts() -> list[UUID]:
    from yinxin.ledger.models import Account

    accounts = Account.objects.filter(number__startswith="0000").order_by("id")
    return list(accounts.values_list("id", flat=True))


def _row(what: str, figure: float | str, note: str = "") -> None:
    shown = figure if isinstance(figure, str) else f"{figure:,.0f} a second"
    print(f"{what:<52}{shown:>16}   {note}", flush=True)


def _beside_tpcb(house: House) -> None:
    """Both on the same server, in alternating rounds."""
    pgbench, url = str(tool("pgbench")), house.on(TPCB).admin_url
    house.admin(f"CREATE DATABASE {TPCB}")
    run = partial(subprocess.run, check=True, capture_output=True, text=True)
    run([pgbench, "-i", "-q", "-s", str(SCALE), url])
    theirs, ours = [], []
    with house.clone(WHOLE) as whole, whole.pool(POSTERS) as pool, whole.sequencer():
        _posted(pool, 1)
        for _ in range(ROUNDS):
            done = run([pgbench, "-c", str(TPCB_CLIENTS), "-j", "2", "-T", str(SECONDS), url])
            found = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
            assert found, done.stdout
            theirs.append(float(found[1]))
            ours.append(_posted(pool, SECONDS))
    house.admin(f"DROP DATABASE {TPCB}")
    tpcb, rate = statistics.median(theirs), statistics.median(ours)
    times = rate / tpcb
    _row(f"pgbench TPC-B, scale {SCALE}, {TPCB_CLIENTS} clients", tpcb)
    _row(f"postings, all guards, batches of {BATCH}, {POSTERS} clients", rate)
    _row("  times TPC-B", f"{times:.1f}", "at least 3")


def _posted(pool: Any, seconds: float, narrative: str = "代发工资") -> float:
    """Postings a second."""
    start = time.perf_counter()
    jobs = [(seconds, narrative)] * POSTERS
    done = pool.starmap(_post, jobs, chunksize=1)
    return float(sum(done) * BATCH / (time.perf_counter() - start))


def _post(seconds: float, narrative: str) -> int:
    """Batches that one client gets done."""
    from yinxin.gate import door

    actor = _actor("张敏")
    end, done = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        command = _post_batch_command()(seed=random.getrandbits(60), narrative=narrative)
        outcome = door.submit(command, actor, uuid4().hex)
        assert outcome.status == "done", outcome
        done += 1
    return done


def _guards(house: House) -> None:
    """A clone as it is and one with a kind of guard dropped, in alternating rounds."""
    print("\nwithout one kind of guard:")
    for guard, drops in GUARDS.items():
        narrative = "" if guard == SEALING else "代发工资"
        with house.clone(WHOLE) as whole, house.clone(DROPPED) as dropped:
            dropped.drop(drops)
            with whole.pool(POSTERS) as on_whole, dropped.pool(POSTERS) as on_dropped:
                _posted(on_whole, 1), _posted(on_dropped, 1)
                rates, shares = [], []
                for _ in range(GUARD_ROUNDS):
                    house.admin("CHECKPOINT")
                    before = _posted(on_whole, GUARD_SECONDS)
                    rates.append(_posted(on_dropped, GUARD_SECONDS, narrative))
                    shares.append(1 - before / rates[-1])
        _row(f"  {guard}", statistics.median(rates), f"takes {statistics.median(shares):.0%}")


def _gate(house: House) -> None:
    """Release transfers bare, through the gate, and through the gate of a clone that keeps no
    log, in alternating rounds."""
    steps = ("receive", "check", "submit")
    rates: dict[str, list[float]] = {each: [] for each in (*steps, *WAYS)}
    chains = []
    with (
        house.clone(WHOLE) as whole,
        house.clone(UNLOGGED) as unlogged,
        whole.pool(GATE_CLIENTS) as on_whole,
        unlogged.pool(GATE_CLIENTS) as on_unlogged,
        whole.sequencer(),
    ):
        unlogged.drop([*GUARDS["row digests"], (TRIGGERS_SQL, "log%")])
        pools = {"bare": on_whole, "gate": on_whole, UNLOGGED: on_unlogged}
        accounts = {pool: pool.apply(_gate_accounts) for pool in (on_whole, on_unlogged)}
        for number, way in product(range(GATE_ROUNDS), WAYS):
            pool, prefix = pools[way], f"{way}{number}"
            jobs = [(account, f"{prefix}-{client}", TRANSFERS)
                    for client, account in enumerate(accounts[pool])]  # fmt: skip
            start = time.perf_counter()
            made = pool.starmap(_prepare, jobs, chunksize=1)
            prepared = time.perf_counter() - start
            start = time.perf_counter()
            pool.starmap(_release, [(ids, way) for ids, _ in made], chunksize=1)
            released = time.perf_counter() - start
            rates[way].append(TRANSFERS * GATE_CLIENTS / released)
            if way == "gate":
                chains.append(TRANSFERS * GATE_CLIENTS / (prepared + released))
                for step in steps:
                    rates[step].append(sum(TRANSFERS / seconds[step] for _, seconds in made))
    median = {step: statistics.median(each) for step, each in rates.items()}
    loss = 1 - statistics.median(map(truediv, rates["gate"], rates[UNLOGGED]))
    print(f"\ntransfers that need no level, {GATE_CLIENTS} clients:")
    _row("  released by the bare handler", median["bare"])
    _row("  released through the gate", median["gate"], "at least 100")
    _row("  the gate keeps", f"{median['gate'] / median['bare']:.0%}", "at least 50 %")
    _row("  released through the gate without the log", median[UNLOGGED])
    _row("  with the log they lose", f"{loss:.1%}", "at most 25 %")
    for step in steps:
        _row(f"  {step}, through the gate", median[step])
    _row("  the whole chain, four commands a transfer", statistics.median(chains))


def _gate_accounts() -> list[str]:
    """An account with money for each client, and a matrix that asks for no level."""
    from tests.bank.verbs import Bank

    from yinxin.gate.commands import SetPolicy
    from yinxin.ledger.tests.accounts import account, cny, customer, nostro, pay_in

    bank = Bank()
    own = nostro(bank)
    ids = []
    for client in range(GATE_CLIENTS):
        theirs = account(bank, customer(bank, client))
        bank.done("张敏", pay_in(own, theirs, cny(10_000_000)), "李强")
        ids.append(str(theirs.id))
    policy = SetPolicy(command="transfers.release", levels=(), currency="CNY")
    bank.done("吴刚", policy, "郑凯")
    return ids


def _actor(name: str) -> Any:
    from tests.bank.verbs import Bank

    from yinxin.kernel.actor import Channel

    return Bank().actor(name, Channel.API)


def _prepare(account_id: str, prefix: str, count: int) -> tuple[list[str], dict[str, float]]:
    """Receive, check and submit transfers; their ids, and the seconds each step took."""
    from yinxin.gate import door
    from yinxin.kernel.money import Money
    from yinxin.transfers import jobs
    from yinxin.transfers.commands import ReceiveTransfer, SubmitTransfer

    actor = _actor("张敏")

    def receive(number: int) -> str:
        command = ReceiveTransfer(
            account_id=UUID(account_id),
            payee_name="王秀英",
            payee_account="6222020000000000018",
            payee_bank="工商银行海淀支行",
            money=Money(Decimal(100), "CNY"),
            purpose="货款",
            instruction_number=f"{prefix}-{number}",
            issued_on=date(2026, 1, 5),
        )
        outcome = door.submit(command, actor, uuid4().hex)
        assert outcome.status == "done", outcome
        return str(outcome.subjects[0].id)

    def submit(transfer_id: str) -> None:
        command = SubmitTransfer(transfer_id=UUID(transfer_id), override_reason="已核实")
        outcome = door.submit(command, actor, uuid4().hex)
        assert outcome.status == "done", outcome

    seconds = {}
    ids, seconds["receive"] = _timed(receive, range(count))
    _, seconds["check"] = _timed(lambda each: jobs.check(transfer_id=each), ids)
    _, seconds["submit"] = _timed(submit, ids)
    return ids, seconds


def _timed(step: Callable[[Any], Any], over: Any) -> tuple[list[Any], float]:
    start = time.perf_counter()
    return [step(each) for each in over], time.perf_counter() - start


def _release(ids: list[str], way: str) -> None:
    from yinxin.gate import door
    from yinxin.transfers.commands import ReleaseTransfer

    actor = _actor("张敏")
    for transfer_id in ids:
        command = ReleaseTransfer(transfer_id=UUID(transfer_id))
        if way == "bare":
            _bare(command, actor)
        else:
            outcome = door.submit(command, actor, uuid4().hex)
            assert outcome.status == "done", outcome


def _bare(command: Any, actor: Any) -> None:
    """The handler alone in its transaction: the guards of the database, nothing of the gate."""
    from django.db import connection, transaction

    from yinxin.gate.context import Context
    from yinxin.gate.registry import HANDLERS
    from yinxin.kernel import clock
    from yinxin.kernel.ids import IdSource, new_id

    execution_id = new_id()
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('yinxin.command', %s, true)", [str(execution_id)])
        HANDLERS[type(command)](command, Context(actor, clock.now(), IdSource(execution_id.bytes)))


if __name__ == "__main__":
    main()
