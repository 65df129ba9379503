"""Backup and restore of database and blobs. The keys are kept apart, by whoever keeps them."""

import os
import subprocess
import tarfile
from pathlib import Path

import psycopg

from .opening import CannotOpen, home, set_up
from .programs import tool

DATABASE, BLOBS = "database.dump", "blobs.tar"


def back_up(folder: Path) -> int:
    """Write both files into `folder`, which must not hold a backup yet."""
    from django.conf import settings

    folder.mkdir(parents=True, exist_ok=True)
    if (folder / DATABASE).exists():
        raise CannotOpen(f"{folder} 已有备份 / holds a backup already")
    partial = folder / (DATABASE + ".partial")
    url = os.environ["DATABASE_OWNER_URL"]
    _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={partial}", url)
    # A blob is on disk before the command that names it commits, so files copied after the
    # database hold everything that the database names.
    with tarfile.open(folder / BLOBS, "w") as tar:
        if Path(settings.YINXIN_BLOBS).exists():
            tar.add(settings.YINXIN_BLOBS, arcname="blobs")
    partial.rename(folder / DATABASE)
    print(
        f"备份完成 {folder}；其中不含密钥文件 {settings.YINXIN_KEY_FILE}，请另行保管。\n"
        "Backup complete. It does not hold the key file: keep that apart, and keep it."
    )
    return 0


def restore(folder: Path) -> int:
    """Fill an empty house from a backup, then bring it up to date and verify it.

    Raises CannotOpen where the house is not empty or has no key file.
    """
    key = Path(os.environ.get("YINXIN_KEY_FILE") or home() / "keys" / "root.key")
    if not key.exists():
        raise CannotOpen(
            f"请先把密钥文件放到 {key} / put the key file of the backed-up house at {key} first"
        )
    if not (folder / DATABASE).exists():
        raise CannotOpen(f"{folder} 中没有备份 / holds no backup")
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        tables = owner.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        if tables.fetchone() != (0,):
            raise CannotOpen("数据库不为空 / the database is not empty")
    url = os.environ["DATABASE_OWNER_URL"]
    flags = ("--no-owner", "--no-acl", "--exit-on-error")
    _run("pg_restore", *flags, f"--dbname={url}", str(folder / DATABASE))
    blobs = Path(os.environ.get("YINXIN_BLOBS") or home() / "blobs")
    with tarfile.open(folder / BLOBS) as tar:
        tar.extractall(blobs.parent, filter="data")
    set_up(migrate=True)
    from .terminal import verify_evidence

    return verify_evidence()


def _run(program: str, *arguments: str) -> None:
    subprocess.run([str(tool(program)), *arguments], check=True)
