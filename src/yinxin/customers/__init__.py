"""customers (实名制): who the institution's customers are, under their real names.

Owns: customers and what 客户信息登记表 holds of them; images of their documents and what was
read on them; ratings and what they allow; those who stand behind customers and act for them;
changes with before, after and reason; reports and major events; the life of the relationship;
which files of the system before were taken in.

Always true: a document number that is registered has passed the checks of its standard and
belongs to one customer; nobody is opened whose critical items only one person entered, and who
came by an import as active is marked until that is made good; names, numbers, phones and
addresses lie sealed under the customer's own key; a full document number or an image is shown
only to somebody who left a reason.

Never: opens accounts, moves money, or knows the rooms above, which bring their own sections to a
customer's page and refuse the closing of one while something of theirs is open.
"""
