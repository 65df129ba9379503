from collections.abc import Iterable

from .merkle.tree import Place
from .models import Leaf, Node


def hashes_at(places: Iterable[Place]) -> dict[Place, bytes]:
    """The stored hashes of perfect subtrees; a place that holds none is absent."""
    wanted = list(places)
    leaves = Leaf.objects.filter(index__in=[place.offset for place in wanted if place.level == 0])
    nodes = Node.objects.filter(pk__in=[tuple(place) for place in wanted if place.level])
    return {
        Place(0, index): bytes(value) for index, value in leaves.values_list("index", "hash")
    } | {
        Place(level, index): bytes(value)
        for level, index, value in nodes.values_list("level", "index", "hash")
    }
