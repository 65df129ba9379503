"""Compile the message catalogues when the package is built or installed."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):
    def initialize(self, version: str, build: dict[str, Any]) -> None:
        for po in Path(self.root, "src").rglob("*.po"):
            mo = po.with_suffix(".mo")
            with po.open("rb") as read, mo.open("wb") as written:
                write_mo(written, read_po(read))
            build["artifacts"].append(str(mo.relative_to(self.root)))
