"""存量迁移: files of the system before, each taken in once and whole or not at all."""

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from yinxin.gate.context import Context, Subject
from yinxin.gate.registry import explains
from yinxin.kernel.incoming import Unreadable
from yinxin.kernel.incoming.records import Column, Fault, Record, records
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.people.queries import bank_today
from yinxin.vault import blobs
from yinxin.vault.keys import derived

from . import rules
from .models import Import as Import

T = TypeVar("T")
TOLD = 50  # faults in one sentence; whoever mends so many asks again

explains("customers_import_file_once", rules.IMPORT_FILE_TWICE)


def opened(
    upload: UUID, columns: Mapping[str, Column], most: int, context: Context
) -> tuple[bytes, list[Record]]:
    """The digest of a staged file and its rows. Raises Refused where one of them makes no
    sense."""
    content = blobs.read_staged(context.actor.id, upload)
    digest = hmac.digest(derived("import file"), content, "sha256")
    try:
        rows, faults = records(content, columns, most)
    except Unreadable as broken:
        raise Refused(
            rules.IMPORT_UNREADABLE,
            reason_zh=broken.sentence.zh,
            reason_en=broken.sentence.en,
            place=broken.place,
        ) from broken
    require_clean(faults, columns)
    return digest, rows


def each(
    rows: Iterable[Record],
    columns: Mapping[str, Column],
    made: Callable[[Record], T | Sequence[tuple[str, Text]]],
) -> list[T]:
    """What `made` makes of every row, or Refused with the errors it answers instead."""
    found, faults = list[T](), list[Fault]()
    for row in rows:
        one = made(row)
        if isinstance(one, Sequence):
            faults += [Fault(row[0], field, reason) for field, reason in one]
        else:
            found.append(one)
    require_clean(faults, columns)
    return found


def require_clean(faults: Sequence[Fault], columns: Mapping[str, Column]) -> None:
    """Raises Refused, naming row, field and reason of the first faults."""
    if not faults:
        return
    first = sorted(faults, key=lambda fault: fault.row)[:TOLD]
    told = [_told(fault, columns) for fault in first]
    more = len(faults) > TOLD
    raise Refused(
        rules.IMPORT_ROWS_WRONG,
        count=len({fault.row for fault in faults}),
        faults_zh="".join(each.zh for each in told) + ("……" if more else ""),
        faults_en=" ".join(each.en for each in told) + (" …" if more else ""),
    )


def create(kind: Import.Kind, digest: bytes, rows: int, context: Context) -> Import:
    """Say that a file is taken in. The database refuses the same one twice."""
    made = Import.objects.create(
        id=context.new_id(),
        number=context.draw_number("IM", bank_today()),
        kind=kind,
        branch=context.actor.branch,
        file_digest=digest,
        rows=rows,
        by_name=context.actor.name,
        at=context.now,
    )
    context.about(Subject("customers.import", made.id, made.number, branch=made.branch))
    return made


def _told(fault: Fault, columns: Mapping[str, Column]) -> Text:
    title = columns[fault.field].title if fault.field in columns else Text("", "it")
    reason = fault.reason
    return Text(
        f"第 {fault.row} 行{title.zh}：{reason.zh.rstrip('。')}。",
        f"Row {fault.row}, {title.en}: {reason.en.rstrip('.')}.",
    )
