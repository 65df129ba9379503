import ast
import re

import pytest

from .tree import Source, names, sources

BANNED = {"utils", "helpers", "helper", "manager", "data", "info", "misc", "process", "user"}
EXCUSED = {
    "LoginManager",  # Django's own word for what makes a model's rows
    "DataKey",  # cryptography's word for a key that encrypts what is kept
    "_data_key",
}
IRREGULAR = {
    *("Set", "Given", "Broken", "Withdrawn", "Lent", "Held", "Sent", "Made", "Drawn", "Taken"),
    *("Begun", "Chosen", "Found", "Kept", "Known", "Read", "Shown", "Split", "Put", "Written"),
    *("Built", "Frozen", "Unfrozen", "Lost", "Brought", "Sworn", "Paid", "Reset"),
}

PARTICLES = {"In", "Off", "Out", "Up", "Down", "Back"}


def words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_/.]+", " ", name)
    return [word.lower() for word in spaced.split()]


def banned(source: Source) -> list[str]:
    return [
        f"{source.path}: {kind} {name}"
        for kind, name in names(source)
        if name not in EXCUSED and BANNED & set(words(name)) and not _override(source, name)
    ]


def _override(source: Source, name: str) -> bool:
    """Names that a framework asks for, such as a template tag's or a middleware's."""
    return name.startswith("process_") and "middleware" in source.path


def facts(source: Source) -> list[str]:
    """Classes of facts.py that are no past participle."""
    return [
        f"{source.path}: {node.name}"
        for node in source.tree.body
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base) == "Fact" for base in node.bases)
        and not is_past(node.name)
    ]


def is_past(name: str) -> bool:
    """Its last word is a past participle, but for a particle such as in SignedOff."""
    found = [word for word in re.findall("[A-Z][a-z]*", name) if word not in PARTICLES]
    return bool(found) and (found[-1].endswith("ed") or found[-1] in IRREGULAR)


def test_no_banned_words() -> None:
    wrong = [line for source in sources() for line in banned(source)]
    assert not wrong, "\n".join(wrong)


def test_facts_are_past() -> None:
    wrong = [line for source in sources() if source.room == "facts" for line in facts(source)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("def transfers_for(viewer): ...", 0),
        ("class Database: ...", 0),
        ("def processed(): ...", 0),
        ("class SealManager: ...", 1),
        ("def get_user(): ...", 1),
        ("def misc_info(): ...", 1),
    ],
)
def test_examples_of_names(text: str, wrong: int) -> None:
    assert len(banned(Source("seals/rules.py", text))) == wrong


def test_an_example_of_a_module() -> None:
    assert banned(Source("seals/utils.py", "")) == ["seals/utils.py: module seals/utils"]
    assert banned(Source("seals/vision/__init__.py", "")) == []


@pytest.mark.parametrize(
    ("name", "past"),
    [
        ("TransferRequested", True),
        ("PolicySet", True),
        ("GlassBroken", True),
        ("StatementSignedOff", True),
        ("TransferEvent", False),
        ("RequestTransfer", False),
    ],
)
def test_examples_of_facts(name: str, past: bool) -> None:
    assert (facts(Source("x/facts.py", f"class {name}(Fact): ...")) == []) is past
