"""What the command line says and shows."""

import sys
from typing import Any

from pydantic import ValidationError

from yinxin.gate import door
from yinxin.kernel import clock
from yinxin.kernel.actor import Channel
from yinxin.kernel.command import COMMANDS
from yinxin.kernel.refusals import Invalid
from yinxin.people import queries as people
from yinxin.people.sign_on import code_is_right

from .opening import CannotOpen


def do(name: str, body: dict[str, Any], login: str, key: str, code: str, dry_run: bool) -> int:
    """Send one command as somebody; 0 done or pending, 1 refused or invalid."""
    cls = COMMANDS.get(name)
    if cls is None:
        raise CannotOpen(f"没有交易 {name} / there is no command {name}; see docs/commands.md")
    staff_id = people.staff_named(people.founder(), login)
    confirmed_at = clock.now() if staff_id and code and code_is_right(staff_id, code) else None
    actor = staff_id and people.actor_for(staff_id, Channel.CLI, confirmed_at)
    if not actor:
        raise CannotOpen(f"{login} 不能登录 / cannot sign on")
    try:
        command = cls.model_validate(body)
        outcome = door.preview(command, actor) if dry_run else door.submit(command, actor, key)
    except ValidationError as error:
        for each in error.errors():
            print(f"{'.'.join(map(str, each['loc']))}: {each['msg']}", file=sys.stderr)
        return 1
    except Invalid as error:
        for field, text in error.errors:
            print(f"{field}: {text.zh} / {text.en}", file=sys.stderr)
        return 1
    return show(outcome)


def show(outcome: door.Outcome) -> int:
    """Print an outcome in both languages; 1 where it was refused."""
    print(f"{outcome.status}  {outcome.execution_id}")
    if outcome.refused:
        sentence = outcome.refused.sentence
        print(f"  {outcome.refused.code}: {sentence.zh}\n  {sentence.en}")
    for fact in outcome.facts:
        print(f"  {fact['zh']}\n  {fact['en']}")
    for level in outcome.levels:
        print(f"  → {level.count} × {' / '.join(sorted(level.duties))}")
    return 1 if outcome.refused else 0


def verify_evidence() -> int:
    """Check everything against the log and print what is wrong, the first wrong thing first."""
    from yinxin.evidence.verifier import verify
    from yinxin.gate.guards import evidence_bearing

    from .signing import verifier

    count = 0
    for finding in verify([verifier()], evidence_bearing()):
        count += 1
        print(f"{finding.code}  {finding.place}\n  {finding.sentence.zh}\n  {finding.sentence.en}")
    print("日志与数据一致 / the log and everything it covers agree" if not count else f"{count} ✗")
    return 1 if count else 0
