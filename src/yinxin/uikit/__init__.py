"""uikit: what every page of the house is made of.

Owns: the base templates, lists, details, forms, steps, trails, prints and exports; how a value
looks on a page, in a sheet and on paper; the one catalogue of translations.

Always true: a page works without JavaScript, loads nothing from elsewhere, and holds no inline
script or style; all text comes in both languages; a form sends exactly what the API would
take; an exported cell is never a formula.

Never: knows a domain, decides what somebody may see or do, or changes anything but by handing
a command to the gate.
"""
