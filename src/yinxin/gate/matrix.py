"""The approval matrix as it is in force."""

from collections.abc import Sequence
from dataclasses import fields

from django.db.models import Q

from yinxin.kernel import clock
from yinxin.kernel.refusals import Refused

from .context import Context
from .models import Policy
from .registry import POLICIES
from .rules import NO_POLICY, Level, Measure, PolicyRow, applicable_row


def ruling_row(rows: Sequence[PolicyRow], context: Context) -> PolicyRow | None:
    """The row for what this run measured, None where the command needs no approval.

    Raises Refused(no_policy) where the matrix has a gap.
    """
    return applicable_row(rows, context.measured or Measure(branch=context.actor.branch))


def rows_in_force(command: str) -> list[PolicyRow]:
    """To be read before the command runs, or it could lift its own approval.

    Raises Refused(no_policy) where the house has rules for the command but the table none, as
    after an upgrade that brought the command.
    """
    now = clock.now()
    rows = Policy.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=now),
        command=command,
        effective_from__lte=now,
    ).values_list(*(field.name for field in fields(PolicyRow)))
    found = [PolicyRow(name, tuple(map(Level.parse, wire)), *rest) for name, wire, *rest in rows]
    if not found and any(row.command == command for row in POLICIES):
        raise Refused(NO_POLICY)
    return found
