"""Counters for Prometheus, and whether this process can do its work."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, Histogram, generate_latest

from yinxin.evidence import queries as evidence
from yinxin.gate.reading import reading

REQUESTS = Histogram("yinxin_request_seconds", "requests", ["method", "route", "status"])
WAITING = Gauge("yinxin_evidence_waiting", "leaves that wait for the sequencer")
SIZE = Gauge("yinxin_evidence_size", "leaves in the log")
OPEN_REQUESTS = Gauge("yinxin_gate_open_requests", "approval requests that are open")
FAILED_JOBS = Gauge("yinxin_gate_failed_jobs", "jobs that wait for an administrator")


def health(request: HttpRequest) -> HttpResponse:
    """200 where the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def metrics(request: HttpRequest) -> HttpResponse:
    from yinxin.gate.queries import failed_count, open_count

    with reading():
        WAITING.set(evidence.waiting())
        SIZE.set(evidence.size())
        OPEN_REQUESTS.set(open_count())
        FAILED_JOBS.set(failed_count())
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
