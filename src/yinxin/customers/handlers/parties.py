"""Who stands behind a customer and who acts for one (关系人)."""

from datetime import date
from typing import Any
from uuid import UUID

from yinxin.gate.context import Context
from yinxin.gate.registry import handles
from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused
from yinxin.people.queries import bank_today
from yinxin.vault import search

from .. import particulars, parties, queries, rules
from ..commands import AppointAgent, EndParty, PartyCommand, RecordOfficer, RecordOwner
from ..facts import PartyEnded, PartyRecorded
from ..models import Customer, Document, Party
from ..names import spellings
from ..particulars import Item, Values
from ..parties import Role
from ..personal import kept_under
from ..rules import Kind, Paper, State
from .documents import keep_image
from .opening import typed
from .subjects import locked, measured


@handles(RecordOfficer)
def record_officer(command: RecordOfficer, context: Context) -> Fact:
    customer = _living(command.customer_id, context)
    parties.require_officer(command.role)
    return _recorded(customer, command, command.role, context)


@handles(RecordOwner)
def record_owner(command: RecordOwner, context: Context) -> Fact:
    customer = _living(command.customer_id, context)
    parties.require_criteria(command.criteria, command.share)
    held = [row.criteria for row in queries.current_parties(customer, bank_today(), Role.OWNER)]
    parties.require_parallel(command.criteria, held)
    return _recorded(
        customer,
        command,
        Role.OWNER,
        context,
        criteria=sorted(set(command.criteria)),
        share=command.share,
    )


@handles(AppointAgent)
def appoint_agent(command: AppointAgent, context: Context) -> Fact:
    """反洗钱法 (2024) art. 31: the mandate is verified and the agent identified."""
    customer = _living(command.customer_id, context)
    parties.require_period(command.begins_on, command.ends_on, "ends_on")
    mandate = keep_image(customer, Paper.MANDATE, command.mandate, context, "mandate")
    return _recorded(
        customer,
        command,
        Role.AGENT,
        context,
        scope=sorted(set(command.scope)),
        mandate=mandate,
        ends_on=command.ends_on,
    )


@handles(EndParty)
def end_party(command: EndParty, context: Context) -> Fact:
    known = Party.objects.filter(id=command.party_id).values_list("customer_id", flat=True).first()
    if known is None:
        raise Refused(NOT_FOUND)
    customer = locked(known, context)
    measured(customer, context, customer.state)
    row = Party.objects.select_for_update().get(id=command.party_id)
    if row.ended_at is not None:
        raise Refused(parties.PARTY_ENDED)
    parties.require_period(row.begins_on, command.ends_on, "ends_on")
    row.ends_on = min(command.ends_on, row.ends_on or date.max)
    row.ended_by_name, row.ended_at = context.actor.name, context.now
    row.save(update_fields=["ends_on", "ended_by_name", "ended_at"])
    _index(customer)
    return PartyEnded(
        number=customer.number,
        role=Role(row.role),
        name=row.values[Item.NAME],
        ends_on=row.ends_on,
        reason=command.reason,
    )


def _recorded(
    customer: Customer,
    command: PartyCommand,
    role: Role,
    context: Context,
    mandate: Document | None = None,
    ends_on: date | None = None,
    **more: Any,
) -> Fact:
    parties.require_role_fits(Kind(customer.kind), role, customer.number)
    measured(customer, context, customer.state)
    values = _checked(command, role)
    party_id = context.new_id()
    content = {str(item): text for item, text in values.items()}
    Party.objects.create(
        id=party_id,
        customer=customer,
        role=role,
        sealed_values=kept_under(customer.id, f"party.values:{party_id}", content),
        mandate=mandate,
        begins_on=command.begins_on,
        ends_on=ends_on,
        recorded_by_name=context.actor.name,
        recorded_at=context.now,
        **more,
    )
    _index(customer)
    return PartyRecorded(
        number=customer.number,
        role=role,
        name=values[Item.NAME],
        begins_on=command.begins_on,
        ends_on=ends_on,
        **more,
    )


def _checked(command: PartyCommand, role: Role) -> Values:
    """A party is a person, or for a controlling shareholder perhaps an organisation."""
    kind = Kind.PERSON
    if command.document_type in rules.DOCUMENTS_OF[Kind.ORGANISATION]:
        kind = Kind.ORGANISATION
        parties.require_may_be_organisation(role)
    values = particulars.kept(kind, typed(command), bank_today())
    particulars.require_in_force(values, bank_today())
    return values


def _living(customer_id: UUID, context: Context) -> Customer:
    customer = locked(customer_id, context)
    rules.require_one_of(
        customer.state,
        {State.REGISTERED, State.ACTIVE, State.SUSPENDED},
        rules.CUSTOMER_ENDED,
        customer.number,
    )
    return customer


def _index(customer: Customer) -> None:
    """A customer is found by the names of those who stand behind it now."""
    search.forget(customer.id, "customers.party")
    for row in queries.current_parties(customer, bank_today()):
        for spelling in spellings(row.values[Item.NAME]):
            search.index(customer.id, "customers.party", spelling)
