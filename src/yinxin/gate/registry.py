"""Who handles what. Rooms register themselves when the house starts."""

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from django.apps import apps

from yinxin.kernel.actor import Actor, ActorKind, Channel
from yinxin.kernel.command import Command
from yinxin.kernel.fact import Fact

from .context import Context
from .rules import PolicyRow

C = TypeVar("C", bound=Command)
Handler = Callable[[C, Context], Fact | Iterable[Fact]]
Authoriser = Callable[[Command, Actor, datetime], None]
Resolver = Callable[[UUID, Channel], Actor | None]

HANDLERS: dict[type[Command], Handler[Any]] = {}
AUTHORISERS: list[Authoriser] = []
POLICIES: list[PolicyRow] = []
CONSTRAINTS: dict[str, str] = {}
ACTORS: dict[str, Resolver] = {}
SERVICES: dict[UUID, Actor] = {}

ROOMS = (
    "commands", "facts", "queries", "handlers", "policy", "workflow", "jobs", "checks", "sections",
)  # fmt: skip


def handles(cls: type[C]) -> Callable[[Handler[C]], Handler[C]]:
    def register(handler: Handler[C]) -> Handler[C]:
        if cls in HANDLERS:
            raise ValueError(f"{cls.meta.name} is handled twice")
        HANDLERS[cls] = handler
        return handler

    return register


def authorises(authoriser: Authoriser) -> Authoriser:
    """Add a question that every command must pass; it raises Refused."""
    AUTHORISERS.append(authoriser)
    return authoriser


def seeds(*rows: PolicyRow) -> None:
    """Approval rows that founding an institution puts into the matrix."""
    POLICIES.extend(rows)


def explains(constraint: str, code: str) -> None:
    """Say which refusal a broken database constraint means."""
    CONSTRAINTS[constraint] = code


def resolves_actors(resolver: Resolver) -> Resolver:
    """`people` says who somebody is as of now."""
    ACTORS["resolver"] = resolver
    return resolver


def service(key: str, name: str) -> Actor:
    """The service actor of a stable key, such as `transfers.checks`, that a job acts as; it
    neither makes nor approves. Trails show its name."""
    actor_id = uuid5(NAMESPACE_URL, f"yinxin:{key}")
    return SERVICES.setdefault(
        actor_id, Actor(actor_id, ActorKind.SERVICE, name, "/", frozenset(), Channel.JOB)
    )


def actor_now(actor_id: UUID, channel: Channel) -> Actor | None:
    return ACTORS["resolver"](actor_id, channel)


def open_rooms() -> None:
    """Import the rooms of every domain, so that each command finds its handler."""
    for config in apps.get_app_configs():
        if config.name.startswith("yinxin."):
            for room in ROOMS:
                if find_spec(f"{config.name}.{room}"):
                    import_module(f"{config.name}.{room}")
