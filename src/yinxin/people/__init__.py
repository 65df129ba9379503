"""people (人员): who works here, where, with which duties, and how they sign on.

Owns: the institution, its branches and its bank calendar; staff, duties and delegations; sign-on
state (`Login`), which is the one table here that changes outside commands.

Always true: nobody holds two duties that exclude each other; a delegation has an end and cannot
be lent on; whoever has left has no duties and cannot sign on.

Never: decides what a duty may do in a domain: commands name their makers, the matrix its levels.
"""
