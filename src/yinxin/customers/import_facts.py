"""What can have happened in an import (存量迁移)."""

from datetime import date

from yinxin.kernel.fact import Fact, Volatile
from yinxin.kernel.text import Text

from .rules import RATING_TITLES, Rating


class CustomersImported(Fact):
    """`digest` is the keyed one of the file, which binds an approver to its content."""

    number: Volatile[str]
    rows: int
    active: int
    review_by: date
    digest: str

    def sentence(self) -> Text:
        return Text(
            f"存量客户迁移 {self.number}：导入 {self.rows} 户，其中 {self.active} 户为正常状态，"
            f"须于 {self.review_by} 前补充核实",
            f"Import {self.number} brought {self.rows} customers, {self.active} of them active "
            f"and to be verified by {self.review_by}",
        )


class CustomerReviewed(Fact):
    number: str
    name: str
    rating: Rating
    points: int
    reasons: tuple[Text, ...]

    def sentence(self) -> Text:
        rating = RATING_TITLES[self.rating]
        return Text(
            f"存量客户 {self.number} {self.name} 已补充核实，风险等级：{rating.zh}，"
            f"{self.points} 分",
            f"Imported customer {self.number} {self.name} was verified, rating "
            f"{rating.en.lower()}, {self.points} points",
        )
