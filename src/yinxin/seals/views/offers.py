"""What the forms of the domain's commands offer."""

from collections.abc import Sequence

from django.db.models import QuerySet

from yinxin.customers import queries as customers
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor
from yinxin.kernel.money import MINOR_UNITS
from yinxin.kernel.text import Text
from yinxin.uikit.choices import Choices, Records, choices
from yinxin.uikit.listing import Search
from yinxin.vault.sealing import fetch_keys

from .. import queries, rules
from ..models import Application, Seal, SealCard, SharedAccount, Verification
from ..rules import Action, Progress, State, Verdict
from .shared import APPLICATION, VERIFICATION, both, card_search

OF_SHARE = Search("q", Text("账号", "Account"), "account_number__endswith")


@choices("seals.enter", "kind")
def _kinds(viewer: Actor) -> Choices:
    return [(str(kind), title) for kind, title in rules.KIND_TITLES.items()]


@choices("seals.enter", "customer_id")
@choices("seals.apply", "customer_id")
def _customers(viewer: Actor) -> Records:
    return customers.active_ones(viewer)


@choices("seals.apply", "action")
def _actions(viewer: Actor) -> Choices:
    asked = (Action.OPEN, Action.CHANGE, Action.CANCEL)
    return [(str(each), rules.ACTION_TITLES[each]) for each in asked]


@choices("seals.apply", "cause")
def _causes(viewer: Actor) -> Choices:
    return [(str(each), title) for each, title in rules.CAUSE_TITLES.items()]


@choices("seals.report_loss", "cause")
def _losses(viewer: Actor) -> Choices:
    return [
        (str(each), rules.CAUSE_TITLES[each]) for each in (rules.Cause.LOST, rules.Cause.STOLEN)
    ]


@choices("seals.issue_copy", "kind")
def _copies(viewer: Actor) -> Choices:
    return [(str(each), title) for each, title in rules.COPY_TITLES.items()]


@choices("seals.compare", "verdict")
def _verdicts(viewer: Actor) -> Choices:
    return [(str(each), rules.VERDICT_TITLES[each]) for each in (Verdict.GENUINE, Verdict.FORGED)]


@choices("seals.return", "codes")
def _reasons(viewer: Actor) -> Choices:
    known = queries.return_reasons(clock.now()).items()
    return [(code, Text(f"{code} {each.zh}", f"{code} {each.en}")) for code, each in known]


@choices("seals.set_combination", "currency")
@choices("seals.set_threshold", "currency")
def _currencies(viewer: Actor) -> Choices:
    return [(code, both(code)) for code in MINOR_UNITS]


@choices("seals.check", "card_id")
def _to_check(viewer: Actor) -> Records:
    waiting = queries.sealcards_for(viewer).filter(seals__specimens__state=State.ENTERED)
    return Records(waiting.distinct().order_by("-number"), _named_cards, card_search(viewer))


@choices("seals.freeze", "card_id")
@choices("seals.share", "card_id")
def _active(viewer: Actor) -> Records:
    return _cards(viewer, State.ACTIVE)


@choices("seals.unfreeze", "card_id")
def _blocked(viewer: Actor) -> Records:
    return _cards(viewer, *rules.BLOCKED)


@choices("seals.report_loss", "card_id")
def _in_use(viewer: Actor) -> Records:
    return _cards(viewer, State.ACTIVE, *rules.BLOCKED)


@choices("seals.apply", "card_id")
@choices("seals.cancel", "card_id")
@choices("seals.set_combination", "card_id")
@choices("seals.issue_copy", "card_id")
@choices("seals.unshare", "card_id")
def _living(viewer: Actor) -> Records:
    return _cards(viewer, *rules.IN_FORCE)


@choices("seals.unshare", "account_id")
def _sharing(viewer: Actor) -> Records:
    rows = queries.shares_for(viewer).order_by("-id")
    return Records(rows, _named_shares, OF_SHARE, key="account_id")


def _named_shares(rows: Sequence[SharedAccount]) -> Choices:
    return [(str(row.account_id), both(f"{row.card.number} {row.account_number}")) for row in rows]


@choices("seals.destroy", "card_id")
def _cancelled(viewer: Actor) -> Records:
    return _cards(viewer, State.CANCELLED)


@choices("seals.apply", "seal_id")
@choices("seals.report_loss", "seal_id")
@choices("seals.cancel", "seal_id")
def _seals(viewer: Actor) -> Records:
    def narrow(rows: QuerySet[Seal], typed: str) -> QuerySet[Seal]:
        return rows.filter(card__in=queries.sealcards_for(viewer, typed))

    rows = queries.seals_for(viewer).filter(card__state__in=rules.IN_FORCE)
    search = Search("q", card_search(viewer).title, narrow)
    return Records(rows.order_by("-id"), _named_seals, search)


def _named_seals(rows: Sequence[Seal]) -> Choices:
    fetch_keys(row.card.customer_id for row in rows)
    return [(str(row.id), both(f"{row.card.number} {row.name}")) for row in rows]


@choices("seals.review", "application_id")
def _to_review(viewer: Actor) -> Records:
    return _applications(queries.applications_for(viewer).filter(state=Progress.APPLIED))


@choices("seals.renew", "application_id")
def _to_renew(viewer: Actor) -> Records:
    accepted = queries.applications_for(viewer).filter(state=Progress.ACCEPTED)
    return _applications(accepted.exclude(seal=None))


@choices("seals.enter", "application_id")
def _to_enter(viewer: Actor) -> Records:
    accepted = queries.applications_for(viewer).filter(state=Progress.ACCEPTED)
    return _applications(accepted.filter(action__in=(Action.OPEN, Action.CHANGE)))


@choices("seals.compare", "verification_id")
def _to_compare(viewer: Actor) -> Records:
    undecided = queries.verifications_for(viewer).filter(
        verdict__in=(Verdict.UNCERTAIN, Verdict.FORGED), comparison=None
    )
    return _verifications(undecided)


@choices("seals.confirm", "verification_id")
def _to_confirm(viewer: Actor) -> Records:
    rows = queries.verifications_for(viewer).filter(
        comparison__isnull=False, comparison__agrees=None
    )
    return _verifications(rows)


@choices("seals.rerun", "verification_id")
def _to_rerun(viewer: Actor) -> Records:
    return _verifications(queries.verifications_for(viewer).exclude(page=None))


@choices("seals.return", "verification_id")
def _to_return(viewer: Actor) -> Records:
    return _verifications(queries.verifications_for(viewer).exclude(verdict=Verdict.GENUINE))


def _cards(viewer: Actor, *states: State) -> Records:
    rows = queries.sealcards_for(viewer).filter(state__in=states)
    return Records(rows.order_by("-number"), _named_cards, card_search(viewer))


def _named_cards(rows: Sequence[SealCard]) -> Choices:
    return [(str(row.id), both(f"{row.number} {row.account_number}")) for row in rows]


def _applications(rows: QuerySet[Application]) -> Records:
    return Records(rows.order_by("-number"), _named_applications, APPLICATION)


def _named_applications(rows: Sequence[Application]) -> Choices:
    return [
        (str(row.id), Text(f"{row.number} {title.zh}", f"{row.number} {title.en}"))
        for row in rows
        for title in [rules.ACTION_TITLES[Action(row.action)]]
    ]


def _verifications(rows: QuerySet[Verification]) -> Records:
    return Records(rows.order_by("-id"), _named_verifications, VERIFICATION)


def _named_verifications(rows: Sequence[Verification]) -> Choices:
    return [
        (str(row.id), Text(f"{row.item_number} {title.zh}", f"{row.item_number} {title.en}"))
        for row in rows
        for title in [rules.VERDICT_TITLES[Verdict(row.verdict)]]
    ]
