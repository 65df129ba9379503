"""What the command forms of this domain offer to choose from."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text
from yinxin.people.queries import bank_date
from yinxin.uikit.choices import Choices, Records, choices

from .. import queries
from ..allowances import PRODUCT_TITLES
from ..models import Document, Party
from ..opening import ReadVerdict
from ..particulars import INDUSTRY_TITLES, ITEM_TITLES, OCCUPATION_TITLES, SEX_TITLES, Item
from ..parties import CRITERION_TITLES, ROLE_TITLES, SCOPE_TITLES, Role
from ..reports import EVENT_TITLES
from ..rules import DOCUMENT_TITLES, KIND_TITLES, PAPER_TITLES, RATING_TITLES, Paper, State
from ..scorecard import FACTOR_TITLES

REGISTERED = {State.REGISTERED}
LIVING = {State.REGISTERED, State.ACTIVE, State.SUSPENDED}
# Which customers a command is about.
STATES_FOR = {
    "open": REGISTERED,
    "decline": REGISTERED, "change": LIVING, "add_document": LIVING, "record_officer": LIVING,
    "record_owner": LIVING, "appoint_agent": LIVING, "rate": LIVING, "adjust_rating": LIVING,
    "suspend": {State.ACTIVE}, "revive": {State.SUSPENDED, State.DECLINED},
    "close": {State.ACTIVE, State.SUSPENDED}, "reveal_number": set(State), "report": set(State),
}  # fmt: skip
TITLES: dict[str, tuple[Mapping[Any, Text], tuple[str, ...]]] = {
    "kind": (KIND_TITLES, ("register",)),
    "document_type": (
        DOCUMENT_TITLES,
        ("register", "change", "record_officer", "record_owner", "appoint_agent"),
    ),
    "sex": (SEX_TITLES, ("register", "change")),
    "occupation": (OCCUPATION_TITLES, ("register", "change")),
    "industry": (INDUSTRY_TITLES, ("register", "change")),
    "paper": (PAPER_TITLES, ("add_document",)),
    "second_is_right": (ITEM_TITLES, ("resolve_entry",)),
    "criteria": (CRITERION_TITLES, ("record_owner",)),
    "scope": (SCOPE_TITLES, ("appoint_agent",)),
    "rating": (RATING_TITLES, ("adjust_rating", "set_allowance")),
    "event": (EVENT_TITLES, ("report",)),
    "factor": (FACTOR_TITLES, ("set_score",)),
    "product": (PRODUCT_TITLES, ("set_allowance",)),
    "item": (ITEM_TITLES, ("set_item_rule",)),
    "role": (
        {role: ROLE_TITLES[role] for role in Role if role not in (Role.OWNER, Role.AGENT)},
        ("record_officer",),
    ),
}


def _offer_customers(command: str, states: set[State]) -> None:
    @choices(f"customers.{command}", "customer_id")
    def offer(viewer: Actor) -> Records:
        return queries.offered(viewer, Q(state__in=states))


@choices("customers.review", "customer_id")
def _to_review(viewer: Actor) -> Records:
    return queries.offered(viewer, Q(review_by__isnull=False))


@choices("customers.enter_again", "customer_id")
@choices("customers.resolve_entry", "customer_id")
def _to_enter(viewer: Actor) -> Records:
    return queries.offered(viewer, Q(state=State.REGISTERED) | Q(review_by__isnull=False))


@choices("customers.view_document", "document_id")
def _documents(viewer: Actor) -> Records:
    return _papers(viewer, queries.documents_for(viewer))


@choices("customers.confirm_reading", "document_id")
def _to_confirm(viewer: Actor) -> Records:
    unsure = Q(reading__isnull=False, reading__confirmed_at=None)
    rows = queries.documents_for(viewer).filter(unsure)
    return _papers(viewer, rows.exclude(reading__verdict=ReadVerdict.AGREES))


@choices("customers.end_party", "party_id")
def _current_parties(viewer: Actor) -> Records:
    rows = queries.parties_for(viewer).order_by("-id")
    return Records(rows, _named_parties, queries.of_customer(viewer))


def _named_parties(rows: Sequence[Party]) -> Choices:
    queries.prepare(row.customer for row in rows)
    return [
        (str(row.id), Text(f"{of} {title.zh} {name}", f"{of} {title.en} {name}"))
        for row in rows
        for of, title, name in [
            (row.customer.number, ROLE_TITLES[Role(row.role)], row.values[Item.NAME])
        ]
    ]


def _papers(viewer: Actor, rows: QuerySet[Document]) -> Records:
    return Records(rows.order_by("-id"), _named_papers, queries.of_customer(viewer))


def _named_papers(rows: Sequence[Document]) -> Choices:
    return [
        (str(row.id), Text(f"{of} {title.zh} {day}", f"{of} {title.en} {day}"))
        for row in rows
        for of, title, day in [
            (row.customer.number, PAPER_TITLES[Paper(row.paper)], bank_date(row.added_at))
        ]
    ]


def _offer_titles(field: str, titles: Mapping[Any, Text], command: str) -> None:
    @choices(f"customers.{command}", field)
    def offer(viewer: Actor) -> Choices:
        return [(str(each), title) for each, title in titles.items()]


for _command, _states in STATES_FOR.items():
    _offer_customers(_command, _states)
for _field, (_titles, _commands) in TITLES.items():
    for _command in _commands:
        _offer_titles(_field, _titles, _command)
