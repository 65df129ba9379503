from dataclasses import replace
from uuid import UUID

import pytest

from yinxin.kernel.actor import Actor, ActorKind, Borrowed, Channel, Duty
from yinxin.kernel.refusals import Refused
from yinxin.seals.commands import CHECKERS
from yinxin.seals.rules import State, checking_authority, require_state

SUN, HE, ZHAO = (UUID(int=number) for number in (1, 2, 3))
REGISTRAR = frozenset({Duty.SEAL_REGISTRAR})


def actor(id: UUID, duties: frozenset[Duty] = REGISTRAR, *lenders: UUID) -> Actor:
    lent = tuple(Borrowed(each, "", "/", REGISTRAR) for each in lenders)
    return Actor(id, ActorKind.STAFF, "", "/", duties, Channel.WEB, borrowed=lent)


@pytest.mark.parametrize(
    ("checker", "entered_by", "authority"),
    [
        (actor(HE), {SUN}, HE),
        (actor(SUN), {SUN}, None),
        (actor(ZHAO, frozenset(), HE), {SUN}, HE),
        (actor(ZHAO, frozenset(), SUN), {SUN}, None),  # on the authority of who entered
        (actor(ZHAO, frozenset(), SUN, HE), {SUN}, HE),
        (actor(ZHAO, frozenset(), HE), {SUN, ZHAO}, None),
        (actor(SUN), {ZHAO, SUN}, None),  # entered by Zhao on Sun's authority
        (replace(actor(HE), duties=frozenset({Duty.CLERK})), {SUN}, None),
    ],
)
def test_another_person_checks_on_another_authority(
    checker: Actor, entered_by: set[UUID], authority: UUID | None
) -> None:
    if authority:
        assert checking_authority(checker, CHECKERS, entered_by) == authority
        return
    with pytest.raises(Refused, match="seal_checked_by_another"):
        checking_authority(checker, CHECKERS, entered_by)


@pytest.mark.parametrize(
    ("needed", "code"),
    [
        (State.ENTERED, "card_not_entered"),
        (State.ACTIVE, "card_not_active"),
        (State.FROZEN, "card_not_frozen"),
    ],
)
def test_an_act_needs_its_state(needed: State, code: str) -> None:
    require_state(needed, needed, "SC1")
    with pytest.raises(Refused, match=code):
        require_state(State.CANCELLED, needed, "SC1")
