"""Customers as the bank opens them: registered, entered twice, with papers and owners."""

from datetime import date
from functools import cache
from io import BytesIO
from typing import Any
from uuid import UUID

from PIL import Image

from yinxin.customers.commands import (
    AdjustRating,
    EnterAgain,
    OpenCustomer,
    RecordOfficer,
    RecordOwner,
    RegisterCustomer,
)
from yinxin.customers.rules import Kind, Rating
from yinxin.vault import blobs

from .verbs import Bank

# Who stands behind a company that a test does not care about.
BEHIND: dict[str, Any] = {
    "name": "周宁",
    "document_type": "id_card",
    "document_number": "11010519491231002X",
    "valid_until": "长期",
    "begins_on": date(2026, 1, 1),
}
LAWFUL: dict[Kind, dict[str, Any]] = {
    Kind.PERSON: {"valid_until": "长期", "occupation": "professional"},
    Kind.ORGANISATION: {"valid_until": "长期", "business_scope": "日用百货批发、零售"},
}


@cache
def photograph() -> bytes:
    """A small image that shows nothing."""
    output = BytesIO()
    Image.new("RGB", (64, 40), "white").save(output, "PNG")
    return output.getvalue()


def staged(bank: Bank, who: str = "张敏", content: bytes | None = None) -> UUID:
    return blobs.stage(bank.staff_id(who), content or photograph(), "image/png")


def registered(bank: Bank, command: RegisterCustomer, image: bytes | None = None) -> UUID:
    """A customer with every item that the law asks for, and an image of the document."""
    more = {
        field: value for field, value in LAWFUL[command.kind].items() if not getattr(command, field)
    }
    whole = command.model_dump() | more
    if command.front is None:
        whole["front"] = staged(bank, content=image)
    return bank.done("张敏", RegisterCustomer.model_validate(whole)).subjects[0].id


def confirmed(bank: Bank, customer_id: UUID, command: RegisterCustomer) -> None:
    """双人录入 by 李强, and for a company those behind it."""
    again = EnterAgain(
        customer_id=customer_id,
        name=command.name,
        document_number=command.document_number,
        valid_until=command.valid_until or "长期",
    )
    bank.done("李强", again)
    if command.kind is Kind.ORGANISATION:
        bank.done(
            "张敏",
            RecordOfficer(customer_id=customer_id, role="legal_representative", **BEHIND),
        )
        bank.done(
            "张敏",
            RecordOwner(customer_id=customer_id, criteria=("equity",), share="60", **BEHIND),
        )


def opened(
    bank: Bank,
    command: RegisterCustomer,
    *approvers: str,
    rating: Rating | None = None,
    image: bytes | None = None,
) -> UUID:
    """An active customer. A `rating` is set by hand, otherwise the scorecard gives it."""
    customer_id = registered(bank, command, image)
    confirmed(bank, customer_id, command)
    if rating is not None:
        adjust = AdjustRating(customer_id=customer_id, rating=rating, reason="尽职调查结论")
        lower = ("王芳",) if rating is Rating.LOW else ()
        bank.done("张敏", adjust, *lower)
    bank.done("张敏", OpenCustomer(customer_id=customer_id), *(approvers or ("李强",)))
    return customer_id
