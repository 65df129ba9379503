"""seals (预留印鉴): the seals that customers reserved, and whether an imprint is theirs.

Owns: seal cards, their seals and specimens; verifications of imprints and what they found;
`vision`, the engine, which knows nothing of the rest, and `drawing`, the artist of the tests and
the demonstration.

Always true: a specimen is entered by one person and checked by another against a scan of that
person's own; an account has one card in force at most; a verification is never rewritten.

Never: decides about the item that bears the imprint, or knows an account but by its id.
"""
