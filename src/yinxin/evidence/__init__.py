"""evidence (存证): the log that nobody can quietly rewrite.

Owns: the outbox of leaves, the Merkle log with its nodes and signed checkpoints, the digests of
every row that commands wrote, proofs, and the verifier.

Always true: each command that took effect has one leaf, in the order that causes precede their
effects; a leaf commits to all rows its command wrote; every checkpoint extends the ones before;
whatever is changed behind the gate is found and named by the verifier.

Never: holds personal content (a leaf holds salted commitments), makes a writer wait for another
writer, signs two histories, or repairs what it finds.
"""
