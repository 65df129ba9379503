"""The manual (操作手册): a page a workflow, drawn from its states, commands and matrix."""

import re
from collections.abc import Iterator

from yinxin.customers.rules import RATING_TITLES, Rating
from yinxin.gate.registry import POLICIES
from yinxin.gate.rules import Level, PolicyRow
from yinxin.kernel.actor import CHANNEL_TITLES, DUTY_TITLES, Channel, Duty
from yinxin.kernel.command import Command, uploads_of
from yinxin.kernel.refusals import REFUSALS
from yinxin.kernel.text import Text
from yinxin.kernel.workflow import NOTHING, Workflow

SERVICE = Text("系统", "the system")


def page(workflow: Workflow) -> Iterator[str]:
    yield f"# {_both(workflow.title)}\n\n{workflow.purpose.zh}\n\n{workflow.purpose.en}\n\n"
    yield "## 流程图 Diagram\n\n```mermaid\nstateDiagram-v2\n"
    yield from _diagram(workflow)
    yield "```\n\n## 步骤 Steps\n\n"
    yield "| 交易码 | 步骤 step | 岗位 who | 自 from | 至 to | 渠道 channels |\n"
    yield "|---|---|---|---|---|---|\n"
    for step in workflow.steps:
        meta = step.command.meta
        yield f"| {meta.code} | {_both(meta.title)} | {_makers(step.command)} "
        yield f"| {_states(workflow, step.before)} | {_states(workflow, step.after)} "
        yield f"| {'、'.join(_both(CHANNEL_TITLES[each]) for each in sorted(meta.channels))} |\n"
    yield "\n## 审批 Approvals\n\n"
    yield from _approvals(workflow)
    yield "\n## 材料 Materials\n\n"
    for cls in _commands(workflow):
        yield from _materials(cls)
    yield "\n## 岗位职责 Duties\n\n"
    yield from _duties(workflow)
    yield "\n## 问答 Questions and answers\n\n"
    for question, answer in workflow.questions:
        yield f"**{question.zh}** {answer.zh}\n\n**{question.en}** {answer.en}\n\n"
    for code in workflow.refusals:
        refusal = REFUSALS[code]
        rule = f"（{refusal.rule}）" if refusal.rule else ""
        yield f"**系统提示 `{code}` 怎么办？** {_open(refusal.sentence.zh)}{rule}\n\n"
        yield f"**What does `{code}` ask of me?** {_open(refusal.sentence.en)}\n\n"


def _diagram(workflow: Workflow) -> Iterator[str]:
    for name, title in workflow.states.items():
        yield f"    {name}: {title.zh} {title.en}\n"
    for step in workflow.steps:
        meta = step.command.meta
        for before in step.before:
            for after in step.after:
                yield f"    {before or '[*]'} --> {after}: {meta.code} {meta.title.zh}\n"
    for name in workflow.states:
        if not any(name in step.before for step in workflow.steps):
            yield f"    {name} --> [*]\n"


def _approvals(workflow: Workflow) -> Iterator[str]:
    rows = [row for cls in _commands(workflow) for row in POLICIES if row.command == cls.meta.name]
    if not rows:
        yield "本流程各步骤无须审批。No step of this needs an approval.\n"
        return
    titles = {cls.meta.name: cls.meta.title for cls in _commands(workflow)}
    yield "建行时的审批矩阵；此后以系统内“审批矩阵”页为准。As seeded at founding; the matrix page "
    yield "says what is in force.\n\n"
    yield "| 步骤 step | 条件 where | 环节 levels |\n|---|---|---|\n"
    for row in rows:
        levels = " → ".join(map(_level, row.levels)) or "无须审批 none"
        yield f"| {_both(titles[row.command])} | {_where(row)} | {levels} |\n"


def _where(row: PolicyRow) -> str:
    amount = f"≥ {row.from_amount:,} {row.currency}" if row.from_amount or row.currency else ""
    rating = _both(RATING_TITLES[Rating(row.rating)]) if row.rating else ""
    return " · ".join(filter(None, (amount, row.kind, rating))) or "—"


def _level(level: Level) -> str:
    duties = " / ".join(_both(DUTY_TITLES[each]) for each in sorted(level.duties))
    return f"{level.count} × {duties}"


def _materials(cls: type[Command]) -> Iterator[str]:
    if cls.meta.channels == {Channel.JOB}:
        return
    uploads = uploads_of(cls)
    needed, optional = [], []
    for name, field in cls.model_fields.items():
        title = f"{field.title or name}{'（影像或文件）' if name in uploads else ''}"
        (needed if field.is_required() else optional).append(title)
    yield f"- **{_both(cls.meta.title)}**：{'、'.join(needed) or '—'}"
    yield f"；选填：{'、'.join(optional)}\n" if optional else "\n"


def _duties(workflow: Workflow) -> Iterator[str]:
    approving = {row.command: row.levels for row in POLICIES}
    for duty in Duty:
        makes = [cls for cls in _commands(workflow) if duty in cls.meta.makers]
        decides = [
            cls
            for cls in _commands(workflow)
            if any(duty in level.duties for level in approving.get(cls.meta.name, ()))
        ]
        parts = [
            f"{verb} {'、'.join(_both(cls.meta.title) for cls in commands)}"
            for verb, commands in (("办理 does", makes), ("审批 approves", decides))
            if commands
        ]
        if parts:
            yield f"- **{_both(DUTY_TITLES[duty])}**：{'；'.join(parts)}\n"


def _commands(workflow: Workflow) -> list[type[Command]]:
    return list(dict.fromkeys(step.command for step in workflow.steps))


def _makers(cls: type[Command]) -> str:
    if cls.meta.channels == {Channel.JOB}:
        return _both(SERVICE)
    return "、".join(_both(DUTY_TITLES[each]) for each in sorted(cls.meta.makers)) or "—"


def _states(workflow: Workflow, names: tuple[str, ...]) -> str:
    return "、".join(_both(workflow.states[each]) if each != NOTHING else "—" for each in names)


def _open(sentence: str) -> str:
    """With a gap where a case would be named."""
    return re.sub(r"\{\w+\}", "…", sentence)


def _both(text: Text) -> str:
    return f"{text.zh} {text.en}"
