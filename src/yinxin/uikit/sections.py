"""Parts of a thing's page that higher rooms bring: a customer's page shows its accounts, and the
room of customers knows of no account."""

from collections.abc import Callable
from uuid import UUID

from yinxin.kernel.actor import Actor

from .page import Grid, Panel

Section = Grid | Panel
Show = Callable[[Actor, UUID], Section | None]

_SECTIONS: dict[str, list[Show]] = {}


def section(kind: str) -> Callable[[Show], Show]:
    """Register what a room shows of a thing of `kind`, such as `customers.customer`, to a viewer;
    None where it has nothing to show."""

    def register(show: Show) -> Show:
        _SECTIONS.setdefault(kind, []).append(show)
        return show

    return register


def sections(kind: str, viewer: Actor, subject_id: UUID) -> list[Section]:
    shown = (show(viewer, subject_id) for show in _SECTIONS.get(kind, ()))
    return [each for each in shown if each is not None]
