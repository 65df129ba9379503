"""Who is who, as of now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FilteredRelation, OuterRef, Q, QuerySet

from yinxin.gate.registry import SERVICES, resolves_actors, service
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor, ActorKind, Borrowed, Channel, Duty
from yinxin.kernel.calendar import BankCalendar
from yinxin.kernel.text import Text
from yinxin.uikit.choices import Choices, Records
from yinxin.uikit.listing import Search, any_of

from .models import Branch, CalendarDay, Delegation, DutyGrant, Institution, Login, Staff

HOLIDAYS_A_YEAR = 11  # 全国年节及纪念日放假办法 art. 2, before 2025

_founded_in: str | None = None


def institution() -> Institution | None:
    return Institution.objects.first()


def bank_today() -> date:
    return bank_date(clock.now())


def bank_date(instant: datetime) -> date:
    """The date of an instant at the institution's place."""
    return instant.astimezone(_time_zone()).date()


def bank_calendar() -> BankCalendar:
    """Known to the end of the last year whose holidays are all ordered."""
    ordered = dict(CalendarDay.objects.values_list("on", "worked"))
    named = Counter(on.year for on in ordered)
    known = [year for year, days in named.items() if days >= HOLIDAYS_A_YEAR]
    return BankCalendar(ordered, date(max(known, default=date.min.year), 12, 31))


def actor_for(
    staff_id: UUID, channel: Channel, second_factor_at: datetime | None = None
) -> Actor | None:
    """The actor that a signed-on person is now; None for nobody and for whoever has left.

    One query finds the person and whoever lends to them: every page and every command asks.
    """
    now = clock.now()
    lent = Q(lent__borrower=staff_id, lent__starts_at__lte=now, lent__ends_at__gt=now)
    held = DutyGrant.objects.filter(staff=OuterRef("id"), ended_at=None).values("duty")
    rows = (
        Staff.objects.annotate(loan=FilteredRelation("lent", condition=lent))
        .filter(Q(id=staff_id) | Q(loan__isnull=False), state=Staff.State.ACTIVE)
        .values_list("id", "name", "branch__path", ArraySubquery(held), "loan__duties")
    )
    own, borrowed = None, []
    for id, name, branch, duties, loan in rows:
        if loan is None:
            own = name, branch, frozenset(map(Duty, duties))
        else:
            both = frozenset(map(Duty, loan)) & frozenset(map(Duty, duties))
            borrowed.append(Borrowed(id, name, branch, both))
    if own is None:
        return None
    name, branch, duties = own
    return Actor(
        id=staff_id,
        kind=ActorKind.STAFF,
        name=name,
        branch=branch,
        duties=duties,
        channel=channel,
        second_factor_at=second_factor_at,
        borrowed=tuple(borrowed),
    )


@resolves_actors
def actor_now(actor_id: UUID, channel: Channel) -> Actor | None:
    """Anybody who may have sent a command, as of now: staff or service."""
    return SERVICES.get(actor_id) or actor_for(actor_id, channel)


def founder() -> Actor:
    """Who founds the institution, before there is anybody."""
    return replace(service("people.founder", Text("系统初始化", "Founding")), channel=Channel.CLI)


def staff_named(viewer: Actor, login: str) -> UUID | None:
    return Login.objects.filter(username=login, is_active=True).values_list("id", flat=True).first()


def staff_for(viewer: Actor) -> QuerySet[Staff]:
    """The staff of the viewer's branch and those below it."""
    return Staff.objects.select_related("branch").filter(branch__path__startswith=viewer.branch)


SEARCH = Search("name", Text("工号或姓名", "Number or name"), any_of("number", "name__contains"))


def offered(rows: QuerySet[Staff]) -> Records:
    """Some staff, as a form offers them."""
    return Records(rows.order_by("number"), _named, SEARCH)


def _named(rows: Sequence[Staff]) -> Choices:
    return [
        (str(each.id), Text(name, name)) for each in rows for name in [f"{each.number} {each.name}"]
    ]


def head_office() -> str:
    """The path of the branch that oversees every other."""
    return Branch.objects.get(parent=None).path


def delegations_to_end(viewer: Actor) -> QuerySet[Delegation]:
    """What is lent now or later: the viewer's own, for an administrator everybody's."""
    rows = Delegation.objects.select_related("lender", "borrower").filter(ends_at__gt=clock.now())
    return rows if viewer.has(Duty.ADMINISTRATOR) else rows.filter(lender_id=viewer.id)


def branches_for(viewer: Actor) -> QuerySet[Branch]:
    return Branch.objects.filter(path__startswith=viewer.branch)


def _time_zone() -> ZoneInfo:
    """Founding sets it once for all, so a process reads it once."""
    global _founded_in
    if _founded_in is None:
        _founded_in = Institution.objects.values_list("time_zone", flat=True).first()
    return ZoneInfo(_founded_in or "Asia/Shanghai")
