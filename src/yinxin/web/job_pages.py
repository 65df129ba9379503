"""后台任务: what the worker could not do however often it tried, and how to start it again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET
from procrastinate.contrib.django.models import ProcrastinateJob

from yinxin.gate import queries as gate
from yinxin.gate.commands import RetryJob
from yinxin.gate.reading import reading
from yinxin.gate.registry import JOBS
from yinxin.kernel.actor import Actor
from yinxin.kernel.text import Text
from yinxin.uikit.choices import Choices, choices
from yinxin.uikit.links import subject_url
from yinxin.uikit.listing import Choice, Column, Listing
from yinxin.uikit.page import Link, Page

from .pages import DESK

JOB = Text("任务", "Job")
AGAIN = Text("重新执行", "Start again")
EMPTY = Text(
    "没有需要您重新执行的后台任务。多次失败的任务在此列给管理员，排除故障后可重新执行。",
    "There is no job for you to start again. Those that failed again and again are listed here for "
    "administrators, to be started once what made them fail has been mended.",
)


@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    viewer: Actor = request.actor  # type: ignore[attr-defined]
    with reading():
        listing = Listing(
            gate.failed_jobs(viewer),
            request.GET,
            [
                Column("id", Text("任务编号", "Number"), lambda row: str(row.id)),
                Column("job", JOB, lambda row: JOBS[row.task_name].title),
                Column("subject", Text("相关记录", "What it is about"), _subject),
                Column("failed_at", Text("最近失败", "Last failed")),
                Column("retry", Text("处理", "What to do"), _retry),
            ],
            [Choice("job", JOB, "task_name", [(name, kind.title) for name, kind in JOBS.items()])],
            empty=EMPTY,
        )
        page = Page(Text("后台任务", "Jobs"), [DESK])
        return render(request, "uikit/list.html", {"page": page, "listing": listing})


@choices("gate.retry_job", "job_id")
def _failed(viewer: Actor) -> Choices:
    named = [
        (row.id, JOBS[row.task_name].title) for row in gate.failed_jobs(viewer).order_by("-id")
    ]
    return [(str(id), Text(f"{id} {job.zh}", f"{id} {job.en}")) for id, job in named]


def _retry(row: ProcrastinateJob) -> Link:
    form = reverse("do", args=[RetryJob.meta.code])
    return Link(AGAIN, f"{form}?{urlencode({'job_id': row.id})}")


def _subject(row: ProcrastinateJob) -> Link | str:
    kind = JOBS[row.task_name]
    about = row.args[kind.argument]
    url = subject_url(kind.subject, about)
    return Link(Text("查看", "Open"), url) if url else "—"
