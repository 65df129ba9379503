"""Who is who, as of now."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from yinxin.gate.registry import SERVICES, resolves_actors, service
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor, ActorKind, Borrowed, Channel, Duty
from yinxin.kernel.calendar import BankCalendar
from yinxin.kernel.text import Text
from yinxin.uikit.choices import Choices, Records
from yinxin.uikit.listing import Search, any_of

from .models import Branch, CalendarDay, Delegation, Institution, Login, Staff

HOLIDAYS_A_YEAR = 11  # 全国年节及纪念日放假办法 art. 2, before 2025

# The person and whoever lends to them. Every page and every command asks, so it is written out:
# to build such a query takes longer than to run it.
_WHO = """
WITH who (id, loan) AS (
    SELECT %(id)s::uuid, NULL::varchar[]
    UNION ALL
    SELECT lender_id, duties FROM people_delegation
    WHERE borrower_id = %(id)s AND starts_at <= %(now)s AND ends_at > %(now)s
)
SELECT staff.id, staff.name, path, loan, ARRAY(
    SELECT duty FROM people_dutygrant WHERE staff_id = staff.id AND ended_at IS NULL
)
FROM who
JOIN people_staff staff ON staff.id = who.id
JOIN people_branch branch ON branch.id = branch_id
WHERE state = 'active'
"""

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
    """The actor that a signed-on person is now; None for nobody and for whoever has left."""
    with connection.cursor() as cursor:
        cursor.execute(_WHO, {"id": staff_id, "now": clock.now()})
        rows = cursor.fetchall()
    own, borrowed = None, []
    for id, name, branch, loan, duties in rows:
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
