"""The three long-running processes: web, worker, sequencer."""

import os
import signal
import threading
from collections.abc import Callable

THREADS = 8


def web() -> int:
    from gunicorn.app.base import BaseApplication

    from .wsgi import application

    class Web(BaseApplication):
        def load_config(self) -> None:
            self.cfg.set("bind", os.environ.get("YINXIN_LISTEN", "localhost:8000"))
            self.cfg.set("workers", int(os.environ.get("YINXIN_WEB_WORKERS", "1")))
            self.cfg.set("threads", THREADS)
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("loglevel", "warning")
            self.cfg.set("proc_name", "yinxin web")

        def load(self) -> object:
            return application

    Web().run()
    return 0


def worker() -> int:
    from procrastinate.contrib.django import app

    from yinxin.gate.jobs import HEARTBEAT_S

    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    with worker_app.open():
        worker_app.run_worker(
            fetch_job_polling_interval=1.0,
            update_heartbeat_interval=HEARTBEAT_S,
            delete_jobs="successful",
        )
    return 0


def sequencer() -> int:
    from yinxin.evidence.sequencer import Sequencer

    from .signing import signer

    ending = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)
    stop = threading.Event()
    thread = threading.Thread(target=Sequencer(signer()).run, args=(stop,))
    thread.start()
    while thread.is_alive() and signal.sigtimedwait(ending, 0.5) is None:
        pass
    stopped_by_us = thread.is_alive()
    stop.set()
    thread.join()
    return 0 if stopped_by_us else 1


RUN: dict[str, Callable[[], int]] = {"web": web, "worker": worker, "sequencer": sequencer}
