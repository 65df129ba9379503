"""Who handles what. Rooms register themselves when the house starts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from django.apps import apps

from yinxin.kernel.actor import Actor, ActorKind, Channel
from yinxin.kernel.command import Command
from yinxin.kernel.fact import Fact
from yinxin.kernel.text import Text

from .context import Context
from .rules import PolicyRow

C = TypeVar("C", bound=Command)
Handler = Callable[[C, Context], Fact | Iterable[Fact]]
Authoriser = Callable[[Command, Actor, datetime], None]
Resolver = Callable[[UUID, Channel], Actor | None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """What people call a job, and of what kind the thing is whose id its `argument` holds."""

    title: Text
    argument: str
    subject: str


HANDLERS: dict[type[Command], Handler[Any]] = {}
AUTHORISERS: list[Authoriser] = []
POLICIES: list[PolicyRow] = []
CONSTRAINTS: dict[str, str] = {}
ACTORS: dict[str, Resolver] = {}
SERVICES: dict[UUID, Actor] = {}
SERVICE_NAMES: dict[UUID, Text] = {}
JOBS: dict[str, JobKind] = {}

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


def service(key: str, name: Text) -> Actor:
    """The service actor of a stable key, such as `transfers.checks`, that a job acts as; it
    neither makes nor approves. What it does is stored under its Chinese name."""
    actor_id = uuid5(NAMESPACE_URL, f"yinxin:{key}")
    SERVICE_NAMES.setdefault(actor_id, name)
    return SERVICES.setdefault(
        actor_id, Actor(actor_id, ActorKind.SERVICE, name.zh, "/", frozenset(), Channel.JOB)
    )


def name_of(actor_id: UUID, stored: str) -> Text | str:
    """What to call whoever did something: people have one name, services one in each language."""
    return SERVICE_NAMES.get(actor_id, stored)


def actor_now(actor_id: UUID, channel: Channel) -> Actor | None:
    return ACTORS["resolver"](actor_id, channel)


def open_rooms() -> None:
    """Import the rooms of every domain, so that each command finds its handler."""
    for config in apps.get_app_configs():
        if config.name.startswith("yinxin."):
            for room in ROOMS:
                if find_spec(f"{config.name}.{room}"):
                    import_module(f"{config.name}.{room}")
