"""transfers (转账): what customers instruct the institution to pay, from paper to voucher.

Owns: transfers and batches of them, the results of their checks, the steps they took, limits
(限额), prints of vouchers, and the messages to and from the banks that carry them out.

The way: received → checked → submitted → released, or rejected from anywhere before. Receiving
claims the instruction, so that it is never carried out twice; checks are run by a job; submitting
holds the money; releasing posts it against that hold, once, after the levels that the matrix asks
for; rejecting names its reasons (退票理由) and gives the money free. What was released to another
bank is sent as pain.001, and what comes back (退汇) is booked back.

Always true: no transfer is submitted past a failed check, nor past a doubtful one without a
written reason; a released transfer has one voucher and one posting of its amount, unless the
system before paid it: then it came by an import and moved nothing here.

Never: decides who must approve, or talks to the outside but through the rail port.
"""
