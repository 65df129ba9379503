"""One function a command, by what the commands are about."""

from . import (
    changing,
    documents,
    entering,
    importing,
    opening,
    parties,
    rating,
    reporting,
    standards,
)

__all__ = [
    "changing",
    "documents",
    "entering",
    "importing",
    "opening",
    "parties",
    "rating",
    "reporting",
    "standards",
]
