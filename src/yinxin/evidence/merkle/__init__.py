"""The Merkle log without a database: hashes, proofs, notes and checkpoints as plain values.

Pure and free of Django, so that anyone can check a proof with this package alone.
"""
