"""Compile the catalogues of words when a wheel is built, and for an editable install."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface):
    """Compile each ``pkzone.po`` to a ``pkzone.mo`` beside it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before anything is packed, and pack what is compiled, which git ignores."""
        words = Path(self.root, "pkzone", "i18n")
        compile_catalogue = runpy.run_path(str(words / "compiling.py"))["compile_catalogue"]
        for source in sorted(words.glob("locale/*/LC_MESSAGES/pkzone.po")):
            source.with_suffix(".mo").write_bytes(compile_catalogue(source.read_bytes()))
        build_data["artifacts"].append("pkzone/i18n/locale/**/*.mo")
