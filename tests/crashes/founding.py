"""Founds a bank in the house of YINXIN_HOME, whose server runs, and prints what a day there needs.

    python -m tests.crashes.founding CLERKS

No command of that day waits for an approval: the matrix is changed so, by the two administrators.
"""

import json
import sys

from yinxin.web.opening import database, set_up


def found_for(clerks: int) -> dict[str, object]:
    from tests.bank.caller import session_of
    from tests.bank.cast import CAST
    from tests.bank.founding import found
    from yinxin.gate.commands import SetPolicy
    from yinxin.ledger.tests.accounts import account, customer, nostro

    bank = found()
    for name, currency in (("ledger.pay_in", ""), ("transfers.release", "CNY")):
        policy = SetPolicy(command=name, levels=(), currency=currency)
        bank.done("吴刚", policy, "郑凯")
    own, payer = nostro(bank), customer(bank)
    return {
        "session": session_of(CAST["张敏"].login),
        "own": str(own.id),
        "accounts": [str(account(bank, payer).id) for _ in range(clerks)],
    }


if __name__ == "__main__":
    with database():
        set_up()
        print(json.dumps(found_for(int(sys.argv[1]))))
