"""The pages of docs/ that follow from the code: commands, refusals, permissions, evidence, and the
manual of each workflow.

`make docs` writes them; a house test finds one that is stale.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from yinxin.gate.guards import UNGUARDED, evidence_bearing
from yinxin.gate.registry import POLICIES
from yinxin.kernel.actor import DUTY_TITLES, Duty
from yinxin.kernel.command import COMMANDS
from yinxin.kernel.refusals import REFUSALS
from yinxin.kernel.workflow import WORKFLOWS
from yinxin.people.rules import EXCLUSIVE

from . import manual

DOCS = Path(__file__).parents[2] / "docs"
NOTE = "<!-- Written by tests/house/pages.py; change the code, then run `make docs`. -->\n"


def commands() -> Iterator[str]:
    yield "# Commands 交易\n"
    yield "Every change is one of these, by form, API (`POST /api/commands/NAME`) and "
    yield "`yinxin do NAME` alike.\n\n"
    yield "| code | name | 交易 | command | fields | channels | second factor |\n"
    yield "|---|---|---|---|---|---|---|\n"
    for cls in sorted(COMMANDS.values(), key=lambda cls: cls.meta.code):
        meta = cls.meta
        fields = ", ".join(f"`{name}`" for name in cls.model_fields)
        channels = ", ".join(sorted(meta.channels))
        factor = "yes" if meta.second_factor else ""
        yield f"| {meta.code} | `{meta.name}` | {meta.title.zh} | {meta.title.en} | {fields} "
        yield f"| {channels} | {factor} |\n"


def refusals() -> Iterator[str]:
    yield "# Refusals 拒绝码\n"
    yield "A refusal is kept on record with its code; the code never changes its meaning.\n\n"
    yield "| code | 说明 | sentence | rule |\n|---|---|---|---|\n"
    for code, refusal in sorted(REFUSALS.items()):
        yield f"| `{code}` | {refusal.sentence.zh} | {refusal.sentence.en} | {refusal.rule} |\n"


def permissions() -> Iterator[str]:
    yield "# Permissions 权限\n"
    yield "## Who may send what\n\n| command | makers |\n|---|---|\n"
    for name, cls in sorted(COMMANDS.items()):
        makers = ", ".join(_duty(duty) for duty in sorted(cls.meta.makers)) or "any staff"
        yield f"| `{name}` | {makers} |\n"
    yield "\n## The approval matrix that founding seeds 审批矩阵\n\n"
    yield "Afterwards the table rules; `gate.set_policy` changes it.\n\n"
    yield "| command | from | currency | kind | rating | levels |\n|---|---|---|---|---|---|\n"
    for row in POLICIES:
        levels = " → ".join(
            f"{level.count} × {' or '.join(_duty(duty) for duty in sorted(level.duties))}"
            for level in row.levels
        )
        yield f"| `{row.command}` | {row.from_amount} | {row.currency} | {row.kind} "
        yield f"| {row.rating} | {levels or 'none'} |\n"
    yield "\n## Duties that exclude each other 不相容岗位\n\n"
    for pair in sorted(sorted(pair) for pair in EXCLUSIVE):
        yield f"- {' — '.join(_duty(duty) for duty in pair)}\n"


def evidence() -> Iterator[str]:
    yield "# What the evidence covers 存证范围\n"
    yield "`yinxin evidence verify` compares every row of these tables with the log.\n\n"
    for table, key in evidence_bearing():
        yield f"- `{table}` by `{key}`\n"
    yield "\nTables that change outside commands, and so are not covered:\n\n"
    for table in sorted(UNGUARDED):
        yield f"- `{table}`\n"
    yield "- the tables of sessions, django-allauth, procrastinate and the cache\n"


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "commands.md": commands,
    "refusals.md": refusals,
    "permissions.md": permissions,
    "evidence.md": evidence,
}


def _duty(duty: Duty) -> str:
    return f"{DUTY_TITLES[duty].en} {DUTY_TITLES[duty].zh}"


def written() -> Iterator[tuple[Path, str]]:
    """Each page and what it should say."""
    for name, write in PAGES.items():
        yield DOCS / name, NOTE + "".join(write())
    for table, workflow in sorted(WORKFLOWS.items()):
        yield DOCS / "manual" / f"{table}.md", NOTE + "".join(manual.page(workflow))
