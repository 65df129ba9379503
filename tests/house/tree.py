"""The sources of the house, as the rules look at them."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "src" / "yinxin"


@dataclass(frozen=True)
class Source:
    """`path` is relative to `src/yinxin`, such as `people/rules.py`."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def domain(self) -> str:
        return self.path.split("/", maxsplit=1)[0]

    @property
    def room(self) -> str:
        return self.path.rpartition("/")[2].removesuffix(".py")


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the house but tests and migrations."""
    found = [
        Source(str(path.relative_to(HOUSE)), path.read_text())
        for path in sorted(HOUSE.rglob("*.py"))
        if not {"tests", "migrations"} & set(path.relative_to(HOUSE).parts)
    ]
    assert len(found) > 50
    return tuple(found)


def domains() -> list[str]:
    return sorted(path.parent.name for path in HOUSE.glob("*/__init__.py"))


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is, or would be, committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file())


def names(source: Source) -> Iterator[tuple[str, str]]:
    """(kind, name) of the module, its classes and its functions."""
    yield "module", source.path.removesuffix(".py").removesuffix("/__init__")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            yield "class", node.name
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield "function", node.name
