"""Who acts: a value that `people` builds and everyone else believes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from .text import Text


class Channel(StrEnum):
    WEB = "web"
    API = "api"
    CLI = "cli"
    JOB = "job"


CHANNEL_TITLES = {
    Channel.WEB: Text("柜面", "counter"),
    Channel.API: Text("接口", "API"),
    Channel.CLI: Text("命令行", "command line"),
    Channel.JOB: Text("系统作业", "job"),
}


class ActorKind(StrEnum):
    STAFF = "staff"
    CUSTOMER = "customer"
    SERVICE = "service"


class Duty(StrEnum):
    CLERK = "clerk"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    SEAL_REGISTRAR = "seal_registrar"
    CUSTODIAN = "custodian"
    ARCHIVIST = "archivist"
    RISK = "risk"
    COMPLIANCE = "compliance"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


DUTY_TITLES = {
    Duty.CLERK: Text("经办", "clerk"),
    Duty.REVIEWER: Text("复核", "reviewer"),
    Duty.MANAGER: Text("授权主管", "manager"),
    Duty.SEAL_REGISTRAR: Text("印鉴管理", "seal registrar"),
    Duty.CUSTODIAN: Text("保管", "custodian"),
    Duty.ARCHIVIST: Text("档案", "archivist"),
    Duty.RISK: Text("风险", "risk"),
    Duty.COMPLIANCE: Text("合规", "compliance"),
    Duty.AUDITOR: Text("审计", "auditor"),
    Duty.ADMINISTRATOR: Text("系统管理", "administrator"),
}


@dataclass(frozen=True, slots=True)
class Borrowed:
    """Duties that another person lent by a delegation (转授权)."""

    lender_id: UUID
    lender_name: str
    branch: str
    duties: frozenset[Duty]


@dataclass(frozen=True, slots=True)
class Actor:
    """`branch` is a path such as `/1/12/`; an actor sees and supervises what lies below it."""

    id: UUID
    kind: ActorKind
    name: str
    branch: str
    duties: frozenset[Duty]
    channel: Channel
    second_factor_at: datetime | None = None
    borrowed: tuple[Borrowed, ...] = ()

    def has(self, *duties: Duty) -> bool:
        return bool(self.duties.intersection(duties))

    def oversees(self, branch: str) -> bool:
        return branch.startswith(self.branch)
