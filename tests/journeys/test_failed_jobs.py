"""A job that failed too often is shown to an administrator and started again."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.bank.cast import CAST
from tests.bank.jobs import given_up
from tests.bank.verbs import Bank
from yinxin.gate.commands import RetryJob
from yinxin.transfers import jobs
from yinxin.transfers.tests.desk import Desk

from .clerk import signed_on

STATE = "SELECT status::text FROM procrastinate_jobs WHERE id = %s"


def page(who: str, language: str = "zh-hans") -> str:
    browser: Client = signed_on(CAST[who].login)
    browser.cookies["django_language"] = language
    return str(browser.get(reverse("jobs")).content.decode())


def test_it_is_shown_started_again_and_gone(bank: Bank, owner: psycopg.Connection) -> None:
    transfer = Desk.of(bank).received()
    number = given_up()
    again, about = f"/do/0009/?job_id={number}", reverse("transfers:transfer", args=[transfer.id])
    for who, language, title in (
        ("吴刚", "zh-hans", "核验转账"),
        ("郑凯", "en", "Check a transfer"),
    ):
        shown = page(who, language)
        assert again in shown
        assert about in shown
        assert shown.count(title) == 2, "in the filter and in its row"
    assert again not in page("张敏")

    done = bank.done("吴刚", RetryJob(job_id=number))
    assert done.facts[0]["zh"] == f"后台任务 {number}（核验转账）重新执行"
    assert owner.execute(STATE, [number]).fetchone() == ("todo",)
    assert again not in page("吴刚")
    jobs.check(transfer_id=str(transfer.id))
    transfer.refresh_from_db()
    assert transfer.state == "checked"


def test_whoever_is_no_administrator_starts_none(bank: Bank) -> None:
    Desk.of(bank).received()
    refused = bank.do("张敏", RetryJob(job_id=given_up())).refused
    assert refused
    assert refused.code == "duty_missing"


def test_one_that_waits_or_does_not_exist_is_refused(bank: Bank) -> None:
    Desk.of(bank).received()
    number = given_up()
    bank.done("吴刚", RetryJob(job_id=number))
    for job_id in (number, number + 1000, 2**63 - 1):
        refused = bank.do("郑凯", RetryJob(job_id=job_id)).refused
        assert refused
        assert refused.code == "job_not_failed"


def test_two_administrators_start_it_once(bank: Bank) -> None:
    Desk.of(bank).received()
    number = given_up()

    def start(who: str) -> str:
        outcome = bank.do(who, RetryJob(job_id=number))
        connection.close()
        return outcome.refused.code if outcome.refused else outcome.status

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(start, ("吴刚", "郑凯"))) == ["done", "job_not_failed"]


def test_the_clock_s_own_jobs_are_not_listed(bank: Bank, owner: psycopg.Connection) -> None:
    """They fail where they failed, and the clock starts new ones."""
    owner.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
        "VALUES ('default', 'gate.expire_requests', 'failed')"
    )
    assert "没有需要您重新执行的后台任务" in page("吴刚")


def test_they_are_counted(bank: Bank) -> None:
    Desk.of(bank).received()
    given_up()
    answer = Client(HTTP_HOST="localhost").get("/metrics")
    assert b"yinxin_gate_failed_jobs 1.0" in answer.content
