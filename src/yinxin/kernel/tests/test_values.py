"""Text, refusals, facts, commands, the clock."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from yinxin.kernel import clock
from yinxin.kernel.actor import Duty
from yinxin.kernel.command import COMMANDS, Command, command
from yinxin.kernel.fact import Fact, Volatile
from yinxin.kernel.refusals import REFUSALS, Invalid, Refused, refusal
from yinxin.kernel.text import Text


@pytest.fixture(autouse=True)
def _leave_no_trace() -> object:
    commands, refusals = dict(COMMANDS), dict(REFUSALS)
    yield
    for known, before in ((COMMANDS, commands), (REFUSALS, refusals)):
        known.clear()
        known.update(before)


def test_a_text_speaks_both_languages() -> None:
    text = Text("{name}离职", "{name} left").format(name="张敏")
    assert str(text) == text.in_language("zh-hans") == "张敏离职"
    assert text.in_language("en-gb") == text.in_language("en") == "张敏 left"


def test_values_with_braces_do_no_harm() -> None:
    assert Text("{name}", "{name}").format(name="{0.__class__}") == Text(*["{0.__class__}"] * 2)


def test_a_refusal_names_a_state_once() -> None:
    code = refusal("test_frozen", "{number} 已冻结", "{number} is frozen", "商业银行法 art. 30")
    refused = Refused(code, number=7)
    assert (refused.code, refused.values, str(refused)) == (code, {"number": "7"}, code)
    assert refused.sentence == Text("7 已冻结", "7 is frozen")
    assert refused.refusal.rule == "商业银行法 art. 30"
    with pytest.raises(ValueError, match="twice"):
        refusal(code, "", "")


def test_a_refusal_is_declared_and_complete() -> None:
    with pytest.raises(KeyError):
        Refused("never_declared")
    with pytest.raises(KeyError):
        Refused(refusal("test_incomplete", "{number}", "{number}"))


def test_an_invalid_names_its_fields() -> None:
    invalid = Invalid(("amount", Text("须为正数", "must be positive")), ("payee", Text("无", "no")))
    assert invalid.errors[0] == ("amount", Text("须为正数", "must be positive"))
    assert str(invalid) == "amount: must be positive; payee: no"


class SealLifted(Fact):
    number: Volatile[str]
    name: str
    at: Volatile[datetime]

    def sentence(self) -> Text:
        return Text(self.name, self.name)


def test_only_what_is_not_volatile_is_material() -> None:
    one = SealLifted(number="1", name="张敏", at=datetime(2026, 1, 5, tzinfo=UTC))
    assert one.material() == {"fact": "SealLifted", "name": "张敏"}
    with pytest.raises(ValidationError):
        one.name = "李强"


def test_a_command_is_registered_under_one_name_and_one_code() -> None:
    @command("test.lift", "9991", "揭印", "Lift", makers=(Duty.CLERK,), version=2)
    class Lift(Command):
        reason: str

    assert COMMANDS["test.lift"] is Lift
    assert (Lift.meta.code, Lift.meta.version) == ("9991", 2)
    assert Lift.meta.makers == {Duty.CLERK}
    for name, code in (("test.lift", "9992"), ("test.other", "9991")):
        with pytest.raises(ValueError, match="twice"):
            command(name, code, "", "")(Lift)


def test_a_command_is_frozen_trimmed_and_takes_nothing_unknown() -> None:
    class Say(Command):
        word: str

    assert Say(word="  印 ").word == "印"
    with pytest.raises(ValidationError):
        Say(word="印", volume="11")  # type: ignore[call-arg]
    with pytest.raises(ValidationError):
        Say(word="印").word = "信"


def test_the_clock_stops_for_its_block() -> None:
    then = datetime(2026, 1, 5, 4, tzinfo=UTC)
    with clock.at(then):
        assert clock.now() == then
        with clock.at(then.replace(year=2027)):
            assert clock.now().year == 2027
        assert clock.now() == then
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 5
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize("word", ["a\0b", "a\ud800b"])
def test_a_command_takes_no_text_that_cannot_be_stored(word: str) -> None:
    class Say(Command):
        words: tuple[str, ...]

    with pytest.raises(ValidationError):
        Say(words=(word,))
