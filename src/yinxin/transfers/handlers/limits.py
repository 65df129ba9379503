"""Setting and lifting limits."""

from yinxin.customers import queries as customers
from yinxin.gate.context import Context, Subject
from yinxin.gate.registry import handles
from yinxin.gate.rules import NOT_FOUND, Measure
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused
from yinxin.ledger import queries as ledger
from yinxin.ledger.posting import subject_of as account_subject
from yinxin.ledger.rules import NOT_CUSTOMER_ACCOUNT, require_currency

from .. import limit_rules
from ..commands import LiftLimit, SetLimit
from ..facts import LimitLifted, LimitSet
from ..models import Limit

KINDS = {"customer": "customers.customer", "account": "ledger.account"}


@handles(SetLimit)
def set_limit(command: SetLimit, context: Context) -> Fact:
    scope, subject = _subject(command, context)
    context.about(subject)
    context.measure(Measure(command.money, branch=subject.branch))
    Limit.objects.filter(
        subject_id=subject.id,
        per=command.per,
        currency=command.money.currency,
        ended_at__isnull=True,
    ).update(ended_at=context.now)
    Limit.objects.create(
        id=context.new_id(),
        scope=scope,
        subject_id=subject.id,
        subject_number=subject.number,
        owner=subject.owner,
        branch=subject.branch,
        per=command.per,
        amount=command.money.amount,
        currency=command.money.currency,
        set_at=context.now,
    )
    return LimitSet(scope=scope, number=subject.number, per=command.per, money=command.money)


@handles(LiftLimit)
def lift_limit(command: LiftLimit, context: Context) -> Fact:
    rows = Limit.objects.select_for_update(no_key=True)
    limit = rows.filter(id=command.limit_id, branch__startswith=context.actor.branch).first()
    if limit is None:
        raise Refused(NOT_FOUND)
    context.about(
        Subject(
            KINDS[limit.scope], limit.subject_id, limit.subject_number, limit.owner, limit.branch
        )
    )
    if limit.ended_at is not None:
        raise Refused(limit_rules.LIMIT_ENDED)
    limit.ended_at = context.now
    limit.save(update_fields=["ended_at"])
    return LimitLifted(
        scope=limit.scope, number=limit.subject_number, per=limit.per, reason=command.reason
    )


def _subject(command: SetLimit, context: Context) -> tuple[str, Subject]:
    if command.customer_id:
        found = customers.active(context.actor, command.customer_id)
        return "customer", Subject(
            KINDS["customer"], found.id, found.number, found.id, found.branch
        )
    account = ledger.accounts_for(context.actor).filter(id=command.account_id).first()
    if account is None:
        raise Refused(NOT_FOUND)
    if account.customer_id is None:
        raise Refused(NOT_CUSTOMER_ACCOUNT, number=account.number)
    require_currency(account.number, account.currency, command.money.currency)
    return "account", account_subject(account)
