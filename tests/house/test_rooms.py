"""What each room of a domain may import, and what the quiet rooms never do."""

import ast
from functools import cache

import grimp
import pytest

from .tree import Source, sources

PURE_ROOMS = ("rules", "commands", "facts", "combination", "noes")
PURE_PACKAGES = ("seals.vision", "reconciliation.matching", "evidence.merkle", "risk.screening")
READ_MODELS = ("handlers", "queries", "checks")  # of another domain
QUIET_ROOMS = ("views", "api", "jobs", "queries")
INFRASTRUCTURE = {"django", "psycopg", "procrastinate", "allauth", "ninja"}
WRITES = {"save", "create", "bulk_create", "bulk_update", "update", "delete", "get_or_create",
          "update_or_create"}  # fmt: skip


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("yinxin", include_external_packages=True, cache_dir=None)


def modules() -> list[str]:
    ours = (name for name in graph().modules if name.startswith("yinxin."))
    return sorted(name for name in ours if not {"tests", "migrations"} & set(name.split(".")))


def impurities(module: str, imported: set[str], own: str) -> list[str]:
    """What a pure module may not reach: infrastructure, and of other domains anything but their
    pure rooms, whose types a command may carry."""
    return [
        f"{module} reaches {each}"
        for each in sorted(imported)
        if each.split(".")[0] in INFRASTRUCTURE
        or (
            each.startswith("yinxin.")
            and not (each + ".").startswith(("yinxin.kernel.", f"yinxin.{own}."))
            and each.split(".")[2:] not in [[room] for room in PURE_ROOMS]
        )
    ]


def foreign_models(importer: str, imported: set[str]) -> list[str]:
    """Models of another domain that a module imports although it neither handles nor reads."""
    domain, room = importer.split(".")[1], importer.split(".")[1:3][-1]
    return [
        f"{importer} imports {each}"
        for each in sorted(imported)
        if each.endswith(".models")
        and each.startswith("yinxin.")
        and each.split(".")[1] != domain
        and room not in READ_MODELS
    ]


def writes(source: Source) -> list[str]:
    """Calls by which a module writes through the ORM."""
    calls = (node for node in ast.walk(source.tree) if isinstance(node, ast.Call))
    return [
        f"{source.path}:{call.lineno} {ast.unparse(call.func)}"
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in WRITES
        and (".objects" in ast.unparse(call.func) or call.func.attr == "save")
    ]


def test_pure_rooms_reach_only_the_kernel() -> None:
    rooms = [name for name in modules() if name.split(".")[-1] in PURE_ROOMS]
    assert len(rooms) > 5
    wrong = [
        line
        for name in rooms
        for line in impurities(name, graph().find_upstream_modules(name), name.split(".")[1])
    ]
    assert not wrong, "\n".join(wrong)


def test_heavy_computation_is_pure() -> None:
    wrong = []
    for package in PURE_PACKAGES:
        for name in modules():
            if (name + ".").startswith(f"yinxin.{package}."):
                upstream = graph().find_upstream_modules(name)
                wrong += impurities(name, upstream, package)
    assert not wrong, "\n".join(wrong)


def test_models_are_read_through_their_domain() -> None:
    wrong = [
        line
        for name in modules()
        for line in foreign_models(name, graph().find_modules_directly_imported_by(name))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_kernel_knows_no_infrastructure() -> None:
    kernel = [name for name in modules() if name.startswith("yinxin.kernel.")]
    wrong = [
        line
        for name in kernel
        for line in impurities(name, graph().find_upstream_modules(name), "kernel")
    ]
    assert not wrong, "\n".join(wrong)


def test_quiet_rooms_never_write() -> None:
    wrong = [line for source in sources() if source.room in QUIET_ROOMS for line in writes(source)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("imported", "wrong"),
    [
        ({"yinxin.kernel.money", "yinxin.seals.facts", "decimal"}, 0),
        ({"django"}, 1),
        ({"yinxin.ledger.models", "yinxin.kernel.text"}, 1),
        ({"yinxin.sealsmith.scans"}, 1),
    ],
)
def test_examples_of_purity(imported: set[str], wrong: int) -> None:
    assert len(impurities("yinxin.seals.rules", imported, "seals")) == wrong


@pytest.mark.parametrize(
    ("importer", "imported", "wrong"),
    [
        ("yinxin.seals.handlers", "yinxin.customers.models", 0),
        ("yinxin.seals.queries", "yinxin.customers.models", 0),
        ("yinxin.seals.views", "yinxin.seals.models", 0),
        ("yinxin.seals.views", "yinxin.customers.models", 1),
        ("yinxin.seals.rules", "yinxin.customers.models", 1),
    ],
)
def test_examples_of_foreign_models(importer: str, imported: str, wrong: int) -> None:
    assert len(foreign_models(importer, {imported})) == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("seen = {}\nseen.update(a=1)\nhash.update(b'')", 0),
        ("Card.objects.filter(id=1).first()", 0),
        ("Card.objects.filter(id=1).update(state='x')", 1),
        ("card.save()", 1),
        ("Card.objects.create()", 1),
    ],
)
def test_examples_of_writing(text: str, wrong: int) -> None:
    assert len(writes(Source("seals/views.py", text))) == wrong
