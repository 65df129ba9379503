"""Customers, as the viewer may see them."""

from . import choosing as choosing
