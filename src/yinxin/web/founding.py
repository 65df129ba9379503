"""`yinxin init`: found the institution and hand over the first passwords."""

import secrets
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password

from yinxin.gate import door
from yinxin.people import queries as people
from yinxin.people.commands import EstablishInstitution, Founder

from .opening import CannotOpen
from .terminal import show

REMINDER = """
密钥文件 Key file: {path}
请立即另行备份此文件：丢失它就丢失一切。`yinxin backup` 不包含密钥。
Back this file up now, apart from everything else: whoever loses it loses everything.
`yinxin backup` does not contain it."""


def found(name: str, name_en: str, administrators: Sequence[str], home: Path) -> int:
    if len(administrators) != 2:
        raise CannotOpen("--administrator 须给出两次 / must be given twice")
    passwords = [one_time_password() for _ in administrators]
    founders = []
    for written, password in zip(administrators, passwords, strict=True):
        parts = written.split(":")
        if len(parts) != 3:
            raise CannotOpen(f"--administrator {written}: NUMBER:NAME:LOGIN")
        founders.append(
            Founder(
                number=parts[0],
                name=parts[1],
                login=parts[2],
                password_hash=make_password(password),
            )
        )
    command = EstablishInstitution(name=name, name_en=name_en, administrators=tuple(founders))
    outcome = door.submit(command, people.founder(), "founding")
    code = show(outcome)
    if outcome.status == "done" and not outcome.replayed:
        for founder, password in zip(founders, passwords, strict=True):
            print(f"{founder.name}  {founder.login}  一次性口令 one-time password: {password}")
        print(REMINDER.format(path=settings.YINXIN_KEY_FILE))
    return code


def one_time_password() -> str:
    """16 characters that nobody misreads."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(16))
