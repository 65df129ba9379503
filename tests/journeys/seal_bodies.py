"""Bodies for seals; each prepares what it acts on."""

from collections.abc import Callable
from uuid import UUID

from yinxin.customers.models import Customer
from yinxin.ledger.tests.accounts import account
from yinxin.seals.commands import (
    ApplySeal,
    CancelSeals,
    CompareSeals,
    ReviewApplication,
    ShareCard,
)
from yinxin.seals.models import Seal, Verification
from yinxin.seals.tests import cards

from .work import Body, Work


def seal_of(card: cards.Card) -> UUID:
    return Seal.objects.get(card_id=card.id).id


def change(work: Work) -> Body:
    return {
        "customer_id": work.active.customer_id,
        "action": "change",
        "cause": "worn",
        "card_id": work.active.id,
        "seal_id": seal_of(work.active),
        "applicant": "王小明",
    }


def applied(work: Work) -> UUID:
    return work.bank.done("张敏", ApplySeal.model_validate(change(work))).subjects[0].id


def accepted(work: Work) -> UUID:
    application_id = applied(work)
    review = ReviewApplication(application_id=application_id, accepted=True, opinion="资料齐全")
    work.bank.done("李强", review)
    return application_id


def doubtful(work: Work) -> UUID:
    """A second scan that bears another seal, with its page."""
    scan = cards.scan(cards.OTHER_PERSON, seed=4)
    work.bank.done("何静", cards.check(work.bank, work.entered, scan))
    return Verification.objects.latest("id").id


def compared(work: Work) -> UUID:
    verification_id = doubtful(work)
    compare = CompareSeals(verification_id=verification_id, verdict="forged", remark="字形不同")
    work.bank.done("张敏", compare)
    return verification_id


def cancelled(work: Work) -> UUID:
    customer_id = work.active.customer_id
    account_id = account(work.bank, customer_id).id
    enter = cards.enter(work.bank, customer_id, account_id, cards.scan(cards.PERSON))
    card_id = work.bank.done("孙梅", enter).subjects[1].id
    work.bank.done("孙梅", CancelSeals(card_id=card_id, reason="录入有误"), "王芳")
    return card_id


def shared(work: Work, *, done: bool = False) -> Body:
    other = account(work.bank, work.active.customer_id)
    body = {"card_id": work.active.id, "account_id": other.id, "account_number": other.number}
    if done:
        work.bank.done("孙梅", ShareCard.model_validate(body))
    return body


# Who sends the command, and its body.
BODIES: dict[str, tuple[str, Callable[[Work], Body]]] = {
    "seals.check": (
        "何静",
        lambda work: {
            "card_id": work.entered.id,
            "account_number": cards.number_of(work.entered.account_id),
            "holder": Customer.objects.get(id=work.account.customer_id).name,
            "seal_count": 1,
            "scan": work.scan("何静", seed=2),
        },
    ),
    "seals.enter": (
        "孙梅",
        lambda work: {
            "customer_id": work.account.customer_id,
            "account_id": work.account.id,
            "account_number": work.account.number,
            "kind": "legal_representative",
            "scan": work.scan("孙梅", seed=1),
        },
    ),
    "seals.freeze": ("张敏", lambda work: {"card_id": work.active.id, "reason": "印章挂失"}),
    "seals.unfreeze": ("孙梅", lambda work: {"card_id": work.stopped.id, "reason": "印章找回"}),
    "seals.apply": ("张敏", change),
    "seals.report_loss": (
        "张敏",
        lambda work: {
            "card_id": work.active.id,
            "seal_id": seal_of(work.active),
            "cause": "lost",
            "applicant": "王小明",
        },
    ),
    "seals.review": (
        "李强",
        lambda work: {"application_id": applied(work), "accepted": True, "opinion": "资料齐全"},
    ),
    "seals.renew": (
        "孙梅",
        lambda work: {"application_id": accepted(work), "scan": work.scan("孙梅", seed=1)},
    ),
    "seals.cancel": ("孙梅", lambda work: {"card_id": work.active.id, "reason": "销户"}),
    "seals.destroy": ("孙梅", lambda work: {"card_id": cancelled(work), "reason": "保管期满"}),
    "seals.share": ("孙梅", shared),
    "seals.unshare": (
        "孙梅",
        lambda work: {
            "card_id": work.active.id,
            "account_id": shared(work, done=True)["account_id"],
            "reason": "改用独立印鉴",
        },
    ),
    "seals.set_combination": (
        "孙梅",
        lambda work: {"card_id": work.active.id, "expression": "法人章"},
    ),
    "seals.issue_copy": (
        "孙梅",
        lambda work: {"card_id": work.active.id, "kind": "original", "kept_at": "2 号保险柜"},
    ),
    "seals.compare": (
        "张敏",
        lambda work: {
            "verification_id": doubtful(work),
            "verdict": "forged",
            "remark": "字形不同",
        },
    ),
    "seals.confirm": ("李强", lambda work: {"verification_id": compared(work), "agrees": True}),
    "seals.rerun": ("何静", lambda work: {"verification_id": doubtful(work)}),
    "seals.return": (
        "张敏",
        lambda work: {"verification_id": doubtful(work), "codes": ["S01"]},
    ),
    "seals.set_return_reason": (
        "王芳",
        lambda work: {"code": "S10", "zh": "印油颜色不符", "en": "Not in the agreed ink"},
    ),
    "seals.set_threshold": (
        "王芳",
        lambda work: {"currency": "CNY", "from_amount": "50000.00", "score": "0.95"},
    ),
}
