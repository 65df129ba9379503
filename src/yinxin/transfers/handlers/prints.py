"""Recording each print of a voucher (凭证) or notice of rejection (退票通知书)."""

from yinxin.gate.context import Context
from yinxin.gate.execution import THIS_EXECUTION
from yinxin.gate.registry import handles
from yinxin.kernel.fact import Fact
from yinxin.kernel.refusals import Refused

from .. import rules
from ..commands import PrintVoucher
from ..facts import VoucherPrinted
from ..models import Print, Transfer
from .steps import locked


@handles(PrintVoucher)
def print_voucher(command: PrintVoucher, context: Context) -> Fact:
    ended = (Transfer.State.RELEASED, Transfer.State.REJECTED)
    transfer = locked(command.transfer_id, context, rules.TRANSFER_NOT_ENDED, *ended)
    if transfer.came_by_id:
        raise Refused(rules.PAID_ELSEWHERE, number=transfer.number, voucher=transfer.voucher)
    released = transfer.state == Transfer.State.RELEASED
    ordinal = transfer.prints.count() + 1
    Print.objects.create(
        id=context.new_id(),
        transfer=transfer,
        kind=Print.Kind.VOUCHER if released else Print.Kind.REJECTION,
        ordinal=ordinal,
        actor_id=context.actor.id,
        actor_name=context.actor.name,
        execution_id=THIS_EXECUTION,  # type: ignore[misc]  # an expression
        at=context.now,
    )
    return VoucherPrinted(number=transfer.number, ordinal=ordinal)
