"""Founding the institution, and looking after its people."""

from datetime import date, datetime
from uuid import UUID

import chinese_calendar
from allauth.mfa.models import Authenticator
from django.db.models import Q

from yinxin.gate.context import Context, Subject
from yinxin.gate.models import Execution, Policy
from yinxin.gate.registry import POLICIES, explains, handles
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.actor import Duty
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused

from . import rules
from .commands import (
    Delegate,
    DismissStaff,
    EndDelegation,
    EndDuty,
    EstablishInstitution,
    GrantDuty,
    HireStaff,
    OpenBranch,
    ResetPassword,
    SetCalendar,
)
from .facts import (
    AuthorityDelegated,
    BranchOpened,
    CalendarSet,
    DelegationEnded,
    DutyEnded,
    DutyGranted,
    InstitutionEstablished,
    PasswordReset,
    StaffDismissed,
    StaffHired,
)
from .models import Branch, CalendarDay, Delegation, DutyGrant, Institution, Login, Staff
from .queries import bank_date

for constraint in ("people_branch_code_once", "people_staff_number_once", "people_login_once"):
    explains(constraint, rules.NUMBER_TAKEN)
explains("people_institution_only_one", rules.FOUNDED_ALREADY)


@handles(EstablishInstitution)
def establish_institution(command: EstablishInstitution, context: Context) -> Fact:
    if Execution.objects.filter(outcome="done").exists():
        raise Refused(rules.FOUNDED_ALREADY)
    Institution.objects.create(
        id=context.new_id(),
        name=command.name,
        name_en=command.name_en,
        time_zone=command.time_zone,
        founded_at=context.now,
    )
    branch = Branch.objects.create(
        id=context.new_id(),
        code=command.branch_code,
        name=command.branch_name,
        name_en=command.branch_name_en,
        path=f"/{command.branch_code}/",
    )
    for founder in command.administrators:
        staff = _hire(context, branch, founder.number, founder.name)
        _sign_on(staff, founder.login, founder.password_hash)
        _grant(context, staff, Duty.ADMINISTRATOR)
    _seed_matrix(context)
    _seed_calendar()
    return InstitutionEstablished(
        name=command.name,
        name_en=command.name_en,
        administrators=tuple(founder.name for founder in command.administrators),
    )


@handles(OpenBranch)
def open_branch(command: OpenBranch, context: Context) -> Fact:
    parent = Branch.objects.filter(id=command.parent_id).first()
    if parent is None:
        raise Refused(NOT_FOUND)
    branch = Branch.objects.create(
        id=context.new_id(),
        parent=parent,
        code=command.code,
        name=command.name,
        name_en=command.name_en,
        path=f"{parent.path}{command.code}/",
    )
    context.about(Subject("people.branch", branch.id, branch.code, branch=parent.path))
    return BranchOpened(code=branch.code, name=branch.name, name_en=branch.name_en)


@handles(HireStaff)
def hire_staff(command: HireStaff, context: Context) -> Fact:
    branch = Branch.objects.filter(id=command.branch_id).first()
    if branch is None:
        raise Refused(NOT_FOUND)
    staff = _hire(context, branch, command.number, command.name)
    _sign_on(staff, command.login, command.password_hash)
    context.about(_subject(staff))
    return StaffHired(number=staff.number, name=staff.name)


@handles(GrantDuty)
def grant_duty(command: GrantDuty, context: Context) -> Fact:
    staff = _active(command.staff_id, context)
    held = _duties(staff)
    if command.duty in held:
        raise Refused(rules.DUTY_HELD)
    rules.require_compatible(held | _borrowed(staff, context.now), command.duty)
    _grant(context, staff, command.duty)
    return DutyGranted(name=staff.name, duty=command.duty)


@handles(EndDuty)
def end_duty(command: EndDuty, context: Context) -> Fact:
    staff = _active(command.staff_id, context)
    _require_administrators_remain(staff, {command.duty})
    ended = staff.grants.filter(duty=command.duty, ended_at=None).update(ended_at=context.now)
    if not ended:
        raise Refused(rules.DUTY_NOT_HELD)
    return DutyEnded(name=staff.name, duty=command.duty)


@handles(Delegate)
def delegate(command: Delegate, context: Context) -> Fact:
    if command.borrower_id == context.actor.id:
        raise Refused(rules.DELEGATION_SELF)
    _lock({context.actor.id, command.borrower_id})
    lender, borrower = (_active(each, context) for each in (context.actor.id, command.borrower_id))
    rules.require_delegation_dates(command.starts_at, command.ends_at, context.now)
    rules.require_own_duties(_duties(lender), command.duties)
    for duty in command.duties:
        rules.require_compatible(_duties(borrower) | _borrowed(borrower, context.now), duty)
    Delegation.objects.create(
        id=context.new_id(),
        lender=lender,
        borrower=borrower,
        duties=sorted(command.duties),
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        reason=command.reason,
    )
    return AuthorityDelegated(
        lender=lender.name,
        borrower=borrower.name,
        duties=command.duties,
        starts_on=bank_date(command.starts_at),
        ends_on=bank_date(command.ends_at),
    )


@handles(EndDelegation)
def end_delegation(command: EndDelegation, context: Context) -> Fact:
    delegation = (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("lender", "borrower__branch")
        .filter(id=command.delegation_id, ends_at__gt=context.now)
        .first()
    )
    if delegation is None:
        raise Refused(NOT_FOUND)
    if context.actor.id != delegation.lender_id and not context.actor.has(Duty.ADMINISTRATOR):
        raise Refused(NOT_FOUND)
    context.about(_subject(delegation.borrower))
    if delegation.starts_at >= context.now:
        delegation.delete()
    else:
        delegation.ends_at = context.now
        delegation.save(update_fields=["ends_at"])
    return DelegationEnded(lender=delegation.lender.name, borrower=delegation.borrower.name)


@handles(ResetPassword)
def reset_password(command: ResetPassword, context: Context) -> Fact:
    staff = _active(command.staff_id, context)
    Login.objects.filter(id=staff.id).update(
        password=command.password_hash, must_change_password=True
    )
    if command.second_factor:
        Authenticator.objects.filter(user_id=staff.id).delete()
    return PasswordReset(name=staff.name, second_factor=command.second_factor)


@handles(DismissStaff)
def dismiss_staff(command: DismissStaff, context: Context) -> Fact:
    staff = _active(command.staff_id, context)
    _require_administrators_remain(staff, _duties(staff))
    staff.state = Staff.State.LEFT
    staff.save(update_fields=["state"])
    staff.grants.filter(ended_at=None).update(ended_at=context.now)
    Delegation.objects.filter(
        Q(lender=staff) | Q(borrower=staff), starts_at__lt=context.now, ends_at__gt=context.now
    ).update(ends_at=context.now)
    Login.objects.filter(id=staff.id).update(is_active=False)
    return StaffDismissed(name=staff.name)


@handles(SetCalendar)
def set_calendar(command: SetCalendar, context: Context) -> Fact:
    CalendarDay.objects.update_or_create(
        on=command.on, defaults={"worked": command.worked, "source": command.source}
    )
    return CalendarSet(on=command.on, worked=command.worked)


def _active(staff_id: UUID, context: Context) -> Staff:
    """Somebody who works here, locked."""
    staff = (
        Staff.objects.select_for_update(of=("self",))
        .select_related("branch")
        .filter(id=staff_id)
        .first()
    )
    if staff is None:
        raise Refused(NOT_FOUND)
    context.about(_subject(staff))
    if staff.state != Staff.State.ACTIVE:
        raise Refused(rules.STAFF_LEFT)
    return staff


def _lock(staff_ids: set[UUID]) -> None:
    list(Staff.objects.select_for_update().filter(id__in=staff_ids).order_by("id"))


def _duties(staff: Staff) -> set[Duty]:
    return set(map(Duty, staff.grants.filter(ended_at=None).values_list("duty", flat=True)))


def _borrowed(staff: Staff, now: datetime) -> set[Duty]:
    """What others lend to somebody, now or later."""
    lent = staff.borrowed.filter(ends_at__gt=now, lender__state=Staff.State.ACTIVE)
    return {Duty(duty) for delegation in lent for duty in delegation.duties}


def _require_administrators_remain(staff: Staff, ending: set[Duty]) -> None:
    if Duty.ADMINISTRATOR not in ending:
        return
    # All of them are locked: two who left at once would each count the other.
    held = DutyGrant.objects.filter(duty=Duty.ADMINISTRATOR, ended_at=None).order_by("id")
    others = [grant for grant in held.select_for_update() if grant.staff_id != staff.id]
    if len(others) < 2:
        raise Refused(rules.LAST_ADMINISTRATOR)


def _hire(context: Context, branch: Branch, number: str, name: str) -> Staff:
    return Staff.objects.create(
        id=context.new_id(), number=number, name=name, branch=branch, hired_at=context.now
    )


def _sign_on(staff: Staff, username: str, password_hash: str) -> None:
    Login.objects.create(id=staff.id, username=username, password=password_hash)


def _grant(context: Context, staff: Staff, duty: Duty) -> None:
    DutyGrant.objects.create(id=context.new_id(), staff=staff, duty=duty, granted_at=context.now)


def _subject(staff: Staff) -> Subject:
    return Subject("people.staff", staff.id, staff.number, branch=staff.branch.path)


def _seed_matrix(context: Context) -> None:
    Policy.objects.bulk_create(
        Policy(
            id=context.new_id(),
            command=row.command,
            branch=row.branch,
            currency=row.currency,
            from_amount=row.from_amount,
            kind=row.kind,
            rating=row.rating,
            levels=[level.wire() for level in row.levels],
            expires_after_h=row.expires_after_h,
            escalates_after_h=row.escalates_after_h,
            effective_from=context.now,
        )
        for row in POLICIES
    )


def _seed_calendar() -> None:
    """The days that the State Council's orders name, as far as `chinesecalendar` knows them."""
    source = "国务院办公厅关于部分节假日安排的通知"
    ordered: dict[date, bool] = dict.fromkeys(chinese_calendar.holidays, False)
    ordered.update(dict.fromkeys(chinese_calendar.workdays, True))
    CalendarDay.objects.bulk_create(
        CalendarDay(on=on, worked=worked, source=source) for on, worked in ordered.items()
    )
