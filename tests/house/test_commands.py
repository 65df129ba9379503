"""Commands, handlers, refusals and policies fit together."""

import ast
import re
from collections import Counter

import pytest

from yinxin.gate.registry import CONSTRAINTS, HANDLERS, POLICIES
from yinxin.kernel.command import COMMANDS, Command
from yinxin.kernel.refusals import REFUSALS, Refused

from .tree import Source, sources

OURS = [cls for cls in COMMANDS.values() if ".tests." not in cls.__module__]


def wrong_meta(name: str, code: str, module: str) -> bool:
    app = module.split(".")[1]
    return not (re.fullmatch(rf"{app}\.[a-z][a-z0-9_]*", name) and re.fullmatch("[0-9]{4}", code))


def declared(source: Source) -> dict[str, str]:
    """Constant -> code of the refusals that a module declares."""
    return {
        ast.unparse(node.targets[0]): node.value.args[0].value
        for node in source.tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) == "refusal"
        and isinstance(node.value.args[0], ast.Constant)
    }


def used(source: Source) -> Counter[str]:
    """How often a module reads each name, plain or as an attribute."""
    return Counter(
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
    )


def unraised(all_sources: tuple[Source, ...]) -> list[str]:
    uses = sum((used(source) for source in all_sources), Counter())
    return [
        f"{source.path}: {constant}"
        for source in all_sources
        for constant in declared(source)
        if not uses[constant]
    ]


def test_names_and_codes() -> None:
    wrong = [cls for cls in OURS if wrong_meta(cls.meta.name, cls.meta.code, cls.__module__)]
    assert not wrong
    assert len({cls.meta.code for cls in OURS}) == len(OURS) > 10


def test_each_command_has_its_handler_and_each_handler_its_command() -> None:
    handled = {cls for cls in HANDLERS if ".tests." not in cls.__module__}
    assert handled == set(OURS)


def test_a_handler_is_named_after_its_command() -> None:
    wrong = [
        f"{cls.__name__} is handled by {handler.__name__}"
        for cls, handler in HANDLERS.items()
        if ".tests." not in cls.__module__
        and handler.__name__ != re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()
    ]
    assert not wrong, "\n".join(wrong)


def test_no_field_holds_a_float() -> None:
    wrong = [
        f"{cls.__name__}.{name}"
        for cls in OURS
        for name, field in cls.model_fields.items()
        if "float" in str(field.annotation)
    ]
    assert not wrong


def test_policies_rule_commands_that_are_there() -> None:
    assert {row.command for row in POLICIES} <= set(COMMANDS)


def test_each_refusal_is_raised_somewhere() -> None:
    wrong = unraised(sources())
    assert not wrong, "\n".join(wrong)


def test_refusal_codes_are_states_in_snake_case() -> None:
    codes = [code for source in sources() for code in declared(source).values()]
    assert len(codes) == len(set(codes)) > 20
    assert not [code for code in codes if not re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", code)]
    assert set(codes) <= set(REFUSALS)


def test_both_sentences_of_a_refusal_speak_of_the_same_values() -> None:
    def places(sentence: str) -> set[str]:
        return {re.sub("_(zh|en)$", "", name) for name in re.findall(r"{(\w+)}", sentence)}

    wrong = [
        code
        for code, each in REFUSALS.items()
        if places(each.sentence.zh) != places(each.sentence.en)
    ]
    assert not wrong


def test_explained_constraints_need_no_values() -> None:
    for code in CONSTRAINTS.values():
        assert Refused(code).sentence


@pytest.mark.parametrize(
    ("name", "code", "wrong"),
    [
        ("seals.enroll", "0301", False),
        ("seals.enroll_card", "0301", False),
        ("ledger.enroll", "0301", True),
        ("seals.EnrollCard", "0301", True),
        ("seals.enroll", "301", True),
    ],
)
def test_examples_of_names(name: str, code: str, wrong: bool) -> None:
    assert wrong_meta(name, code, "yinxin.seals.commands") is wrong


def test_examples_of_refusals() -> None:
    declares = Source(
        "x/rules.py", 'LOST = refusal("lost", "", "")\nDEAD = refusal("dead", "", "")'
    )
    raises = Source("x/handlers.py", "def find():\n    raise Refused(rules.LOST)")
    assert unraised((declares, raises)) == ["x/rules.py: DEAD"]


def test_an_example_of_a_command_twice() -> None:
    from yinxin.kernel.command import command

    with pytest.raises(ValueError, match="twice"):
        command("gate.approve", "9999", "", "")(type("Again", (Command,), {}))
