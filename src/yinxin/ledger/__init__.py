"""ledger (账户与分录): whose money it is, and every movement of it.

Owns: accounts, outside accounts, postings, holds (冻结金额), business days (营业日) and their trial
balances (试算平衡).

The sign: `balance` is credits less debits, for every account. Customers' money is a liability,
so a customer's balance rises by credit; the institution's own cash (现金) and nostro accounts
(存放同业清算户) are assets, rise by debit and stand below zero. All balances of a currency sum to
zero.

Always true: a posting has one debit and one credit account of its own currency; postings are never
changed, only answered by another; an account's balance is the sum of its postings, what is held is
the sum of its open holds; what a customer has less what is held is never below zero. A posting is
booked on the one open business day; a closed day balanced to zero and never changes. A posting is
reversed once at most, by its mirror. An account closes only when empty, and is kept.

Never: knows why money moves: a posting names its cause and that is all.
"""
