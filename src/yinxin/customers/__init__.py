"""customers (实名制): who the institution's customers are, under their real names.

Owns: customers, their identity documents, contact and rating; the life of the relationship.

Always true: a document number that is registered has passed the checks of its standard and
belongs to one customer; names, numbers, phones and addresses lie sealed under the customer's
own key; a full document number is shown only to somebody who left a reason.

Never: opens accounts, or decides what a rating allows in another domain.
"""
