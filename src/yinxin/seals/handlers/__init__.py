"""One module a part of the domain; importing them registers every handler."""

from . import applications, cards, endings, standing, verifying

__all__ = ["applications", "cards", "endings", "standing", "verifying"]
