"""seals (预留印鉴): the seals that customers reserved, and whether an imprint is theirs.

Owns: seal cards, their seals, the versions of each and the combinations that items need;
applications for a change, loss or end; verifications of imprints, what two persons made of the
doubtful ones, warnings and return notices; `vision`, the engine, which knows nothing of the rest,
and `drawing`, the artist of the tests and the demonstration.

Always true: a specimen is entered by one person and checked by another against a scan of that
person's own; a seal has one version in force on a day and an account one card; a change counts
from the next day and what was issued before follows the version of its day; a loss blocks at once;
nothing is overwritten, a verification least of all.

Never: decides about the item that bears the imprint, or knows an account but by its id.
"""
