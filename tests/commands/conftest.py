"""What tests of commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.program import Run


@pytest.fixture
def run(in_process: Run, small_root: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the program on the small catalogue, in this process and its folder."""
    monkeypatch.setenv("PKZONE_CATALOGUE", str(small_root))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(small_root)

    return in_process
