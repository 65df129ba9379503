"""ledger (账户与分录): whose money it is, and every movement of it.

Owns: accounts, postings, holds (冻结金额).

The sign: `balance` is credits less debits, for every account. Customers' money is a liability,
so a customer's balance rises by credit; the institution's own cash (现金) and nostro accounts
(存放同业清算户) are assets, rise by debit and stand below zero. All balances of a currency sum to
zero.

Always true: a posting has one debit and one credit account of its own currency; postings are never
changed, only answered by another; an account's balance is the sum of its postings, what is held is
the sum of its open holds; what a customer has less what is held is never below zero.

Never: knows why money moves: a posting names its cause and that is all.
"""
