"""What a page costs in a full house: every list and detail page, signed on, through the whole web
application, beside a bare SQL query of the same rows.

    python benchmarks/pages.py [--customers 100000] [--transfers 1000000] [--requests 40]

Everything comes in by the bulk import commands, with their approvals waived. Starts a durable
server of its own in a temporary folder and removes it afterwards. One client on this machine.
"""

import argparse
import csv
import io
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from yinxin.web.postgres import Server  # noqa: E402

LIMIT_MS, WARM_UP = 150, 3
PER_FILE = {"customers": 10_000, "accounts": 100_000, "transfers": 100_000}
BRANCH_SHARE = 0.01  # of the customers are of a small branch
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建文志国海春梅雪琳浩宇欣子涵"
PLACES = "江州清河城东海宁云山临江白石青田南湖"
TRADES = ("商贸", "建材", "科技", "物流", "食品", "机电", "纺织", "文化")
YEARS = 3
TODAY = datetime.now(UTC).date()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=100_000)
    asked.add_argument("--transfers", type=int, default=1_000_000)
    asked.add_argument("--requests", type=int, default=40)
    sizes = asked.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="yinxin-pages-") as folder,
        Server(Path(folder)).running() as server,
    ):
        _enter(folder, server)
        _found()
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, PostgreSQL durable\n")
        _prepare(sizes.customers, sizes.transfers)
        with psycopg.connect(server.admin_url.replace("/postgres?", "/yinxin?")) as admin:
            admin.autocommit = True
            _took("VACUUM ANALYZE", 0, lambda: admin.execute("VACUUM ANALYZE"))
        _measure(sizes.requests)
        _disconnect()
    shutil.rmtree(server.folder, ignore_errors=True)  # as root it is not below the home


def _enter(folder: str, server: Server) -> None:
    os.environ |= {
        "YINXIN_HOME": folder,
        "DATABASE_URL": server.app_url,
        "DATABASE_OWNER_URL": server.owner_url,
    }
    from yinxin.web.opening import set_up

    set_up(migrate=True)
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


def _found() -> None:
    from tests.bank.founding import found

    from yinxin.gate.commands import SetPolicy

    bank = found()
    for name in ("customers.import_customers", "ledger.import_accounts",
                 "transfers.import_history", "ledger.open_own_account"):  # fmt: skip
        bank.done("吴刚", SetPolicy(command=name, levels=()), "郑凯")


def _prepare(customers: int, transfers: int) -> None:
    from yinxin.customers.commands import ImportCustomers
    from yinxin.ledger.commands import ImportAccounts, OpenOwnAccount
    from yinxin.transfers.commands import ImportHistory

    small = max(1, int(customers * BRANCH_SHARE))
    done = _submit("王芳", OpenOwnAccount(kind="other", currency="CNY", title="迁移过渡户"))
    own_id = done.subjects[0].id

    def bring(
        kind: str, who: str, rows: Iterator[Sequence[object]], make: Callable[..., Any]
    ) -> None:
        head = next(rows)
        while some := list(islice(rows, PER_FILE[kind])):
            file = _staged(who, head, some)
            _took(kind, len(some), lambda file=file: _submit(who, make(file)))

    def new(file: Any) -> Any:
        return ImportCustomers(file=file, review_by=TODAY + timedelta(365))

    bring("customers", "王芳", _customers(0, customers - small), new)
    bring("customers", "陈立", _customers(customers - small, customers), new)
    bring(
        "accounts", "王芳", _accounts(customers),
        lambda file: ImportAccounts(file=file, own_account_id=own_id),
    )  # fmt: skip
    bring(
        "transfers", "王芳", _transfers(transfers, customers),
        lambda file: ImportHistory(file=file),
    )  # fmt: skip
    for kind, (rows, seconds) in TOTALS.items():
        print(f"{kind:<12}{rows:>10,} rows {seconds:>8.1f} s {rows / seconds:>10,.0f} a second")


TOTALS: dict[str, tuple[int, float]] = {}


def _took(what: str, rows: int, step: Callable[[], Any]) -> None:
    start = time.perf_counter()
    step()
    seconds = time.perf_counter() - start
    before = TOTALS.get(what, (0, 0.0))
    TOTALS[what] = (before[0] + rows, before[1] + seconds)
    rate = f"{rows:,} rows, {rows / seconds:,.0f} a second" if rows else ""
    print(f"  {what}: {seconds:.1f} s {rate}", flush=True)


def _submit(who: str, command: Any) -> Any:
    from tests.bank.verbs import Bank

    outcome = Bank().do(who, command)
    assert outcome.status == "done", outcome.refused and outcome.refused.sentence.en[:500]
    return outcome


def _staged(who: str, head: Sequence[object], rows: Sequence[Sequence[object]]) -> Any:
    from tests.bank.verbs import Bank

    from yinxin.vault import blobs

    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return blobs.stage(Bank().staff_id(who), text.getvalue().encode(), "text/csv")


def _person(serial: int) -> tuple[str, str]:
    from stdnum.iso7064 import mod_11_2

    dice = random.Random(serial)
    name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))
    born = date(1950, 1, 1) + timedelta(serial // 900)
    body = f"110101{born:%Y%m%d}{100 + serial % 900}"
    return name, body + mod_11_2.calc_check_digit(body)


def _company(serial: int) -> tuple[str, str]:
    from stdnum.cn import uscc

    dice = random.Random(serial)
    place, mark = "".join(dice.sample(PLACES, 2)), "".join(dice.choices(GIVEN, k=2))
    body = f"91110000{serial:09d}"
    return f"{place}{mark}{dice.choice(TRADES)}有限公司", body + uscc.calc_check_digit(body)


def _is_company(serial: int) -> bool:
    return serial % 5 == 0


def _customers(first: int, end: int) -> Iterator[Sequence[object]]:
    yield (
        "原客户号", "类别", "状态", "姓名或名称", "证件类型", "证件号码", "证件有效期至",
        "联系电话", "地址", "职业", "行业", "经营范围",
    )  # fmt: skip
    for serial in range(first, end):
        state = "已登记" if serial % 50 == 7 else "正常"
        until = date(2027, 1, 1) + timedelta(serial % 5000)
        phone, address = f"13{serial:09d}", f"江州市城东区和平路 {serial} 号"
        if _is_company(serial):
            name, number = _company(serial)
            trade = "批发和零售业" if serial % 100 else "贵金属、珠宝"
            yield (f"A{serial}", "单位", state, name, "uscc", number, until, phone, address,
                   "", trade, "日用百货批发、零售")  # fmt: skip
        else:
            name, number = _person(serial)
            yield (f"A{serial}", "个人", state, name, "id_card", number, until, phone, address,
                   "foreign_official" if serial % 1000 == 1 else "service", "", "")  # fmt: skip


def _active(customers: int) -> Iterator[int]:
    return (serial for serial in range(customers) if serial % 50 != 7)


def _accounts(customers: int) -> Iterator[Sequence[object]]:
    yield ("客户号", "账号", "账户性质", "账户用途", "余额", "状态")
    for serial in _active(customers):
        nature = "一般存款账户" if _is_company(serial) else "个人结算账户"
        state = "已冻结" if serial % 2000 == 3 else "正常"
        yield (f"A{serial}", _number(serial), nature, "结算", f"{serial % 100_000}.50", state)


def _number(serial: int) -> str:
    return f"6217{serial:012d}"


def _transfers(count: int, customers: int) -> Iterator[Sequence[object]]:
    yield ("付款账号", "凭证编号", "凭证号码", "收款人名称", "收款人账号", "收款人开户行", "金额",
           "用途", "签发日期", "付款日期", "清算方式")  # fmt: skip
    dice, payers = random.Random(1), list(_active(customers))
    first, days = TODAY - timedelta(365 * YEARS), 365 * YEARS - 1
    for serial in range(count):
        paid = first + timedelta(serial * days // count)
        payee = dice.randrange(200_000)
        yield (
            _number(dice.choice(payers)), f"V{serial:09d}", f"I{serial}", _person(payee)[0],
            f"6222{payee:012d}", "工商银行江州分行", f"{dice.randint(1, 10**8) / 100:.2f}", "货款",
            paid, paid, "跨行",
        )  # fmt: skip


@dataclass(frozen=True)
class Page:
    """`paths` are asked in turn; `bare` is a query of the same rows, with one parameter a path."""

    name: str
    who: str
    paths: Sequence[str]
    bare: str
    given: Sequence[Any] = ()


def _measure(requests: int) -> None:
    from tests.bank.caller import session_of
    from tests.bank.cast import CAST

    browsers = {who: Browser(session_of(CAST[who].login)) for who in ("王芳", "陈立", "张敏")}
    print(f"\n{'page':<44}{'p50':>8}{'p95':>8}{'own cpu':>8}{'bare':>8}  queries")
    print(f"{'':<44}{'ms':>8}{'ms':>8}{'ms':>8}{'ms':>8}")
    slow = []
    for page in _pages():
        browser = browsers[page.who]
        paths = [page.paths[n % len(page.paths)] for n in range(requests + WARM_UP)]
        asked = [browser.get(path) for path in paths][WARM_UP:]
        times = sorted(seconds * 1000 for seconds, _, _ in asked)
        counts = sorted({queries for _, _, queries in asked})
        busy = statistics.median(busy * 1000 for _, busy, _ in asked)
        p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
        told = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        late = p95 > LIMIT_MS
        slow += [page.name] if late else []
        print(
            f"{page.name:<44}{statistics.median(times):>8.1f}{p95:>8.1f}{busy:>8.1f}{_bare(page):>8.2f}"
            f"  {told}{'   above the limit' if late else ''}",
            flush=True,
        )
    print(f"\nload {os.getloadavg()[0]:.1f}; above {LIMIT_MS} ms: {', '.join(slow) or 'none'}")


class Browser:
    """Somebody signed on, at the real WSGI application."""

    def __init__(self, session: str) -> None:
        from yinxin.web.wsgi import application

        self._application, self._cookie = application, f"sessionid={session}"

    def get(self, path: str) -> tuple[float, float, int]:
        """Seconds by the clock, those of our own process, and queries."""
        from django.db import connection

        from yinxin.vault import sealing

        place, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET", "PATH_INFO": place, "QUERY_STRING": query, "SCRIPT_NAME": "",
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
            "HTTP_HOST": "localhost", "HTTP_COOKIE": self._cookie, "wsgi.version": (1, 0),
            "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip
        statuses, queries = [], 0

        def count(execute: Any, *of: Any) -> Any:
            nonlocal queries
            queries += 1
            return execute(*of)

        sealing._opened.clear()  # as a page that nobody asked for of late
        start, busy = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(count):
            answer = self._application(environ, lambda status, _: statuses.append(status))
            body = b"".join(answer)
            seconds, busy = time.perf_counter() - start, time.process_time() - busy
            answer.close()
        assert statuses == ["200 OK"], (path, statuses, body[:500])
        return seconds, busy, queries


def _bare(page: Page) -> float:
    """Median milliseconds."""
    from django.db import connection

    times = []
    with connection.cursor() as cursor:
        for n in range(20):
            given = [page.given[n % len(page.given)]] if page.given else None
            start = time.perf_counter()
            cursor.execute(page.bare, given)
            cursor.fetchall()
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


NEWEST = "SELECT * FROM {} ORDER BY number DESC LIMIT 21"
ONE = "SELECT * FROM {} WHERE id = %s"


def _pages() -> Iterator[Page]:
    yield from _lists()
    yield from _searches()
    yield from _details()
    yield Page("desk", "王芳", ["/"], "SELECT 1")
    yield Page("catalogue of commands", "王芳", ["/commands/"], "SELECT 1")
    yield Page("approval matrix", "王芳", ["/matrix/"], "SELECT * FROM gate_policy")
    form = "SELECT * FROM customers_customer WHERE state = 'active' ORDER BY number DESC LIMIT 51"
    for code in ("2001", "2014", "1009", "3001"):
        yield Page(f"form {code}, choosing a customer", "张敏", [f"/do/{code}/"], form)


def _lists() -> Iterator[Page]:
    for name, path, table in (
        ("customers", "/customers/", "customers_customer"),
        ("accounts", "/ledger/", "ledger_account"),
        ("transfers", "/transfers/", "transfers_transfer"),
    ):
        deep = [f"{path}?after={number}" for number in _some(table, "number", 20)]
        newest = NEWEST.format(table)
        yield Page(f"{name}, first page", "王芳", [path], newest)
        yield Page(f"{name}, deep page", "王芳", deep, newest)
        yield Page(f"{name}, of a small branch", "陈立", [path], newest)
        numbers = _some(table, "number", 20)
        tails = [f"{path}?{'q' if table.startswith('c') else 'number'}={number[-6:]}"
                 for number in numbers]  # fmt: skip
        whole = [f"{path}?{'q' if table.startswith('c') else 'number'}={number}"
                 for number in numbers]  # fmt: skip
        one = f"SELECT * FROM {table} WHERE number = %s"
        yield Page(f"{name}, by number", "王芳", whole, one, numbers)
        yield Page(f"{name}, by tail of number", "王芳", tails, one, numbers)
    for name, query in (
        ("customers, registered", "/customers/?state=registered"),
        ("customers, suspended (none)", "/customers/?state=suspended"),
        ("customers, organisations", "/customers/?kind=organisation"),
        ("customers, of high risk", "/customers/?rating=high"),
        ("customers, to be reviewed", "/customers/?review=due"),
        ("customers, documents that end soon", "/customers/?expires=2027-01-05"),
        ("accounts, frozen", "/ledger/?state=frozen"),
        ("accounts, own", "/ledger/?kind=other"),
        ("transfers, rejected (none)", "/transfers/?state=rejected"),
        ("transfers, rejected, small branch", "/transfers/?state=rejected"),
        ("transfers, released", "/transfers/?state=released"),
    ):
        who = "陈立" if "small" in name else "王芳"
        table = {"c": "customers_customer", "a": "ledger_account", "t": "transfers_transfer"}
        yield Page(name, who, [query], NEWEST.format(table[name[0]]))
    for name, length in (("a day", 1), ("a month", 30), ("a year", 365)):
        paths = []
        for n in range(20):
            since = TODAY - timedelta(400 + 20 * n)
            until = since + timedelta(length)
            paths.append(f"/transfers/?since={since}&until={until}")
        yield Page(f"transfers, of {name}", "王芳", paths, NEWEST.format("transfers_transfer"))
    for name, path in (
        ("imports", "/customers/imports/"), ("reports", "/customers/reports/"),
        ("seal cards", "/seals/"), ("verifications", "/seals/verifications/"),
        ("transfer board", "/transfers/board/"), ("batches", "/transfers/batches/"),
        ("business days", "/ledger/days/"), ("outside accounts", "/ledger/outside/"),
        ("bank statements", "/reconciliation/statements/"),
        ("open items", "/reconciliation/items/"),
        ("staff", "/people/staff/"), ("evidence", "/evidence/"),
    ):  # fmt: skip
        yield Page(name, "王芳", [path], "SELECT 1")


def _searches() -> Iterator[Page]:
    from yinxin.vault.search import _initials

    people = [_person(serial) for serial in range(1, 400, 20)]
    companies = [_company(serial)[0] for serial in range(0, 400, 20)]
    sought = {
        "whole name": [name for name, _ in people],
        "part of a company's name": [name[2:6] for name in companies],
        "what every company is called": ["有限公司"],
        "initials": [sorted(_initials(name))[0] for name, _ in people],
        "document number": [number for _, number in people],
        "tail of document number": [number[-4:] for _, number in people],
        "tail of phone": [f"{serial:04d}" for serial in range(20)],
        "nobody": ["查无此人"],
    }
    whole = "SELECT * FROM customers_customer WHERE former_number = %s"
    given = [f"A{serial}" for serial in range(20)]
    for name, words in sought.items():
        paths = [f"/customers/?q={quote(word)}" for word in words]
        yield Page(f"customers, by {name}", "王芳", paths, whole, given)
    for name in ("whole name", "initials"):
        paths = [f"/search/?q={quote(word)}" for word in sought[name]]
        yield Page(f"global search, {name}", "王芳", paths, whole, given)
    numbers = _some("transfers_transfer", "number", 20)
    paths = [f"/search/?q={number[-8:]}" for number in numbers]
    one = "SELECT * FROM transfers_transfer WHERE number = %s"
    yield Page("global search, tail of a transfer", "王芳", paths, one, numbers)


def _details() -> Iterator[Page]:
    for name, path, table in (
        ("a customer", "/customers/{}/", "customers_customer"),
        ("an account", "/ledger/{}/", "ledger_account"),
        ("a statement of account", "/ledger/{}/statement/", "ledger_account"),
        ("a transfer", "/transfers/{}/", "transfers_transfer"),
        ("an import", "/customers/imports/{}/", "customers_import"),
    ):
        ids = _some(table, "id", 40)
        yield Page(name, "王芳", [path.format(id) for id in ids], ONE.format(table), ids)


def _some(table: str, column: str, count: int) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY md5(id::text) LIMIT %s", [count])
        return [row[0] for row in cursor.fetchall()]


def _disconnect() -> None:
    from django.db import connections

    connections.close_all()


if __name__ == "__main__":
    main()
