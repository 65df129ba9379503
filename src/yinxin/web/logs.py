"""Structured logs: one JSON line an event, on standard error, without personal values."""

import logging
import sys
from typing import Any

import structlog

# Loggers whose messages quote what a person or the database said.
_QUOTING = ("django.db.backends", "django.security", "django.request")


def configure() -> None:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _without_values],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _frames_only,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in ("procrastinate", "httpx", "allauth"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _without_values(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A library's message may quote a person; keep its template, drop what fills it."""
    record = event.get("_record")
    if record is not None and record.name.startswith(_QUOTING):
        event["event"] = str(record.msg)
    return event


def _frames_only(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """An exception's message may hold values: keep its type and where it came from."""
    raised = event.pop("exc_info", None)
    record = event.get("_record")
    if raised is None and record is not None:
        raised = record.exc_info
    if raised is True:
        raised = sys.exc_info()
    if isinstance(raised, BaseException):
        raised = (type(raised), raised, raised.__traceback__)
    if raised and raised[0]:
        frames, trace = [], raised[2]
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        event["exception"] = raised[0].__name__
        event["frames"] = frames[-12:]
    return event
