"""A month of one account whose truth is known: which line is which, and traps that are neither."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from yinxin.reconciliation.matching import LedgerLine, StatementLine

START = date(2026, 1, 5)
# as our ledger has it | as the bank writes it
NAMES = (
    ("北京清河贸易有限公司", "北京清河貿易有限公司"),
    ("上海南山物资股份有限公司", "南山物资"),
    ("深圳市腾飞科技有限公司", "深圳市腾飞科技有限公司"),
    ("杭州绿叶食品有限责任公司", "杭州绿叶食品（有限责任公司）"),
    ("广州宏达机械集团有限公司", "广州宏达机械集团"),
    ("台灣大華電子股份有限公司", "台湾大华电子"),
    ("Acme Trading Co., Ltd.", "ACME TRADING"),
    ("Global Freight Inc.", "GLOBAL FREIGHT LTD"),
    ("王小明", "WANG XIAOMING"),
    ("李建国", "LI JIANGUO"),
    ("张伟", "支付宝-张伟"),
    ("武汉长江电气有限公司", "武汉长江电气有限公司"),
    ("重庆山城汽车配件有限公司", "重庆山城汽车配件有限公司"),
)

Truth = tuple[frozenset[str], frozenset[str]]


@dataclass
class Month:
    """`numbered` references follow each other, else they are random."""

    dice: random.Random
    numbered: bool
    statement: list[StatementLine] = field(default_factory=list)
    ledger: list[LedgerLine] = field(default_factory=list)
    truth: set[Truth] = field(default_factory=set)
    last: int = 4000

    def reference(self) -> str:
        self.last += 1
        if self.numbered:
            return f"INV-2026-{self.last:05}"
        return f"TR{self.dice.randrange(10**9):09}"

    def minor(self) -> int:
        return self.dice.choice(
            [self.dice.randrange(100, 10**7), self.dice.randrange(1, 500) * 10_000]
        )

    def bank(self, on: date, minor: int, reference: str = "", who: str = "", text: str = "",
             currency: str = "CNY") -> str:  # fmt: skip
        id = f"B{len(self.statement):05}"
        amount = Decimal(minor) / 100
        self.statement.append(StatementLine(id, on, amount, currency, reference, who, text))
        return id

    def book(self, on: date, minor: int, reference: str = "", who: str = "") -> str:
        id = f"L{len(self.ledger):05}"
        self.ledger.append(LedgerLine(id, on, Decimal(minor) / 100, "CNY", reference, who))
        return id

    def same(self, lines: list[str], entries: list[str]) -> None:
        self.truth.add((frozenset(lines), frozenset(entries)))

    def day(self) -> date:
        return START + timedelta(self.dice.randrange(25))

    def lag(self) -> timedelta:
        return timedelta(self.dice.choice([0, 0, 0, 1, 1, 2, 3]))


def month(seed: int, size: int = 300) -> Month:
    made = Month(random.Random(seed), numbered=bool(seed % 2))
    kinds, weights = zip(*KINDS, strict=True)
    for kind in made.dice.choices(kinds, weights, k=size):
        ours, theirs = made.dice.choice(NAMES)
        sign = made.dice.choice([1, 1, -1])
        kind(made, made.day(), sign * made.minor(), ours, theirs)
    made.dice.shuffle(made.statement)
    made.dice.shuffle(made.ledger)
    return made


def plain(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    reference = of.reference()
    line = of.bank(on + of.lag(), minor, reference, theirs, "货款")
    of.same([line], [of.book(on, minor, reference, ours)])


def in_text(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    reference = of.reference()
    written = of.dice.choice(
        [
            f"/ROC/{reference.lower().replace('-', ' ')}//货款",
            f"付款 {reference.replace('-', '-00', 1)}",
            "".join(chr(ord(each) + 0xFEE0) for each in reference) + "货款",
        ]
    )
    line = of.bank(on + of.lag(), minor, "", theirs, written)
    of.same([line], [of.book(on, minor, reference, ours)])


def by_name(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    line = of.bank(on + of.lag(), minor, "", theirs, "转账")
    of.same([line], [of.book(on, minor, of.reference(), ours)])


def slip(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    reference = of.reference()
    at = of.dice.randrange(len(reference) - 5, len(reference))
    other = of.dice.choice([each for each in "0123456789" if each != reference[at]])
    line = of.bank(on + of.lag(), minor, reference[:at] + other + reference[at + 1 :], theirs)
    of.same([line], [of.book(on, minor, reference, ours)])


def split(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    """One line of the bank for two to five of ours."""
    sign = 1 if minor > 0 else -1
    parts = [of.minor() for _ in range(of.dice.randrange(2, 6))]
    one, several = of.reference(), [of.reference() for _ in parts]
    text, references = of.dice.choice(
        [(" ".join(several), several), (one, [one] * len(parts)), ("合并付款", several)]
    )
    line = of.bank(on, sign * sum(parts), "", theirs, text)
    entries = [
        of.book(on - timedelta(of.dice.randrange(2)), sign * part, reference, ours)
        for part, reference in zip(parts, references, strict=True)
    ]
    of.same([line], entries)


def instalments(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    """Two to five lines of the bank for one of ours."""
    sign = 1 if minor > 0 else -1
    parts = [of.minor() for _ in range(of.dice.randrange(2, 6))]
    reference = of.reference()
    stated = of.dice.choice([reference, ""])
    lines = [
        of.bank(on + timedelta(of.dice.randrange(3)), sign * part, stated, theirs) for part in parts
    ]
    of.same(lines, [of.book(on, sign * sum(parts), reference, ours)])


def rent(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    """One amount again and again on neighbouring days, each with its reference."""
    for count in range(of.dice.randrange(3, 7)):
        plain(of, on + timedelta(count // 2), minor, ours, theirs)


def booked_twice(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    reference = of.reference()
    line = of.bank(on, minor, reference, theirs)
    of.bank(on, minor, reference, theirs)
    of.same([line], [of.book(on, minor, reference, ours)])


def entered_twice(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    reference = of.reference()
    entry = of.book(on, minor, reference, ours)
    of.book(on, minor, reference, ours)
    of.same([of.bank(on + timedelta(1), minor, reference, theirs)], [entry])


def other_amount(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    reference = of.reference()
    of.bank(on, minor + of.dice.choice([-1, 1]) * of.minor() * 100, reference, theirs)
    of.book(on, minor, reference, ours)


def too_late(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    of.bank(on + timedelta(of.dice.randrange(6, 20)), minor, "", "某某投资有限公司")
    of.book(on, minor, of.reference(), ours)


def somebody_else(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    of.bank(on, minor, of.reference(), "某某投资有限公司")
    of.book(on, minor, of.reference(), "某某以外的另一家商贸公司")


def less_a_fee(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    reference = of.reference()
    of.bank(on + of.lag(), minor - 25_00, reference, theirs)
    of.book(on, minor, reference, ours)


def other_currency(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    reference = of.reference()
    of.bank(on, minor, reference, theirs, currency="USD")
    of.book(on, minor, reference, ours)


def other_direction(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    reference = of.reference()
    of.bank(on, -minor, reference, theirs)
    of.book(on, minor, reference, ours)


def taken_back(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    reference = of.reference()
    of.bank(on, minor, reference, theirs)
    of.bank(on, -minor, reference, theirs, "冲正")


def only_here_or_there(of: Month, on: date, minor: int, ours: str, theirs: str) -> None:
    if of.dice.random() < 0.5:
        of.bank(on, minor, "", theirs, "利息")
    else:
        of.book(on, minor, of.reference(), ours)


KINDS: tuple[tuple[Callable[[Month, date, int, str, str], None], int], ...] = (
    (plain, 20), (in_text, 18), (by_name, 10), (slip, 5), (split, 5), (instalments, 5),
    (rent, 3), (booked_twice, 2), (entered_twice, 2), (other_amount, 3), (too_late, 3),
    (somebody_else, 3), (less_a_fee, 2), (other_currency, 2), (other_direction, 2),
    (taken_back, 1), (only_here_or_there, 6),
)  # fmt: skip
