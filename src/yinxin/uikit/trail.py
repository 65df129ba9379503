"""办理轨迹 and the buttons of a thing's page, from what the gate knows."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.http import urlencode

from yinxin.gate import door
from yinxin.gate.queries import TrailEntry
from yinxin.kernel.actor import Actor
from yinxin.kernel.command import Command

from .page import Action, Entry


def entries(trail: Iterable[TrailEntry]) -> list[Entry]:
    return [
        Entry(
            each.command,
            each.actor,
            each.at,
            each.sentences,
            each.refused,
            reverse("proof", args=[each.execution_id]),
            pending=each.outcome == "pending",
        )
        for each in trail
    ]


def actions(viewer: Actor, *commands: type[Command], **fields: object) -> list[Action]:
    """A button for each command that the viewer may send, its form filled in with `fields`;
    the first is the primary one."""
    allowed = [cls for cls in commands if door.may_send(cls, viewer)]
    return [
        Action(
            cls.meta.title,
            f"{reverse('do', args=[cls.meta.code])}?{urlencode(fields)}",
            primary=cls is allowed[0],
        )
        for cls in allowed
    ]
