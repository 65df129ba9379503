"""Imports point downward only; the contract is in pyproject.toml."""

from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_ERROR, EXIT_STATUS_SUCCESS, lint_imports

from .tree import ROOT, domains

CONTRACT = """
[importlinter]
root_package = {package}

[importlinter:contract:layers]
name = layers
type = layers
containers = {package}
layers =
    web
    kernel
"""


def test_the_house(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_each_domain_has_its_layer() -> None:
    import tomllib

    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = [layer.strip("()") for layer in contract["contracts"][0]["layers"]]
    assert set(domains()) <= set(layers)


@pytest.mark.parametrize(
    ("importer", "imported", "status"),
    [("web", "kernel", EXIT_STATUS_SUCCESS), ("kernel", "web", EXIT_STATUS_ERROR)],
)
def test_an_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, importer: str, imported: str, status: int
) -> None:
    package = f"example_{importer}"
    for layer in ("web", "kernel"):
        (tmp_path / package / layer).mkdir(parents=True)
        (tmp_path / package / layer / "__init__.py").touch()
    (tmp_path / package / "__init__.py").touch()
    (tmp_path / package / importer / "x.py").write_text(f"import {package}.{imported}\n")
    (tmp_path / "contract.ini").write_text(CONTRACT.format(package=package))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert lint_imports(config_filename=str(tmp_path / "contract.ini"), no_cache=True) == status
