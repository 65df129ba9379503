"""What a command form offers for the fields that name other things."""

from collections.abc import Callable, Sequence

from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text

Choices = Sequence[tuple[str, Text]]
Offer = Callable[[Actor], Choices]

OFFERS: dict[tuple[str, str], Offer] = {}


def choices(command: str, *fields: str) -> Callable[[Offer], Offer]:
    """Register what `fields` of a command offer to a viewer."""

    def register(offer: Offer) -> Offer:
        for field in fields:
            OFFERS[command, field] = offer
        return offer

    return register


def offered(command: str, viewer: Actor) -> dict[str, Choices]:
    return {field: offer(viewer) for (name, field), offer in OFFERS.items() if name == command}
