"""What the forms of the domain's commands offer."""

from django.db.models import QuerySet

from yinxin.customers import queries as customers
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor
from yinxin.kernel.money import MINOR_UNITS
from yinxin.kernel.text import Text
from yinxin.uikit.choices import choices

from .. import queries, rules
from ..models import Application, Verification
from ..rules import Action, Progress, State, Verdict
from .shared import both

OFFERED = 200  # a longer list is searched, not scrolled
Offer = list[tuple[str, Text]]


@choices("seals.enter", "kind")
def _kinds(viewer: Actor) -> Offer:
    return [(str(kind), title) for kind, title in rules.KIND_TITLES.items()]


@choices("seals.enter", "customer_id")
@choices("seals.apply", "customer_id")
def _customers(viewer: Actor) -> Offer:
    return customers.active_ones(viewer)


@choices("seals.apply", "action")
def _actions(viewer: Actor) -> Offer:
    asked = (Action.OPEN, Action.CHANGE, Action.CANCEL)
    return [(str(each), rules.ACTION_TITLES[each]) for each in asked]


@choices("seals.apply", "cause")
def _causes(viewer: Actor) -> Offer:
    return [(str(each), title) for each, title in rules.CAUSE_TITLES.items()]


@choices("seals.report_loss", "cause")
def _losses(viewer: Actor) -> Offer:
    return [
        (str(each), rules.CAUSE_TITLES[each]) for each in (rules.Cause.LOST, rules.Cause.STOLEN)
    ]


@choices("seals.issue_copy", "kind")
def _copies(viewer: Actor) -> Offer:
    return [(str(each), title) for each, title in rules.COPY_TITLES.items()]


@choices("seals.compare", "verdict")
def _verdicts(viewer: Actor) -> Offer:
    return [(str(each), rules.VERDICT_TITLES[each]) for each in (Verdict.GENUINE, Verdict.FORGED)]


@choices("seals.return", "codes")
def _reasons(viewer: Actor) -> Offer:
    known = queries.return_reasons(clock.now()).items()
    return [(code, Text(f"{code} {each.zh}", f"{code} {each.en}")) for code, each in known]


@choices("seals.set_combination", "currency")
@choices("seals.set_threshold", "currency")
def _currencies(viewer: Actor) -> Offer:
    return [(code, both(code)) for code in MINOR_UNITS]


@choices("seals.check", "card_id")
def _to_check(viewer: Actor) -> Offer:
    waiting = queries.sealcards_for(viewer).filter(seals__specimens__state=State.ENTERED)
    rows = waiting.distinct().order_by("-number")[:OFFERED]
    return [(str(row.id), both(f"{row.number} {row.account_number}")) for row in rows]


@choices("seals.freeze", "card_id")
@choices("seals.share", "card_id")
def _active(viewer: Actor) -> Offer:
    return _cards(viewer, State.ACTIVE)


@choices("seals.unfreeze", "card_id")
def _blocked(viewer: Actor) -> Offer:
    return _cards(viewer, *rules.BLOCKED)


@choices("seals.report_loss", "card_id")
def _in_use(viewer: Actor) -> Offer:
    return _cards(viewer, State.ACTIVE, *rules.BLOCKED)


@choices("seals.apply", "card_id")
@choices("seals.cancel", "card_id")
@choices("seals.set_combination", "card_id")
@choices("seals.issue_copy", "card_id")
@choices("seals.unshare", "card_id")
def _living(viewer: Actor) -> Offer:
    return _cards(viewer, *rules.IN_FORCE)


@choices("seals.unshare", "account_id")
def _sharing(viewer: Actor) -> Offer:
    rows = queries.shares_for(viewer).order_by("-id")[:OFFERED]
    return [(str(row.account_id), both(f"{row.card.number} {row.account_number}")) for row in rows]


@choices("seals.destroy", "card_id")
def _cancelled(viewer: Actor) -> Offer:
    return _cards(viewer, State.CANCELLED)


@choices("seals.apply", "seal_id")
@choices("seals.report_loss", "seal_id")
@choices("seals.cancel", "seal_id")
def _seals(viewer: Actor) -> Offer:
    rows = queries.seals_for(viewer).filter(card__state__in=rules.IN_FORCE)
    return [
        (str(row.id), both(f"{row.card.number} {row.name}"))
        for row in rows.order_by("-id")[:OFFERED]
    ]


@choices("seals.review", "application_id")
def _to_review(viewer: Actor) -> Offer:
    return _applications(queries.applications_for(viewer).filter(state=Progress.APPLIED))


@choices("seals.renew", "application_id")
def _to_renew(viewer: Actor) -> Offer:
    accepted = queries.applications_for(viewer).filter(state=Progress.ACCEPTED)
    return _applications(accepted.exclude(seal=None))


@choices("seals.enter", "application_id")
def _to_enter(viewer: Actor) -> Offer:
    accepted = queries.applications_for(viewer).filter(state=Progress.ACCEPTED)
    return _applications(accepted.filter(action__in=(Action.OPEN, Action.CHANGE)))


@choices("seals.compare", "verification_id")
def _to_compare(viewer: Actor) -> Offer:
    undecided = queries.verifications_for(viewer).filter(
        verdict__in=(Verdict.UNCERTAIN, Verdict.FORGED), comparison=None
    )
    return _verifications(undecided)


@choices("seals.confirm", "verification_id")
def _to_confirm(viewer: Actor) -> Offer:
    rows = queries.verifications_for(viewer).filter(
        comparison__isnull=False, comparison__agrees=None
    )
    return _verifications(rows)


@choices("seals.rerun", "verification_id")
def _to_rerun(viewer: Actor) -> Offer:
    return _verifications(queries.verifications_for(viewer).exclude(page=None))


@choices("seals.return", "verification_id")
def _to_return(viewer: Actor) -> Offer:
    return _verifications(queries.verifications_for(viewer).exclude(verdict=Verdict.GENUINE))


def _cards(viewer: Actor, *states: State) -> Offer:
    rows = queries.sealcards_for(viewer).filter(state__in=states).order_by("-number")[:OFFERED]
    return [(str(row.id), both(f"{row.number} {row.account_number}")) for row in rows]


def _applications(rows: QuerySet[Application]) -> Offer:
    return [
        (str(row.id), Text(f"{row.number} {title.zh}", f"{row.number} {title.en}"))
        for row in rows.order_by("-number")[:OFFERED]
        for title in [rules.ACTION_TITLES[Action(row.action)]]
    ]


def _verifications(rows: QuerySet[Verification]) -> Offer:
    return [
        (str(row.id), Text(f"{row.item_number} {title.zh}", f"{row.item_number} {title.en}"))
        for row in rows.order_by("-id")[:OFFERED]
        for title in [rules.VERDICT_TITLES[Verdict(row.verdict)]]
    ]
