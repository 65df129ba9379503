"""Whose export has which columns: one entry a layout, and no code of any bank's own.

Columns are written without blanks and in half width. A layout fits a table that has all of them;
of several that fit, the one with the most.
"""

from dataclasses import dataclass, fields

from yinxin.kernel.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Amounts are signed in one column, or unsigned in two, or unsigned with a `direction`.

    `direction` is tried in order: where the column's text starts so, money came in (1), went
    out (-1), or did not move on this account (0).
    """

    key: str
    bank: Text
    on: str
    amount: str = ""
    paid_in: str = ""
    paid_out: str = ""
    direction: tuple[tuple[str, str, int], ...] = ()
    spending_is_positive: bool = False
    currency: str = ""
    bank_reference: str = ""
    reference: str = ""
    counterparty: str = ""
    description: tuple[str, ...] = ()
    account: str = ""
    also: tuple[str, ...] = ()

    def columns(self) -> frozenset[str]:
        single = {getattr(self, each.name) for each in fields(self) if each.name in _SINGLE}
        return frozenset(
            {*single, *self.description, *self.also, *(column for column, _, _ in self.direction)}
        ) - {""}


_SINGLE = frozenset(
    {
        *("on", "amount", "paid_in", "paid_out", "currency", "bank_reference", "reference"),
        *("counterparty", "account"),
    }
)
_ICBC = Text("中国工商银行", "ICBC")
_BOC = Text("中国银行", "Bank of China")
_CMB = Text("招商银行", "China Merchants Bank")

LAYOUTS = (
    Layout(
        key="icbc_debit",
        bank=_ICBC,
        on="交易日期",
        paid_in="记账金额(收入)",
        paid_out="记账金额(支出)",
        currency="记账币种",
        counterparty="对方户名",
        description=("摘要", "交易场所"),
        also=("钞/汇",),
    ),
    Layout(
        key="icbc_debit_2",
        bank=_ICBC,
        on="交易日期",
        paid_in="记账金额(收入)",
        paid_out="记账金额(支出)",
        currency="记账币种",
        counterparty="对方户名",
        description=("摘要", "交易详情", "交易场所"),
        also=("钞/汇", "对方账户"),
    ),
    Layout(
        key="icbc_credit",
        bank=_ICBC,
        on="记账日期",
        paid_in="记账金额(收入)",
        paid_out="记账金额(支出)",
        currency="记账币种",
        counterparty="对方户名",
        description=("摘要", "交易场所"),
    ),
    Layout(
        key="ccb",
        bank=Text("中国建设银行", "China Construction Bank"),
        on="记账日",
        paid_in="收入",
        paid_out="支出",
        currency="币种",
        counterparty="对方户名",
        description=("摘要", "交易地点"),
    ),
    Layout(
        key="boc_debit",
        bank=_BOC,
        on="记账日期",
        amount="金额",
        currency="币别",
        counterparty="对方账户名",
        description=("交易名称", "附言"),
        account="借记卡号",
    ),
    Layout(
        key="boc_credit",
        bank=_BOC,
        on="银行记账日",
        paid_in="存入",
        paid_out="支出",
        currency="币种",
        description=("交易描述",),
    ),
    Layout(
        key="abc",
        bank=Text("中国农业银行", "Agricultural Bank of China"),
        on="交易日期",
        amount="交易金额",
        bank_reference="日志号",
        counterparty="对手信息",
        description=("交易摘要", "交易附言"),
    ),
    Layout(
        key="cmb_debit",
        bank=_CMB,
        on="记账日期",
        amount="交易金额",
        currency="货币",
        counterparty="对手信息",
        description=("交易摘要", "客户摘要"),
        also=("联机余额",),
    ),
    Layout(
        key="cmb_credit",
        bank=_CMB,
        on="记账日",
        amount="人民币金额",
        spending_is_positive=True,
        description=("交易摘要",),
        also=("卡号末四位",),
    ),
    Layout(
        key="alipay",
        bank=Text("支付宝", "Alipay"),
        on="交易时间",
        amount="金额",
        direction=(
            ("交易状态", "交易关闭", 0),
            ("收/支", "收入", 1),
            ("收/支", "支出", -1),
            ("交易状态", "退款成功", 1),
            ("收/支", "不计收支", 0),
        ),
        bank_reference="交易订单号",
        reference="商家订单号",
        counterparty="交易对方",
        description=("商品说明", "备注"),
    ),
    Layout(
        key="wechat",
        bank=Text("微信支付", "WeChat Pay"),
        on="交易时间",
        amount="金额(元)",
        direction=(
            ("收/支", "收入", 1),
            ("收/支", "支出", -1),
            ("交易类型", "零钱充值", 1),
            ("交易类型", "零钱通转出-到零钱", 1),
            ("交易类型", "零钱提现", -1),
            ("交易类型", "转入零钱通-来自零钱", -1),
            ("支付方式", "零钱通", 0),
            ("支付方式", "零钱", -1),
            ("收/支", "/", 0),
        ),
        bank_reference="交易单号",
        reference="商户单号",
        counterparty="交易对方",
        description=("商品", "备注"),
    ),
    Layout(
        key="hxsec",
        bank=Text("华西证券", "Huaxi Securities"),
        on="交收日期",
        amount="清算金额",
        currency="币种",
        bank_reference="成交编号",
        description=("业务名称", "证券名称"),
        account="资金帐号",
    ),
    Layout(
        key="plain",
        bank=Text("通用表格", "Plain table"),
        on="date",
        amount="amount",
        currency="currency",
        bank_reference="id",
        reference="reference",
        counterparty="counterparty",
        description=("description",),
    ),
)
FORMATS = {
    "camt053": Text("ISO 20022 camt.053", "ISO 20022 camt.053"),
    "mt940": Text("SWIFT MT940/MT942", "SWIFT MT940/MT942"),
    **{
        each.key: Text(f"{each.bank.zh}导出表格", f"an export of {each.bank.en}")
        for each in LAYOUTS
    },
}
CURRENCIES = {
    "人民币": "CNY", "人民币元": "CNY", "RMB": "CNY", "美元": "USD", "港币": "HKD", "港元": "HKD",
    "欧元": "EUR", "英镑": "GBP", "日元": "JPY", "澳门元": "MOP", "澳大利亚元": "AUD",
    "澳元": "AUD",
    "加拿大元": "CAD", "加元": "CAD", "新加坡元": "SGD", "瑞士法郎": "CHF", "新西兰元": "NZD",
    "韩元": "KRW", "泰铢": "THB", "卢布": "RUB", "新台币": "TWD",
}  # fmt: skip
# What stands below the rows of a table: sums, counts, rules, remarks.
FOOTERS = ("合计", "总计", "小计", "人民币合计", "以上数据", "共", "注", "说明", "---", "备注")
