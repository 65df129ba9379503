"""gate (闸): the one door through which every change goes.

Owns: the registry of commands, handlers and authorisers; executions (what was asked and what
came of it, once a key); approval requests, decisions and the approval matrix; two-person acts;
the database guards.

Always true: a business table changes only inside a command; an answered key stays answered;
a request is decided by distinct persons, none of them its maker, on exactly what they saw;
each execution leaves one leaf in the evidence.

Never: knows what a command means.
"""
