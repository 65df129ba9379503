from datetime import datetime

from yinxin.kernel.fact import Fact, Volatile
from yinxin.kernel.text import Text

from .documents import DocumentType
from .rules import DOCUMENT_TITLES, KIND_TITLES, RATING_TITLES, Kind, Rating


class CustomerRegistered(Fact):
    """`document_number` is masked: the full one is only in the sealed column."""

    number: Volatile[str]
    name: str
    kind: Kind
    document_type: DocumentType
    document_number: str
    rating: Rating

    def sentence(self) -> Text:
        kind, document = KIND_TITLES[self.kind], DOCUMENT_TITLES[self.document_type]
        rating = RATING_TITLES[self.rating]
        return Text(
            f"登记{kind.zh}客户 {self.number} {self.name}，{document.zh} {self.document_number}，"
            f"风险等级：{rating.zh}",
            f"{kind.en} {self.name} was registered as customer {self.number}, "
            f"{document.en.lower()} {self.document_number}, rating {rating.en.lower()}",
        )


class CustomerOpened(Fact):
    number: str
    name: str
    kind: Kind
    document_type: DocumentType
    document_number: str
    rating: Rating

    def sentence(self) -> Text:
        document, rating = DOCUMENT_TITLES[self.document_type], RATING_TITLES[self.rating]
        return Text(
            f"客户 {self.number} {self.name}（{document.zh} {self.document_number}，"
            f"风险等级：{rating.zh}）实名开户",
            f"Customer {self.number} {self.name} ({document.en.lower()} {self.document_number}, "
            f"rating {rating.en.lower()}) was opened",
        )


class NumberRevealed(Fact):
    number: str
    reason: str
    until: Volatile[datetime]

    def sentence(self) -> Text:
        return Text(
            f"查看客户 {self.number} 的完整证件号码，事由：{self.reason}",
            f"The document number of customer {self.number} was revealed: {self.reason}",
        )
