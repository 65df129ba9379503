"""What administrators, approvers and the impatient do all day."""

from datetime import timedelta
from uuid import UUID, uuid5

from yinxin.gate import jobs
from yinxin.gate.commands import (
    Approve,
    BreakGlass,
    LevelOf,
    Reject,
    ReturnToMaker,
    SetPolicy,
    Withdraw,
)
from yinxin.gate.models import Request
from yinxin.kernel import clock
from yinxin.kernel.actor import Duty
from yinxin.people.commands import (
    Delegate,
    DismissStaff,
    EndDelegation,
    EndDuty,
    GrantDuty,
    HireStaff,
    OpenBranch,
    ResetPassword,
)
from yinxin.people.models import Branch, Delegation, DutyGrant

from .world import Move, World

RULED = ("people.hire", "people.grant_duty", "people.end_duty", "people.delegate")


def administrator(world: World) -> UUID:
    """Mostly one who may; sometimes anybody, who is refused."""
    held = DutyGrant.objects.filter(duty=Duty.ADMINISTRATOR, ended_at=None)
    if world.random.random() < 0.1:
        return world.somebody()
    return world.random.choice(list(held.order_by("id").values_list("staff_id", flat=True)))


def branch(world: World) -> Branch:
    return world.random.choice(list(Branch.objects.order_by("code")))


def hire(world: World) -> str:
    number = f"{5000 + world.random.randint(0, 60)}"  # sometimes one that is taken
    command = HireStaff(
        branch_id=branch(world).id,
        number=number,
        name=f"员工{number}",
        login=f"staff{number}",
        password_hash="argon2$x",
    )
    return world.do(administrator(world), command)


def open_branch(world: World) -> str:
    code = f"{world.random.randint(3, 12):04d}"
    command = OpenBranch(parent_id=branch(world).id, code=code, name=code, name_en=code)
    return world.do(administrator(world), command)


def grant_duty(world: World) -> str:
    command = GrantDuty(staff_id=world.somebody(), duty=world.random.choice(list(Duty)))
    return world.do(administrator(world), command)


def end_duty(world: World) -> str:
    grants = list(DutyGrant.objects.filter(ended_at=None).order_by("id"))
    grant = world.random.choice(grants)
    command = EndDuty(staff_id=grant.staff_id, duty=Duty(grant.duty))
    return world.do(administrator(world), command)


def dismiss(world: World) -> str:
    return world.do(administrator(world), DismissStaff(staff_id=world.somebody()))


def reset_password(world: World) -> str:
    command = ResetPassword(staff_id=world.somebody(), password_hash="argon2$y")
    return world.do(administrator(world), command)


def delegate(world: World) -> str:
    lender = world.somebody()
    actor = world.actor(lender)
    if actor is None or not actor.duties:
        return ""
    starts_at = clock.now() + timedelta(hours=world.random.randint(-1, 24))
    command = Delegate(
        borrower_id=world.somebody(),
        duties=tuple(world.random.sample(sorted(actor.duties), 1)),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=world.random.choice((1, 5, 100))),
        reason="出差",
    )
    return world.do(lender, command)


def end_delegation(world: World) -> str:
    lent = list(Delegation.objects.order_by("id"))
    if not lent:
        return ""
    delegation = world.random.choice(lent)
    return world.do(delegation.lender_id, EndDelegation(delegation_id=delegation.id))


def set_policy(world: World) -> str:
    levels = tuple(
        LevelOf(duties=(Duty.ADMINISTRATOR, Duty.COMPLIANCE), count=world.random.choice((1, 1, 2)))
        for _ in range(world.random.choice((1, 1, 2)))
    )
    command = SetPolicy(command=world.random.choice(RULED), levels=levels, expires_after_h=48)
    return world.do(administrator(world), command)


def request(world: World) -> Request | None:
    """An open request mostly, sometimes one that is closed."""
    some = Request.objects.filter(state=Request.State.OPEN).order_by("execution_id")
    if world.random.random() < 0.05:
        some = Request.objects.order_by("execution_id")
    found = list(some)
    return world.random.choice(found) if found else None


def approve(world: World) -> str:
    """By somebody who has the duty or by anybody at all."""
    asked = request(world)
    if asked is None:
        return ""
    holders = DutyGrant.objects.filter(duty__in=asked.level_duties, ended_at=None)
    fit = list(holders.order_by("id").values_list("staff_id", flat=True))
    who = world.random.choice(fit) if fit and world.random.random() < 0.8 else world.somebody()
    command = Approve(request_id=asked.pk, shown=bytes(asked.shown).hex())
    return world.do(who, command)


def decide_otherwise(world: World) -> str:
    asked = request(world)
    if asked is None:
        return ""
    cls = world.random.choice((Reject, ReturnToMaker, Withdraw))
    who = asked.maker_id if cls is Withdraw else administrator(world)
    return world.do(who, cls(request_id=asked.pk, reason="再议"))


def break_glass(world: World) -> str:
    asked = request(world)
    if asked is None:
        return ""
    return world.do(
        world.somebody(), BreakGlass(request_id=asked.pk, reason="系统故障，客户急需办理")
    )


def expire(world: World) -> str:
    jobs.expire_requests(0)
    return "expired"


def reuse_a_key(world: World) -> str:
    """The same key with other content is refused and changes nothing."""
    if not world.sent:
        return ""
    from yinxin.gate import door

    sent = world.random.choice(world.sent)
    actor = world.actor(sent.actor_id)
    if actor is None:
        return ""
    other = ResetPassword(staff_id=uuid5(sent.actor_id, sent.key), password_hash="argon2$z")
    outcome = door.submit(other, actor, sent.key)
    assert outcome.refused
    assert outcome.refused.code == "key_reused"
    return "key_reused"


ADMINISTRATION = (
    Move(6, hire),
    Move(2, open_branch),
    Move(8, grant_duty),
    Move(4, end_duty),
    Move(1, dismiss),
    Move(2, reset_password),
    Move(5, delegate),
    Move(2, end_delegation),
    Move(2, set_policy),
    Move(40, approve),
    Move(5, decide_otherwise),
    Move(2, break_glass),
    Move(2, expire),
    Move(3, reuse_a_key),
)
