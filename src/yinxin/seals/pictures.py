"""Seal images for the screen: each for one viewer, for a while, and marked as theirs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from django.core import signing
from django.utils import timezone

from yinxin.gate.rules import NOT_FOUND
from yinxin.kernel import clock
from yinxin.kernel.actor import Actor, Duty
from yinxin.kernel.refusals import Refused
from yinxin.people import queries as people
from yinxin.vault import blobs

from . import queries, rules, scans
from .models import Finding, Specimen
from .vision import Specimen as Template

Kind = Literal["specimen", "scan", "imprint", "overlay", "page", "letter"]
LASTS_S = 900
SALT = "seals.picture"
# 系统管理员 looks after the system, not at customers' seals.
LOOKERS = tuple(duty for duty in Duty if duty is not Duty.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What lets one person see one image; `at` is when they were let."""

    viewer_id: UUID
    kind: str
    id: UUID
    at: datetime

    def written(self) -> str:
        return signing.dumps(
            [self.viewer_id.hex, self.kind, self.id.hex, self.at.timestamp()], salt=SALT
        )

    @classmethod
    def read(cls, written: str, viewer: Actor) -> "Ticket":
        """Raises Refused(not_found) for a ticket that is not the viewer's, or too old."""
        try:
            viewer_id, kind, id, at = signing.loads(written, salt=SALT, max_age=LASTS_S)
        except signing.BadSignature as bad:
            raise Refused(NOT_FOUND) from bad
        ticket = cls(
            UUID(viewer_id), kind, UUID(id), datetime.fromtimestamp(at, tz=clock.now().tzinfo)
        )
        if ticket.viewer_id != viewer.id or kind not in get_args(Kind):
            raise Refused(NOT_FOUND)
        return ticket


def ticket(viewer: Actor, kind: Kind, id: UUID) -> str:
    return Ticket(viewer.id, kind, id, clock.now()).written()


def may_look(viewer: Actor) -> bool:
    return bool(rules.authorities(viewer, LOOKERS))


def picture(viewer: Actor, written: str) -> bytes:
    """The PNG that a ticket is for, marked with who looks at it and when.

    Raises Refused(not_found) also where the viewer's branch or duties do not reach it.
    """
    given = Ticket.read(written, viewer)
    if not may_look(viewer):
        raise Refused(NOT_FOUND)
    return scans.watermarked(_picture(viewer, given.kind, given.id), _mark(viewer, given.at))


def _mark(viewer: Actor, at: datetime) -> str:
    number = people.staff_for(viewer).filter(id=viewer.id).values_list("number", flat=True).first()
    return f"{number or viewer.id.hex[:8]} {timezone.localtime(at):%Y-%m-%d %H:%M}"


def _picture(viewer: Actor, kind: str, id: UUID) -> bytes:
    match kind:
        case "specimen" | "scan":
            return _specimen(viewer, id, scan=kind == "scan")
        case "imprint" | "overlay":
            return _finding(viewer, id, overlay=kind == "overlay")
        case "letter":
            blob = queries.one(queries.applications_for(viewer).filter(id=id)).letter
        case _:
            blob = queries.one(queries.verifications_for(viewer).filter(id=id)).page
    if blob is None:
        raise Refused(NOT_FOUND)
    return scans.for_screen(blobs.read(blob))


def _specimen(viewer: Actor, specimen_id: UUID, *, scan: bool) -> bytes:
    """The specimen as the engine has it, or the scan it was entered from."""
    rows = Specimen.objects.select_related("seal__card", "image")
    specimen = queries.one(
        rows.filter(id=specimen_id, seal__card__branch__startswith=viewer.branch)
    )
    if scan:
        return scans.for_screen(blobs.read(specimen.image))
    return scans.specimen_png(Template.from_bytes(specimen.template))


def _finding(viewer: Actor, finding_id: UUID, *, overlay: bool) -> bytes:
    """The imprint that was found, or its overlay with the specimen."""
    rows = Finding.objects.select_related("imprint", "overlay")
    finding = queries.one(
        rows.filter(id=finding_id, verification__branch__startswith=viewer.branch)
    )
    blob = finding.overlay if overlay else finding.imprint
    if blob is None:
        raise Refused(NOT_FOUND)
    return blobs.read(blob)
