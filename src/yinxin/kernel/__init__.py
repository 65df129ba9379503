"""kernel: the words that every room of the house speaks, in pure Python.

Owns: money, identifiers, human numbers, time, the actor, commands, facts, bilingual text,
refusals, canonical bytes and the bank calendar.

Always true: a value here is immutable, equal values have equal canonical bytes, and nothing
here knows Django, the database or the network.

Never: decides anything about a domain.
"""
