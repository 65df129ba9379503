"""vault (保险库): personal fields and files at rest, and the search over them.

Owns: data keys, one a customer and one for the institution; sealed values; encrypted blobs;
keyed search tokens.

Always true: a ciphertext opens only in the place it was sealed for; destroying a customer's
data key makes everything sealed under it unreadable, at once here and within a minute in every
other process; no plaintext touches the disk.

Never: invents cryptography (the `cryptography` library does it), or decides who may look.
"""
