"""What the bank's people do, in the bank's words."""

from dataclasses import replace
from uuid import UUID, uuid4

from yinxin.gate import door
from yinxin.gate.commands import Approve, Reject, ReturnToMaker, Withdraw
from yinxin.gate.models import Request
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor, Channel
from yinxin.kernel.command import Command
from yinxin.people import queries as people

from .cast import CAST


class Bank:
    """Verbs over the bank whose database is connected."""

    def actor(self, name: str, channel: Channel = Channel.WEB) -> Actor:
        """A member of the cast, with a second factor just confirmed."""
        actor = people.actor_for(self.staff_id(name), channel, clock.now())
        assert actor, f"{name} does not work here"
        return actor

    def staff_id(self, name: str) -> UUID:
        staff_id = people.staff_named(people.founder(), CAST[name].login)
        assert staff_id, f"{name} cannot sign on"
        return staff_id

    def do(self, who: str | Actor, command: Command, key: str | None = None) -> door.Outcome:
        actor = who if isinstance(who, Actor) else self.actor(who)
        return door.submit(command, actor, key or uuid4().hex)

    def done(self, who: str | Actor, command: Command, *approvers: str) -> door.Outcome:
        """Do a command that must succeed, with the approvals that it needs."""
        outcome = self.do(who, command)
        for approver in approvers:
            assert outcome.status in ("pending", "done"), outcome
            answer = self.approve(outcome.request_id, approver)
            assert answer.status == "done", (approver, answer)
            outcome = replace(answer, request_id=outcome.request_id)
        assert outcome.status == "done", outcome
        return outcome

    def approve(self, request_id: UUID | None, who: str, reason: str = "") -> door.Outcome:
        assert request_id, "no request is open"
        request = Request.objects.get(execution_id=request_id)
        shown = bytes(request.shown).hex()
        return self.do(who, Approve(request_id=request.pk, shown=shown, reason=reason))

    def reject(self, request_id: UUID | None, who: str, reason: str) -> door.Outcome:
        return self.do(who, Reject(request_id=request_id, reason=reason))

    def return_to_maker(self, request_id: UUID | None, who: str, reason: str) -> door.Outcome:
        return self.do(who, ReturnToMaker(request_id=request_id, reason=reason))

    def withdraw(self, request_id: UUID | None, who: str, reason: str) -> door.Outcome:
        return self.do(who, Withdraw(request_id=request_id, reason=reason))


def code(outcome: door.Outcome) -> str:
    """The refusal code of an outcome, or its status."""
    return outcome.refused.code if outcome.refused else outcome.status
