"""What verification asks of the gate: stored content still is what the log committed to."""

import hmac
import json
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag

from yinxin.evidence.models import Leaf
from yinxin.evidence.verifier import Finding, check
from yinxin.kernel.refusals import Refused
from yinxin.kernel.text import Text
from yinxin.vault import blobs
from yinxin.vault.models import Blob

from . import content
from .models import Execution

ALTERED = Text(
    "交易 {id} 的留存内容与日志不符", "The stored content of command {id} is not what the log has"
)

FILE_ALTERED = Text(
    "文件 {id} 缺失或与留存时不符",
    "The file {id} is missing or not what was kept",
)


@check("gate.blobs")
def kept_files() -> Iterator[Finding]:
    """Re-hash every file that a command kept, unless its owner was erased."""
    for blob in Blob.objects.order_by("id").iterator():
        try:
            whole = blobs.matches_its_digest(blob)
        except (FileNotFoundError, InvalidTag):
            whole = False
        except Refused:
            continue
        if not whole:
            yield Finding(
                "file_altered", FILE_ALTERED.format(id=blob.id),
                table="vault_blob", id=str(blob.id),
            )  # fmt: skip


@check("gate.content")
def stored_content() -> Iterator[Finding]:
    """Re-hash what each execution keeps; what was erased by law has nothing left to hash."""
    leaves = {
        leaf.command: (leaf.index, leaf.data)
        for leaf in Leaf.objects.only("index", "command", "data").iterator()
    }
    for execution in Execution.objects.order_by("id").iterator():
        if execution.id not in leaves:
            continue  # not yet sequenced, or reported by the log's own checks
        index, data = leaves[execution.id]
        try:
            found = content.commitment_of(execution).hex()
        except InvalidTag:
            found = ""
        except Refused:
            continue
        if not hmac.compare_digest(found, json.loads(bytes(data))["commitments"]["content"]):
            yield Finding(
                "content_altered", ALTERED.format(id=execution.id),
                table="gate_execution", id=str(execution.id), leaf=index,
            )  # fmt: skip
