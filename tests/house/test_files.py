"""What files may hold, and which may be here at all."""

import ast
import re
from pathlib import Path

import pytest

from .tree import HOUSE, ROOT, Source, domains, sources, tracked

SIGNALS = "people/sign_on.py"  # the one use of signals in the house
LONG = 400
KNOWN_LONG: dict[str, str] = {}
THIRD_PARTY = re.compile(
    r"\.(woff2?|ttf|otf|eot|mo|onnx|whl|jar)$|\.min\.(js|css)$|(bootstrap|htmx|jquery)[^/]*\.(js|css)$"
)
LEARNED_HERE = ("src/yinxin/seals/vision/places.onnx",)
REGISTRIES = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "npm" + "mirror",
              "jsd" + "elivr", "unp" + "kg.com", "tuna.tsing" + "hua")  # fmt: skip


def overrides(source: Source) -> list[str]:
    return [
        f"{source.path}: {cls.name}.{node.name}"
        for cls in ast.walk(source.tree)
        if isinstance(cls, ast.ClassDef)
        for node in cls.body
        if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete")
    ]


def signals(source: Source) -> list[str]:
    imported = [
        node.module or ""
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.level == 0
    ]
    heard = [name for name in imported if re.search(r"\.signals$|^django\.dispatch", name)]
    return [] if source.path == SIGNALS else [f"{source.path}: {name}" for name in heard]


def bare_marks(text: str) -> list[str]:
    """TODO and its like without a reason of at least three words."""
    marks = re.findall(r"#.*\b(?:TODO|FIXME|XXX|HACK)\b(.*)", text)
    return [mark for mark in marks if len(mark.split()) < 3]


def charterless(docstring: str) -> list[str]:
    return [word for word in ("Owns:", "Always true:", "Never") if word not in docstring]


def test_nothing_is_decided_while_saving() -> None:
    wrong = [line for s in sources() if s.room == "models" for line in overrides(s)]
    assert not wrong, "\n".join(wrong)


def test_signals_are_heard_in_one_place() -> None:
    wrong = [line for source in sources() for line in signals(source)]
    assert not wrong, "\n".join(wrong)


def test_what_is_left_to_do_says_why() -> None:
    wrong = [f"{s.path}: TODO{mark}" for s in sources() for mark in bare_marks(s.text)]
    assert not wrong, "\n".join(wrong)


def test_long_files_are_known() -> None:
    lengths = {source.path: source.text.count("\n") for source in sources()}
    wrong = {path: n for path, n in lengths.items() if n > LONG and path not in KNOWN_LONG}
    assert not wrong
    assert not [path for path in KNOWN_LONG if lengths.get(path, 0) <= LONG], "short again"


def test_each_domain_has_a_charter() -> None:
    wrong = {}
    for domain in domains():
        docstring = ast.get_docstring(ast.parse((HOUSE / domain / "__init__.py").read_text())) or ""
        if domain not in ("web", "uikit") and charterless(docstring):
            wrong[domain] = charterless(docstring)
        assert docstring, domain
    assert not wrong


def test_nothing_of_others_is_committed() -> None:
    paths = [str(path.relative_to(ROOT)) for path in tracked()]
    wrong = [path for path in paths if THIRD_PARTY.search(path) and path not in LEARNED_HERE]
    assert not wrong, "\n".join(wrong)


def test_no_registry_is_named() -> None:
    wrong = []
    for path in tracked():
        text = path.read_bytes().decode(errors="ignore")
        wrong += [f"{path.relative_to(ROOT)}: {host}" for host in REGISTRIES if host in text]
    assert not wrong, "\n".join(wrong)


def test_no_path_of_a_machine_is_named() -> None:
    machine = re.compile(r"(?<![\w.])/(home|Users|root|work)/\w")
    wrong = [f"{s.path}: {found[0]}" for s in sources() if (found := machine.search(s.text))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("class Card(Model):\n    number = 1", 0),
        ("class Card(Model):\n    def save(self): ...", 1),
    ],
)
def test_examples_of_saving(text: str, wrong: int) -> None:
    assert len(overrides(Source("seals/models.py", text))) == wrong


@pytest.mark.parametrize(
    ("path", "text", "wrong"),
    [
        (SIGNALS, "from django.dispatch import receiver", 0),
        ("seals/handlers.py", "from .signals_of_wear import worn", 0),
        ("seals/handlers.py", "from django.dispatch import receiver", 1),
        ("seals/handlers.py", "from django.db.models.signals import post_save", 1),
    ],
)
def test_examples_of_signals(path: str, text: str, wrong: int) -> None:
    assert len(signals(Source(path, text))) == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("x = 1  # TODO: drop it once PostgreSQL 15 is gone", 0),
        ("x = 1  # TODO", 1),
        ("x = 1  # FIXME later", 1),
    ],
)
def test_examples_of_marks(text: str, wrong: int) -> None:
    assert len(bare_marks(text)) == wrong


@pytest.mark.parametrize(
    ("path", "foreign"),
    [
        ("static/uikit/kit.css", False),
        ("static/uikit/mark.svg", False),
        ("static/bootstrap.css", True),
        ("static/htmx-2.0.js", True),
        ("fonts/noto.ttf", True),
        ("static/kit.min.js", True),
    ],
)
def test_examples_of_third_parties(path: str, foreign: bool) -> None:
    assert bool(THIRD_PARTY.search(path)) is foreign


def test_an_example_of_a_charter() -> None:
    assert charterless("seals: x\n\nOwns: a\n\nAlways true: b\n\nNever: c") == []
    assert charterless("seals") == ["Owns:", "Always true:", "Never"]
    assert Path(SIGNALS).name == "sign_on.py"
