"""The tables of a customer's page."""

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from yinxin.gate import door
from yinxin.kernel.actor import Actor
from yinxin.kernel.command import Command
from yinxin.kernel.text import Text
from yinxin.uikit.page import Grid, Link

from .. import commands
from ..allowances import PRODUCT_TITLES
from ..opening import ReadVerdict
from ..particulars import ITEM_TITLES
from ..parties import CRITERION_TITLES, ROLE_TITLES, SCOPE_TITLES
from ..profile import ChangeLine, Paperwork, Person, Profile
from ..reports import EVENT_TITLES
from ..rules import PAPER_TITLES
from .badges import READINGS, REPORT_STATES, UNLIMITED, VERDICTS, joined

LOOK, SHOW = Text("说明事由后调阅", "Give a reason to look"), Text("查看影像", "See the image")
NOBODY = Text("未登记。", "Nobody on record.")
YES, NO = Text("可以办理", "Open"), Text("不可办理", "Closed")


def of(viewer: Actor, found: Profile) -> Iterator[Grid]:
    if found.checks:
        yield _checks(found)
    if found.differences:
        yield _differences(found)
    yield _papers(viewer, found)
    yield _people(viewer, found)
    yield _allowances(found)
    yield _changes(found)
    yield _reports(found)


def _checks(found: Profile) -> Grid:
    return Grid(
        Text("开户核验", "Checks before opening"),
        [Text("项目", "Check"), Text("结果", "Result"), Text("说明", "Why")],
        [(each.title, VERDICTS[each.verdict], each.reason) for each in found.checks],
    )


def _differences(found: Profile) -> Grid:
    return Grid(
        Text("录入差异", "Differences of the entries"),
        [
            Text("项目", "Item"), Text("首次录入", "First"), Text("第二次录入", "Second"),
            Text("不同之处", "Where"),
        ],
        [
            (ITEM_TITLES[each.item], each.first, each.second, _where(each.places))
            for each in found.differences
        ],
    )  # fmt: skip


def _where(places: tuple[int, ...]) -> Text:
    listed = "、".join(map(str, places))
    return Text(f"第 {listed} 位", f"at {', '.join(map(str, places))}")


def _papers(viewer: Actor, found: Profile) -> Grid:
    return Grid(
        Text("证件影像", "Images"),
        [
            Text("种类", "Kind"), Text("影像", "Image"), Text("上传", "Added by"),
            Text("时间", "At"), Text("识读", "Reading"), Text("说明", "Note"),
        ],
        [
            (
                PAPER_TITLES[each.paper],
                _look(viewer, each),
                each.added_by,
                each.added_at,
                READINGS[each.verdict],
                _note(viewer, each),
            )
            for each in found.papers
        ],
    )  # fmt: skip


def _look(viewer: Actor, each: Paperwork) -> Link | Text | None:
    if each.may_look:
        return Link(SHOW, reverse("customers:document", args=[each.id]))
    return _form(viewer, commands.ViewDocument, LOOK, document_id=each.id)


def _note(viewer: Actor, each: Paperwork) -> Link | Text | None:
    """What was read otherwise; then who looked, or the form for whoever does."""
    if each.confirmed_by:
        return Text(f"已由{each.confirmed_by}人工核对", f"Confirmed by {each.confirmed_by}")
    if each.verdict in (None, ReadVerdict.AGREES):
        return None
    told = [
        Text(
            f"{title.zh}读作“{read}”" + (f"（含生僻字 {one.rare}）" if one.rare else ""),
            f"{title.en} reads “{read}”" + (f" (rare {one.rare})" if one.rare else ""),
        )
        for one in each.doubtful
        if any(one.read)
        for title in [ITEM_TITLES[one.item]]
        for read in [" / ".join(dict.fromkeys(filter(None, one.read))) or "—"]
    ]
    title = Text("人工核对", "Confirm by eye")
    label = joined([*told, title])
    return _form(viewer, commands.ConfirmReading, label, document_id=each.id) or joined(told)


def _people(viewer: Actor, found: Profile) -> Grid:
    return Grid(
        Text("关系人", "Parties"),
        [
            Text("身份", "Role"), Text("姓名", "Name"), Text("证件号码", "Document number"),
            Text("认定标准或授权范围", "Criteria or scope"), Text("起", "From"), Text("止", "To"),
            Text("办理", "Do"),
        ],
        [
            (
                ROLE_TITLES[each.role],
                each.name,
                each.document_number,
                _basis(each),
                each.begins_on,
                each.ends_on,
                _form(viewer, commands.EndParty, Text("终止", "End"), party_id=each.id)
                if each.is_current
                else Text("已终止", "Ended"),
            )
            for each in found.people
        ],
        empty=NOBODY,
    )  # fmt: skip


def _basis(each: Person) -> Text:
    basis = [CRITERION_TITLES[one] for one in each.criteria]
    basis += [SCOPE_TITLES[one] for one in each.scope]
    told = joined(basis)
    if each.share is None:
        return told
    share = f"{each.share.normalize():f} %"
    return Text(f"{told.zh}（{share}）", f"{told.en} ({share})")


def _allowances(found: Profile) -> Grid:
    return Grid(
        Text("可办理业务与限额", "What the rating allows"),
        [
            Text("产品", "Product"), Text("准入", "Allowed"), Text("单笔限额", "At once"),
            Text("日累计限额", "A day"), Text("依据", "Rests on"),
        ],
        [
            (
                PRODUCT_TITLES[each.product],
                YES if each.allowed else NO,
                each.single or (UNLIMITED if each.allowed else None),
                each.daily or (UNLIMITED if each.allowed else None),
                each.reason,
            )
            for each in found.allowances
        ],
    )  # fmt: skip


def _changes(found: Profile) -> Grid:
    return Grid(
        Text("信息变更记录", "Changes"),
        [
            Text("时间", "At"), Text("办理", "By"), Text("变更内容", "Change"),
            Text("事由", "Reason"), Text("证明", "Proof"),
        ],
        [
            (line.at, line.by, _told(line), line.reason, line.proof_id is not None)
            for line in found.changes
        ],
    )  # fmt: skip


def _told(line: ChangeLine) -> Text:
    return Text(
        "；".join(
            f"{ITEM_TITLES[item].zh}：{was.zh or '无'} → {now.zh}" for item, was, now in line.rows
        ),
        "; ".join(
            f"{ITEM_TITLES[item].en}: {was.en or 'none'} → {now.en}" for item, was, now in line.rows
        ),
    )


def _reports(found: Profile) -> Grid:
    return Grid(
        Text("信息上报与重大事件", "Reports and major events"),
        [
            Text("编号", "Number"), Text("事项", "Event"), Text("发生日期", "On"),
            Text("状态", "State"),
        ],
        [
            (
                Link(each.number, reverse("customers:report", args=[each.id])),
                EVENT_TITLES[each.event],
                each.happened_on,
                REPORT_STATES[each.state],
            )
            for each in found.reports
        ],
        all=Link(Text("全部上报", "All reports"), reverse("customers:reports")),
    )  # fmt: skip


def _form(viewer: Actor, cls: type[Command], title: Text, **fields: UUID) -> Link | None:
    """A link to a command's form, for whoever may send it."""
    if not door.may_send(cls, viewer):
        return None
    query = urlencode({name: str(id) for name, id in fields.items()})
    return Link(title, f"{reverse('do', args=[cls.meta.code])}?{query}")
