"""reconciliation (对账): what another bank says of our account there, line by line against ours.

Owns: bank statements and their lines; matches between lines and postings, one or several of
each; exceptions with reason, owner, age and contacts; proposed fees; what is agreed of each
account, and the calendar of due runs; the sign-off of a statement and its report.

Always true: no statement line and no posting is matched twice; a statement's lines add up from
its opening balance to its closing one, where the bank states them; nothing is guessed: lines that
nothing tells apart stay unmatched; a statement is signed off only when each of its lines is
matched or explained.

Never: corrects the ledger, or alters a statement.
"""
