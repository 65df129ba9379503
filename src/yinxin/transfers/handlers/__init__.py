"""One module for each kind of work; importing them tells the gate who handles what."""

from . import batches, importing, limits, prints, settlement, steps

__all__ = ["batches", "importing", "limits", "prints", "settlement", "steps"]
