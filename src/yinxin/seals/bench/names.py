"""Invented names of companies and persons, and the split that each belongs to."""

from collections.abc import Callable
from enum import StrEnum
from zlib import crc32

import numpy as np


class Split(StrEnum):
    """What is learned from, what thresholds are set on, and what is reported."""

    TRAINING = "training"
    TUNING = "tuning"
    TEST = "test"


FONTS: dict[Split, tuple[str, ...]] = {
    Split.TRAINING: ("serif", "wenkai", "wenkai-bold", "microhei"),
    Split.TUNING: ("hanazono", "tw-kai", "smiley"),
    Split.TEST: ("sans", "sungti", "kaiti", "zenhei", "tw-sung"),
}
_SHARES = (Split.TRAINING,) * 3 + (Split.TUNING,) * 2 + (Split.TEST,) * 3


def words(text: str) -> list[str]:
    """The words of a text, for lists that read like one."""
    return text.split()


_PLACES = words("""
    江州 清河 海城 云岭 东湾 临川 平原 青山 南浦 北岸 西塘 长桥 白石 金沙 永宁 安丰 龙泉 凤台
    江苏 浙江 山东 广东 四川 湖北 河南 福建 安徽 陕西
""")
_FIRST = "远宏恒鼎瑞盛华信德泰嘉天金博创新科联众诚万隆达兴顺利永昌福润中正同方大明光辉国富海川"
_SECOND = "东远泰丰达盛业成源通和安康宁邦润祥瑞杰凯翔宇航腾飞跃峰岳林森茂荣华美佳艺智慧信诺"
_TRADES = words("""
    贸易 商贸 实业 科技 电子 机械 建材 物流 食品 医药 化工 纺织 服装 家具 环保 能源 物业管理
    建筑工程 装饰工程 信息技术 网络科技 精密机械制造 进出口 文化传媒 投资管理 农业开发
""")
_FORMS = ("有限公司", "有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华建国志远文博思雨子涵浩然欣怡宇轩"
    "晓东海燕春梅玉珍少云庆丰永康立新"
)

LETTERS = "".join(
    sorted(
        set(
            "".join(
                (
                    *_PLACES,
                    _FIRST,
                    _SECOND,
                    *_TRADES,
                    *_FORMS,
                    _SURNAMES,
                    _GIVEN,
                    "公司商行工厂集团之印财务合同发票业专用章0123456789",
                )
            )
        )
    )
)
"""Every letter that a seal may bear."""


def split_of(text: str) -> Split:
    """The split that a seal with this text belongs to; no text is in two."""
    return _SHARES[crc32(text.encode()) % len(_SHARES)]


def _drawn(split: Split, draw: Callable[[], str]) -> str:
    while True:
        if split_of(name := draw()) is split:
            return name


def _pick(rng: np.random.Generator, of: str | list[str] | tuple[str, ...]) -> str:
    return of[int(rng.integers(len(of)))]


def company_name(rng: np.random.Generator, split: Split, most: int = 16) -> str:
    def draw() -> str:
        while True:
            trade = _pick(rng, _FIRST) + _pick(rng, _SECOND)
            name = _pick(rng, _PLACES) + trade + _pick(rng, _TRADES) + _pick(rng, _FORMS)
            if len(name) <= most:
                return name

    return _drawn(split, draw)


def short_name(rng: np.random.Generator, split: Split) -> str:
    """A company in six or seven letters, for seals with little room."""
    return _drawn(split, lambda: _pick(rng, _PLACES) + _pick(rng, _FIRST) + _pick(rng, _SECOND)
                  + _pick(rng, ("公司", "商行", "工厂", "集团")))  # fmt: skip


def personal_name(rng: np.random.Generator, split: Split, endings: tuple[str, ...]) -> str:
    """A person's name as a seal has it, such as 张三之印."""

    def draw() -> str:
        given = "".join(_pick(rng, _GIVEN) for _ in range(rng.integers(1, 3)))
        return _pick(rng, _SURNAMES) + given + _pick(rng, endings)

    return _drawn(split, draw)


def letter(rng: np.random.Generator, unlike: str) -> str:
    """A letter to put in another's place: digit for digit, word letter for word letter."""
    pool = "0123456789" if unlike.isdigit() else _FIRST + _SECOND + _GIVEN
    return _pick(rng, pool.replace(unlike, ""))
