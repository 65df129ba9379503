"""A batch of instructions in one file (批量转账文件), CSV or XLSX: rows that make sense, and what
is wrong with each of the others.

Bytes in, values out. A file that cannot be read whole is `Unreadable`; a row that makes no sense
is a `Fault` and harms no other row.
"""

from dataclasses import dataclass

from yinxin.kernel.incoming.records import NOT_CODE, Column, Fault, Form, Record, records
from yinxin.kernel.money import Money
from yinxin.kernel.text import Text

MOST_ROWS = 10_000
SHORTEST_ACCOUNT = 4
COLUMNS = {
    "number": Column(Text("编号", "number"), Form.CODE, 40),
    "payee_name": Column(Text("收款人名称", "payee_name")),
    "payee_account": Column(Text("收款人账号", "payee_account"), Form.CODE, 40),
    "payee_bank": Column(Text("收款人开户行", "payee_bank")),
    "amount": Column(Text("金额", "amount"), Form.AMOUNT),
    "purpose": Column(Text("用途", "purpose")),
}
FIELDS = {field: column.title for field, column in COLUMNS.items()}

NOT_POSITIVE = Text("须大于零", "must be more than zero")
DECIMALS = Text(
    "小数位数超过该币种，或金额过大", "has more decimals than the currency, or is too big"
)
TWICE = Text("与第 {row} 行的编号重复", "was used in row {row} already")
RECEIVED_ALREADY = Text("已受理，转账编号 {number}", "was received as transfer {number}")


@dataclass(frozen=True, slots=True)
class Order:
    """One instruction. `row` is its number in the file."""

    row: int
    number: str
    payee_name: str
    payee_account: str
    payee_bank: str
    money: Money
    purpose: str


def read(content: bytes, currency: str) -> tuple[list[Order], list[Fault]]:
    """Raises Unreadable for a file that is no such table."""
    rows, faults = records(content, COLUMNS, MOST_ROWS)
    orders, seen = list[Order](), dict[str, int]()
    for record in rows:
        order = _order(record, currency)
        if isinstance(order, Order) and order.number in seen:
            order = Fault(order.row, "number", TWICE.format(row=seen[order.number]))
        if isinstance(order, Fault):
            faults.append(order)
        else:
            seen[order.number] = order.row
            orders.append(order)
    return orders, faults


def _order(record: Record, currency: str) -> Order | Fault:
    row, cells = record
    amount = cells.pop("amount")
    if len(cells["payee_account"]) < SHORTEST_ACCOUNT:
        return Fault(row, "payee_account", NOT_CODE)
    if amount <= 0:
        return Fault(row, "amount", NOT_POSITIVE)
    try:
        return Order(row=row, money=Money(amount, currency), **cells)
    except ValueError:
        return Fault(row, "amount", DECIMALS)
